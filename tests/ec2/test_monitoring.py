"""Detailed monitoring of instances."""

import pytest
from support.refusal import refusal


@pytest.fixture
def ec2(freehold, account):
    return freehold.client("ec2", account)


def launch(ec2, **options):
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    made = ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1, **options)
    return made["Instances"][0]["InstanceId"]


def state(ec2, instance):
    shown = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    return shown["Monitoring"]["State"]


def test_detailed_monitoring_is_switched_on_and_off(ec2):
    instance, other = launch(ec2), launch(ec2, Monitoring={"Enabled": True})
    assert (state(ec2, instance), state(ec2, other)) == ("disabled", "enabled")
    answer = ec2.monitor_instances(InstanceIds=[instance, other])["InstanceMonitorings"]
    assert {one["InstanceId"]: one["Monitoring"]["State"] for one in answer} == {instance: "pending", other: "enabled"}
    assert state(ec2, instance) == "enabled"
    answer = ec2.unmonitor_instances(InstanceIds=[instance])["InstanceMonitorings"]
    assert answer[0]["Monitoring"]["State"] == "disabling"
    assert (state(ec2, instance), state(ec2, other)) == ("disabled", "enabled")


def test_unknown_and_ended_instances_are_refused(ec2):
    for call in (ec2.monitor_instances, ec2.unmonitor_instances):
        assert refusal(call, InstanceIds=["i-0123456789abcdef0"]) == "InvalidInstanceID.NotFound"
    instance = launch(ec2)
    ec2.terminate_instances(InstanceIds=[instance])
    for call in (ec2.monitor_instances, ec2.unmonitor_instances):
        assert refusal(call, InstanceIds=[instance]) == "IncorrectInstanceState"


def test_a_dry_run_changes_nothing(ec2):
    instance = launch(ec2)
    assert refusal(ec2.monitor_instances, InstanceIds=[instance], DryRun=True) == "DryRunOperation"
    assert state(ec2, instance) == "disabled"
