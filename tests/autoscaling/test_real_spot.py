"""A group of real containers, one of them On-Demand and the rest Spot: one is interrupted, reads of it, and is replaced."""

import base64
import contextlib
import json

import pytest
from support.fleet import Fleet
from support.instances import Lab, tcp
from support.region import Region
from support.waiting import until

pytestmark = [pytest.mark.machines, pytest.mark.timeout(600)]

SIZE = 2
NOTICE = 120
DATA = base64.b64encode(b"#!/bin/sh\ntrue\n").decode()


class Group:
    """The group, and what can be seen of its instances from outside and inside."""

    def __init__(self, region, ending, **options):
        self.region = region
        self.lab = ending.enter_context(Lab(region))
        security = self.lab.group(tcp(22))
        data = {"UserData": DATA, "KeyName": self.lab.name, "SecurityGroupIds": [security]}
        self.fleet = ending.enter_context(Fleet(region, None, **data))
        policy = {
            "LaunchTemplate": {"LaunchTemplateSpecification": {"LaunchTemplateId": self.fleet.template}},
            "InstancesDistribution": {"OnDemandBaseCapacity": 1, "OnDemandPercentageAboveBaseCapacity": 0},
        }
        self.name = self.fleet.group(SIZE, MixedInstancesPolicy=policy, **options)
        self.fleet.until_serving(self.name, SIZE, timeout=180)

    def spot(self):
        """Ids of those in service that are Spot instances."""
        serving = self.fleet.serving(self.name)
        return {one for one in serving if self.lab.describe(one).get("InstanceLifecycle") == "spot"}

    def interrupt(self, *arguments):
        done = self.region.command("spot", "interrupt", *arguments)
        assert done.returncode == 0, done.stderr

    def until_replaced(self, victim):
        def replaced():
            serving = self.fleet.serving(self.name)
            return serving if len(serving) == SIZE and victim not in serving else None

        return until(replaced, f"{victim} is replaced", timeout=120)


@pytest.fixture(scope="module")
def region(host_is_left_clean):
    with Region("container", "--test-clock", "--oversubscribe") as made:
        yield made


def test_an_interrupted_instance_reads_of_it_goes_and_is_replaced(region):
    with contextlib.ExitStack() as ending:
        group = Group(region, ending)
        (victim,) = group.spot()
        (stays,) = group.fleet.serving(group.name) - {victim}
        address = group.lab.describe(victim)["PublicIpAddress"]
        group.lab.ssh(address, "true")
        assert group.lab.metadata(victim, "instance-life-cycle") == "spot"
        assert group.lab.metadata(victim, "spot/instance-action") == ""

        group.interrupt(victim)
        action = json.loads(group.lab.metadata(victim, "spot/instance-action"))
        assert action["action"] == "terminate"
        assert group.lab.metadata(victim, "spot/termination-time") == action["time"]
        assert "noticeTime" in group.lab.metadata(victim, "events/recommendations/rebalance")
        assert group.lab.metadata(stays, "spot/instance-action") == ""
        assert victim in group.fleet.serving(group.name)

        # A control plane that dies meanwhile takes nothing of it along.
        region.kill()
        region.start()
        assert json.loads(group.lab.metadata(victim, "spot/instance-action"))["time"] == action["time"]
        region.advance_clock(NOTICE + 1)
        serving = group.until_replaced(victim)
        (replacement,) = group.spot()
        assert serving == {stays, replacement}
        ended = group.lab.until(victim, "terminated")
        assert ended["StateReason"]["Code"] == "Server.SpotInstanceTermination"
        request = group.lab.ec2.describe_spot_instance_requests(
            SpotInstanceRequestIds=[ended["SpotInstanceRequestId"]]
        )["SpotInstanceRequests"][0]
        assert (request["State"], request["Status"]["Code"]) == ("closed", "instance-terminated-no-capacity")
        address = group.lab.describe(replacement)["PublicIpAddress"]
        group.lab.ssh(address, "true")


def test_a_recommendation_brings_another_before_the_old_one_goes(region):
    with contextlib.ExitStack() as ending:
        group = Group(region, ending, CapacityRebalance=True)
        (victim,) = group.spot()
        group.interrupt(victim, "--rebalance")
        group.until_replaced(victim)
        (replacement,) = group.spot()
        ended = group.fleet.activity(group.name, f"Terminating EC2 instance: {victim}", "Successful")
        launched = group.fleet.activity(group.name, f"Launching a new EC2 instance: {replacement}", "Successful")
        assert launched["EndTime"] <= ended["StartTime"]
