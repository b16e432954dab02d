"""The control plane is killed while groups launch: they come to their size, and nothing is launched twice."""

import random
import time

from support.fleet import Fleet

KILLS = 12


def test_nothing_is_launched_twice_whenever_the_control_plane_is_killed(region):
    chance = random.Random(5)
    one = region("none")
    with Fleet(one, "111122223333") as fleet:
        groups = [fleet.group(0, MaxSize=10) for _ in range(3)]
        sizes = dict.fromkeys(groups, 0)
        for _ in range(KILLS):
            for group in groups:
                sizes[group] = chance.randrange(8)
                fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=sizes[group])
            time.sleep(chance.random() * 0.08)
            one.kill()
            one.start()
        for group, size in sizes.items():
            serving = fleet.until_serving(group, size)
            launched = fleet.launched(group)
            # Whoever was launched has a token of its own, and whoever runs is in service.
            tokens = [instance["ClientToken"] for instance in launched]
            assert len(tokens) == len(set(tokens))
            assert {each["InstanceId"] for each in launched if each["State"]["Name"] != "terminated"} == serving
            told = {each["ActivityId"] for each in fleet.activities(group) if each["Description"].startswith("Launching")}
            assert set(tokens) <= told
