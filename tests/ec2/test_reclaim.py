"""A host that is full of Spot instances makes room for On-Demand ones, and its prices follow how full it is."""

import datetime
import json
import uuid

import pytest
from support.pool import room_for
from support.refusal import refusal
from support.waiting import QUICKLY, until

ACCOUNT = "111122223333"
NOTICE = 120


class Host:
    def __init__(self, region):
        self.region = region
        self.ec2 = region.client("ec2", ACCOUNT)
        found = self.ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "name", "Values": ["freehold-minimal-*"]}])
        self.image = found["Images"][0]["ImageId"]

    def run(self, count=1, spot=None, **options):
        """Ids of what is launched, On-Demand or at a maximum price."""
        if spot:
            options["InstanceMarketOptions"] = {"MarketType": "spot", "SpotOptions": {"MaxPrice": spot}}
        made = self.ec2.run_instances(
            ImageId=self.image,
            InstanceType="t3.nano",
            MinCount=count,
            MaxCount=count,
            ClientToken=uuid.uuid4().hex,
            **options,
        )["Instances"]
        return [one["InstanceId"] for one in made]

    def filled(self, *prices):
        ids = [self.run(spot=price)[0] for price in prices]
        self.ec2.get_waiter("instance_running").wait(InstanceIds=ids, **QUICKLY)
        return ids

    def state(self, instance):
        return self.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]["State"]["Name"]

    def until(self, instance, state):
        until(lambda: self.state(instance) == state, f"{instance} is {state}")

    def request(self, instance):
        filters = [{"Name": "instance-id", "Values": [instance]}]
        return self.ec2.describe_spot_instance_requests(Filters=filters)["SpotInstanceRequests"][0]

    def until_code(self, instance, code):
        until(lambda: self.request(instance)["Status"]["Code"] == code, f"{instance}: {code}")

    def prices(self, **options):
        found = self.ec2.describe_spot_price_history(InstanceTypes=["t3.nano"], AvailabilityZone="us-east-1a", **options)
        return found["SpotPriceHistory"]

    def now(self):
        return datetime.datetime.fromisoformat(self.region.advance_clock(0)["now"])


@pytest.fixture
def host(region):
    return Host(region("none", "--test-clock", *room_for(2)))


def test_whoever_pays_least_goes_and_an_on_demand_instance_begins_when_it_is_gone(host):
    dear, cheap = host.filled("0.0052", "0.0050")
    (paid,) = host.run()
    host.until_code(cheap, "marked-for-termination")
    assert (host.state(paid), host.state(dear)) == ("pending", "running")
    # What is claimed is nobody's else.
    assert refusal(host.run, count=2) == "InsufficientInstanceCapacity"
    assert refusal(host.run, spot="0.0052") == "InsufficientInstanceCapacity"
    host.region.advance_clock(NOTICE - 20)
    assert (host.state(paid), host.state(cheap)) == ("pending", "running")
    # The next control plane goes on with it.
    host.region.kill()
    host.region.start()
    host.region.advance_clock(NOTICE)
    host.until(cheap, "terminated")
    host.until(paid, "running")
    assert host.state(dear) == "running"
    assert host.request(cheap)["Status"]["Code"] == "instance-terminated-no-capacity"


def test_the_region_is_told_before_an_instance_goes(host):
    events, sqs = host.region.client("events", ACCOUNT), host.region.client("sqs", ACCOUNT)
    url = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    pattern = {"detail-type": ["EC2 Spot Instance Interruption Warning", "EC2 Instance Rebalance Recommendation"]}
    events.put_rule(Name="spot", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="spot", Targets=[{"Id": "1", "Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:inbox"}])
    _, young = host.filled("0.0052", "0.0052")
    host.run()
    told = {}

    def arrived():
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", []):
            event = json.loads(message["Body"])
            told[event["detail-type"]] = event
        return len(told) == 2

    until(arrived, "both events")
    warning = told["EC2 Spot Instance Interruption Warning"]
    assert warning["detail"] == {"instance-id": young, "instance-action": "terminate"}
    zone = host.ec2.describe_instances(InstanceIds=[young])["Reservations"][0]["Instances"][0]["Placement"]["AvailabilityZone"]
    assert warning["resources"] == [f"arn:aws:ec2:{zone}:instance/{young}"]
    assert told["EC2 Instance Rebalance Recommendation"]["detail"] == {"instance-id": young}


def test_an_instance_that_is_started_has_room_made(host):
    (paid,) = host.run()
    host.until(paid, "running")
    host.ec2.stop_instances(InstanceIds=[paid])
    host.until(paid, "stopped")
    spot = host.filled("0.0052", "0.0050")
    host.ec2.start_instances(InstanceIds=[paid])
    host.until_code(spot[1], "marked-for-termination")
    assert host.state(paid) == "pending"
    host.region.advance_clock(NOTICE + 1)
    host.until(paid, "running")


def test_more_than_the_host_holds_is_refused_at_once(host):
    spot = host.filled("0.0052", "0.0052")
    assert refusal(host.run, count=3) == "InsufficientInstanceCapacity"
    assert [host.request(one)["Status"]["Code"] for one in spot] == ["fulfilled", "fulfilled"]


def test_the_price_follows_how_full_the_host_is_and_its_history_is_told(host):
    cheap, _ = host.filled("0.0020", "0.0052")
    begun = host.now()

    def until_it_changes():
        count = len(host.prices())
        host.region.advance_clock(301)
        until(lambda: len(host.prices()) > count, "there is another price")

    until_it_changes()
    host.until_code(cheap, "marked-for-termination")
    host.region.advance_clock(NOTICE + 1)
    host.until(cheap, "terminated")
    host.until_code(cheap, "instance-terminated-by-price")
    until_it_changes()
    assert refusal(host.run, spot="0.0010") == "SpotMaxPriceTooLow"
    told = host.prices()
    stamps = [one["Timestamp"] for one in told]
    assert stamps == sorted(stamps, reverse=True) and len(told) > 2
    between = [later - earlier for later, earlier in zip(stamps, stamps[1:], strict=False)]
    assert min(between) >= datetime.timedelta(minutes=5)
    assert max(float(one["SpotPrice"]) for one in told) <= 0.0052
    # Since then, and what was in force when it began.
    since = host.prices(StartTime=begun)
    assert [one["Timestamp"] > begun for one in since[:-1]] == [True] * (len(since) - 1)
    assert since[-1]["Timestamp"] <= begun
    pages = host.ec2.get_paginator("describe_spot_price_history").paginate(
        InstanceTypes=["t3.nano"], AvailabilityZone="us-east-1a", PaginationConfig={"PageSize": 1}
    )
    assert [one for page in pages for one in page["SpotPriceHistory"]] == told
