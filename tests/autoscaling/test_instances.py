"""Single instances of a group: protected, resting, leaving, coming, sick."""

from support.refusal import refusal
from support.waiting import until

INVALID = "ValidationError"


def test_what_is_terminated_from_outside_is_replaced(fleet):
    group = fleet.filled(2)
    before = fleet.serving(group)
    victim = sorted(before)[0]
    fleet.ec2.terminate_instances(InstanceIds=[victim])
    after = until(
        lambda: (now := fleet.serving(group)) and len(now) == 2 and victim not in now and now, "a replacement serves"
    )
    assert len(after & before) == 1
    ended = fleet.activity(group, f"Terminating EC2 instance: {victim}", "Successful")
    assert "an EC2 health check indicating it has been terminated or stopped." in ended["Cause"]


def test_what_is_stopped_from_outside_is_replaced(fleet):
    group = fleet.filled(1)
    (victim,) = fleet.serving(group)
    fleet.ec2.stop_instances(InstanceIds=[victim])
    until(lambda: fleet.serving(group) not in (set(), {victim}), "a replacement serves")
    until(lambda: fleet.state(victim) == "terminated", "the stopped one is terminated")


def test_who_declares_an_instance_sick_gets_another(fleet):
    group = fleet.filled(1, HealthCheckGracePeriod=3600)
    (victim,) = fleet.serving(group)
    declare = fleet.autoscaling.set_instance_health
    declare(InstanceId=victim, HealthStatus="Unhealthy", ShouldRespectGracePeriod=True)
    assert fleet.serving(group) == {victim}
    declare(InstanceId=victim, HealthStatus="Unhealthy", ShouldRespectGracePeriod=False)
    until(lambda: fleet.serving(group) not in (set(), {victim}), "a replacement serves")
    assert "a user health-check." in fleet.activity(group, f"Terminating EC2 instance: {victim}")["Cause"]
    assert refusal(declare, InstanceId="i-00000000000000000", HealthStatus="Unhealthy") == INVALID
    assert refusal(declare, InstanceId=victim, HealthStatus="Poorly") == INVALID


def test_protected_instances_stay_when_the_group_shrinks(fleet):
    group = fleet.filled(3)
    kept = sorted(fleet.serving(group))[:2]
    protect = fleet.autoscaling.set_instance_protection
    protect(AutoScalingGroupName=group, InstanceIds=kept, ProtectedFromScaleIn=True)
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=0)
    assert fleet.until_serving(group, 2) == set(kept)
    protect(AutoScalingGroupName=group, InstanceIds=kept, ProtectedFromScaleIn=False)
    fleet.until_serving(group, 0)
    missing = ["i-00000000000000000"]
    assert refusal(protect, AutoScalingGroupName=group, InstanceIds=missing, ProtectedFromScaleIn=True) == INVALID


def test_an_instance_rests_and_returns(fleet):
    group = fleet.filled(2)
    resting = sorted(fleet.serving(group))[0]
    enter, leave = fleet.autoscaling.enter_standby, fleet.autoscaling.exit_standby
    made = enter(AutoScalingGroupName=group, InstanceIds=[resting], ShouldDecrementDesiredCapacity=True)
    assert made["Activities"][0]["Description"] == f"Moving EC2 instance to Standby: {resting}"
    fleet.until_state(group, "Standby")
    assert fleet.describe(group)["DesiredCapacity"] == 1 and len(fleet.serving(group)) == 1
    assert refusal(enter, AutoScalingGroupName=group, InstanceIds=[resting], ShouldDecrementDesiredCapacity=True) == INVALID

    leave(AutoScalingGroupName=group, InstanceIds=[resting])
    assert resting in fleet.until_serving(group, 2) and fleet.describe(group)["DesiredCapacity"] == 2
    assert refusal(leave, AutoScalingGroupName=group, InstanceIds=[resting]) == INVALID


def test_an_instance_that_rests_is_replaced_if_the_capacity_stays(fleet):
    group = fleet.filled(1)
    (resting,) = fleet.serving(group)
    fleet.autoscaling.enter_standby(
        AutoScalingGroupName=group, InstanceIds=[resting], ShouldDecrementDesiredCapacity=False
    )
    fleet.until_state(group, "Standby")
    fleet.until_state(group, "InService")


def test_an_instance_leaves_the_group_and_runs_on(fleet):
    group = fleet.filled(2)
    leaving = sorted(fleet.serving(group))[0]
    detach = fleet.autoscaling.detach_instances
    detach(AutoScalingGroupName=group, InstanceIds=[leaving], ShouldDecrementDesiredCapacity=True)
    assert leaving not in fleet.until_serving(group, 1)
    assert fleet.describe(group)["DesiredCapacity"] == 1 and fleet.state(leaving) == "running"
    assert leaving not in {one["InstanceId"] for one in fleet.launched(group)}
    fleet.autoscaling.update_auto_scaling_group(AutoScalingGroupName=group, MinSize=1)
    (last,) = fleet.serving(group)
    shrink = {"AutoScalingGroupName": group, "InstanceIds": [last], "ShouldDecrementDesiredCapacity": True}
    assert refusal(detach, **shrink) == INVALID
    assert refusal(detach, **(shrink | {"InstanceIds": [leaving]})) == INVALID

    # And comes back.
    attach = fleet.autoscaling.attach_instances
    attach(AutoScalingGroupName=group, InstanceIds=[leaving])
    assert leaving in fleet.until_serving(group, 2) and fleet.describe(group)["DesiredCapacity"] == 2
    assert leaving in {one["InstanceId"] for one in fleet.launched(group)}
    assert refusal(attach, AutoScalingGroupName=group, InstanceIds=[leaving]) == INVALID
    assert refusal(attach, AutoScalingGroupName=group, InstanceIds=["i-00000000000000000"]) == INVALID


def test_an_instance_ends_on_request(fleet):
    group = fleet.filled(2)
    one, other = sorted(fleet.serving(group))
    terminate = fleet.autoscaling.terminate_instance_in_auto_scaling_group
    told = terminate(InstanceId=one, ShouldDecrementDesiredCapacity=True)["Activity"]
    assert told["Description"] == f"Terminating EC2 instance: {one}"
    assert f"instance {one} was taken out of service in response to a user request, shrinking the capacity from 2 to 1." in told["Cause"]
    assert fleet.until_serving(group, 1) == {other}
    # Without the decrement another takes its place.
    terminate(InstanceId=other, ShouldDecrementDesiredCapacity=False)
    until(lambda: fleet.serving(group) not in (set(), {other}), "a replacement serves")
    assert refusal(terminate, InstanceId="i-00000000000000000", ShouldDecrementDesiredCapacity=False) == INVALID


def test_termination_protection_is_for_others(fleet):
    version = fleet.another_version(DisableApiTermination=True)
    group = fleet.filled(1, LaunchTemplate={"LaunchTemplateId": fleet.template, "Version": version})
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=0)
    fleet.until_serving(group, 0)


def test_instances_are_listed_by_id_and_in_pages(fleet):
    group = fleet.filled(3)
    describe = fleet.autoscaling.describe_auto_scaling_instances
    one = sorted(fleet.serving(group))[0]
    assert [shown["InstanceId"] for shown in describe(InstanceIds=[one])["AutoScalingInstances"]] == [one]
    pages = fleet.autoscaling.get_paginator("describe_auto_scaling_instances").paginate(PaginationConfig={"PageSize": 2})
    assert {shown["InstanceId"] for page in pages for shown in page["AutoScalingInstances"]} == fleet.serving(group)
    assert refusal(describe, NextToken="bogus") == "InvalidNextToken"


def test_termination_policies_choose(fleet):
    group = fleet.filled(1, TerminationPolicies=["NewestInstance"], AvailabilityZones=["us-east-1a"])
    first = fleet.serving(group)
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=2)
    fleet.until_serving(group, 2)
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=1)
    assert fleet.until_serving(group, 1) == first
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=2)
    second = fleet.until_serving(group, 2) - first
    fleet.autoscaling.update_auto_scaling_group(AutoScalingGroupName=group, TerminationPolicies=["OldestInstance"])
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=1)
    assert fleet.until_serving(group, 1) == second
