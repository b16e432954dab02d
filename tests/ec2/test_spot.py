"""Spot requests in a region whose clock can be moved: made, fulfilled, interrupted, opened again and cancelled."""

import datetime
import re
import uuid

import pytest
from support.refusal import refusal
from support.waiting import QUICKLY, until

ACCOUNT = "111122223333"
TWO_MINUTES = 120


class Market:
    """One account of a region of the test's own."""

    def __init__(self, region):
        self.region = region
        self.ec2 = region.client("ec2", ACCOUNT)
        found = self.ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "name", "Values": ["freehold-minimal-*"]}])
        self.launch = {"ImageId": found["Images"][0]["ImageId"], "InstanceType": "t3.nano"}

    def run(self, count=1, **options):
        """Launches Spot instances."""
        market = {"MarketType": "spot", "SpotOptions": options} if options else {"MarketType": "spot"}
        made = self.ec2.run_instances(
            MinCount=count,
            MaxCount=count,
            ClientToken=uuid.uuid4().hex,
            InstanceMarketOptions=market,
            **self.launch,
        )["Instances"]
        self.ec2.get_waiter("instance_running").wait(InstanceIds=[one["InstanceId"] for one in made], **QUICKLY)
        return made

    def ask(self, **options):
        """Requests one Spot instance; the request's id."""
        options = {"LaunchSpecification": self.launch} | options
        (made,) = self.ec2.request_spot_instances(**options)["SpotInstanceRequests"]
        return made["SpotInstanceRequestId"]

    def request(self, request):
        return self.ec2.describe_spot_instance_requests(SpotInstanceRequestIds=[request])["SpotInstanceRequests"][0]

    def instance(self, instance):
        return self.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]

    def until_code(self, request, state, code):
        """Waits for a state with a status code; the request then."""

        def reached():
            now = self.request(request)
            return now if (now["State"], now["Status"]["Code"]) == (state, code) else None

        return until(reached, f"{request} is {state}: {code}")

    def until_instance(self, instance, state):
        return until(
            lambda: now if (now := self.instance(instance))["State"]["Name"] == state else None, f"{instance} is {state}"
        )

    def interrupt(self, *arguments):
        done = self.region.command("spot", "interrupt", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def now(self):
        return datetime.datetime.fromisoformat(self.region.advance_clock(0)["now"])


@pytest.fixture
def market(region):
    return Market(region("none", "--test-clock"))


def test_run_instances_makes_a_request_for_each_instance(market):
    made = market.run(2)
    shown = [market.instance(one["InstanceId"]) for one in made]
    assert {one["InstanceLifecycle"] for one in shown} == {"spot"}
    assert len({one["SpotInstanceRequestId"] for one in shown}) == 2
    for instance in shown:
        request = market.request(instance["SpotInstanceRequestId"])
        assert (request["State"], request["Status"]["Code"]) == ("active", "fulfilled")
        assert (request["Type"], request["InstanceInterruptionBehavior"]) == ("one-time", "terminate")
        assert request["InstanceId"] == instance["InstanceId"]
        assert request["LaunchedAvailabilityZone"] == instance["Placement"]["AvailabilityZone"]
        assert request["LaunchSpecification"]["InstanceType"] == "t3.nano"
        # The most that is paid is the On-Demand price, unless less is said.
        assert request["SpotPrice"] == "0.005200"
    (plain,) = market.ec2.run_instances(MinCount=1, MaxCount=1, **market.launch)["Instances"]
    assert "InstanceLifecycle" not in plain and "SpotInstanceRequestId" not in plain

    def found(name, value):
        pages = market.ec2.describe_instances(Filters=[{"Name": name, "Values": [value]}])["Reservations"]
        return {one["InstanceId"] for page in pages for one in page["Instances"]}

    assert found("instance-lifecycle", "spot") == {one["InstanceId"] for one in shown}
    assert found("spot-instance-request-id", shown[0]["SpotInstanceRequestId"]) == {shown[0]["InstanceId"]}


def test_a_template_may_ask_for_spot(market):
    options = {"MarketType": "spot", "SpotOptions": {"MaxPrice": "0.004"}}
    template = market.ec2.create_launch_template(
        LaunchTemplateName="cheap", LaunchTemplateData=market.launch | {"InstanceMarketOptions": options}
    )["LaunchTemplate"]["LaunchTemplateId"]
    (version,) = market.ec2.describe_launch_template_versions(LaunchTemplateId=template)["LaunchTemplateVersions"]
    assert version["LaunchTemplateData"]["InstanceMarketOptions"] == options
    named = {"LaunchTemplateId": template}
    (made,) = market.ec2.run_instances(MinCount=1, MaxCount=1, LaunchTemplate=named)["Instances"]
    assert market.request(made["SpotInstanceRequestId"])["SpotPrice"] == "0.004000"


def test_a_price_below_the_one_in_force_is_refused_at_once_and_waited_for_by_a_request(market):
    assert refusal(market.run, MaxPrice="0.0015") == "SpotMaxPriceTooLow"
    assert market.run(MaxPrice="0.0016")
    request = market.ask(SpotPrice="0.0015")
    market.until_code(request, "open", "price-too-low")
    assert "InstanceId" not in market.request(request)


def test_a_request_is_fulfilled_and_ends_with_its_instance(market):
    request = market.ask(
        TagSpecifications=[{"ResourceType": "spot-instances-request", "Tags": [{"Key": "a", "Value": "b"}]}]
    )
    market.ec2.get_waiter("spot_instance_request_fulfilled").wait(SpotInstanceRequestIds=[request], **QUICKLY)
    shown = market.request(request)
    assert shown["Tags"] == [{"Key": "a", "Value": "b"}]
    instance = shown["InstanceId"]
    assert market.until_instance(instance, "running")["SpotInstanceRequestId"] == request
    market.ec2.create_tags(Resources=[request], Tags=[{"Key": "c", "Value": "d"}])
    by_tag = market.ec2.describe_spot_instance_requests(Filters=[{"Name": "tag:c", "Values": ["d"]}])
    assert [one["SpotInstanceRequestId"] for one in by_tag["SpotInstanceRequests"]] == [request]
    market.ec2.terminate_instances(InstanceIds=[instance])
    market.until_code(request, "closed", "instance-terminated-by-user")


def test_the_same_token_makes_the_same_requests(market):
    token = uuid.uuid4().hex
    assert market.ask(ClientToken=token) == market.ask(ClientToken=token)
    assert refusal(market.ask, ClientToken=token, SpotPrice="1") == "IdempotentParameterMismatch"


def test_a_request_waits_for_its_date_and_no_longer_than_it_is_good(market):
    now = market.now()
    later, end = now + datetime.timedelta(hours=1), now + datetime.timedelta(hours=2)
    early = market.ask(ValidFrom=later)
    late = market.ask(SpotPrice="0.0015", ValidUntil=end)
    market.until_code(early, "open", "not-scheduled-yet")
    market.region.advance_clock(3601)
    market.until_code(early, "active", "fulfilled")
    market.until_code(late, "open", "price-too-low")
    market.region.advance_clock(3601)
    market.until_code(late, "cancelled", "schedule-expired")


def test_an_interruption_is_told_and_comes_two_minutes_later(market):
    (made,) = market.run()
    instance, request = made["InstanceId"], made["SpotInstanceRequestId"]
    said = market.interrupt(instance)
    assert instance in said and request in said and "terminated" in said
    market.until_code(request, "active", "marked-for-termination")
    market.region.advance_clock(TWO_MINUTES - 60)
    assert market.instance(instance)["State"]["Name"] == "running"
    market.region.advance_clock(61)
    ended = market.until_instance(instance, "terminated")
    assert ended["StateReason"]["Code"] == "Server.SpotInstanceTermination"
    market.until_code(request, "closed", "instance-terminated-no-capacity")


def test_an_interruption_that_is_far_off_is_not_told_yet(market):
    (made,) = market.run()
    instance, request = made["InstanceId"], made["SpotInstanceRequestId"]
    market.interrupt(instance, "--after", 600)
    market.region.advance_clock(440)
    assert market.request(request)["Status"]["Code"] == "fulfilled"
    market.region.advance_clock(50)
    market.until_code(request, "active", "marked-for-termination")
    market.region.advance_clock(120)
    market.until_instance(instance, "terminated")


def test_the_next_control_plane_keeps_the_moment(market):
    (made,) = market.run()
    market.interrupt(made["InstanceId"])
    market.region.kill()
    market.region.start()
    # Its clock runs with the machine's again, as the first one's did.
    assert market.request(made["SpotInstanceRequestId"])["Status"]["Code"] == "marked-for-termination"
    market.region.advance_clock(TWO_MINUTES + 1)
    market.until_instance(made["InstanceId"], "terminated")


def test_a_persistent_request_gets_another_instance(market):
    request = market.ask(Type="persistent")
    first = market.until_code(request, "active", "fulfilled")["InstanceId"]
    market.until_instance(first, "running")
    market.interrupt(first, "--after", 0)
    market.until_code(request, "open", "instance-terminated-no-capacity")
    # The room that was taken back is not there again at once.
    market.region.advance_clock(61)
    second = market.until_code(request, "active", "fulfilled")["InstanceId"]
    assert second != first
    market.until_instance(second, "running")
    # Whoever ends such an instance gets another.
    market.ec2.terminate_instances(InstanceIds=[second])
    until(lambda: market.request(request).get("InstanceId") not in (None, second), "there is a third")
    third = market.until_code(request, "active", "fulfilled")["InstanceId"]
    (cancelled,) = market.ec2.cancel_spot_instance_requests(SpotInstanceRequestIds=[request])["CancelledSpotInstanceRequests"]
    assert cancelled["State"] == "cancelled"
    market.until_code(request, "cancelled", "request-canceled-and-instance-running")
    market.ec2.terminate_instances(InstanceIds=[third])
    market.until_code(request, "cancelled", "instance-terminated-by-user")


STOPS = {"SpotInstanceType": "persistent", "InstanceInterruptionBehavior": "stop"}


def test_an_instance_that_is_stopped_by_an_interruption_comes_back(market):
    (made,) = market.run(**STOPS)
    instance, request = made["InstanceId"], made["SpotInstanceRequestId"]
    market.interrupt(instance)
    market.until_code(request, "active", "marked-for-stop")
    market.region.advance_clock(TWO_MINUTES + 1)
    stopped = market.until_instance(instance, "stopped")
    assert stopped["StateReason"]["Code"] == "Server.SpotInstanceShutdown"
    market.until_code(request, "open", "instance-stopped-no-capacity")
    assert refusal(market.ec2.start_instances, InstanceIds=[instance]) == "IncorrectSpotRequestState"
    market.region.advance_clock(61)
    market.until_instance(instance, "running")
    market.until_code(request, "active", "fulfilled")


def test_only_instances_of_persistent_requests_can_be_stopped_by_their_user(market):
    (once,), (made,) = market.run(), market.run(**STOPS)
    assert refusal(market.ec2.stop_instances, InstanceIds=[once["InstanceId"]]) == "UnsupportedOperation"
    instance, request = made["InstanceId"], made["SpotInstanceRequestId"]
    market.ec2.stop_instances(InstanceIds=[instance])
    market.until_instance(instance, "stopped")
    market.until_code(request, "disabled", "instance-stopped-by-user")
    another = {"InstanceId": instance, "InstanceType": {"Value": "t3.micro"}}
    assert refusal(market.ec2.modify_instance_attribute, **another) == "UnsupportedOperation"
    market.ec2.start_instances(InstanceIds=[instance])
    market.until_code(request, "active", "fulfilled")
    market.until_instance(instance, "running")
    market.ec2.stop_instances(InstanceIds=[instance])
    market.until_code(request, "disabled", "instance-stopped-by-user")
    market.until_instance(instance, "stopped")
    market.ec2.cancel_spot_instance_requests(SpotInstanceRequestIds=[request])
    market.until_code(request, "cancelled", "instance-terminated-by-service")
    market.until_instance(instance, "terminated")


def test_a_request_that_is_cancelled_before_it_is_fulfilled(market):
    request = market.ask(SpotPrice="0.0015")
    market.until_code(request, "open", "price-too-low")
    market.ec2.cancel_spot_instance_requests(SpotInstanceRequestIds=[request])
    market.until_code(request, "cancelled", "canceled-before-fulfillment")


def test_what_cannot_be_had_as_spot_is_refused(market):
    run, ask = market.run, market.ask
    assert refusal(run, InstanceInterruptionBehavior="hibernate") == "UnsupportedHibernationConfiguration"
    assert refusal(run, BlockDurationMinutes=60) == "UnsupportedOperation"
    assert refusal(run, SpotInstanceType="persistent") == "InvalidParameterCombination"
    assert refusal(run, InstanceInterruptionBehavior="stop") == "InvalidParameterCombination"
    assert refusal(run, MaxPrice="0.0001") == "InvalidParameterValue"
    assert refusal(run, MaxPrice="cheap") == "InvalidParameterValue"
    block = {"InstanceMarketOptions": {"MarketType": "capacity-block"}}
    assert refusal(market.ec2.run_instances, MinCount=1, MaxCount=1, **market.launch, **block) == "UnsupportedOperation"
    assert refusal(ask, LaunchSpecification=market.launch | {"ImageId": "ami-0123456789abcdef0"}) == "InvalidAMIID.NotFound"
    assert refusal(ask, LaunchSpecification=market.launch | {"InstanceType": "t3.huge"}) == "InvalidParameterValue"
    assert refusal(ask, LaunchSpecification=market.launch | {"KernelId": "aki-1"}) == "UnsupportedOperation"
    assert refusal(ask, InstanceCount=0) == "InvalidParameterValue"
    assert refusal(ask, LaunchGroup="all") == "UnsupportedOperation"
    assert refusal(ask, InstanceInterruptionBehavior="stop") == "InvalidParameterCombination"
    assert refusal(ask, ValidUntil=datetime.datetime(2020, 1, 1)) == "InvalidParameterValue"
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]}]
    assert refusal(ask, TagSpecifications=tags) == "InvalidParameterValue"


def test_requests_that_do_not_exist_are_said_not_to(market):
    missing = ["sir-0123456789abcdef0"]
    for call in (market.ec2.describe_spot_instance_requests, market.ec2.cancel_spot_instance_requests):
        assert refusal(call, SpotInstanceRequestIds=missing) == "InvalidSpotInstanceRequestID.NotFound"
        assert refusal(call, SpotInstanceRequestIds=["sir-x"]) == "InvalidSpotInstanceRequestID.Malformed"
    filters = [{"Name": "colour", "Values": ["red"]}]
    assert refusal(market.ec2.describe_spot_instance_requests, Filters=filters) == "InvalidParameterValue"


def test_requests_are_shown_in_pages_and_by_filters(market):
    made = {market.ask(SpotPrice="0.0015") for _ in range(7)}
    pages = market.ec2.get_paginator("describe_spot_instance_requests").paginate(PaginationConfig={"PageSize": 5})
    assert [one["SpotInstanceRequestId"] for page in pages for one in page["SpotInstanceRequests"]] == sorted(made)
    for name, value, matches in [
        ("state", "open", True),
        ("state", "active", False),
        ("type", "one-time", True),
        ("launch.instance-type", "t3.*", True),
        ("spot-price", "0.001500", True),
    ]:
        found = market.ec2.describe_spot_instance_requests(Filters=[{"Name": name, "Values": [value]}])
        assert bool(found["SpotInstanceRequests"]) == matches, name


def test_the_price_in_force_is_told_for_each_zone(market):
    prices = market.ec2.describe_spot_price_history
    shown = prices(InstanceTypes=["t3.nano"], ProductDescriptions=["Linux/UNIX"])["SpotPriceHistory"]
    assert {one["SpotPrice"] for one in shown} == {"0.001600"}
    assert {one["AvailabilityZone"] for one in shown} == {"us-east-1a", "us-east-1b", "us-east-1c"}
    (one,) = prices(InstanceTypes=["m5.large"], AvailabilityZone="us-east-1b")["SpotPriceHistory"]
    assert (one["SpotPrice"], one["ProductDescription"]) == ("0.028800", "Linux/UNIX")
    assert not prices(InstanceTypes=["t3.nano"], EndTime=datetime.datetime(2025, 1, 1))["SpotPriceHistory"]
    assert not prices(InstanceTypes=["t3.nano"], ProductDescriptions=["Windows"])["SpotPriceHistory"]
    first = prices(MaxResults=7)
    assert len(first["SpotPriceHistory"]) == 7 and first["NextToken"]
    by_filter = prices(Filters=[{"Name": "instance-type", "Values": ["t3.n*"]}])["SpotPriceHistory"]
    assert {one["InstanceType"] for one in by_filter} == {"t3.nano"}
    assert refusal(prices, AvailabilityZone="us-east-1z") == "InvalidParameterValue"
    assert refusal(prices, InstanceTypes=["t3.huge"]) == "InvalidParameterValue"
    assert refusal(prices, NextToken="bogus") == "InvalidNextToken"


def test_only_spot_instances_that_run_can_be_interrupted(market):
    (plain,) = market.ec2.run_instances(MinCount=1, MaxCount=1, **market.launch)["Instances"]
    (gone,) = market.run()
    market.ec2.terminate_instances(InstanceIds=[gone["InstanceId"]])
    for instance, why in [
        (plain["InstanceId"], "is not a Spot Instance"),
        (gone["InstanceId"], "only one that runs"),
        ("i-0123456789abcdef0", "does not exist"),
        ("nonsense", "Invalid id"),
    ]:
        done = market.region.command("spot", "interrupt", instance)
        assert done.returncode == 1 and re.search(why, done.stderr), done.stderr


def test_a_recommendation_lets_the_instance_run(market):
    (made,) = market.run()
    assert "recommended" in market.interrupt(made["InstanceId"], "--rebalance")
    market.region.advance_clock(600)
    assert market.instance(made["InstanceId"])["State"]["Name"] == "running"
    assert market.request(made["SpotInstanceRequestId"])["Status"]["Code"] == "fulfilled"
