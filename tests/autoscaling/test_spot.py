"""Groups that buy a share of their instances as Spot ones."""

import pytest
from support.fleet import Fleet
from support.refusal import refusal
from support.waiting import until

INVALID = "ValidationError"


@pytest.fixture
def market(region):
    """A fleet in a region of the test's own, whose Spot market is the command line."""
    with Fleet(region("none", "--test-clock"), "111122223333") as made:
        yield made


def mixed(fleet, *overrides, **distribution):
    template = {"LaunchTemplateSpecification": {"LaunchTemplateId": fleet.template}}
    if overrides:
        template["Overrides"] = list(overrides)
    return {"LaunchTemplate": template, "InstancesDistribution": distribution}


def one_and_spot(fleet):
    """One On-Demand instance, and Spot instances beyond."""
    return mixed(fleet, OnDemandBaseCapacity=1, OnDemandPercentageAboveBaseCapacity=0)


def spot(fleet, group):
    """Ids of the group's Spot instances that are not ending."""
    alive = [one for one in fleet.launched(group) if one["State"]["Name"] in ("pending", "running")]
    return {one["InstanceId"] for one in alive if one.get("InstanceLifecycle") == "spot"}


def interrupt(fleet, *arguments):
    done = fleet.region.command("spot", "interrupt", *arguments)
    assert done.returncode == 0, done.stderr


def test_the_base_is_on_demand_and_the_rest_is_bought_by_share(market):
    group = market.filled(4, MixedInstancesPolicy=one_and_spot(market))
    assert len(spot(market, group)) == 3
    half = mixed(market, OnDemandBaseCapacity=1, OnDemandPercentageAboveBaseCapacity=50)
    group = market.filled(3, MixedInstancesPolicy=half)
    assert len(spot(market, group)) == 1


def test_a_group_that_shrinks_keeps_its_base(market):
    group = market.filled(3, MixedInstancesPolicy=one_and_spot(market), AvailabilityZones=["us-east-1a"])
    market.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=1)
    market.until_serving(group, 1)
    assert not spot(market, group)


def test_what_is_interrupted_is_replaced_by_its_like(market):
    group = market.filled(2, MixedInstancesPolicy=one_and_spot(market))
    (victim,) = spot(market, group)
    interrupt(market, victim)
    assert victim in market.serving(group)
    market.region.advance_clock(121)
    until(lambda: victim not in market.serving(group), f"{victim} goes")
    serving = market.until_serving(group, 2)
    (replacement,) = spot(market, group)
    assert replacement != victim and replacement in serving
    cause = market.activity(group, f"Terminating EC2 instance: {victim}")["Cause"]
    assert "an EC2 health check indicating it has been terminated or stopped." in cause


def test_capacity_rebalancing_launches_another_before_the_old_one_goes(market):
    group = market.filled(2, MixedInstancesPolicy=one_and_spot(market), CapacityRebalance=True, MaxSize=2)
    (victim,) = spot(market, group)
    before = market.serving(group)
    interrupt(market, victim, "--rebalance")
    # Nothing took its room: it goes because another serves.
    until(lambda: victim not in market.serving(group), f"{victim} goes")
    serving = market.until_serving(group, 2)
    (replacement,) = spot(market, group)
    assert serving == before - {victim} | {replacement}
    ended = market.activity(group, f"Terminating EC2 instance: {victim}", "Successful")
    launched = market.activity(group, f"Launching a new EC2 instance: {replacement}", "Successful")
    assert "EC2 instance rebalance recommendation" in ended["Cause"]
    assert "EC2 instance rebalance recommendation" in launched["Cause"]
    assert launched["EndTime"] <= ended["StartTime"]


def test_without_rebalancing_a_recommendation_changes_nothing(market):
    group = market.filled(1, MixedInstancesPolicy=mixed(market, OnDemandPercentageAboveBaseCapacity=0))
    (one,) = spot(market, group)
    interrupt(market, one, "--rebalance")
    market.region.advance_clock(600)
    assert market.until_serving(group, 1) == {one}


def test_a_price_that_is_too_low_is_told(market):
    policy = mixed(market, OnDemandPercentageAboveBaseCapacity=0, SpotMaxPrice="0.0015")
    group = market.group(1, MixedInstancesPolicy=policy)
    activity = market.activity(group, "Launching a new EC2 instance", "Failed")
    assert "lower than the minimum required Spot request fulfillment price" in activity["StatusMessage"]
    assert not market.serving(group)


def test_what_is_too_dear_gives_way_to_the_next_type(market):
    policy = mixed(
        market,
        {"InstanceType": "t3.large"},
        {"InstanceType": "t3.nano"},
        OnDemandPercentageAboveBaseCapacity=0,
        SpotMaxPrice="0.004",
        SpotAllocationStrategy="capacity-optimized-prioritized",
    )
    group = market.filled(1, MixedInstancesPolicy=policy)
    assert market.instances(group)[0]["InstanceType"] == "t3.nano"


def test_the_cheapest_types_are_bought_and_filled_alike(market):
    kinds = [{"InstanceType": kind} for kind in ("t3.large", "t3.nano", "t3.micro")]
    share = {"OnDemandPercentageAboveBaseCapacity": 0, "SpotAllocationStrategy": "lowest-price", "SpotInstancePools": 2}
    zone = {"AvailabilityZones": ["us-east-1a"]}
    group = market.filled(4, MixedInstancesPolicy=mixed(market, *kinds, **share), **zone)
    bought = sorted(one["InstanceType"] for one in market.instances(group))
    assert set(bought) == {"t3.nano", "t3.micro"}
    best = share | {"SpotAllocationStrategy": "price-capacity-optimized"}
    del best["SpotInstancePools"]
    group = market.filled(3, MixedInstancesPolicy=mixed(market, *kinds, **best), **zone)
    assert {one["InstanceType"] for one in market.instances(group)} == {"t3.nano"}


def test_a_launch_configuration_with_a_price_launches_spot_instances(market):
    market.autoscaling.create_launch_configuration(
        LaunchConfigurationName="cheap", ImageId=market.image, InstanceType="t3.nano", SpotPrice="0.004"
    )
    (shown,) = market.autoscaling.describe_launch_configurations()["LaunchConfigurations"]
    assert shown["SpotPrice"] == "0.004"
    group = market.filled(2, LaunchConfigurationName="cheap")
    assert spot(market, group) == market.serving(group)
    assert refusal(market.autoscaling.put_warm_pool, AutoScalingGroupName=group) == INVALID


def test_a_template_that_asks_for_spot_goes_without_a_mixed_policy_only(market):
    data = {"ImageId": market.image, "InstanceType": "t3.nano", "InstanceMarketOptions": {"MarketType": "spot"}}
    template = market.ec2.create_launch_template(LaunchTemplateName="spot", LaunchTemplateData=data)
    named = {"LaunchTemplateId": template["LaunchTemplate"]["LaunchTemplateId"]}
    group = market.filled(1, LaunchTemplate=named)
    assert spot(market, group) == market.serving(group)
    policy = {"LaunchTemplate": {"LaunchTemplateSpecification": named}}
    create = market.autoscaling.create_auto_scaling_group
    options = {"MinSize": 0, "MaxSize": 1, "AvailabilityZones": ["us-east-1a"]}
    assert refusal(create, AutoScalingGroupName="wrong", MixedInstancesPolicy=policy, **options) == INVALID
