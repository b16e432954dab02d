"""Scaling policies: by a number, by steps, by a target; called by users and by alarms."""

import pytest
from support.refusal import refusal
from support.waiting import until

INVALID = "ValidationError"
CPU = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"}, "TargetValue": 50.0}


@pytest.fixture
def cloudwatch(fleet):
    return fleet.region.client("cloudwatch", fleet.account)


def desired(fleet, group):
    return fleet.describe(group)["DesiredCapacity"]


def put(fleet, group, name="policy", **options):
    return fleet.autoscaling.put_scaling_policy(AutoScalingGroupName=group, PolicyName=name, **options)


def test_a_simple_policy_changes_the_capacity(fleet):
    group = fleet.filled(1)
    arn = put(fleet, group, AdjustmentType="ChangeInCapacity", ScalingAdjustment=2, Cooldown=300)["PolicyARN"]
    assert arn.endswith(f":autoScalingGroupName/{group}:policyName/policy")
    execute = fleet.autoscaling.execute_policy
    execute(PolicyName=arn)
    fleet.until_serving(group, 3)
    cause = fleet.activities(group)[0]["Cause"]
    assert "a user request executed policy policy changing the desired capacity from 1 to 3." in cause
    # No further than the bounds.
    execute(AutoScalingGroupName=group, PolicyName="policy")
    assert desired(fleet, group) == 4
    assert refusal(execute, AutoScalingGroupName=group, PolicyName="policy", HonorCooldown=True) == "ScalingActivityInProgress"
    assert refusal(execute, AutoScalingGroupName=group, PolicyName="missing") == INVALID
    assert refusal(execute, AutoScalingGroupName=group, PolicyName="policy", MetricValue=1.0, BreachThreshold=2.0) == INVALID


def test_a_step_policy_chooses_by_what_is_beyond(fleet):
    group = fleet.filled(1, MaxSize=8)
    steps = [
        {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 10.0, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 10.0, "ScalingAdjustment": 3},
    ]
    put(fleet, group, PolicyType="StepScaling", AdjustmentType="ChangeInCapacity", StepAdjustments=steps, EstimatedInstanceWarmup=0)
    execute = fleet.autoscaling.execute_policy
    execute(AutoScalingGroupName=group, PolicyName="policy", MetricValue=55.0, BreachThreshold=50.0)
    fleet.until_serving(group, 2)
    execute(AutoScalingGroupName=group, PolicyName="policy", MetricValue=65.0, BreachThreshold=50.0)
    fleet.until_serving(group, 5)
    # Below the threshold there is no step.
    execute(AutoScalingGroupName=group, PolicyName="policy", MetricValue=45.0, BreachThreshold=50.0)
    assert desired(fleet, group) == 5
    assert refusal(execute, AutoScalingGroupName=group, PolicyName="policy") == INVALID


def test_a_tracking_policy_makes_its_alarms(fleet, cloudwatch):
    group = fleet.group(0)
    made = put(fleet, group, PolicyType="TargetTrackingScaling", TargetTrackingConfiguration=CPU)
    names = [alarm["AlarmName"] for alarm in made["Alarms"]]
    assert names[0].startswith(f"TargetTracking-{group}-AlarmHigh-")
    assert names[1].startswith(f"TargetTracking-{group}-AlarmLow-")
    alarms = {alarm["AlarmName"]: alarm for alarm in cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"]}
    high, low = (alarms[name] for name in names)
    assert (high["Threshold"], high["EvaluationPeriods"], high["ComparisonOperator"]) == (50.0, 3, "GreaterThanThreshold")
    assert (low["Threshold"], low["EvaluationPeriods"], low["ComparisonOperator"]) == (45.0, 15, "LessThanThreshold")
    assert high["AlarmActions"] == [made["PolicyARN"]] and high["AlarmArn"] == made["Alarms"][0]["AlarmARN"]
    assert high["Dimensions"] == [{"Name": "AutoScalingGroupName", "Value": group}]

    # Put again it keeps them, with another target.
    again = put(fleet, group, PolicyType="TargetTrackingScaling", TargetTrackingConfiguration=CPU | {"TargetValue": 80.0})
    assert again["Alarms"] == made["Alarms"]
    (high,) = cloudwatch.describe_alarms(AlarmNames=names[:1])["MetricAlarms"]
    assert high["Threshold"] == 80.0
    (shown,) = fleet.autoscaling.describe_policies(AutoScalingGroupName=group)["ScalingPolicies"]
    assert shown["TargetTrackingConfiguration"]["TargetValue"] == 80.0 and shown["Alarms"] == made["Alarms"]

    fleet.autoscaling.delete_policy(AutoScalingGroupName=group, PolicyName="policy")
    assert not cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"]
    assert refusal(fleet.autoscaling.delete_policy, AutoScalingGroupName=group, PolicyName="policy") == INVALID


def test_alarms_go_with_their_group(fleet, cloudwatch):
    group = fleet.filled(1)
    made = put(fleet, group, PolicyType="TargetTrackingScaling", TargetTrackingConfiguration=CPU)
    fleet.autoscaling.delete_auto_scaling_group(AutoScalingGroupName=group, ForceDelete=True)
    fleet.until_gone(group)
    names = [alarm["AlarmName"] for alarm in made["Alarms"]]
    assert not cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"]


def test_an_alarm_calls_its_policy(fleet, cloudwatch):
    group = fleet.filled(1)
    arn = put(fleet, group, AdjustmentType="ChangeInCapacity", ScalingAdjustment=1)["PolicyARN"]
    alarm = {"AlarmName": f"{group}-busy", "MetricName": "Busy", "Namespace": "Test", "Statistic": "Sum", "Period": 60}
    alarm |= {"EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold", "AlarmActions": [arn]}
    cloudwatch.put_metric_alarm(**alarm)
    (shown,) = fleet.autoscaling.describe_policies(AutoScalingGroupName=group)["ScalingPolicies"]
    assert [one["AlarmName"] for one in shown["Alarms"]] == [f"{group}-busy"]
    cloudwatch.set_alarm_state(AlarmName=f"{group}-busy", StateValue="ALARM", StateReason="a test says so")
    fleet.until_serving(group, 2)
    cause = fleet.activities(group)[0]["Cause"]
    assert f"a monitor alarm {group}-busy in state ALARM triggered policy policy changing the desired capacity from 1 to 2." in cause
    cloudwatch.delete_alarms(AlarmNames=[f"{group}-busy"])


def test_a_target_is_tracked_up_and_down(moved):
    """With measurements of its own: far above the target the group grows in proportion, far below it shrinks."""
    cloudwatch = moved.region.client("cloudwatch", moved.account)
    group = moved.filled(1)
    metric = {"MetricName": "Load", "Namespace": "Test", "Statistic": "Average"}
    tracking = {"CustomizedMetricSpecification": metric, "TargetValue": 10.0}
    put(
        moved, group, PolicyType="TargetTrackingScaling", TargetTrackingConfiguration=tracking, EstimatedInstanceWarmup=0
    )

    def carried(load, size):
        """A load that is shared by all who serve, until so many do."""

        def reached():
            value = load / max(desired(moved, group), 1)
            cloudwatch.put_metric_data(Namespace="Test", MetricData=[{"MetricName": "Load", "Value": value}])
            moved.region.advance_clock(60)
            return desired(moved, group) == size

        until(reached, f"a load of {load} makes {size}", timeout=120, every=0.2)
        moved.until_serving(group, size)

    carried(27.0, 3)
    # Not the latest: while machines start, the alarm may look at the old load once more.
    causes = [activity["Cause"] for activity in moved.activities(group)]
    alarm = f"a monitor alarm TargetTracking-{group}-AlarmHigh-"
    assert any(alarm in cause and "from 1 to 3." in cause for cause in causes), causes
    carried(3.0, 1)


def test_policies_are_listed(fleet):
    group = fleet.group(0)
    put(fleet, group, "one", AdjustmentType="ExactCapacity", ScalingAdjustment=2)
    put(fleet, group, "two", AdjustmentType="PercentChangeInCapacity", ScalingAdjustment=50, MinAdjustmentMagnitude=2)
    describe = fleet.autoscaling.describe_policies
    shown = {policy["PolicyName"]: policy for policy in describe(AutoScalingGroupName=group)["ScalingPolicies"]}
    assert shown["two"]["MinAdjustmentMagnitude"] == 2 and shown["one"]["PolicyType"] == "SimpleScaling"
    named = describe(AutoScalingGroupName=group, PolicyNames=["one"])["ScalingPolicies"]
    assert [policy["PolicyName"] for policy in named] == ["one"]
    assert not describe(AutoScalingGroupName=group, PolicyTypes=["StepScaling"])["ScalingPolicies"]
    assert refusal(describe, AutoScalingGroupName="missing") == INVALID


def test_what_a_policy_cannot_be_is_refused(fleet):
    group = fleet.group(0)

    def wrong(**options):
        return refusal(fleet.autoscaling.put_scaling_policy, AutoScalingGroupName=group, PolicyName="wrong", **options)

    assert wrong(AdjustmentType="Guess", ScalingAdjustment=1) == INVALID
    assert wrong(AdjustmentType="ChangeInCapacity") == INVALID
    assert wrong(PolicyType="StepScaling", AdjustmentType="ChangeInCapacity") == INVALID
    assert wrong(PolicyType="TargetTrackingScaling") == INVALID
    assert wrong(PolicyType="TargetTrackingScaling", TargetTrackingConfiguration=CPU | {"TargetValue": -1.0}) == INVALID
    predictive = {"MetricSpecifications": [{"TargetValue": 1.0}]}
    assert wrong(PolicyType="PredictiveScaling", PredictiveScalingConfiguration=predictive) == INVALID
    label = {"PredefinedMetricType": "ALBRequestCountPerTarget"}
    config = {"PredefinedMetricSpecification": label, "TargetValue": 1.0}
    assert wrong(PolicyType="TargetTrackingScaling", TargetTrackingConfiguration=config) == INVALID
    assert not fleet.autoscaling.describe_policies(AutoScalingGroupName=group)["ScalingPolicies"]
