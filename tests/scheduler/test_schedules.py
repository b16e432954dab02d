"""Schedules as they are made, shown, changed and deleted."""

import datetime

from botocore.exceptions import ClientError
from support.refusal import refusal

MISSING = "ResourceNotFoundException"
INVALID = "ValidationException"
FAR = "cron(0 9 * * ? *)"


def test_a_schedule_is_made_shown_changed_and_deleted(desk):
    inbox = desk.queue()
    arn = desk.schedule(FAR, {"Arn": inbox, "Input": "hello"}, Description="mornings", ScheduleExpressionTimezone="Asia/Tokyo")
    assert arn == f"arn:aws:scheduler:us-east-1:{desk.account}:schedule/default/job"
    shown = desk.scheduler.get_schedule(Name="job")
    assert (shown["ScheduleExpression"], shown["ScheduleExpressionTimezone"]) == (FAR, "Asia/Tokyo")
    assert (shown["State"], shown["Description"], shown["GroupName"]) == ("ENABLED", "mornings", "default")
    assert shown["Target"]["Input"] == "hello" and shown["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert shown["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}
    desk.schedule("rate(2 hours)", {"Arn": inbox}, window=15, call=desk.scheduler.update_schedule, State="DISABLED")
    changed = desk.scheduler.get_schedule(Name="job")
    assert (changed["ScheduleExpression"], changed["State"]) == ("rate(2 hours)", "DISABLED")
    assert "Description" not in changed and changed["FlexibleTimeWindow"]["MaximumWindowInMinutes"] == 15
    assert changed["CreationDate"] == shown["CreationDate"]
    desk.scheduler.delete_schedule(Name="job")
    assert refusal(desk.scheduler.get_schedule, Name="job") == MISSING
    assert refusal(desk.scheduler.delete_schedule, Name="job") == MISSING


def test_names_are_unique_within_a_group(desk):
    target = {"Arn": desk.queue()}
    desk.schedule(FAR, target)
    assert refusal(desk.schedule, expression=FAR, target=target) == "ConflictException"
    assert refusal(desk.schedule, expression=FAR, target=target, GroupName="none") == MISSING
    desk.scheduler.create_schedule_group(Name="own")
    assert desk.schedule(FAR, target, GroupName="own").endswith("schedule/own/job")
    whole = {"ScheduleExpression": FAR, "FlexibleTimeWindow": {"Mode": "OFF"}}
    whole["Target"] = target | {"RoleArn": desk.role()}
    assert refusal(desk.scheduler.update_schedule, Name="none", **whole) == MISSING


def test_the_same_token_makes_one_schedule(desk):
    target = {"Arn": desk.queue()}
    made = [desk.schedule(FAR, target, ClientToken="once") for _ in range(2)]
    assert made[0] == made[1]
    assert refusal(desk.schedule, expression="rate(1 day)", target=target, ClientToken="once") == "ConflictException"


def test_what_cannot_be_is_refused(desk):
    inbox = desk.queue()
    good = {"Arn": inbox}
    bus = f"arn:aws:events:us-east-1:{desk.account}:event-bus/default"
    noon = datetime.datetime(2030, 1, 1, 12)
    refused = [
        ("rate(0 minutes)", good, {}),
        ("every day", good, {}),
        (FAR, good, {"ScheduleExpressionTimezone": "Mars/Olympus"}),
        (FAR, good, {"StartDate": noon, "EndDate": noon}),
        (FAR, {"Arn": "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"}, {}),
        (FAR, {"Arn": f"arn:aws:kinesis:us-east-1:{desk.account}:stream/x"}, {}),
        (FAR, {"Arn": f"{inbox}.fifo"}, {}),
        (FAR, {"Arn": bus}, {}),
        (FAR, good | {"RoleArn": f"arn:aws:iam::{desk.account}:role/none"}, {}),
        (FAR, good | {"KinesisParameters": {"PartitionKey": "x"}}, {}),
        (FAR, good | {"EventBridgeParameters": {"DetailType": "a", "Source": "b"}}, {}),
    ]
    for expression, target, options in refused:
        assert refusal(desk.schedule, expression=expression, target=target, **options) == INVALID, (expression, target)
    try:
        desk.scheduler.create_schedule(
            Name="n" * 65, ScheduleExpression=FAR, FlexibleTimeWindow={"Mode": "OFF"}, Target=good | {"RoleArn": desk.role()}
        )
    except ClientError as error:
        message = error.response["Error"]["Message"]
        assert message.startswith("1 validation error detected: Value 'nnn") and "at 'name' failed" in message
    else:
        raise AssertionError("a long name is refused")
    no_window = {"Mode": "FLEXIBLE"}
    given = {"Name": "x", "ScheduleExpression": FAR, "Target": good | {"RoleArn": desk.role()}}
    assert refusal(desk.scheduler.create_schedule, FlexibleTimeWindow=no_window, **given) == INVALID


def test_schedules_are_listed_by_group_name_and_state_in_pages(desk):
    target = {"Arn": desk.queue()}
    desk.scheduler.create_schedule_group(Name="own")
    for name in ("a1", "a2", "b1"):
        desk.schedule(FAR, target, name)
    desk.schedule(FAR, target, "c1", GroupName="own", State="DISABLED")
    listed = desk.scheduler.list_schedules

    def names(**options):
        return [one["Name"] for one in listed(**options)["Schedules"]]

    assert names() == ["a1", "a2", "b1", "c1"] and names(NamePrefix="a") == ["a1", "a2"]
    assert names(GroupName="own") == ["c1"] == names(State="DISABLED")
    first = listed(MaxResults=3)
    rest = listed(MaxResults=3, NextToken=first["NextToken"])
    assert [one["Name"] for one in first["Schedules"] + rest["Schedules"]] == ["a1", "a2", "b1", "c1"]
    assert refusal(listed, GroupName="none") == MISSING and refusal(listed, NextToken="x") == INVALID
