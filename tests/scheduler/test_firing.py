"""Schedules that come due, in a region whose clock is moved."""

import datetime
import json

from support.waiting import until

UTC = datetime.timezone.utc


def now(desk):
    """What time it is in the region: when a schedule was made."""
    desk.schedule("cron(0 0 1 1 ? 2190)", {"Arn": desk.queue("clock")}, "clock")
    made = desk.scheduler.get_schedule(Name="clock")["CreationDate"].astimezone(UTC)
    desk.scheduler.delete_schedule(Name="clock")
    return made


def test_a_rate_begins_at_once_and_comes_again(moved):
    inbox = moved.queue()
    arn = moved.schedule("rate(10 minutes)", {"Arn": inbox, "Input": "tick"})
    assert moved.messages(inbox)[0]["Body"] == "tick"
    assert moved.is_empty(inbox)
    moved.region.advance_clock(600)
    assert moved.messages(inbox)[0]["Body"] == "tick"
    moved.schedule("rate(10 minutes)", {"Arn": inbox, "Input": "tick"}, call=moved.scheduler.update_schedule, State="DISABLED")
    other = moved.queue("other")
    moved.schedule("rate(10 minutes)", {"Arn": other}, "other")
    moved.messages(other)
    moved.region.advance_clock(600)
    moved.messages(other)
    assert moved.is_empty(inbox) and arn


def test_once_is_in_its_zone_and_may_end_the_schedule(moved):
    inbox = moved.queue()
    zone = datetime.timezone(datetime.timedelta(hours=9))
    at = (now(moved) + datetime.timedelta(hours=2)).astimezone(zone)
    expression = f"at({at:%Y-%m-%dT%H:%M:%S})"
    arn = moved.schedule(
        expression,
        {"Arn": inbox, "Input": '{"at": "<aws.scheduler.scheduled-time>", "arn": "<aws.scheduler.schedule-arn>", "n": <aws.scheduler.attempt-number>}'},
        ScheduleExpressionTimezone="Asia/Tokyo",
        ActionAfterCompletion="DELETE",
    )
    moved.region.advance_clock(3600)
    assert moved.scheduler.get_schedule(Name="job")
    moved.region.advance_clock(3600)
    told = moved.told(inbox)[0]
    assert told == {"at": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "arn": arn, "n": 1}
    until(lambda: moved.scheduler.list_schedules()["Schedules"] == [], "the schedule is gone")


def test_nothing_comes_before_the_start_or_after_the_end(moved):
    inbox, after = moved.queue(), moved.queue("after")
    begin = now(moved)
    start, end = begin + datetime.timedelta(hours=1), begin + datetime.timedelta(hours=2, minutes=30)
    moved.schedule("rate(1 hour)", {"Arn": inbox}, StartDate=start, EndDate=end)
    assert moved.is_empty(inbox)
    moved.region.advance_clock(3605)
    moved.messages(inbox)
    moved.region.advance_clock(3600)
    moved.messages(inbox)
    moved.schedule("rate(1 hour)", {"Arn": after}, "after")
    moved.messages(after)
    moved.region.advance_clock(3600)
    moved.messages(after)
    assert moved.is_empty(inbox)


def test_who_says_nothing_else_gets_a_notification(moved):
    inbox = moved.queue()
    arn = moved.schedule("rate(1 day)", {"Arn": inbox})
    told = moved.told(inbox)[0]
    assert (told["source"], told["detail-type"], told["resources"]) == ("aws.scheduler", "Scheduled Event", [arn])


def test_an_event_bus_gets_an_event(moved):
    inbox = moved.queue()
    moved.rule({"source": ["clockwork"]}, targets=[{"Arn": inbox}])
    bus = f"arn:aws:events:us-east-1:{moved.account}:event-bus/default"
    named = {"DetailType": "Tick", "Source": "clockwork"}
    moved.schedule("rate(1 day)", {"Arn": bus, "EventBridgeParameters": named, "Input": '{"n": 1}'})
    told = moved.told(inbox)[0]
    assert (told["source"], told["detail-type"], told["detail"]) == ("clockwork", "Tick", {"n": 1})


def test_what_cannot_be_told_ends_in_the_dead_letter_queue(moved):
    dead = moved.queue("dead")
    missing = f"arn:aws:sqs:us-east-1:{moved.account}:missing"
    arn = moved.schedule("rate(1 day)", {"Arn": missing, "Input": "x", "DeadLetterConfig": {"Arn": dead}})
    message = moved.messages(dead)[0]
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert message["Body"] == "x" and attributes["SCHEDULE_ARN"] == arn and attributes["TARGET_ARN"] == missing
    assert attributes["EXECUTION_ID"] and json.dumps(attributes)


def test_a_schedule_may_what_its_role_may(moved):
    inbox, dead = moved.queue(), moved.queue("dead")
    role = moved.role()
    moved.iam.delete_role_policy(RoleName="scheduler", PolicyName="all")
    moved.schedule("rate(1 day)", {"Arn": inbox, "RoleArn": role, "DeadLetterConfig": {"Arn": dead}})
    message = moved.messages(dead)[0]
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    assert moved.is_empty(inbox)


def test_a_flexible_schedule_comes_within_its_window(moved):
    inbox = moved.queue()
    moved.schedule("rate(1 day)", {"Arn": inbox}, window=30)
    moved.region.advance_clock(30 * 60)
    moved.messages(inbox)
