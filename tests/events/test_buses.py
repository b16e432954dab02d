"""Event buses, their policies and tags."""

import json

from events.conftest import Lab
from support.refusal import refusal

MISSING = "ResourceNotFoundException"
INVALID = "ValidationException"


def names(events, **options):
    return [bus["Name"] for bus in events.list_event_buses(**options)["EventBuses"]]


def test_every_account_has_a_default_bus(lab):
    shown = lab.events.describe_event_bus()
    assert shown["Name"] == "default"
    assert shown["Arn"] == f"arn:aws:events:us-east-1:{lab.account}:event-bus/default"
    assert names(lab.events) == ["default"]
    assert refusal(lab.events.delete_event_bus, Name="default") == INVALID
    assert refusal(lab.events.create_event_bus, Name="default") == "ResourceAlreadyExistsException"


def test_a_bus_is_made_shown_changed_and_deleted(lab):
    made = lab.events.create_event_bus(Name="orders", Description="all of them", Tags=[{"Key": "a", "Value": "b"}])
    assert made["EventBusArn"] == f"arn:aws:events:us-east-1:{lab.account}:event-bus/orders"
    assert refusal(lab.events.create_event_bus, Name="orders") == "ResourceAlreadyExistsException"
    assert lab.events.describe_event_bus(Name=made["EventBusArn"])["Description"] == "all of them"
    assert lab.events.update_event_bus(Name="orders", Description="some")["Description"] == "some"
    assert refusal(lab.events.update_event_bus, Name="none") == MISSING
    assert refusal(lab.events.describe_event_bus, Name="none") == MISSING
    assert names(lab.events) == ["default", "orders"] and names(lab.events, NamePrefix="or") == ["orders"]
    lab.rule({"source": ["mine"]}, bus="orders")
    assert refusal(lab.events.delete_event_bus, Name="orders") == INVALID
    lab.events.delete_rule(Name="rule", EventBusName="orders")
    lab.events.delete_event_bus(Name="orders")
    lab.events.delete_event_bus(Name="orders")
    assert names(lab.events) == ["default"]


def test_buses_come_in_pages(lab):
    for name in ("a", "b", "c"):
        lab.events.create_event_bus(Name=name)
    first = lab.events.list_event_buses(Limit=3)
    rest = lab.events.list_event_buses(Limit=3, NextToken=first["NextToken"])
    assert [bus["Name"] for bus in first["EventBuses"] + rest["EventBuses"]] == ["a", "b", "c", "default"]
    assert refusal(lab.events.list_event_buses, NextToken="x") == INVALID


def test_what_would_have_no_effect_is_refused(lab):
    assert refusal(lab.events.create_event_bus, Name="x", KmsKeyIdentifier="alias/mine") == INVALID
    assert refusal(lab.events.create_event_bus, Name="aws.partner/x/y", EventSourceName="aws.partner/x/y") == INVALID
    assert refusal(lab.events.update_event_bus, Name="default", LogConfig={"Level": "TRACE"}) == INVALID


def test_another_account_may_put_events_where_a_policy_lets_it(freehold, lab, account):
    other = Lab(freehold, str(int(account) + 500_000_000_000))
    arn = lab.events.describe_event_bus()["Arn"]
    inbox = lab.queue()
    lab.rule({"source": ["theirs"]}, targets=[{"Arn": inbox}])

    def put():
        entry = {"Source": "theirs", "DetailType": "x", "Detail": "{}", "EventBusName": arn}
        return other.events.put_events(Entries=[entry])

    assert refusal(put) == "AccessDeniedException"
    lab.events.put_permission(Action="events:PutEvents", Principal=other.account, StatementId="friend")
    policy = json.loads(lab.events.describe_event_bus()["Policy"])
    assert policy["Statement"][0]["Sid"] == "friend"
    assert put()["FailedEntryCount"] == 0
    assert lab.told(inbox)[0]["account"] == other.account
    lab.events.remove_permission(StatementId="friend")
    assert refusal(put) == "AccessDeniedException"
    assert refusal(lab.events.remove_permission, StatementId="friend") == MISSING


def test_a_policy_can_be_put_as_a_whole_and_removed(lab):
    statement = {
        "Sid": "all",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "events:PutEvents",
        "Resource": lab.events.describe_event_bus()["Arn"],
    }
    lab.events.put_permission(Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert "Policy" in lab.events.describe_event_bus()
    lab.events.remove_permission(RemoveAllPermissions=True)
    assert "Policy" not in lab.events.describe_event_bus()
    assert refusal(lab.events.put_permission, Policy="{") == INVALID
    assert refusal(lab.events.put_permission, EventBusName="none", Policy="{}") == MISSING
    given = {"Principal": "*", "StatementId": "x"}
    assert refusal(lab.events.put_permission, Action="events:PutRule", **given) == INVALID


def test_rules_and_buses_have_tags(lab):
    bus = lab.events.create_event_bus(Name="orders", Tags=[{"Key": "a", "Value": "1"}])["EventBusArn"]
    rule = lab.rule({"source": ["x"]})
    for arn, before in ((bus, {"a": "1"}), (rule, {})):
        lab.events.tag_resource(ResourceARN=arn, Tags=[{"Key": "b", "Value": "2"}])
        tags = lab.events.list_tags_for_resource(ResourceARN=arn)["Tags"]
        assert {tag["Key"]: tag["Value"] for tag in tags} == before | {"b": "2"}
        lab.events.untag_resource(ResourceARN=arn, TagKeys=["a", "b"])
        assert lab.events.list_tags_for_resource(ResourceARN=arn)["Tags"] == []
    missing = f"arn:aws:events:us-east-1:{lab.account}:rule/none"
    assert refusal(lab.events.tag_resource, ResourceARN=missing, Tags=[]) == MISSING
    assert refusal(lab.events.untag_resource, ResourceARN=missing, TagKeys=[]) == MISSING
    assert refusal(lab.events.list_tags_for_resource, ResourceARN=missing) == MISSING
