"""Log groups: made, found, tagged, deleted."""

import pytest
from logs.conftest import BY_MODEL
from support.refusal import refusal


def names(answer):
    return [group["logGroupName"] for group in answer["logGroups"]]


def test_a_group_is_made_shown_and_deleted(logs, account):
    logs.create_log_group(logGroupName="/app/web", tags={"team": "a"})
    [group] = logs.describe_log_groups()["logGroups"]
    arn = f"arn:aws:logs:us-east-1:{account}:log-group:/app/web"
    assert (group["arn"], group["logGroupArn"]) == (f"{arn}:*", arn)
    assert (group["logGroupClass"], group["storedBytes"], group["metricFilterCount"]) == ("STANDARD", 0, 0)
    assert "retentionInDays" not in group
    assert refusal(logs.create_log_group, logGroupName="/app/web") == "ResourceAlreadyExistsException"
    logs.delete_log_group(logGroupName="/app/web")
    assert logs.describe_log_groups()["logGroups"] == []
    assert refusal(logs.delete_log_group, logGroupName="/app/web") == "ResourceNotFoundException"


def test_a_group_that_is_made_again_is_empty(logs, group, put):
    put("old")
    logs.delete_log_group(logGroupName=group)
    logs.create_log_group(logGroupName=group)
    assert logs.describe_log_streams(logGroupName=group)["logStreams"] == []
    assert logs.filter_log_events(logGroupName=group)["events"] == []


def test_groups_are_found_by_prefix_pattern_class_and_arn(logs, account):
    for name in ("/aws/lambda/One", "/aws/lambda/two", "other"):
        logs.create_log_group(logGroupName=name)
    logs.create_log_group(logGroupName="rare", logGroupClass="INFREQUENT_ACCESS")
    assert names(logs.describe_log_groups(logGroupNamePrefix="/aws/")) == ["/aws/lambda/One", "/aws/lambda/two"]
    assert names(logs.describe_log_groups(logGroupNamePattern="ONE")) == ["/aws/lambda/One"]
    assert names(logs.describe_log_groups(logGroupClass="INFREQUENT_ACCESS")) == ["rare"]
    arn = f"arn:aws:logs:us-east-1:{account}:log-group:other"
    assert names(logs.describe_log_groups(logGroupIdentifiers=[arn, "rare"])) == ["other", "rare"]
    both = {"logGroupNamePrefix": "a", "logGroupNamePattern": "a"}
    assert refusal(logs.describe_log_groups, **both) == "InvalidParameterException"
    assert refusal(logs.describe_log_groups, nextToken="x") == "InvalidParameterException"
    assert refusal(logs.describe_log_groups, accountIdentifiers=["999999999999"]) == "InvalidParameterException"


def test_groups_come_in_pages(logs):
    wanted = [f"g{number:02}" for number in range(7)]
    for name in wanted:
        logs.create_log_group(logGroupName=name)
    pages = list(logs.get_paginator("describe_log_groups").paginate(PaginationConfig={"PageSize": 3}))
    assert [len(page["logGroups"]) for page in pages] == [3, 3, 1]
    assert [name for page in pages for name in names(page)] == wanted


def test_groups_belong_to_their_account(freehold, logs, group):
    stranger = freehold.client("logs", "999900001111")
    assert group not in names(stranger.describe_log_groups())
    assert refusal(stranger.describe_log_streams, logGroupName=group) == "ResourceNotFoundException"


@pytest.mark.parametrize(
    "parameters",
    [
        {"logGroupName": "a b"},
        {"logGroupName": "aws/mine"},
        {"logGroupName": "k", "kmsKeyId": "arn:aws:kms:us-east-1:111122223333:key/x"},
        {"logGroupName": "c", "logGroupClass": "DELIVERY"},
        {"logGroupName": "t", "tags": {"aws:x": "y"}},
    ],
)
def test_what_no_group_can_have_is_refused(logs, parameters):
    assert refusal(logs.create_log_group, **parameters) in BY_MODEL
    assert logs.describe_log_groups()["logGroups"] == []


def test_retention_is_one_of_some_numbers_of_days(logs, group):
    logs.put_retention_policy(logGroupName=group, retentionInDays=14)
    assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 14
    wrong = {"logGroupName": group, "retentionInDays": 2}
    assert refusal(logs.put_retention_policy, **wrong) == "InvalidParameterException"
    logs.delete_retention_policy(logGroupName=group)
    assert "retentionInDays" not in logs.describe_log_groups()["logGroups"][0]
    for call in (logs.delete_retention_policy, logs.put_retention_policy):
        more = {"retentionInDays": 1} if call == logs.put_retention_policy else {}
        assert refusal(call, logGroupName="none", **more) == "ResourceNotFoundException"


def test_a_protected_group_cannot_be_deleted(logs, group):
    logs.put_log_group_deletion_protection(logGroupIdentifier=group, deletionProtectionEnabled=True)
    assert logs.describe_log_groups()["logGroups"][0]["deletionProtectionEnabled"] is True
    assert refusal(logs.delete_log_group, logGroupName=group) == "ValidationException"
    logs.put_log_group_deletion_protection(logGroupIdentifier=group, deletionProtectionEnabled=False)
    logs.delete_log_group(logGroupName=group)
    gone = {"logGroupIdentifier": group, "deletionProtectionEnabled": True}
    assert refusal(logs.put_log_group_deletion_protection, **gone) == "ResourceNotFoundException"


def test_tags_are_the_same_by_both_kinds_of_operations(logs, group, account):
    arn = f"arn:aws:logs:us-east-1:{account}:log-group:{group}"
    logs.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})
    logs.tag_log_group(logGroupName=group, tags={"b": "3", "c": ""})
    tags = {"a": "1", "b": "3", "c": ""}
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == tags
    assert logs.list_tags_log_group(logGroupName=group)["tags"] == tags
    logs.untag_resource(resourceArn=arn, tagKeys=["a", "nothing"])
    logs.untag_log_group(logGroupName=group, tags=["b"])
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"c": ""}


def test_what_does_not_exist_has_no_tags(logs, group, account):
    arn, missing = f"arn:aws:logs:us-east-1:{account}:log-group:none", "ResourceNotFoundException"
    assert refusal(logs.tag_resource, resourceArn=arn, tags={"a": "b"}) == missing
    assert refusal(logs.untag_resource, resourceArn=arn, tagKeys=["a"]) == missing
    assert refusal(logs.list_tags_for_resource, resourceArn=arn) == missing
    assert refusal(logs.tag_log_group, logGroupName="none", tags={"a": "b"}) == missing
    assert refusal(logs.untag_log_group, logGroupName="none", tags=["a"]) == missing
    assert refusal(logs.list_tags_log_group, logGroupName="none") == missing
    assert refusal(logs.list_tags_for_resource, resourceArn="none") == "InvalidParameterException"
    logs.tag_log_group(logGroupName=group, tags={f"k{number}": "" for number in range(50)})
    assert refusal(logs.tag_resource, resourceArn=arn.replace("none", group), tags={"x": ""}) == "TooManyTagsException"
