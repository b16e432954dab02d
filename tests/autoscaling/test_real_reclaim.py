"""A host that is full of real containers, some of them Spot: an On-Demand launch takes the room of one, which reads of it two
minutes before; the group that it was of has another as soon as there is room again."""

import contextlib
import datetime
import json
import uuid

import pytest
from support.fleet import Fleet
from support.instances import Lab, tcp
from support.pool import room_for
from support.region import Region
from support.waiting import until

pytestmark = [pytest.mark.machines, pytest.mark.timeout(600)]

NOTICE = 120
# Auto Scaling passes over a zone without room for so long.
AVOIDED = 121


@pytest.fixture(scope="module")
def region(host_is_left_clean):
    with Region("container", "--test-clock", *room_for(3)) as made:
        yield made


def test_an_on_demand_launch_takes_the_room_of_a_spot_instance_and_the_group_replaces_it(region):
    with contextlib.ExitStack() as ending:
        lab = ending.enter_context(Lab(region))
        security = lab.group(tcp(22))
        data = {"KeyName": lab.name, "SecurityGroupIds": [security]}
        fleet = ending.enter_context(Fleet(region, None, **data))
        filler = lab.launch(SecurityGroupIds=[security])["InstanceId"]
        policy = {
            "LaunchTemplate": {"LaunchTemplateSpecification": {"LaunchTemplateId": fleet.template}},
            "InstancesDistribution": {"OnDemandBaseCapacity": 1, "OnDemandPercentageAboveBaseCapacity": 0},
        }
        group = fleet.group(2, MixedInstancesPolicy=policy)
        fleet.until_serving(group, 2, timeout=180)
        first = fleet.serving(group)
        (victim,) = {one for one in first if lab.describe(one).get("InstanceLifecycle") == "spot"}
        assert lab.metadata(victim, "spot/instance-action") == ""

        # Three run, and there is room for no more.
        made = lab.ec2.run_instances(
            MinCount=1,
            MaxCount=1,
            ImageId=lab.image(),
            InstanceType="t3.nano",
            KeyName=lab.name,
            SecurityGroupIds=[security],
            ClientToken=uuid.uuid4().hex,
        )
        paid = made["Instances"][0]["InstanceId"]
        lab.ids.append(paid)
        told = until(lambda: lab.metadata(victim, "spot/instance-action"), f"{victim} reads that it goes")
        action = json.loads(told)
        now = datetime.datetime.fromisoformat(region.advance_clock(0)["now"])
        left = datetime.datetime.fromisoformat(action["time"]) - now
        assert action["action"] == "terminate"
        assert datetime.timedelta(seconds=NOTICE - 60) < left <= datetime.timedelta(seconds=NOTICE)
        assert lab.describe(paid)["State"]["Name"] == "pending"
        assert lab.describe(victim)["State"]["Name"] == "running"

        region.advance_clock(NOTICE + 1)
        ended = lab.until(victim, "terminated")
        assert ended["StateReason"]["Code"] == "Server.SpotInstanceTermination"
        lab.until(paid, "running")
        lab.ssh(lab.describe(paid)["PublicIpAddress"], "true")

        # The group's own launch makes nobody go: Spot waits for room.
        lab.terminate(filler)
        region.advance_clock(AVOIDED)

        def replaced():
            serving = fleet.serving(group)
            return serving if len(serving) == 2 and victim not in serving else None

        serving = until(replaced, f"{victim} is replaced", timeout=240)
        (replacement,) = serving - first
        assert lab.describe(replacement)["InstanceLifecycle"] == "spot"
        lab.ssh(lab.describe(replacement)["PublicIpAddress"], "true")
