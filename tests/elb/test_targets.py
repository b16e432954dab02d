"""Targets and their health, as far as it is known without machines: nobody looks at targets, and nobody says that they
are healthy."""

import pytest
from botocore.exceptions import ClientError, WaiterError
from elb.conftest import forward
from support.functions import Functions
from support.refusal import refusal
from support.waiting import QUICKLY

QUICK = {"Delay": 1, "MaxAttempts": 2}


def test_targets_without_a_balancer_are_unused(lab, elb):
    group, instance = lab.group(), lab.instance()
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": instance}, {"Id": instance, "Port": 81}])
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": instance}])
    assert lab.health(group) == [(instance, "unused", "Target.NotInUse")] * 2
    elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": instance}])
    found = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert [(one["Target"]["Port"], one["HealthCheckPort"]) for one in found] == [(81, "81")]


def test_targets_of_a_balancer_wait_for_somebody_to_look(lab, elb):
    group, instance = lab.group(), lab.instance()
    lab.listener(lab.balancer()["LoadBalancerArn"], actions=[forward(group)])
    target = {"Id": instance}
    elb.register_targets(TargetGroupArn=group, Targets=[target])
    assert lab.health(group) == [(instance, "initial", "Elb.RegistrationInProgress")]
    with pytest.raises(WaiterError):
        elb.get_waiter("target_in_service").wait(TargetGroupArn=group, Targets=[target], WaiterConfig=QUICK)
    missing = [{"Id": "i-0123456789abcdef0"}]
    assert lab.health(group, Targets=missing) == [(missing[0]["Id"], "unused", "Target.NotRegistered")]


def test_a_stopped_instance_is_no_target(lab, elb):
    group, instance = lab.group(), lab.instance()
    lab.listener(lab.balancer()["LoadBalancerArn"], actions=[forward(group)])
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": instance}])
    lab.ec2.stop_instances(InstanceIds=[instance])
    assert lab.health(group) == [(instance, "unused", "Target.InvalidState")]
    lab.ec2.get_waiter("instance_stopped").wait(InstanceIds=[instance], **QUICKLY)
    other = lab.group("other")
    assert refusal(elb.register_targets, TargetGroupArn=other, Targets=[{"Id": instance}]) == "InvalidTarget"


def test_a_target_drains_for_as_long_as_its_group_says(moved):
    elb, group, instance = moved.elb, moved.group(), moved.instance()
    moved.listener(moved.balancer()["LoadBalancerArn"], actions=[forward(group)])
    targets = [{"Id": instance}]
    elb.register_targets(TargetGroupArn=group, Targets=targets)
    elb.deregister_targets(TargetGroupArn=group, Targets=targets)
    assert moved.health(group) == [(instance, "draining", "Target.DeregistrationInProgress")]
    elb.register_targets(TargetGroupArn=group, Targets=targets)
    assert moved.health(group) == [(instance, "initial", "Elb.RegistrationInProgress")]
    elb.deregister_targets(TargetGroupArn=group, Targets=targets)
    moved.region.advance_clock(300)
    assert moved.health(group) == []
    elb.get_waiter("target_deregistered").wait(TargetGroupArn=group, Targets=targets, WaiterConfig=QUICK)


def test_addresses_are_in_the_vpc_or_private(lab, elb):
    group = lab.group(TargetType="ip")

    def code(**target):
        return refusal(elb.register_targets, TargetGroupArn=group, Targets=[target])

    block = lab.ec2.describe_subnets(SubnetIds=lab.subnets[:1])["Subnets"][0]["CidrBlock"]
    inside = block.split("/")[0].rsplit(".", 1)[0] + ".77"
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": inside}, {"Id": "10.1.2.3", "AvailabilityZone": "all"}])
    assert [state for _, state, _ in lab.health(group)] == ["unused", "unused"]
    assert code(Id="10.1.2.4") == "InvalidTarget"
    assert code(Id="198.51.100.1", AvailabilityZone="all") == "InvalidTarget"
    assert code(Id=inside, AvailabilityZone=lab.zones[1]) == "InvalidTarget"
    assert code(Id="x") == "ValidationError"


def test_a_function_that_lets_the_group_in_can_be_registered_but_one_only(lab, elb):
    functions = Functions(lab.region, lab.account)
    made = [functions.make(name)["FunctionArn"] for name in "fg"]
    functions.client.create_alias(FunctionName="f", Name="live", FunctionVersion="$LATEST")
    group = elb.create_target_group(Name="f", TargetType="lambda")["TargetGroups"][0]["TargetGroupArn"]

    def register(function):
        elb.register_targets(TargetGroupArn=group, Targets=[{"Id": function}])

    with pytest.raises(ClientError) as refused:
        register(made[0])
    said = refused.value.response
    assert (said["Error"]["Code"], said["ResponseMetadata"]["HTTPStatusCode"]) == ("AccessDenied", 403)
    assert said["Error"]["Message"] == (
        f"elasticloadbalancing principal does not have permission to invoke {made[0]} from target group {group}"
    )
    functions.let_in("elasticloadbalancing.amazonaws.com", group, "f")
    functions.let_in("elasticloadbalancing.amazonaws.com", group + "0", "g")
    register(made[0])
    register(made[0])
    assert lab.health(group) == [(made[0], "unused", "Target.NotInUse")]
    assert refusal(register, function=made[1]) == "AccessDenied", "its policy names another group"
    assert refusal(register, function=f"{made[0]}:live") == "AccessDenied", "an alias has a policy of its own"
    functions.let_in("elasticloadbalancing.amazonaws.com", group, "f", Qualifier="live")
    assert refusal(register, function=f"{made[0]}:live") == "TooManyTargets"
    elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": made[0]}])
    register(f"{made[0]}:live")
    assert refusal(register, function=made[0] + "2") == "InvalidTarget"
    assert refusal(register, function=made[0].replace(lab.account, "999999999999")) == "InvalidTarget"
    assert refusal(register, function="f") == "ValidationError"
    target = {"Id": f"{made[0]}:live", "Port": 80}
    assert refusal(elb.register_targets, TargetGroupArn=group, Targets=[target]) == "ValidationError"
    lab.listener(lab.balancer()["LoadBalancerArn"], actions=[forward(group)])
    assert lab.health(group) == [(f"{made[0]}:live", "unavailable", "Target.HealthCheckDisabled")]


def test_who_names_no_group_or_instance_is_told_so(lab, elb):
    nobody = lab.arn("targetgroup/x/0123456789abcdef")
    targets = [{"Id": "i-0123456789abcdef0"}]
    assert refusal(elb.register_targets, TargetGroupArn=nobody, Targets=targets) == "TargetGroupNotFound"
    assert refusal(elb.deregister_targets, TargetGroupArn=nobody, Targets=targets) == "TargetGroupNotFound"
    assert refusal(elb.describe_target_health, TargetGroupArn=nobody) == "TargetGroupNotFound"
    group = lab.group()
    assert refusal(elb.register_targets, TargetGroupArn=group, Targets=targets) == "InvalidTarget"
    assert refusal(elb.register_targets, TargetGroupArn=group, Targets=[{"Id": "x"}]) == "ValidationError"
    elb.deregister_targets(TargetGroupArn=group, Targets=targets)
