"""Spot Fleet requests in a region whose clock can be moved."""

import datetime
import functools
import uuid

import pytest
from support.refusal import refusal
from support.waiting import until

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/aws-ec2-spot-fleet-tagging-role"
NOWHERE = "sfr-73fbd2ce-aa30-494c-8788-1cee4a2b3c4d"
LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)


class SpotFleets:
    def __init__(self, region):
        self.region = region
        self.ec2 = region.client("ec2", ACCOUNT)
        found = self.ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "name", "Values": ["freehold-minimal-*"]}])
        self.image = found["Images"][0]["ImageId"]

    def request(self, total, *specifications, dry=False, **options):
        specifications = specifications or ({"InstanceType": "t3.nano"},)
        config = {
            "IamFleetRole": ROLE,
            "TargetCapacity": total,
            "LaunchSpecifications": [{"ImageId": self.image} | one for one in specifications],
        } | options
        config = {key: value for key, value in config.items() if value is not None}
        return self.ec2.request_spot_fleet(SpotFleetRequestConfig=config, DryRun=dry)["SpotFleetRequestId"]

    def shown(self, fleet):
        return self.ec2.describe_spot_fleet_requests(SpotFleetRequestIds=[fleet])["SpotFleetRequestConfigs"][0]

    def until(self, fleet, state="active", capacity=None):
        def reached():
            now = self.shown(fleet)
            fulfilled = now["SpotFleetRequestConfig"]["FulfilledCapacity"]
            return now if now["SpotFleetRequestState"] == state and capacity in (None, fulfilled) else None

        return until(reached, f"{fleet} is {state} with {capacity}")

    def active(self, fleet):
        return self.ec2.describe_spot_fleet_instances(SpotFleetRequestId=fleet)["ActiveInstances"]

    def history(self, fleet, **options):
        found = self.ec2.describe_spot_fleet_request_history(SpotFleetRequestId=fleet, StartTime=LONG_AGO, **options)
        return [(one["EventType"], one["EventInformation"]["EventSubType"]) for one in found["HistoryRecords"]]


@pytest.fixture
def fleets(region):
    return SpotFleets(region("none", "--test-clock"))


def test_a_fleet_of_specifications_is_kept(fleets):
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]}]
    fleet = fleets.request(
        3,
        {"InstanceType": "t3.nano", "TagSpecifications": tags, "Placement": {"AvailabilityZone": "us-east-1a, us-east-1b"}},
        AllocationStrategy="diversified",
        OnDemandTargetCapacity=1,
    )
    shown = fleets.until(fleet, capacity=3.0)["SpotFleetRequestConfig"]
    assert shown["OnDemandFulfilledCapacity"] == 1.0 and shown["AllocationStrategy"] == "diversified"
    assert shown["LaunchSpecifications"][0]["InstanceType"] == "t3.nano"
    ids = [one["InstanceId"] for one in fleets.active(fleet)]
    pages = fleets.ec2.describe_instances(InstanceIds=ids)["Reservations"]
    instances = [one for page in pages for one in page["Instances"]]
    spot = [one for one in instances if one.get("InstanceLifecycle") == "spot"]
    assert {one["Placement"]["AvailabilityZone"] for one in spot} == {"us-east-1a", "us-east-1b"}
    for one in instances:
        own = {tag["Key"]: tag["Value"] for tag in one["Tags"]}
        assert (own["aws:ec2spot:fleet-request-id"], own["a"]) == (fleet, "b")
    fleets.ec2.terminate_instances(InstanceIds=ids[:1])
    until(lambda: len({one["InstanceId"] for one in fleets.active(fleet)} - {ids[0]}) == 3, "what is gone is replaced")
    assert fleets.history(fleet)[:2] == [("fleetRequestChange", "submitted"), ("fleetRequestChange", "active")]
    assert ("instanceChange", "launched") in fleets.history(fleet, EventType="instanceChange")


def test_a_fleet_of_a_template_is_changed_and_cancelled(fleets):
    template = fleets.ec2.create_launch_template(
        LaunchTemplateName="workers", LaunchTemplateData={"ImageId": fleets.image, "InstanceType": "t3.nano"}
    )["LaunchTemplate"]["LaunchTemplateId"]
    named = {"LaunchTemplateId": template, "Version": "1"}
    configs = [{"LaunchTemplateSpecification": named, "Overrides": [{"InstanceType": "t3.micro"}]}]
    fleet = fleets.request(1, LaunchSpecifications=None, LaunchTemplateConfigs=configs)
    fleets.until(fleet, capacity=1.0)
    assert fleets.active(fleet)[0]["InstanceType"] == "t3.micro"
    assert fleets.ec2.modify_spot_fleet_request(SpotFleetRequestId=fleet, TargetCapacity=3)["Return"]
    fleets.until(fleet, capacity=3.0)
    assert fleets.ec2.modify_spot_fleet_request(SpotFleetRequestId=fleet, TargetCapacity=1)["Return"]
    fleets.until(fleet, capacity=1.0)
    cancelled = fleets.ec2.cancel_spot_fleet_requests(SpotFleetRequestIds=[fleet, NOWHERE, "sfr-x"], TerminateInstances=True)
    (done,) = cancelled["SuccessfulFleetRequests"]
    assert (done["PreviousSpotFleetRequestState"], done["CurrentSpotFleetRequestState"]) == ("active", "cancelled_terminating")
    assert [one["Error"]["Code"] for one in cancelled["UnsuccessfulFleetRequests"]] == [
        "fleetRequestIdDoesNotExist",
        "fleetRequestIdMalformed",
    ]
    fleets.until(fleet, "cancelled", 0.0)
    assert refusal(fleets.ec2.modify_spot_fleet_request, SpotFleetRequestId=fleet, TargetCapacity=2) == "FleetNotInModifiableState"


def test_a_price_for_a_unit_holds_the_fleet(fleets):
    fleet = fleets.request(1, SpotPrice="0.0015")
    until(lambda: ("error", "launchSpecTemporarilyBlacklisted") in fleets.history(fleet), "the price is told to be too low")
    assert fleets.active(fleet) == []
    # Twice as much for an instance that counts for two.
    other = fleets.request(2, {"InstanceType": "t3.nano", "WeightedCapacity": 2}, SpotPrice="0.0015")
    fleets.until(other, capacity=2.0)


def test_the_same_token_makes_the_same_request(fleets):
    token = uuid.uuid4().hex
    assert fleets.request(0, ClientToken=token) == fleets.request(0, ClientToken=token)
    assert refusal(fleets.request, total=1, ClientToken=token) == "IdempotentParameterMismatch"


def test_a_request_that_is_made_once_does_not_replace_nor_change(fleets):
    fleet = fleets.request(1, Type="request")
    fleets.until(fleet, capacity=1.0)
    fleets.ec2.terminate_instances(InstanceIds=[fleets.active(fleet)[0]["InstanceId"]])
    fleets.until(fleet, capacity=0.0)
    assert refusal(fleets.ec2.modify_spot_fleet_request, SpotFleetRequestId=fleet, TargetCapacity=2) == "FleetNotInModifiableState"


def test_what_is_no_request_is_refused(fleets):
    request, ec2 = fleets.request, fleets.ec2
    wrong = "InvalidSpotFleetRequestConfig"
    assert refusal(request, total=1, IamFleetRole="me") == wrong
    assert refusal(request, total=-1) == wrong
    assert refusal(request, total=1, OnDemandTargetCapacity=2) == wrong
    assert refusal(request, total=1, Type="instant") == wrong
    assert refusal(request, total=1, LaunchSpecifications=None) == wrong
    assert refusal(request, total=1, ValidUntil=LONG_AGO) == wrong
    assert refusal(request, total=1, InstanceInterruptionBehavior="hibernate") == "UnsupportedHibernationConfiguration"
    assert refusal(functools.partial(request, 1, {"InstanceType": "t3.huge"})) == "InvalidParameterValue"
    groups = {"TargetGroupsConfig": {"TargetGroups": [{"Arn": "arn:x"}]}}
    assert refusal(request, total=1, LoadBalancersConfig=groups) == "UnsupportedOperation"
    assert refusal(request, total=1, dry=True) == "DryRunOperation"
    missing, malformed = "InvalidSpotFleetRequestId.NotFound", "InvalidSpotFleetRequestId.Malformed"
    assert refusal(ec2.describe_spot_fleet_requests, SpotFleetRequestIds=[NOWHERE]) == missing
    assert refusal(ec2.describe_spot_fleet_requests, SpotFleetRequestIds=["sfr-x"]) == malformed
    assert refusal(ec2.describe_spot_fleet_instances, SpotFleetRequestId=NOWHERE) == missing
    history = {"SpotFleetRequestId": NOWHERE, "StartTime": LONG_AGO}
    assert refusal(ec2.describe_spot_fleet_request_history, **history) == missing
    assert refusal(ec2.modify_spot_fleet_request, SpotFleetRequestId=NOWHERE, TargetCapacity=1) == missing
    cancel = {"SpotFleetRequestIds": [NOWHERE], "TerminateInstances": True}
    assert refusal(ec2.cancel_spot_fleet_requests, **cancel, DryRun=True) == "DryRunOperation"
    assert refusal(ec2.cancel_spot_fleet_requests, **cancel | {"SpotFleetRequestIds": [NOWHERE] * 101}) == "InvalidParameterValue"
