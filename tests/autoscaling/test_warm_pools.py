"""Warm pools, and mixed instances policies."""

from support.refusal import refusal
from support.waiting import until

INVALID = "ValidationError"


def pool(fleet, group):
    return fleet.autoscaling.describe_warm_pool(AutoScalingGroupName=group)


def until_pooled(fleet, group, state, count):
    def reached():
        found = pool(fleet, group)["Instances"]
        return found if [one["LifecycleState"] for one in found] == [state] * count else None

    return until(reached, f"{count} are {state}")


def test_instances_wait_stopped_and_serve_when_they_are_needed(fleet):
    group = fleet.filled(1, MaxSize=3)
    put = fleet.autoscaling.put_warm_pool
    put(AutoScalingGroupName=group, InstanceReusePolicy={"ReuseOnScaleIn": True})
    pooled = {one["InstanceId"] for one in until_pooled(fleet, group, "Warmed:Stopped", 2)}
    assert {fleet.state(one) for one in pooled} == {"stopped"}
    shown = fleet.describe(group)
    assert shown["WarmPoolSize"] == 2 and shown["WarmPoolConfiguration"]["PoolState"] == "Stopped"
    assert len(shown["Instances"]) == 1

    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=2)
    serving = until(lambda: len(fleet.serving(group)) == 2 and fleet.serving(group), "two serve")
    assert serving & pooled
    assert "was moved from the warm pool" in fleet.activity(group, "Launching a new EC2 instance from warm pool")["Cause"]
    until_pooled(fleet, group, "Warmed:Stopped", 1)

    # And back, instead of ending.
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=1)
    back = {one["InstanceId"] for one in until_pooled(fleet, group, "Warmed:Stopped", 2)}
    assert back & serving

    delete = fleet.autoscaling.delete_warm_pool
    delete(AutoScalingGroupName=group, ForceDelete=True)
    until(lambda: "WarmPoolConfiguration" not in pool(fleet, group), "the pool is gone")
    assert {fleet.state(one) for one in back} == {"terminated"}
    assert refusal(delete, AutoScalingGroupName=group) == INVALID
    assert refusal(put, AutoScalingGroupName=group, PoolState="Hibernated") == INVALID
    assert refusal(fleet.autoscaling.describe_warm_pool, AutoScalingGroupName="missing") == INVALID


def test_a_pool_may_run(fleet):
    group = fleet.group(0)
    fleet.autoscaling.put_warm_pool(
        AutoScalingGroupName=group, PoolState="Running", MaxGroupPreparedCapacity=1, MinSize=0
    )
    (one,) = until_pooled(fleet, group, "Warmed:Running", 1)
    assert fleet.state(one["InstanceId"]) == "running"


def mixed(fleet, *overrides, **distribution):
    template = {"LaunchTemplateSpecification": {"LaunchTemplateId": fleet.template}, "Overrides": list(overrides)}
    return {"LaunchTemplate": template, "InstancesDistribution": distribution}


def test_a_mixed_policy_launches_the_preferred_type_by_weight(fleet):
    policy = mixed(
        fleet,
        {"InstanceType": "t3.micro", "WeightedCapacity": "2"},
        {"InstanceType": "t3.nano", "WeightedCapacity": "1"},
        OnDemandBaseCapacity=1,
    )
    group = fleet.group(4, MixedInstancesPolicy=policy)
    fleet.until_serving(group, 2)
    shown = fleet.describe(group)
    assert {(one["InstanceType"], one["WeightedCapacity"]) for one in shown["Instances"]} == {("t3.micro", "2")}
    distribution = shown["MixedInstancesPolicy"]["InstancesDistribution"]
    assert distribution["OnDemandAllocationStrategy"] == "prioritized"
    assert distribution["OnDemandPercentageAboveBaseCapacity"] == 100
    # One of them would be too much, so none goes.
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=3)
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=2)
    fleet.until_serving(group, 1)


def test_what_no_host_holds_gives_way_to_the_next_type(fleet):
    policy = mixed(fleet, {"InstanceType": "x2iedn.32xlarge"}, {"InstanceType": "t3.nano"})
    kinds = fleet.ec2.describe_instance_types()["InstanceTypes"]
    largest = max(kinds, key=lambda kind: kind["MemoryInfo"]["SizeInMiB"])["InstanceType"]
    policy["LaunchTemplate"]["Overrides"][0]["InstanceType"] = largest
    group = fleet.group(1, MixedInstancesPolicy=policy)
    fleet.until_serving(group, 1)
    (one,) = fleet.instances(group)
    assert one["InstanceType"] in (largest, "t3.nano")


def test_what_a_mixed_policy_cannot_be_is_refused(fleet):
    def wrong(policy):
        call = fleet.autoscaling.create_auto_scaling_group
        options = {"MinSize": 0, "MaxSize": 1, "AvailabilityZones": ["us-east-1a"]}
        return refusal(call, AutoScalingGroupName="wrong", MixedInstancesPolicy=policy, **options)

    one, other = {"InstanceType": "t3.micro", "WeightedCapacity": "2"}, {"InstanceType": "t3.nano"}
    assert wrong(mixed(fleet, one, other)) == INVALID
    assert wrong(mixed(fleet, one | {"WeightedCapacity": "much"})) == INVALID
    assert wrong(mixed(fleet, other, OnDemandAllocationStrategy="lowest-price")) == INVALID
    assert wrong(mixed(fleet, other, OnDemandPercentageAboveBaseCapacity=101)) == INVALID
    requirements = {"VCpuCount": {"Min": 1}, "MemoryMiB": {"Min": 1}}
    assert wrong(mixed(fleet, {"InstanceRequirements": requirements})) == INVALID
