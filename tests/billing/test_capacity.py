"""Capacity units of load balancers: what real connections come to."""

import contextlib
import json
import urllib.request

import pytest
from support.instances import Lab, tcp
from support.region import Region
from support.waiting import until

pytestmark = pytest.mark.machines

CONNECTIONS = 150
# 25 new connections a second for an hour.
NEW_CONNECTIONS = 25 * 3600


def visit(url, times):
    for _ in range(times):
        with urllib.request.urlopen(url, timeout=5) as answer:
            assert answer.read() == b"hello"


@contextlib.contextmanager
def balancer(lab):
    """An application balancer that answers by itself."""
    elb = lab.region.client("elbv2")
    subnets = lab.ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    made = elb.create_load_balancer(
        Name=lab.name, Subnets=[one["SubnetId"] for one in subnets[:2]], SecurityGroups=[lab.group(tcp(80))]
    )["LoadBalancers"][0]
    arn = made["LoadBalancerArn"]
    action = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "MessageBody": "hello"}}
    elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=[action])
    elb.get_waiter("load_balancer_available").wait(LoadBalancerArns=[arn], WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    try:
        yield elb, arn, f"http://{made['DNSName']}/"
    finally:
        elb.delete_load_balancer(LoadBalancerArn=arn)
        ours = [{"Name": "description", "Values": [f"ELB *{arn.rsplit('/', 1)[1]}"]}]
        interfaces = lab.ec2.describe_network_interfaces
        until(lambda: not interfaces(Filters=ours)["NetworkInterfaces"], "its interfaces are gone", timeout=60)


def test_connections_are_metered_once_however_the_region_dies(host_is_left_clean):
    with Region("container", "--oversubscribe") as region, Lab(region) as lab:
        with balancer(lab) as (elb, arn, url):

            def units():
                text = region.command("bill", "day", "--by", "resource,usage,service", "--format", "json").stdout
                found = {tuple(line["key"]): line for line in json.loads(text)["lines"]}
                return found.get((arn, "LCUUsage:Application", "AWSELB"))

            def comes_to(connections):
                wanted = connections / NEW_CONNECTIONS
                # The hour may turn, and each is of whole millionths.
                near = lambda: units() and abs(float(units()["quantity"]) - wanted) < 4e-6  # noqa: E731
                until(near, f"{connections} connections are metered: {wanted}", timeout=30)

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
