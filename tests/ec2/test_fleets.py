"""EC2 Fleets in a region whose clock can be moved: made of several pools, kept, changed, deleted."""

import datetime
import functools
import uuid

import pytest
from support.refusal import refusal
from support.waiting import until

ACCOUNT = "111122223333"
NOWHERE = "fleet-73fbd2ce-aa30-494c-8788-1cee4a2b3c4d"
LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)


class Fleets:
    """One account of a region of the test's own, with a template."""

    def __init__(self, region):
        self.region = region
        self.ec2 = region.client("ec2", ACCOUNT)
        found = self.ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "name", "Values": ["freehold-minimal-*"]}])
        self.image = found["Images"][0]["ImageId"]
        self.template = self.ec2.create_launch_template(
            LaunchTemplateName="workers", LaunchTemplateData={"ImageId": self.image, "InstanceType": "t3.nano"}
        )["LaunchTemplate"]["LaunchTemplateId"]

    def configs(self, *overrides, **named):
        named = named or {"LaunchTemplateId": self.template}
        return [{"LaunchTemplateSpecification": named | {"Version": "$Latest"}, "Overrides": list(overrides)}]

    def create(self, total, *overrides, on_demand=0, **options):
        target = {
            "TotalTargetCapacity": total,
            "OnDemandTargetCapacity": on_demand,
            "SpotTargetCapacity": total - on_demand,
            "DefaultTargetCapacityType": "spot",
        }
        options = {"LaunchTemplateConfigs": self.configs(*overrides), "TargetCapacitySpecification": target} | options
        return self.ec2.create_fleet(**options)

    def fleet(self, fleet):
        return self.ec2.describe_fleets(FleetIds=[fleet])["Fleets"][0]

    def until(self, fleet, **expected):
        def reached():
            now = self.fleet(fleet)
            return now if all(now.get(key) == value for key, value in expected.items()) else None

        return until(reached, f"{fleet} is {expected}")

    def active(self, fleet):
        return self.ec2.describe_fleet_instances(FleetId=fleet)["ActiveInstances"]

    def instances(self, ids):
        pages = self.ec2.describe_instances(InstanceIds=ids)["Reservations"]
        return {one["InstanceId"]: one for page in pages for one in page["Instances"]}

    def until_running(self, ids):
        def run():
            return all(one["State"]["Name"] == "running" for one in self.instances(ids).values())

        until(run, f"{ids} run")

    def history(self, fleet, **options):
        found = self.ec2.describe_fleet_history(FleetId=fleet, StartTime=LONG_AGO, **options)["HistoryRecords"]
        return [(one["EventType"], one["EventInformation"]["EventSubType"]) for one in found]


@pytest.fixture
def fleets(region):
    return Fleets(region("none", "--test-clock"))


def test_an_instant_fleet_is_there_with_its_answer(fleets):
    options = {"AllocationStrategy": "diversified"}
    made = fleets.create(
        3,
        {"InstanceType": "t3.nano", "AvailabilityZone": "us-east-1a"},
        {"InstanceType": "t3.micro", "AvailabilityZone": "us-east-1b"},
        on_demand=1,
        Type="instant",
        SpotOptions=options,
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]}],
    )
    assert made["Errors"] == []
    launched = {(one["Lifecycle"], one["InstanceType"]): one["InstanceIds"] for one in made["Instances"]}
    assert {key: len(ids) for key, ids in launched.items()} == {
        ("on-demand", "t3.nano"): 1,
        ("spot", "t3.nano"): 1,
        ("spot", "t3.micro"): 1,
    }
    shown = fleets.instances([id for ids in launched.values() for id in ids])
    fleet = made["FleetId"]
    for instance in shown.values():
        tags = {tag["Key"]: tag["Value"] for tag in instance["Tags"]}
        assert (tags["aws:ec2:fleet-id"], tags["a"]) == (fleet, "b")
        zone = {"t3.nano": "us-east-1a", "t3.micro": "us-east-1b"}[instance["InstanceType"]]
        assert instance["Placement"]["AvailabilityZone"] == zone
    assert [one.get("InstanceLifecycle") for one in shown.values()].count("spot") == 2
    assert fleet not in {one["FleetId"] for one in fleets.ec2.describe_fleets()["Fleets"]}
    assert len(fleets.fleet(fleet)["Instances"]) == 3
    assert refusal(fleets.ec2.describe_fleet_instances, FleetId=fleet) == "UnsupportedOperation"
    kept = fleets.ec2.delete_fleets(FleetIds=[fleet], TerminateInstances=False)["UnsuccessfulFleetDeletions"]
    assert kept[0]["Error"]["Code"] == "fleetNotInDeletableState"
    (gone,) = fleets.ec2.delete_fleets(FleetIds=[fleet], TerminateInstances=True)["SuccessfulFleetDeletions"]
    assert (gone["PreviousFleetState"], gone["CurrentFleetState"]) == ("active", "deleted_terminating")
    fleets.until(fleet, FleetState="deleted")


def test_an_instant_fleet_tells_what_could_not_be_launched(fleets):
    made = fleets.create(2, {"InstanceType": "t3.nano", "MaxPrice": "0.0015"}, {"InstanceType": "t3.micro"}, Type="instant")
    (error,) = made["Errors"]
    assert error["ErrorCode"] == "SpotMaxPriceTooLow" and error["Lifecycle"] == "spot"
    assert error["LaunchTemplateAndOverrides"]["Overrides"]["InstanceType"] == "t3.nano"
    (launched,) = made["Instances"]
    assert (launched["InstanceType"], len(launched["InstanceIds"])) == ("t3.micro", 2)


def test_strategies_may_be_written_as_spot_fleets_write_them(fleets):
    """As Terraform does."""
    spot = {"AllocationStrategy": "lowestPrice", "InstanceInterruptionBehavior": "terminate", "InstancePoolsToUseCount": 1}
    for options in (spot, {"AllocationStrategy": "capacityOptimized"}, {"AllocationStrategy": "price-capacity-optimized"}):
        made = fleets.create(2, Type="instant", SpotOptions=options, OnDemandOptions={"AllocationStrategy": "lowestPrice"})
        assert [len(launched["InstanceIds"]) for launched in made["Instances"]] == [2]
    for option in ("SpotOptions", "OnDemandOptions"):
        assert refusal(fleets.create, total=1, **{option: {"AllocationStrategy": "cheapest"}}) == "InvalidParameterValue"


def test_less_than_the_least_is_nothing(fleets):
    least = {"MinTargetCapacity": 2, "SingleInstanceType": True, "MaxTotalPrice": "0.003"}
    made = fleets.create(2, Type="instant", SpotOptions=least)
    assert made["Instances"] == []
    assert [error["ErrorCode"] for error in made["Errors"]] == ["UnfulfillableCapacity"]
    enough = fleets.create(2, Type="instant", SpotOptions=least | {"MaxTotalPrice": "0.0032"})
    assert len(enough["Instances"][0]["InstanceIds"]) == 2 and enough["Errors"] == []


def test_the_same_token_makes_the_same_fleet(fleets):
    token = uuid.uuid4().hex
    first = fleets.create(1, Type="instant", ClientToken=token)
    assert fleets.create(1, Type="instant", ClientToken=token) | {"ResponseMetadata": 0} == first | {"ResponseMetadata": 0}
    assert refusal(fleets.create, total=2, Type="instant", ClientToken=token) == "IdempotentParameterMismatch"


def test_a_fleet_that_is_maintained_replaces_what_is_interrupted(fleets):
    fleet = fleets.create(2, on_demand=1)["FleetId"]
    fleets.until(fleet, FleetState="active", FulfilledCapacity=2.0, FulfilledOnDemandCapacity=1.0, ActivityStatus="fulfilled")
    before = {one["InstanceId"]: one.get("SpotInstanceRequestId") for one in fleets.active(fleet)}
    fleets.until_running(list(before))
    (spot,) = [instance for instance, request in before.items() if request]
    done = fleets.region.command("spot", "interrupt", spot, "--after", 0)
    assert done.returncode == 0, done.stderr

    def replaced():
        now = {one["InstanceId"] for one in fleets.active(fleet)}
        return now if len(now) == 2 and spot not in now else None

    now = until(replaced, "another is launched")
    assert now & set(before) == set(before) - {spot}
    assert fleets.history(fleet)[:2] == [("fleet-change", "submitted"), ("fleet-change", "active")]
    assert ("instance-change", "terminated") in fleets.history(fleet, EventType="instance-change")


def test_the_next_control_plane_goes_on(fleets):
    fleet = fleets.create(2)["FleetId"]
    fleets.region.kill()
    fleets.region.start()
    fleets.until(fleet, FulfilledCapacity=2.0)
    ids = [one["InstanceId"] for one in fleets.active(fleet)]
    fleets.ec2.terminate_instances(InstanceIds=ids[:1])
    fleets.region.kill()
    fleets.region.start()
    until(lambda: len({one["InstanceId"] for one in fleets.active(fleet)} - {ids[0]}) == 2, "what is gone is replaced")
    assert len(fleets.active(fleet)) == 2


def test_a_fleet_that_asks_once_does_not_replace(fleets):
    fleet = fleets.create(2, Type="request")["FleetId"]
    fleets.until(fleet, FulfilledCapacity=2.0)
    (one, _) = [one["InstanceId"] for one in fleets.active(fleet)]
    fleets.ec2.terminate_instances(InstanceIds=[one])
    fleets.until(fleet, FulfilledCapacity=1.0)
    until(lambda: ("instance-change", "terminated") in fleets.history(fleet), "it is known to be gone")
    assert len(fleets.active(fleet)) == 1
    target = {"TotalTargetCapacity": 3}
    assert refusal(fleets.ec2.modify_fleet, FleetId=fleet, TargetCapacitySpecification=target) == "FleetNotInModifiableState"


def test_a_target_that_moves_launches_and_terminates(fleets):
    fleet = fleets.create(1)["FleetId"]
    fleets.until(fleet, FulfilledCapacity=1.0)

    def become(total, **options):
        target = {"TotalTargetCapacity": total, "DefaultTargetCapacityType": "spot"}
        assert fleets.ec2.modify_fleet(FleetId=fleet, TargetCapacitySpecification=target, **options)["Return"]

    become(3)
    fleets.until(fleet, FulfilledCapacity=3.0, FleetState="active")
    become(1, ExcessCapacityTerminationPolicy="no-termination")
    fleets.until(fleet, FleetState="active")
    assert len(fleets.active(fleet)) == 3
    become(1, ExcessCapacityTerminationPolicy="termination")
    fleets.until(fleet, FulfilledCapacity=1.0, FleetState="active")
    assert ("fleet-change", "modify_succeeded") in fleets.history(fleet)


def test_weights_count_and_the_cheapest_unit_is_bought(fleets):
    # A unit of t3.micro costs half of what one of t3.nano does at these weights.
    fleet = fleets.create(
        5,
        {"InstanceType": "t3.nano", "WeightedCapacity": 1},
        {"InstanceType": "t3.micro", "WeightedCapacity": 4},
        SpotOptions={"AllocationStrategy": "lowest-price"},
    )["FleetId"]
    fleets.until(fleet, FulfilledCapacity=8.0)
    assert {one["InstanceType"] for one in fleets.active(fleet)} == {"t3.micro"}


def test_on_demand_goes_by_priority(fleets):
    fleet = fleets.create(
        2,
        {"InstanceType": "t3.nano", "Priority": 2},
        {"InstanceType": "t3.micro", "Priority": 1},
        on_demand=2,
        OnDemandOptions={"AllocationStrategy": "prioritized"},
    )["FleetId"]
    fleets.until(fleet, FulfilledOnDemandCapacity=2.0)
    assert {one["InstanceType"] for one in fleets.active(fleet)} == {"t3.micro"}


def test_what_is_at_a_risk_is_replaced_before_it_goes(fleets):
    rebalance = {"ReplacementStrategy": "launch-before-terminate", "TerminationDelay": 120}
    options = {"MaintenanceStrategies": {"CapacityRebalance": rebalance}}
    fleet = fleets.create(1, SpotOptions=options)["FleetId"]
    fleets.until(fleet, FulfilledCapacity=1.0)
    (first,) = [one["InstanceId"] for one in fleets.active(fleet)]
    fleets.until_running([first])
    done = fleets.region.command("spot", "interrupt", first, "--rebalance")
    assert done.returncode == 0, done.stderr
    fleets.until(fleet, FulfilledCapacity=2.0)
    fleets.region.advance_clock(121)
    until(lambda: [one["InstanceId"] for one in fleets.active(fleet)] not in ([], [first]) and len(fleets.active(fleet)) == 1, "the first is terminated")


def test_a_fleet_ends_with_its_date_or_when_it_is_deleted(fleets):
    now = datetime.datetime.fromisoformat(fleets.region.advance_clock(0)["now"])
    until_then = now + datetime.timedelta(hours=1)
    fleet = fleets.create(1, ValidUntil=until_then, TerminateInstancesWithExpiration=True)["FleetId"]
    kept = fleets.create(1)["FleetId"]
    for one in (fleet, kept):
        fleets.until(one, FulfilledCapacity=1.0)
    fleets.region.advance_clock(3700)
    fleets.until(fleet, FleetState="deleted")
    assert ("fleet-change", "expired") in fleets.history(fleet)
    (done,) = fleets.ec2.delete_fleets(FleetIds=[kept], TerminateInstances=False)["SuccessfulFleetDeletions"]
    assert done["CurrentFleetState"] == "deleted_running"
    (one,) = fleets.active(kept)
    fleets.ec2.terminate_instances(InstanceIds=[one["InstanceId"]])
    fleets.until(kept, FleetState="deleted")
    again = fleets.ec2.delete_fleets(FleetIds=[kept, NOWHERE, "fleet-x"], TerminateInstances=True)
    assert [one["Error"]["Code"] for one in again["UnsuccessfulFleetDeletions"]] == [
        "fleetNotInDeletableState",
        "fleetIdDoesNotExist",
        "fleetIdMalformed",
    ]


def test_fleets_are_found_by_filters_pages_and_tags(fleets):
    tags = [{"ResourceType": "fleet", "Tags": [{"Key": "team", "Value": "a"}]}]
    made = [fleets.create(0, TagSpecifications=tags)["FleetId"] for _ in range(3)]
    pages = fleets.ec2.get_paginator("describe_fleets").paginate(PaginationConfig={"PageSize": 2})
    assert [one["FleetId"] for page in pages for one in page["Fleets"]] == sorted(made)
    for name, value, matches in [("type", "maintain", True), ("type", "request", False), ("tag:team", "a", True)]:
        found = fleets.ec2.describe_fleets(Filters=[{"Name": name, "Values": [value]}])["Fleets"]
        assert bool(found) == matches, name
    fleets.ec2.create_tags(Resources=[made[0]], Tags=[{"Key": "x", "Value": "y"}])
    assert {"Key": "x", "Value": "y"} in fleets.fleet(made[0])["Tags"]
    shown = fleets.fleet(made[0])
    assert shown["SpotOptions"]["AllocationStrategy"] == "lowestPrice"
    assert shown["SpotOptions"]["InstanceInterruptionBehavior"] == "terminate"


def test_what_is_no_fleet_is_refused(fleets):
    create, ec2 = fleets.create, fleets.ec2
    assert refusal(create, total=1, Type="eternal") == "InvalidParameterValue"
    assert refusal(create, total=0, Type="instant") == "InvalidParameterValue"
    assert refusal(create, total=1, SpotOptions={"InstanceInterruptionBehavior": "hibernate"}) == "UnsupportedHibernationConfiguration"
    assert refusal(create, total=1, Type="request", SpotOptions={"InstanceInterruptionBehavior": "stop"}) == "InvalidParameterCombination"
    assert refusal(create, total=1, SpotOptions={"AllocationStrategy": "prettiest"}) == "InvalidParameterValue"
    assert refusal(create, total=1, SpotOptions={"MinTargetCapacity": 1}) == "InvalidParameterCombination"
    pools = {"AllocationStrategy": "diversified", "InstancePoolsToUseCount": 2}
    assert refusal(create, total=1, SpotOptions=pools) == "InvalidParameterCombination"
    assert refusal(create, total=1, ValidUntil=LONG_AGO) == "InvalidParameterValue"
    assert refusal(functools.partial(create, 1, {"InstanceRequirements": {"VCpuCount": {"Min": 1}, "MemoryMiB": {"Min": 1}}})) == "UnsupportedOperation"
    assert refusal(functools.partial(create, 1, {"WeightedCapacity": -1})) == "InvalidParameterValue"
    missing = fleets.configs(LaunchTemplateName="nothing")
    assert refusal(create, total=1, LaunchTemplateConfigs=missing) == "InvalidLaunchTemplateName.NotFoundException"
    tags = [{"ResourceType": "volume", "Tags": [{"Key": "a", "Value": "b"}]}]
    assert refusal(create, total=1, TagSpecifications=tags) == "InvalidParameterValue"
    too_much = {"TotalTargetCapacity": 1, "OnDemandTargetCapacity": 2}
    assert refusal(create, total=1, TargetCapacitySpecification=too_much) == "InvalidParameterCombination"
    assert refusal(create, total=1, DryRun=True) == "DryRunOperation"
    assert refusal(ec2.describe_fleets, FleetIds=[NOWHERE]) == "InvalidFleetId.NotFound"
    assert refusal(ec2.describe_fleets, FleetIds=["fleet-x"]) == "InvalidFleetId.Malformed"
    assert refusal(ec2.describe_fleets, Filters=[{"Name": "colour", "Values": ["red"]}]) == "InvalidParameterValue"
    assert refusal(ec2.describe_fleet_instances, FleetId=NOWHERE) == "InvalidFleetId.NotFound"
    assert refusal(ec2.describe_fleet_history, FleetId=NOWHERE, StartTime=LONG_AGO) == "InvalidFleetId.NotFound"
    assert refusal(ec2.modify_fleet, FleetId=NOWHERE) == "InvalidFleetId.NotFound"
    assert refusal(ec2.delete_fleets, FleetIds=[NOWHERE], TerminateInstances=True, DryRun=True) == "DryRunOperation"
    assert refusal(ec2.delete_fleets, FleetIds=[], TerminateInstances=True) == "MissingParameter"
