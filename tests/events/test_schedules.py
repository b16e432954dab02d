"""Rules with schedules, in a region whose clock is moved."""

import datetime


def test_a_rate_comes_due_again_and_again(moved):
    inbox = moved.queue()
    arn = moved.rule(targets=[{"Arn": inbox}], ScheduleExpression="rate(10 minutes)")
    times = []
    for _ in range(2):
        moved.region.advance_clock(600)
        event = moved.told(inbox)[0]
        assert (event["source"], event["detail-type"], event["detail"]) == ("aws.events", "Scheduled Event", {})
        assert event["resources"] == [arn]
        times.append(datetime.datetime.fromisoformat(event["time"]))
    assert times[1] - times[0] == datetime.timedelta(minutes=10)
    assert moved.is_empty(inbox)


def test_cron_comes_due_at_its_hour(moved):
    inbox = moved.queue()
    moved.rule(targets=[{"Arn": inbox}], ScheduleExpression="cron(15 3 * * ? *)")
    moved.region.advance_clock(24 * 3600)
    event = moved.told(inbox)[0]
    assert event["time"].endswith("T03:15:00Z")
    assert moved.is_empty(inbox)


def test_a_disabled_schedule_waits(moved):
    inbox, other = moved.queue(), moved.queue("other")
    moved.rule(targets=[{"Arn": inbox}], ScheduleExpression="rate(1 hour)", State="DISABLED")
    moved.rule(None, "other", targets=[{"Arn": other}], ScheduleExpression="rate(1 hour)")
    moved.region.advance_clock(3600)
    moved.messages(other)
    assert moved.is_empty(inbox)
    moved.events.enable_rule(Name="rule")
    moved.region.advance_clock(3600)
    moved.messages(inbox)


def test_a_restart_tells_nothing_twice(region, account):
    from events.conftest import Lab

    lab = Lab(region("none", "--test-clock"), account)
    inbox = lab.queue()
    lab.rule(targets=[{"Arn": inbox}], ScheduleExpression="rate(1 hour)")
    lab.region.advance_clock(3600)
    first = lab.told(inbox)[0]
    lab.region.kill()
    lab.region.start()
    lab = Lab(lab.region, account)
    # The clock of the new control plane is the machine's again.
    lab.region.advance_clock(2 * 3600)
    second = lab.told(inbox)[0]
    assert second["time"] != first["time"] and lab.is_empty(inbox)
