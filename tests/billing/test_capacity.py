"""Capacity units of load balancers: what real connections come to."""

import contextlib
import json
import urllib.request

import pytest
from support.bills import PERIOD
from support.instances import Lab, tcp
from support.region import Region
from support.waiting import QUICKLY, until

pytestmark = pytest.mark.machines

CONNECTIONS = 150
MIB = 1 << 20
SIZE, TIMES = 4 * MIB, 4
SERVER = """#!/bin/sh
mkdir -p /srv/www
dd if=/dev/zero of=/srv/www/big bs=1M count=4
echo hello > /srv/www/index.html
busybox httpd -p 80 -h /srv/www
"""
# 25 new connections a second for an hour.
NEW_CONNECTIONS = 25 * 3600


def visit(url, times):
    for _ in range(times):
        with urllib.request.urlopen(url, timeout=5) as answer:
            assert answer.read() == b"hello"


@contextlib.contextmanager
def balancer(lab, kind="application", server=None):
    """A balancer that answers by itself, or has a server behind it."""
    elb = lab.region.client("elbv2")
    subnets = lab.default_subnets()[:2]
    name = f"{lab.name}-{kind[:3]}"
    made = elb.create_load_balancer(
        Name=name, Type=kind, Subnets=[one["SubnetId"] for one in subnets], SecurityGroups=[lab.group(tcp(80))]
    )["LoadBalancers"][0]
    arn = made["LoadBalancerArn"]
    protocol = "HTTP" if kind == "application" else "TCP"
    with contextlib.ExitStack() as ending:
        action = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "MessageBody": "hello"}}
        if server:
            often = {"HealthCheckIntervalSeconds": 5, "HealthCheckTimeoutSeconds": 2, "HealthCheckProtocol": "HTTP"}
            often |= {"HealthyThresholdCount": 2, "UnhealthyThresholdCount": 2}
            group = elb.create_target_group(Name=name, Protocol=protocol, Port=80, VpcId=subnets[0]["VpcId"], **often)
            group = group["TargetGroups"][0]["TargetGroupArn"]
            ending.callback(elb.delete_target_group, TargetGroupArn=group)
            elb.register_targets(TargetGroupArn=group, Targets=[{"Id": server["InstanceId"]}])
            action = {"Type": "forward", "TargetGroupArn": group}
        ending.callback(delete, lab, elb, arn)
        elb.create_listener(LoadBalancerArn=arn, Protocol=protocol, Port=80, DefaultActions=[action])
        elb.get_waiter("load_balancer_available").wait(
            LoadBalancerArns=[arn], **QUICKLY
        )
        if server:

            def is_healthy():
                (one,) = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
                state = one["TargetHealth"]
                if state["State"] != "healthy":
                    raise ValueError(state)
                return True

            until(is_healthy, "the server is healthy", timeout=90)
        yield elb, arn, f"http://{made['DNSName']}/"


def delete(lab, elb, arn):
    elb.delete_load_balancer(LoadBalancerArn=arn)
    ours = [{"Name": "description", "Values": [f"ELB *{arn.rsplit('/', 1)[1]}"]}]
    interfaces = lab.ec2.describe_network_interfaces
    until(lambda: not interfaces(Filters=ours)["NetworkInterfaces"], "its interfaces are gone", timeout=60)


def metered(region, arn, usage):
    """The line of a balancer's capacity, or nothing yet."""
    text = region.command("bill", *PERIOD, "--by", "resource,usage,service", "--format", "json").stdout
    found = {tuple(line["key"]): line for line in json.loads(text)["lines"]}
    return found.get((arn, usage, "AWSELB"))


def test_connections_are_metered_once_however_the_region_dies(host_is_left_clean):
    with Region("container", "--oversubscribe") as region, Lab(region) as lab:
        with balancer(lab) as (elb, arn, url):

            def units():
                return metered(region, arn, "LCUUsage:Application")

            def comes_to(connections):
                wanted = connections / NEW_CONNECTIONS

                def near():
                    now = units()
                    # The hour may turn, and each is of whole millionths.
                    if now is None or abs(float(now["quantity"]) - wanted) >= 4e-6:
                        raise ValueError(now)
                    return True

                until(near, f"{connections} connections are metered: {wanted}")

            visit(url, CONNECTIONS)
            comes_to(CONNECTIONS)
            assert float(units()["cost"]) == pytest.approx(0.008 * float(units()["quantity"]))
            # The node serves on while the region is dead, and is counted on.
            region.kill()
            visit(url, CONNECTIONS)
            region.start()
            comes_to(2 * CONNECTIONS)
            visit(url, CONNECTIONS)
            region.kill()
            region.start()
            comes_to(3 * CONNECTIONS)
            # What it did at the last moment is on the bill when it is deleted.
            visit(url, CONNECTIONS)
            elb.delete_load_balancer(LoadBalancerArn=arn)
        assert float(units()["quantity"]) >= 3 * CONNECTIONS / NEW_CONNECTIONS - 4e-6


@pytest.mark.parametrize(("kind", "usd"), [("application", 0.008), ("network", 0.006)])
def test_bytes_that_a_balancer_moves_are_metered(host_is_left_clean, kind, usd):
    with Region("container", "--oversubscribe") as region, Lab(region) as lab:
        server = lab.launch(SERVER, SecurityGroupIds=[lab.group(tcp(80))])
        with balancer(lab, kind, server) as (_, arn, url):
            for _ in range(TIMES):
                with urllib.request.urlopen(f"{url}big", timeout=30) as answer:
                    assert len(answer.read()) == SIZE
            usage = f"LCUUsage:{kind.capitalize()}"
            wanted = TIMES * SIZE / (1 << 30)

            def complete():
                line = metered(region, arn, usage)
                # Heads come on top.
                if line is None or not wanted <= float(line["quantity"]) < wanted * 1.01:
                    raise ValueError(line)
                return line

            line = until(complete, f"{wanted} units are metered")
            assert float(line["cost"]) == pytest.approx(usd * float(line["quantity"]))
