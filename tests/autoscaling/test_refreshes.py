"""Instance refreshes."""

from support.refusal import refusal
from support.waiting import until

INVALID = "ValidationError"


def start(fleet, group, version=None, **preferences):
    options = {"Preferences": {"InstanceWarmup": 0} | preferences}
    if version:
        options["DesiredConfiguration"] = {"LaunchTemplate": {"LaunchTemplateId": fleet.template, "Version": version}}
    return fleet.autoscaling.start_instance_refresh(AutoScalingGroupName=group, **options)["InstanceRefreshId"]


def refresh(fleet, group, which):
    found = fleet.autoscaling.describe_instance_refreshes(AutoScalingGroupName=group, InstanceRefreshIds=[which])
    return found["InstanceRefreshes"][0]


def until_status(fleet, group, which, status):
    def reached():
        now = refresh(fleet, group, which)
        return now if now["Status"] == status else None

    return until(reached, f"the refresh is {status}")


def versions(fleet, group):
    return sorted(one["LaunchTemplate"]["Version"] for one in fleet.instances(group, "InService"))


def fixed(fleet, size, version="1", **options):
    return fleet.filled(size, LaunchTemplate={"LaunchTemplateId": fleet.template, "Version": version}, **options)


def test_all_instances_are_replaced(fleet):
    group = fixed(fleet, 3)
    before = fleet.serving(group)
    version = fleet.another_version(InstanceType="t3.micro")
    which = start(fleet, group, version, MinHealthyPercentage=50)
    done = until_status(fleet, group, which, "Successful")
    assert (done["PercentageComplete"], done["InstancesToUpdate"]) == (100, 0)
    assert not fleet.until_serving(group, 3) & before
    assert versions(fleet, group) == [version] * 3
    assert fleet.describe(group)["LaunchTemplate"]["Version"] == version
    assert "in response to an instance refresh." in fleet.activity(group, "Terminating")["Cause"]


def test_what_matches_already_is_left(fleet):
    group = fixed(fleet, 2)
    before = fleet.serving(group)
    which = start(fleet, group, SkipMatching=True)
    until_status(fleet, group, which, "Successful")
    assert fleet.serving(group) == before
    which = start(fleet, group)
    until_status(fleet, group, which, "Successful")
    assert not fleet.serving(group) & before


def test_it_launches_first_where_nothing_may_be_missing(fleet):
    group = fixed(fleet, 2)
    before = fleet.serving(group)
    least = []

    def done():
        least.append(len(fleet.serving(group)))
        return refresh(fleet, group, which)["Status"] == "Successful"

    which = start(fleet, group, fleet.another_version(), MinHealthyPercentage=100, MaxHealthyPercentage=150)
    until(done, "the refresh is successful", every=0.01)
    assert min(least) >= 2
    assert not fleet.until_serving(group, 2) & before


def test_it_pauses_at_checkpoints_and_can_be_cancelled(moved):
    group = fixed(moved, 2)
    version = moved.another_version()
    which = start(moved, group, version, MinHealthyPercentage=50, CheckpointPercentages=[50, 100], CheckpointDelay=600)
    until(lambda: refresh(moved, group, which)["PercentageComplete"] == 50, "half is replaced")
    moved.until_serving(group, 2)
    assert versions(moved, group) == ["1", version]
    assert refusal(moved.autoscaling.start_instance_refresh, AutoScalingGroupName=group) == "InstanceRefreshInProgress"
    moved.region.advance_clock(601)
    until(lambda: refresh(moved, group, which)["PercentageComplete"] == 100, "all is replaced")
    assert refresh(moved, group, which)["Status"] == "InProgress"
    moved.region.advance_clock(601)
    until_status(moved, group, which, "Successful")

    which = start(moved, group, moved.another_version(), CheckpointPercentages=[50], CheckpointDelay=600)
    until(lambda: refresh(moved, group, which)["PercentageComplete"] == 50, "half is replaced")
    cancel = moved.autoscaling.cancel_instance_refresh
    assert cancel(AutoScalingGroupName=group)["InstanceRefreshId"] == which
    until_status(moved, group, which, "Cancelled")
    assert moved.describe(group)["LaunchTemplate"]["Version"] == version
    assert refusal(cancel, AutoScalingGroupName=group) == "ActiveInstanceRefreshNotFound"


def test_it_goes_back(moved):
    group = fixed(moved, 2)
    which = start(moved, group, moved.another_version(), MinHealthyPercentage=50, CheckpointPercentages=[50], CheckpointDelay=6000)
    until(lambda: refresh(moved, group, which)["PercentageComplete"] == 50, "half is replaced")
    rollback = moved.autoscaling.rollback_instance_refresh
    assert rollback(AutoScalingGroupName=group)["InstanceRefreshId"] == which
    done = until_status(moved, group, which, "RollbackSuccessful")
    assert done["RollbackDetails"]["PercentageCompleteOnRollback"] == 50
    moved.until_serving(group, 2)
    assert versions(moved, group) == ["1", "1"]
    assert refusal(rollback, AutoScalingGroupName=group) == "ActiveInstanceRefreshNotFound"


def test_it_goes_back_by_itself_when_an_alarm_speaks(moved):
    cloudwatch = moved.region.client("cloudwatch", moved.account)
    group = fixed(moved, 2)
    alarm = {"AlarmName": "errors", "MetricName": "Errors", "Namespace": "Test", "Statistic": "Sum", "Period": 60}
    alarm |= {"EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold"}
    # Nothing is measured, so that it stays as it is set.
    cloudwatch.put_metric_alarm(TreatMissingData="ignore", **alarm)
    which = start(
        moved,
        group,
        moved.another_version(),
        MinHealthyPercentage=50,
        CheckpointPercentages=[50],
        CheckpointDelay=6000,
        AutoRollback=True,
        AlarmSpecification={"Alarms": ["errors"]},
    )
    until(lambda: refresh(moved, group, which)["PercentageComplete"] == 50, "half is replaced")
    cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="a test says so")
    done = until_status(moved, group, which, "RollbackSuccessful")
    assert "errors" in done["StatusReason"]
    assert versions(moved, group) == ["1", "1"]


def test_what_a_refresh_cannot_be_is_refused(fleet):
    group = fleet.group(0)

    def wrong(**preferences):
        return refusal(fleet.autoscaling.start_instance_refresh, AutoScalingGroupName=group, Preferences=preferences)

    assert wrong(MinHealthyPercentage=101) == INVALID
    assert wrong(MinHealthyPercentage=50, MaxHealthyPercentage=200) == INVALID
    assert wrong(CheckpointPercentages=[50, 20]) == INVALID
    assert wrong(AutoRollback=True) == INVALID
    assert refusal(fleet.autoscaling.start_instance_refresh, AutoScalingGroupName="missing") == INVALID
    assert refusal(fleet.autoscaling.describe_instance_refreshes, AutoScalingGroupName="missing") == INVALID
