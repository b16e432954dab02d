"""What is paid for hosts, for instances on them, and for room that nobody uses."""


import pytest
from support.bills import HOUR, launch, lines, reach

ZONE = "us-east-1a"


@pytest.fixture
def moved(region):
    return region("none", "--test-clock")


def quantity(line):
    return float(line["quantity"])


def test_a_host_is_paid_for_from_its_allocation_to_its_release_and_what_is_on_it_is_free(moved):
    ec2 = moved.client("ec2")
    tags = [{"ResourceType": "dedicated-host", "Tags": [{"Key": "team", "Value": "blue"}]}]
    allocated = ec2.allocate_hosts(InstanceFamily="m5", AvailabilityZone=ZONE, Quantity=1, TagSpecifications=tags)
    (host,) = allocated["HostIds"]
    instance = launch(ec2, Placement={"Tenancy": "host", "HostId": host})
    moved.advance_clock(2 * HOUR)
    found = lines(moved, "--by", "resource,usage")
    ongoing = found[(host, "HostUsage:m5")]
    assert 2 <= quantity(ongoing) < 2.1
    # An m5 host costs a tenth more than the largest m5.
    assert float(ongoing["cost"]) == pytest.approx(5.0688 * quantity(ongoing))
    assert float(found[(instance, "HostBoxUsage:m5.large")]["cost"]) == 0
    ec2.terminate_instances(InstanceIds=[instance])
    reach(ec2, instance, "terminated")
    assert ec2.release_hosts(HostIds=[host])["Successful"] == [host]
    moved.kill()
    moved.start()
    moved.advance_clock(5 * HOUR)
    found = lines(moved, "--by", "resource,usage")
    assert 2 <= quantity(found[(host, "HostUsage:m5")]) < 2.1
    by_team = lines(moved, "--by", "tag:team,usage")
    assert 2 <= quantity(by_team[("blue", "HostUsage:m5")]) < 2.1


def test_a_dedicated_instance_costs_more_than_a_shared_one(moved):
    ec2 = moved.client("ec2")
    instance = launch(ec2, Placement={"Tenancy": "dedicated"})
    moved.advance_clock(HOUR)
    line = lines(moved, "--by", "resource,usage")[(instance, "DedicatedUsage:m5.large")]
    assert float(line["cost"]) == pytest.approx(0.096 * 1.06 * quantity(line), rel=0.001)


def test_reserved_room_is_paid_for_whether_or_not_it_is_used_and_never_twice(moved):
    ec2 = moved.client("ec2")
    reservation = ec2.create_capacity_reservation(
        InstanceType="m5.large", InstancePlatform="Linux/UNIX", AvailabilityZone=ZONE, InstanceCount=3
    )["CapacityReservation"]["CapacityReservationId"]
    moved.advance_clock(2 * HOUR)
    unused, used = "UnusedBox:m5.large", "BoxUsage:m5.large"
    assert 6 <= quantity(lines(moved, "--by", "resource,usage")[(reservation, unused)]) < 6.2
    instance = launch(ec2, Placement={"AvailabilityZone": ZONE})
    moved.advance_clock(4 * HOUR)
    found = lines(moved, "--by", "resource,usage")
    assert 14 <= quantity(found[(reservation, unused)]) < 14.4
    assert 4 <= quantity(found[(instance, used)]) < 4.1
    ec2.terminate_instances(InstanceIds=[instance])
    reach(ec2, instance, "terminated")
    moved.advance_clock(HOUR)
    ec2.cancel_capacity_reservation(CapacityReservationId=reservation)
    moved.kill()
    moved.start()
    moved.advance_clock(9 * HOUR)
    found = lines(moved, "--by", "resource,usage")
    # Three for seven hours, but for one that was used for four of them.
    assert 17 <= quantity(found[(reservation, unused)]) < 17.6
    total = quantity(found[(reservation, unused)]) + quantity(found[(instance, used)])
    assert 21 <= total < 21.6
    assert float(found[(reservation, unused)]["cost"]) == pytest.approx(0.096 * quantity(found[(reservation, unused)]))
