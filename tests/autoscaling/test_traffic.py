"""Target groups of groups. Whether targets are healthy is seen in tests/machines, where there are balancers."""

import pytest
from support.refusal import refusal
from support.waiting import until

INVALID = "ValidationError"


@pytest.fixture
def elb(fleet):
    return fleet.region.client("elbv2", fleet.account)


@pytest.fixture
def target_group(fleet, elb):
    """A target group's ARN."""
    vpc = fleet.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    options = {"Protocol": "HTTP", "Port": 80, "VpcId": vpc, "TargetType": "instance"}
    return elb.create_target_group(Name=fleet.name, **options)["TargetGroups"][0]["TargetGroupArn"]


def targets(elb, arn):
    found = elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    return {one["Target"]["Id"] for one in found if one["TargetHealth"]["State"] != "draining"}


def test_instances_are_registered_before_they_serve_and_deregistered_before_they_end(fleet, elb, target_group):
    group = fleet.filled(2, TargetGroupARNs=[target_group])
    assert fleet.describe(group)["TargetGroupARNs"] == [target_group]
    assert targets(elb, target_group) == fleet.serving(group)
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=1)
    left = fleet.until_serving(group, 1)
    assert targets(elb, target_group) == left
    fleet.autoscaling.enter_standby(
        AutoScalingGroupName=group, InstanceIds=list(left), ShouldDecrementDesiredCapacity=True
    )
    fleet.until_state(group, "Standby")
    assert not targets(elb, target_group)


def test_a_target_group_comes_and_goes(fleet, elb, target_group):
    group = fleet.filled(2)
    attach = fleet.autoscaling.attach_load_balancer_target_groups
    detach = fleet.autoscaling.detach_load_balancer_target_groups
    describe = fleet.autoscaling.describe_load_balancer_target_groups
    attach(AutoScalingGroupName=group, TargetGroupARNs=[target_group])
    until(lambda: targets(elb, target_group) == fleet.serving(group), "all are registered")

    def states():
        shown = describe(AutoScalingGroupName=group)["LoadBalancerTargetGroups"]
        return {one["LoadBalancerTargetGroupARN"]: one["State"] for one in shown}

    until(lambda: states() == {target_group: "Added"}, "it is added")
    detach(AutoScalingGroupName=group, TargetGroupARNs=[target_group])
    until(lambda: not states(), "it is removed")
    assert not targets(elb, target_group)

    missing = target_group[:-16] + "0123456789abcdef"
    assert refusal(attach, AutoScalingGroupName=group, TargetGroupARNs=[missing]) == INVALID
    assert refusal(detach, AutoScalingGroupName=group, TargetGroupARNs=[target_group]) == INVALID
    assert refusal(describe, AutoScalingGroupName="missing") == INVALID
    options = {"MinSize": 0, "MaxSize": 1, "AvailabilityZones": ["us-east-1a"], "TargetGroupARNs": [missing]}
    launch = {"LaunchTemplate": {"LaunchTemplateId": fleet.template}}
    assert refusal(fleet.autoscaling.create_auto_scaling_group, AutoScalingGroupName="wrong", **options, **launch) == INVALID


def test_the_newer_names_mean_the_same(fleet, elb, target_group):
    group = fleet.filled(1)
    source = {"Identifier": target_group, "Type": "elbv2"}
    attach, detach = fleet.autoscaling.attach_traffic_sources, fleet.autoscaling.detach_traffic_sources
    describe = fleet.autoscaling.describe_traffic_sources
    attach(AutoScalingGroupName=group, TrafficSources=[source])
    until(lambda: targets(elb, target_group) == fleet.serving(group), "it is registered")
    (shown,) = describe(AutoScalingGroupName=group)["TrafficSources"]
    assert (shown["Identifier"], shown["Type"]) == (target_group, "elbv2")
    assert not describe(AutoScalingGroupName=group, TrafficSourceType="vpc-lattice")["TrafficSources"]
    detach(AutoScalingGroupName=group, TrafficSources=[source])
    until(lambda: not describe(AutoScalingGroupName=group)["TrafficSources"], "it is removed")
    lattice = {"Identifier": target_group, "Type": "vpc-lattice"}
    assert refusal(attach, AutoScalingGroupName=group, TrafficSources=[lattice]) == INVALID
    assert refusal(detach, AutoScalingGroupName=group, TrafficSources=[source]) == INVALID
    assert refusal(describe, AutoScalingGroupName="missing") == INVALID


def test_classic_load_balancers_get_the_instances_that_serve(fleet):
    classic = fleet.region.client("elb", fleet.account)
    listener = {"Protocol": "TCP", "LoadBalancerPort": 80, "InstancePort": 80}
    for name in ("first", "second"):
        classic.create_load_balancer(
            LoadBalancerName=name, Listeners=[listener], AvailabilityZones=["us-east-1a", "us-east-1b"]
        )
    attach, detach = fleet.autoscaling.attach_load_balancers, fleet.autoscaling.detach_load_balancers
    describe = fleet.autoscaling.describe_load_balancers

    def registered(name):
        (found,) = classic.describe_load_balancers(LoadBalancerNames=[name])["LoadBalancerDescriptions"]
        return {instance["InstanceId"] for instance in found["Instances"]}

    group = fleet.filled(1, LoadBalancerNames=["first"])
    until(lambda: registered("first") == fleet.serving(group), "it is registered")
    attach(AutoScalingGroupName=group, LoadBalancerNames=["second"])
    until(lambda: registered("second") == fleet.serving(group), "it is registered there too")
    shown = fleet.describe(group)
    assert (shown["LoadBalancerNames"], shown["TargetGroupARNs"]) == (["first", "second"], [])
    assert {source["Type"] for source in shown["TrafficSources"]} == {"elb"}
    named = describe(AutoScalingGroupName=group)["LoadBalancers"]
    assert [one["LoadBalancerName"] for one in named] == ["first", "second"]
    detach(AutoScalingGroupName=group, LoadBalancerNames=["first"])
    until(lambda: fleet.describe(group)["LoadBalancerNames"] == ["second"], "it is detached")
    assert not registered("first")
    assert refusal(attach, AutoScalingGroupName=group, LoadBalancerNames=["missing"]) == INVALID
    assert refusal(detach, AutoScalingGroupName=group, LoadBalancerNames=["first"]) == INVALID
    assert refusal(describe, AutoScalingGroupName="missing") == INVALID


def test_a_suspended_registration_registers_nothing(fleet, elb, target_group):
    group = fleet.group(0, TargetGroupARNs=[target_group])
    until(
        lambda: fleet.autoscaling.describe_traffic_sources(AutoScalingGroupName=group)["TrafficSources"][0]["State"]
        == "Added",
        "it is added",
    )
    fleet.autoscaling.suspend_processes(AutoScalingGroupName=group, ScalingProcesses=["AddToLoadBalancer"])
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=1)
    fleet.until_serving(group, 1)
    assert not targets(elb, target_group)


def test_a_launch_fails_whose_target_group_is_gone(fleet, elb, target_group):
    group = fleet.group(0, TargetGroupARNs=[target_group])
    elb.delete_target_group(TargetGroupArn=target_group)
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=1)
    failed = fleet.activity(group, "Launching a new EC2 instance", "Failed")
    assert failed["StatusMessage"].endswith("Validating load balancer configuration failed.")
    fleet.autoscaling.detach_load_balancer_target_groups(AutoScalingGroupName=group, TargetGroupARNs=[target_group])
    until(lambda: not fleet.describe(group)["TargetGroupARNs"], "it is detached")
    # Not after the pause that the failure brought, but at once.
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=2)
    fleet.until_serving(group, 2)
