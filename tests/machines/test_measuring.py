"""What instances use is measured and told to CloudWatch: real load in real containers, on a clock that is moved."""

import datetime

import pytest
from conftest import need_root
from support.instances import Lab, tcp
from support.waiting import until

pytestmark = pytest.mark.machines

BUSY = "#!/bin/sh\nwhile :; do :; done &\n"


@pytest.fixture(params=["container", "vm"])
def lab(request, region, host_is_left_clean):
    need_root()
    with Lab(region(request.param, "--test-clock", "--no-hosts-file", "--oversubscribe")) as lab:
        yield lab


def points(lab, metric, statistic, period, **dimensions):
    """Of a metric, the values of all periods that have one."""
    now = datetime.datetime.now(datetime.timezone.utc)
    found = lab.region.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/EC2",
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=now - datetime.timedelta(hours=1),
        EndTime=now + datetime.timedelta(hours=12),
        Period=period,
        Statistics=[statistic],
    )["Datapoints"]
    return [one[statistic] for one in sorted(found, key=lambda one: one["Timestamp"])]


def after(lab, seconds, found, what):
    """Moves the clock by that much again and again, until it is found."""

    def moved():
        lab.region.advance_clock(seconds)
        return found()

    return until(moved, what, timeout=60, every=1)


def test_load_is_seen_minute_by_minute_where_monitoring_is_detailed(lab):
    group = lab.group(tcp(22))
    busy = lab.launch(BUSY, Monitoring={"Enabled": True}, SecurityGroupIds=[group])
    instance = busy["InstanceId"]
    lab.ssh(busy["PublicIpAddress"], "true")

    def seen():
        return [one for one in points(lab, "CPUUtilization", "Average", 60, InstanceId=instance) if one > 20]

    load = after(lab, 60, seen, "the load is seen")
    assert all(0 <= one <= 100 for one in load)
    for dimensions in ({"InstanceType": "t3.nano"}, {"ImageId": busy["ImageId"]}, {}):
        assert points(lab, "CPUUtilization", "Maximum", 60, **dimensions), dimensions

    def talked():
        lab.ssh(busy["PublicIpAddress"], "true")
        into = sum(points(lab, "NetworkIn", "Sum", 60, InstanceId=instance))
        return into > 0 and sum(points(lab, "NetworkPacketsOut", "Sum", 60, InstanceId=instance)) > 0

    after(lab, 60, talked, "what went over the network is seen")
    assert set(points(lab, "StatusCheckFailed", "Maximum", 60, InstanceId=instance)) == {0.0}


def test_others_are_told_of_every_five_minutes_with_their_credits(lab):
    instance = lab.launch(BUSY)["InstanceId"]

    def told():
        return points(lab, "CPUCreditUsage", "Sum", 300, InstanceId=instance)

    used = after(lab, 60, lambda: len(told()) > 1 and told(), "credits are told of")
    assert used[-1] > 0
    balance = points(lab, "CPUCreditBalance", "Average", 300, InstanceId=instance)
    # A t3.nano earns 6 an hour, which is half of one in five minutes, and loses what it used.
    assert all(0 <= one <= 144 for one in balance) and balance[-1] > 0
    samples = points(lab, "CPUUtilization", "SampleCount", 300, InstanceId=instance)
    assert samples and max(samples) <= 5
    assert points(lab, "CPUUtilization", "Average", 300, InstanceType="t3.nano") == []
