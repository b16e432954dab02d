"""What was used is on the bill, to the second, and once."""

import csv
import io
import json
import random

import pytest

from support.bills import HOUR, PERIOD, TODAY, bill, half_past, launch, lines, reach
from support.functions import Functions


@pytest.fixture
def moved(region):
    return region("none", "--test-clock")


def hours_of(region, instance):
    """Hours that an instance is billed for."""
    found = lines(region, "--by", "resource,usage")
    return sum(float(line["quantity"]) for (resource, _), line in found.items() if resource == instance)


def test_an_instance_is_billed_while_it_runs(moved):
    ec2 = moved.client("ec2")
    instance = launch(ec2, TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "team", "Value": "blue"}]}])
    moved.advance_clock(2 * HOUR)
    ec2.stop_instances(InstanceIds=[instance])
    reach(ec2, instance, "stopped")
    before = hours_of(moved, instance)
    assert 2 <= before < 2.1
    moved.advance_clock(5 * HOUR)
    assert hours_of(moved, instance) == before, "a stopped instance costs nothing"
    ec2.modify_instance_attribute(InstanceId=instance, InstanceType={"Value": "m5.xlarge"})
    ec2.start_instances(InstanceIds=[instance])
    reach(ec2, instance, "running")
    moved.advance_clock(HOUR)
    ec2.terminate_instances(InstanceIds=[instance])
    reach(ec2, instance, "terminated")
    found = lines(moved, "--by", "resource,usage")
    large, xlarge = found[(instance, "BoxUsage:m5.large")], found[(instance, "BoxUsage:m5.xlarge")]
    assert float(large["cost"]) == pytest.approx(0.096 * before) and 1 <= float(xlarge["quantity"]) < 1.1
    assert float(xlarge["cost"]) == pytest.approx(0.192 * float(xlarge["quantity"]))
    by_team = lines(moved, "--by", "tag:team,service")
    assert float(by_team[("blue", "AmazonEC2")]["quantity"]) == pytest.approx(before + float(xlarge["quantity"]))


def test_a_moment_is_billed_as_a_minute(moved):
    ec2 = moved.client("ec2")
    instance = launch(ec2)
    ec2.terminate_instances(InstanceIds=[instance])
    reach(ec2, instance, "terminated")
    assert hours_of(moved, instance) == pytest.approx(1 / 60)


def test_a_spot_instance_is_billed_at_its_price_and_not_if_it_is_taken_early(moved):
    ec2 = moved.client("ec2")
    spot = {"InstanceMarketOptions": {"MarketType": "spot"}}
    kept, taken = launch(ec2, **spot), launch(ec2, **spot)
    moved.command("spot", "interrupt", taken, "--after", "0")
    reach(ec2, taken, "terminated")
    moved.advance_clock(2 * HOUR)
    found = lines(moved, "--by", "resource,usage,option")
    line = found[(kept, "SpotUsage:m5.large", "Spot")]
    assert float(line["cost"]) == pytest.approx(0.0288 * float(line["quantity"]))
    assert not [key for key in found if key[0] == taken]


def test_volumes_addresses_and_balancers_are_billed(moved):
    ec2, elb = moved.client("ec2"), moved.client("elbv2")
    launch(ec2)
    address = ec2.allocate_address()["AllocationId"]
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]][:2]
    balancer = elb.create_load_balancer(Name="one", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    moved.advance_clock(10 * HOUR)
    elb.delete_load_balancer(LoadBalancerArn=balancer)
    ec2.release_address(AllocationId=address)
    moved.advance_clock(10 * HOUR)
    found = lines(moved, "--by", "resource,usage")
    for key in [(balancer, "LoadBalancerUsage:Application"), (address, "PublicIPv4:InUseAddress")]:
        assert 10 <= float(found[key]["quantity"]) < 10.1, key
    volumes = [line for (_, usage), line in found.items() if usage == "EBS:VolumeUsage.gp3"]
    assert len(volumes) == 1 and float(volumes[0]["cost"]) > 0


def test_nothing_is_lost_or_counted_twice_however_the_region_dies(moved):
    """Instances come and go while the region is killed; each is billed for what lies between."""
    ec2 = moved.client("ec2")
    seed = random.randrange(1 << 32)
    print("seed", seed)
    dice = random.Random(seed)
    expected = {}
    for _ in range(6):
        instance = launch(ec2)
        hours = dice.randrange(1, 5)
        if dice.random() < 0.5:
            moved.kill()
            moved.start()
        moved.advance_clock(hours * HOUR)
        ec2.terminate_instances(InstanceIds=[instance])
        moved.kill()
        moved.start()
        reach(ec2, instance, "terminated")
        expected[instance] = hours
    for instance, hours in expected.items():
        assert hours <= hours_of(moved, instance) < hours + 0.1, instance


def test_a_bill_is_printed_for_people_and_programs(moved):
    ec2 = moved.client("ec2")
    instance = launch(ec2)
    moved.advance_clock(3 * HOUR)
    table = moved.command("bill", *PERIOD).stdout
    assert "AmazonEC2" in table and "On-Demand" in table and "Total" in table
    rows = list(csv.DictReader(io.StringIO(moved.command("bill", *PERIOD, "--by", "resource", "--format", "csv").stdout)))
    assert instance in [row["resource"] for row in rows]
    rows = list(csv.DictReader(io.StringIO(moved.command("bill", *PERIOD, "--format", "focus").stdout)))
    mine = [row for row in rows if row["ResourceId"] == instance]
    assert 3 <= sum(float(row["ConsumedQuantity"]) for row in mine) < 3.1
    assert {row["PricingCategory"] for row in mine} == {"Standard"}
    total = float(bill(moved)["total"]["cost"])
    assert sum(float(row["EffectiveCost"]) for row in rows) == pytest.approx(total, rel=0.01)


def test_options_are_compared_before_anything_is_bought(moved, tmp_path):
    usage = tmp_path / "usage.csv"
    usage.write_text("what,amount,hours\nm5.large,10,730\nc5.large,4,100\n")
    options = json.loads(moved.command("bill", "what-if", "--usage", str(usage), "--json").stdout)
    monthly = [float(option["monthly"]) for option in options]
    assert monthly == sorted(monthly)
    by_name = {option["option"]: option for option in options}
    assert float(by_name["On-Demand"]["monthly"]) == pytest.approx(0.096 * 7300 + 0.085 * 400)
    best = options[0]
    assert float(best["saving_percent"]) > 50 and best["buy"]
    table = moved.command("bill", "what-if", "--usage", str(usage), "--years", "1", "--payment", "no").stdout
    assert "3 years" not in table and "all upfront" not in table and "Cheapest" in table
    usage.write_text("what,amount,hours\nm5.huge,10,730\n")
    refused = moved.command("bill", "what-if", "--usage", str(usage))
    assert refused.returncode == 1 and "line 2: m5.huge" in refused.stderr


def test_options_are_compared_for_the_period_that_is_named(moved):
    launch(moved.client("ec2"))
    moved.advance_clock(2 * HOUR)

    def monthly(*period):
        options = json.loads(moved.command("bill", "what-if", *period, "--json").stdout)
        return {option["option"]: float(option["monthly"]) for option in options}["On-Demand"]

    # Hours that are still to come are no idle ones.
    assert monthly(*PERIOD) > 0.096 * 730 * 0.6
    assert monthly("--from", PERIOD[1], "--to", str(TODAY)) == 0
    refused = moved.command("bill", *PERIOD, "what-if")
    assert refused.returncode == 1 and "after what-if" in refused.stderr


def test_a_dimension_that_is_none_is_named(moved):
    refused = moved.command("bill", "--by", "colour")
    assert refused.returncode == 1 and "colour" in refused.stderr


def test_dedicated_instances_cost_a_fee_for_each_hour_on_top(moved):
    ec2 = moved.client("ec2")
    fee = ("AmazonEC2", "DedicatedRegionFee")
    half_past(moved)
    launch(ec2)
    assert fee not in lines(moved, "--by", "service,usage")
    dedicated = [launch(ec2, Placement={"Tenancy": "dedicated"}) for _ in range(2)]
    moved.advance_clock(3 * HOUR)
    for instance in dedicated:
        ec2.terminate_instances(InstanceIds=[instance])
        reach(ec2, instance, "terminated")
    moved.advance_clock(5 * HOUR)
    found = lines(moved, "--by", "service,usage")
    # Three hours reach into four, of which each costs one fee, whole.
    line = found[fee]
    assert float(line["quantity"]) == 4 and float(line["cost"]) == 8
    assert float(found[("AmazonEC2", "DedicatedUsage:m5.large")]["quantity"]) == pytest.approx(6, abs=0.1)


def test_environments_that_are_kept_ready_are_billed_while_they_are(moved):
    functions = Functions(moved, "111122223333")
    functions.make(MemorySize=512)
    functions.client.publish_version(FunctionName="f")
    version = {"FunctionName": "f", "Qualifier": "1"}
    functions.client.put_provisioned_concurrency_config(**version, ProvisionedConcurrentExecutions=3)
    moved.advance_clock(2 * HOUR)
    functions.client.put_provisioned_concurrency_config(**version, ProvisionedConcurrentExecutions=1)
    moved.kill()
    moved.start()
    moved.advance_clock(4 * HOUR)
    functions.client.delete_provisioned_concurrency_config(**version)
    moved.advance_clock(10 * HOUR)
    found = lines(moved, "--by", "service,usage")[("AWSLambda", "Lambda-Provisioned-Concurrency")]
    # Half a gigabyte, three times and then once: a region that starts again has forgotten that its clock was moved.
    assert 0.5 * 3 * 2 * HOUR <= float(found["quantity"]) < 0.5 * (3 * 2 + 4.2) * HOUR
    assert float(found["cost"]) == pytest.approx(0.0000041667 * float(found["quantity"]))
