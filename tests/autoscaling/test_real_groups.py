"""A group of four real containers behind a real balancer: killed from outside, sick at heart, refreshed under load,
grown by the clock, and grown and shrunk by the load on its processors."""

import contextlib
import datetime
import os
import signal
import time

import pytest
from support.region import Region
from support.site import SIZE, Site, Visitors, first_process
from support.waiting import until

pytestmark = [pytest.mark.machines, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def site(host_is_left_clean):
    """A group of four in a region whose clock can be moved."""
    with contextlib.ExitStack() as ending:
        region = ending.enter_context(Region("container", "--test-clock", "--oversubscribe"))
        yield Site(region, ending)


def test_an_instance_that_is_killed_is_replaced(site, record_property):
    victim = sorted(site.fleet.serving(site.group))[0]
    with Visitors(site.url) as visitors:
        began = time.monotonic()
        os.kill(first_process(victim), signal.SIGKILL)
        site.until_replaced(victim)
        record_property("seconds", round(time.monotonic() - began, 1))
        site.until_healthy()
    print(f"replaced after {time.monotonic() - began:.1f} s; {visitors.answered} answered, {visitors.failed}")
    assert visitors.answered > 0
    cause = site.fleet.activity(site.group, f"Terminating EC2 instance: {victim}")["Cause"]
    assert "an EC2 health check indicating it has been terminated or stopped." in cause


def test_an_instance_whose_page_fails_is_replaced_though_it_runs(site):
    site.until_healthy()
    victim = sorted(site.fleet.serving(site.group))[0]
    site.shell(victim, "rm /srv/www/index.html")
    site.until_replaced(victim)
    cause = site.fleet.activity(site.group, f"Terminating EC2 instance: {victim}")["Cause"]
    assert "an ELB system health check failure." in cause
    site.until_healthy()


def test_a_refresh_under_load_fails_nobody(site):
    fleet = site.fleet
    before = fleet.serving(site.group)
    version = fleet.another_version(**site.data)
    with Visitors(site.url) as visitors:
        fleet.autoscaling.start_instance_refresh(
            AutoScalingGroupName=site.group,
            DesiredConfiguration={"LaunchTemplate": {"LaunchTemplateId": fleet.template, "Version": version}},
            Preferences={"MinHealthyPercentage": 100, "MaxHealthyPercentage": 200, "InstanceWarmup": 15},
        )

        def done():
            found = fleet.autoscaling.describe_instance_refreshes(AutoScalingGroupName=site.group)
            return found["InstanceRefreshes"][0]["Status"] == "Successful"

        until(done, "the refresh is successful", timeout=300)
        assert not fleet.until_serving(site.group, SIZE, timeout=120) & before
    assert not visitors.failed and visitors.answered > 0


def test_a_scheduled_action_makes_it_grow_when_its_hour_comes(site):
    fleet, now = site.fleet, site.now()
    fleet.autoscaling.put_scheduled_update_group_action(
        AutoScalingGroupName=site.group,
        ScheduledActionName="rush-hour",
        StartTime=now + datetime.timedelta(hours=2),
        DesiredCapacity=SIZE + 1,
    )
    site.lab.region.advance_clock(3600)
    assert fleet.describe(site.group)["DesiredCapacity"] == SIZE
    site.lab.region.advance_clock(3600 + 5)
    fleet.until_serving(site.group, SIZE + 1, timeout=120)
    site.until_healthy()
    assert "rush-hour" in fleet.activity(site.group, "Launching a new EC2 instance")["Cause"]
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=site.group, DesiredCapacity=SIZE)
    fleet.until_serving(site.group, SIZE, timeout=120)


def test_target_tracking_follows_the_load_of_the_processors(site):
    fleet, region = site.fleet, site.lab.region
    fleet.autoscaling.update_auto_scaling_group(AutoScalingGroupName=site.group, MinSize=SIZE)
    policy = fleet.autoscaling.put_scaling_policy(
        AutoScalingGroupName=site.group,
        PolicyName="half-asleep",
        PolicyType="TargetTrackingScaling",
        EstimatedInstanceWarmup=60,
        TargetTrackingConfiguration={
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
            "TargetValue": 8,
        },
    )
    assert len(policy["Alarms"]) == 2
    for instance in fleet.serving(site.group):
        site.shell(instance, "for core in 1 2; do yes >/dev/null 2>&1 & done")

    def after_a_minute(size):
        region.advance_clock(60)
        return len(fleet.serving(site.group)) == size

    until(lambda: after_a_minute(SIZE + 2), "it grew", timeout=240, every=2)
    assert "half-asleep" in fleet.activity(site.group, "Launching a new EC2 instance")["Cause"]
    for instance in fleet.serving(site.group):
        site.shell(instance, "killall yes 2>/dev/null; true")
    until(lambda: after_a_minute(SIZE), "it shrank", timeout=240, every=2)
    assert fleet.describe(site.group)["DesiredCapacity"] == SIZE
    fleet.autoscaling.delete_policy(AutoScalingGroupName=site.group, PolicyName="half-asleep")
