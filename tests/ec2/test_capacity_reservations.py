"""Capacity Reservations: room that is held, who uses it, and everything that is refused."""

import datetime
import uuid

import pytest
from support.refusal import refusal
from support.waiting import QUICKLY, until

NOWHERE = "cr-0123456789abcdef0"
ZONE = "us-east-1a"


class Office:
    """One account's reservations and instances."""

    def __init__(self, region, account):
        self.region = region
        self.ec2 = region.client("ec2", account)
        found = self.ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "name", "Values": ["freehold-minimal-*"]}])
        self.image = found["Images"][0]["ImageId"]

    def reserve(self, **options):
        options = {
            "InstanceType": "m5.large",
            "InstancePlatform": "Linux/UNIX",
            "AvailabilityZone": ZONE,
            "InstanceCount": 2,
        } | options
        return self.ec2.create_capacity_reservation(**options)["CapacityReservation"]

    def reservation(self, reservation):
        return self.ec2.describe_capacity_reservations(CapacityReservationIds=[reservation])["CapacityReservations"][0]

    def run(self, kind="m5.large", zone=ZONE, tenancy="default", **specification):
        options = {"CapacityReservationSpecification": specification} if specification else {}
        (made,) = self.ec2.run_instances(
            ImageId=self.image,
            InstanceType=kind,
            MinCount=1,
            MaxCount=1,
            Placement={"AvailabilityZone": zone, "Tenancy": tenancy},
            ClientToken=uuid.uuid4().hex,
            **options,
        )["Instances"]
        self.ec2.get_waiter("instance_running").wait(InstanceIds=[made["InstanceId"]], **QUICKLY)
        return self.instance(made["InstanceId"])

    def instance(self, instance):
        return self.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]

    def stop(self, instance):
        self.ec2.stop_instances(InstanceIds=[instance], Force=True)
        until(lambda: self.instance(instance)["State"]["Name"] == "stopped", f"{instance} is stopped")


@pytest.fixture
def office(freehold, account):
    return Office(freehold, account)


def target(reservation):
    return {"CapacityReservationTarget": {"CapacityReservationId": reservation}}


def test_a_reservation_is_active_at_once_and_made_once(office):
    tags = [{"ResourceType": "capacity-reservation", "Tags": [{"Key": "team", "Value": "blue"}]}]
    made = office.reserve(TagSpecifications=tags, ClientToken="one", EbsOptimized=True)
    again = office.reserve(TagSpecifications=tags, ClientToken="one", EbsOptimized=True)
    assert again["CapacityReservationId"] == made["CapacityReservationId"]
    assert refusal(office.reserve, InstanceCount=3, ClientToken="one") == "IdempotentParameterMismatch"
    shown = office.reservation(made["CapacityReservationId"])
    assert shown == made
    expected = {
        "State": "active",
        "InstanceType": "m5.large",
        "InstancePlatform": "Linux/UNIX",
        "AvailabilityZone": ZONE,
        "AvailabilityZoneId": "use1-az1",
        "Tenancy": "default",
        "TotalInstanceCount": 2,
        "AvailableInstanceCount": 2,
        "EbsOptimized": True,
        "EndDateType": "unlimited",
        "InstanceMatchCriteria": "open",
        "Tags": [{"Key": "team", "Value": "blue"}],
    }
    assert shown | expected == shown and "EndDate" not in shown
    arn = f":{shown['OwnerId']}:capacity-reservation/{shown['CapacityReservationId']}"
    assert shown["CapacityReservationArn"].endswith(arn)


def test_instances_that_fit_use_an_open_reservation(office):
    reservation = office.reserve()["CapacityReservationId"]
    for other in [{"kind": "m5.xlarge"}, {"zone": "us-east-1b"}, {"tenancy": "dedicated"}]:
        assert "CapacityReservationId" not in office.run(**other), other
    assert "CapacityReservationId" not in office.run(CapacityReservationPreference="none")
    used = [office.run() for _ in range(3)]
    assert [one.get("CapacityReservationId") for one in used] == [reservation, reservation, None]
    assert used[0]["CapacityReservationSpecification"] == {"CapacityReservationPreference": "open"}
    usage = office.ec2.get_capacity_reservation_usage(CapacityReservationId=reservation)
    assert (usage["TotalInstanceCount"], usage["AvailableInstanceCount"], usage["State"]) == (2, 0, "active")
    owner = office.reservation(reservation)["OwnerId"]
    assert usage["InstanceUsages"] == [{"AccountId": owner, "UsedInstanceCount": 2}]
    found = office.ec2.describe_instances(Filters=[{"Name": "capacity-reservation-id", "Values": [reservation]}])
    ids = {one["InstanceId"] for page in found["Reservations"] for one in page["Instances"]}
    assert ids == {one["InstanceId"] for one in used[:2]}
    office.stop(used[0]["InstanceId"])
    assert "CapacityReservationId" not in office.instance(used[0]["InstanceId"])
    assert office.reservation(reservation)["AvailableInstanceCount"] == 1


def test_a_targeted_reservation_is_used_by_those_who_name_it(office):
    reservation = office.reserve(InstanceMatchCriteria="targeted", InstanceCount=1)["CapacityReservationId"]
    assert "CapacityReservationId" not in office.run()
    # Its zone is the instance's, if nothing else is said.
    (made,) = office.ec2.run_instances(
        ImageId=office.image,
        InstanceType="m5.large",
        MinCount=1,
        MaxCount=1,
        CapacityReservationSpecification=target(reservation),
    )["Instances"]
    assert made["CapacityReservationId"] == reservation and made["Placement"]["AvailabilityZone"] == ZONE
    shown = made["CapacityReservationSpecification"]
    assert shown == {"CapacityReservationTarget": {"CapacityReservationId": reservation}}
    assert refusal(office.run, **target(reservation)) == "ReservationCapacityExceeded"


def test_what_cannot_use_a_reservation_is_refused(office):
    reservation = office.reserve(InstanceMatchCriteria="targeted")["CapacityReservationId"]
    only = {"CapacityReservationPreference": "capacity-reservations-only"}
    for refused, arguments in [
        ("ReservationCapacityExceeded", {"kind": "m5.xlarge"} | target(reservation)),
        ("ReservationCapacityExceeded", {"zone": "us-east-1b"} | target(reservation)),
        ("ReservationCapacityExceeded", only),
        ("InvalidCapacityReservationId.NotFound", target(NOWHERE)),
        ("InvalidCapacityReservationId.Malformed", target("cr-x")),
        ("InvalidParameterValue", {"CapacityReservationPreference": "maybe"}),
        ("InvalidParameterCombination", {"CapacityReservationPreference": "open"} | target(reservation)),
        ("InvalidParameterCombination", {"tenancy": "host"} | target(reservation)),
    ]:
        assert refusal(office.run, **arguments) == refused, arguments


def test_instances_that_run_already_are_in_an_open_reservation_at_once(office):
    instance = office.run()["InstanceId"]
    made = office.reserve()
    assert (made["TotalInstanceCount"], made["AvailableInstanceCount"]) == (2, 1)
    assert office.instance(instance)["CapacityReservationId"] == made["CapacityReservationId"]


def test_a_stopped_instance_is_told_what_to_use_next(office):
    reservation = office.reserve(InstanceMatchCriteria="targeted")["CapacityReservationId"]
    instance = office.run()["InstanceId"]
    tell = office.ec2.modify_instance_capacity_reservation_attributes
    wish = target(reservation)
    assert refusal(tell, InstanceId=instance, CapacityReservationSpecification=wish) == "IncorrectInstanceState"
    office.stop(instance)
    assert tell(InstanceId=instance, CapacityReservationSpecification=wish)["Return"]
    office.ec2.start_instances(InstanceIds=[instance])
    assert office.instance(instance)["CapacityReservationId"] == reservation
    office.ec2.get_waiter("instance_running").wait(InstanceIds=[instance], **QUICKLY)
    office.stop(instance)
    for refused, wrong in [
        ("InvalidCapacityReservationId.NotFound", target(NOWHERE)),
        ("InvalidParameterValue", {"CapacityReservationPreference": "maybe"}),
    ]:
        assert refusal(tell, InstanceId=instance, CapacityReservationSpecification=wrong) == refused
    none = {"CapacityReservationPreference": "none"}
    assert refusal(tell, InstanceId="i-0123456789abcdef0", CapacityReservationSpecification=none) == (
        "InvalidInstanceID.NotFound"
    )


def test_a_reservation_is_modified(office):
    reservation = office.reserve()["CapacityReservationId"]
    office.run(), office.run()
    modify = office.ec2.modify_capacity_reservation
    end = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=400)
    arguments = {"InstanceCount": 5, "EndDateType": "limited", "EndDate": end, "InstanceMatchCriteria": "targeted"}
    assert modify(CapacityReservationId=reservation, **arguments)["Return"]
    shown = office.reservation(reservation)
    assert (shown["TotalInstanceCount"], shown["AvailableInstanceCount"]) == (5, 3)
    assert (shown["EndDateType"], shown["EndDate"], shown["InstanceMatchCriteria"]) == ("limited", end, "targeted")
    assert "CapacityReservationId" not in office.run()
    assert modify(CapacityReservationId=reservation, EndDateType="unlimited", InstanceCount=2)["Return"]
    assert "EndDate" not in office.reservation(reservation)
    past = end - datetime.timedelta(days=500)
    for refused, wrong in [
        ("MissingParameter", {}),
        ("InvalidParameterValue", {"InstanceCount": 1}),
        ("InvalidParameterValue", {"InstanceCount": 0}),
        ("InstanceLimitExceeded", {"InstanceCount": 5000}),
        ("InvalidParameterCombination", {"EndDate": end}),
        ("InvalidParameterCombination", {"EndDateType": "limited"}),
        ("InvalidParameterValue", {"EndDateType": "limited", "EndDate": past}),
        ("InvalidParameterValue", {"InstanceMatchCriteria": "closed"}),
        ("UnsupportedOperation", {"AdditionalInfo": "x"}),
        ("DryRunOperation", {"InstanceCount": 9, "DryRun": True}),
    ]:
        assert refusal(modify, CapacityReservationId=reservation, **wrong) == refused, wrong
    assert office.reservation(reservation)["TotalInstanceCount"] == 2
    assert refusal(modify, CapacityReservationId=NOWHERE, InstanceCount=3) == "InvalidCapacityReservationId.NotFound"


def test_a_cancelled_reservation_holds_nothing_and_its_instances_go_on(office):
    reservation = office.reserve()["CapacityReservationId"]
    instance = office.run()["InstanceId"]
    cancel = office.ec2.cancel_capacity_reservation
    assert refusal(cancel, CapacityReservationId=reservation, DryRun=True) == "DryRunOperation"
    assert cancel(CapacityReservationId=reservation)["Return"]
    shown = office.reservation(reservation)
    assert (shown["State"], shown["AvailableInstanceCount"]) == ("cancelled", 0)
    kept = office.instance(instance)
    assert kept["State"]["Name"] == "running" and "CapacityReservationId" not in kept
    assert refusal(cancel, CapacityReservationId=reservation) == "InvalidCapacityReservationState"
    assert refusal(cancel, CapacityReservationId=NOWHERE) == "InvalidCapacityReservationId.NotFound"
    assert refusal(cancel, CapacityReservationId="cr-x") == "InvalidCapacityReservationId.Malformed"
    modify = office.ec2.modify_capacity_reservation
    assert refusal(modify, CapacityReservationId=reservation, InstanceCount=3) == "InvalidCapacityReservationState"
    usage = office.ec2.get_capacity_reservation_usage
    assert usage(CapacityReservationId=reservation)["InstanceUsages"] == []
    assert refusal(usage, CapacityReservationId=NOWHERE) == "InvalidCapacityReservationId.NotFound"


def test_reservations_are_found_by_filters_and_in_pages(office):
    ids = [office.reserve(InstanceType=kind)["CapacityReservationId"] for kind in ("m5.large", "m5.large", "r5.large")]
    describe = office.ec2.describe_capacity_reservations

    def found(name, value):
        filters = [{"Name": name, "Values": [value]}]
        return {one["CapacityReservationId"] for one in describe(Filters=filters)["CapacityReservations"]}

    assert found("instance-type", "m5.large") == set(ids[:2])
    for name, value in [("state", "active"), ("tenancy", "default"), ("end-date-type", "unlimited")]:
        assert found(name, value) == set(ids), name
    assert found("instance-match-criteria", "targeted") == set()
    pages = office.ec2.get_paginator("describe_capacity_reservations").paginate(PaginationConfig={"PageSize": 2})
    assert [len(page["CapacityReservations"]) for page in pages] == [2, 1]
    assert refusal(describe, CapacityReservationIds=[NOWHERE]) == "InvalidCapacityReservationId.NotFound"
    assert refusal(describe, Filters=[{"Name": "colour", "Values": ["red"]}]) == "InvalidParameterValue"
    assert refusal(describe, MaxResults=1001) == "InvalidParameterValue"
    office.ec2.create_tags(Resources=[ids[0]], Tags=[{"Key": "Name", "Value": "first"}])
    assert found("tag:Name", "first") == {ids[0]}


@pytest.mark.parametrize(
    ("refused", "arguments"),
    [
        ("InvalidParameterValue", {"InstanceType": "m5.huge"}),
        ("InvalidParameterValue", {"InstancePlatform": "Plan 9"}),
        ("UnsupportedOperation", {"InstancePlatform": "Windows"}),
        ("InvalidParameterValue", {"AvailabilityZone": "us-east-1z"}),
        ("InvalidParameterValue", {"Tenancy": "host"}),
        ("InvalidParameterValue", {"InstanceCount": 0}),
        ("InstanceLimitExceeded", {"InstanceCount": 1001}),
        ("InvalidParameterValue", {"InstanceMatchCriteria": "closed"}),
        ("InvalidParameterValue", {"EndDateType": "never"}),
        ("InvalidParameterCombination", {"EndDateType": "limited"}),
        ("InvalidParameterCombination", {"EndDate": datetime.datetime(2099, 1, 1)}),
        ("InvalidParameterValue", {"EndDateType": "limited", "EndDate": datetime.datetime(2020, 1, 1)}),
        ("UnsupportedOperation", {"EphemeralStorage": True}),
        ("UnsupportedOperation", {"StartDate": datetime.datetime(2099, 1, 1)}),
        ("UnsupportedOperation", {"DeliveryPreference": "fixed"}),
        ("DryRunOperation", {"DryRun": True}),
    ],
)
def test_a_reservation_that_there_is_not_is_refused(office, refused, arguments):
    assert refusal(office.reserve, **arguments) == refused
    assert office.ec2.describe_capacity_reservations()["CapacityReservations"] == []


def test_a_reservation_of_one_account_is_nobody_elses(office, freehold):
    reservation = office.reserve()["CapacityReservationId"]
    other = Office(freehold, "999988887766")
    assert refusal(other.reservation, reservation=reservation) == "InvalidCapacityReservationId.NotFound"
    assert refusal(other.run, **target(reservation)) == "InvalidCapacityReservationId.NotFound"
    assert "CapacityReservationId" not in other.run()


def test_a_template_may_name_a_reservation(office):
    reservation = office.reserve(InstanceMatchCriteria="targeted")["CapacityReservationId"]
    data = {"ImageId": office.image, "InstanceType": "m5.large", "CapacityReservationSpecification": target(reservation)}
    made = office.ec2.create_launch_template(LaunchTemplateName="room", LaunchTemplateData=data)
    template = made["LaunchTemplate"]["LaunchTemplateId"]
    (version,) = office.ec2.describe_launch_template_versions(LaunchTemplateId=template)["LaunchTemplateVersions"]
    assert version["LaunchTemplateData"]["CapacityReservationSpecification"] == target(reservation)
    (one,) = office.ec2.run_instances(MinCount=1, MaxCount=1, LaunchTemplate={"LaunchTemplateId": template})["Instances"]
    assert one["CapacityReservationId"] == reservation


def test_a_reservation_expires_at_its_date_and_survives_kills_until_then(region):
    office = Office(region("none", "--test-clock"), "111122223333")
    end = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(hours=3)
    reservation = office.reserve(EndDateType="limited", EndDate=end)["CapacityReservationId"]
    instance = office.run()["InstanceId"]
    office.region.kill()
    office.region.start()
    assert office.reservation(reservation)["AvailableInstanceCount"] == 1
    office.region.advance_clock(4 * 3600)
    until(lambda: office.reservation(reservation)["State"] == "expired", "it is expired")
    kept = office.instance(instance)
    assert kept["State"]["Name"] == "running" and "CapacityReservationId" not in kept
    assert refusal(office.run, **target(reservation)) == "ReservationCapacityExceeded"
