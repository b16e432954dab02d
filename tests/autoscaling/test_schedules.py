"""Scheduled actions, in a region whose clock is moved."""

import datetime

from support.refusal import refusal
from support.waiting import until

INVALID = "ValidationError"


def now(fleet):
    """What time it is in the region."""
    made = fleet.ec2.create_launch_template_version(
        LaunchTemplateId=fleet.template, LaunchTemplateData={"InstanceType": "t3.nano"}
    )
    return made["LaunchTemplateVersion"]["CreateTime"]


def put(fleet, group, name="action", **options):
    fleet.autoscaling.put_scheduled_update_group_action(AutoScalingGroupName=group, ScheduledActionName=name, **options)


def scheduled(fleet, group, **options):
    return fleet.autoscaling.describe_scheduled_actions(AutoScalingGroupName=group, **options)["ScheduledUpdateGroupActions"]


def test_a_group_grows_when_its_hour_has_come(moved):
    group = moved.group(0)
    put(moved, group, StartTime=now(moved) + datetime.timedelta(hours=5), MinSize=1, MaxSize=3, DesiredCapacity=2)
    moved.region.advance_clock(4 * 3600)
    assert moved.describe(group)["DesiredCapacity"] == 0
    moved.region.advance_clock(3600 + 5)
    moved.until_serving(group, 2)
    shown = moved.describe(group)
    assert (shown["MinSize"], shown["MaxSize"]) == (1, 3) and not scheduled(moved, group)
    assert "changing the desired capacity from 0 to 2." in moved.activities(group)[0]["Cause"]


def test_what_recurs_comes_again_in_its_zone(moved):
    group = moved.group(0)
    put(moved, group, "up", Recurrence="0 9 * * *", TimeZone="Asia/Tokyo", DesiredCapacity=1)
    put(moved, group, "down", Recurrence="0 17 * * *", TimeZone="Asia/Tokyo", DesiredCapacity=0)
    for _ in range(2):
        moved.region.advance_clock(24 * 3600)

        def to_come():
            found = {one["ScheduledActionName"]: one["StartTime"] for one in scheduled(moved, group)}
            return found if min(found.values()) > now(moved) else None

        starts = until(to_come, "what was missed is over")
        hours = {name: start.astimezone(datetime.timezone.utc).hour for name, start in starts.items()}
        assert hours == {"up": 0, "down": 8}
        pause = (starts["up"] - now(moved)).total_seconds()
        moved.region.advance_clock(max(int(pause), 0) + 5)
        until(lambda: moved.describe(group)["DesiredCapacity"] == 1, "it is up")
        moved.region.advance_clock(8 * 3600)
        until(lambda: moved.describe(group)["DesiredCapacity"] == 0, "it is down")


def test_suspended_actions_have_no_effect(moved):
    group = moved.group(0)
    moved.autoscaling.suspend_processes(AutoScalingGroupName=group, ScalingProcesses=["ScheduledActions"])
    put(moved, group, StartTime=now(moved) + datetime.timedelta(minutes=1), DesiredCapacity=2)
    moved.region.advance_clock(70)
    until(lambda: not scheduled(moved, group), "it is over")
    assert moved.describe(group)["DesiredCapacity"] == 0


def test_actions_come_and_go_in_batches(fleet):
    group = fleet.group(0)
    actions = [{"ScheduledActionName": f"a{n}", "Recurrence": "0 0 1 1 *", "MinSize": 0, "MaxSize": n} for n in range(3)]
    actions.append({"ScheduledActionName": "bad", "Recurrence": "never", "MinSize": 0})
    made = fleet.autoscaling.batch_put_scheduled_update_group_action(
        AutoScalingGroupName=group, ScheduledUpdateGroupActions=actions
    )
    assert [one["ScheduledActionName"] for one in made["FailedScheduledUpdateGroupActions"]] == ["bad"]
    assert {one["ScheduledActionName"] for one in scheduled(fleet, group)} == {"a0", "a1", "a2"}
    assert [one["MaxSize"] for one in scheduled(fleet, group, ScheduledActionNames=["a1"])] == [1]
    gone = fleet.autoscaling.batch_delete_scheduled_action(AutoScalingGroupName=group, ScheduledActionNames=["a0", "missing"])
    assert [one["ScheduledActionName"] for one in gone["FailedScheduledActions"]] == ["missing"]
    delete = fleet.autoscaling.delete_scheduled_action
    delete(AutoScalingGroupName=group, ScheduledActionName="a1")
    assert {one["ScheduledActionName"] for one in scheduled(fleet, group)} == {"a2"}

    missing = {"AutoScalingGroupName": "missing"}
    assert refusal(delete, AutoScalingGroupName=group, ScheduledActionName="a1") == INVALID
    assert refusal(fleet.autoscaling.batch_delete_scheduled_action, ScheduledActionNames=["a"], **missing) == INVALID
    assert refusal(fleet.autoscaling.batch_put_scheduled_update_group_action, ScheduledUpdateGroupActions=actions, **missing) == INVALID
    assert refusal(fleet.autoscaling.describe_scheduled_actions, **missing) == INVALID


def test_what_an_action_cannot_be_is_refused(fleet):
    group = fleet.group(0)

    def wrong(**options):
        call = fleet.autoscaling.put_scheduled_update_group_action
        return refusal(call, AutoScalingGroupName=group, ScheduledActionName="wrong", **options)

    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
    assert wrong(Recurrence="0 0 * * *") == INVALID
    assert wrong(MinSize=1) == INVALID
    assert wrong(MinSize=1, StartTime=past) == INVALID
    assert wrong(MinSize=1, Recurrence="61 * * * *") == INVALID
    assert wrong(MinSize=1, Recurrence="0 0 * * *", TimeZone="Mars/Olympus") == INVALID
    assert wrong(MinSize=2, MaxSize=1, Recurrence="0 0 * * *") == INVALID
