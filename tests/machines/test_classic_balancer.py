"""A classic load balancer in front of two real containers: HTTP and TCP, one that stops, and sessions."""

import contextlib
import socket
import urllib.request
import uuid

import pytest
from support.instances import Lab, tcp
from support.region import Region
from support.waiting import QUICKLY, until

pytestmark = pytest.mark.machines

SERVER = """#!/bin/sh
mkdir -p /srv/www
hostname > /srv/www/index.html
busybox httpd -p 80 -h /srv/www
"""


def get(url, cookie=None):
    """The page and the cookie that came with it, over a connection of its own."""
    request = urllib.request.Request(url, headers={"Cookie": cookie} if cookie else {})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return answer.read().decode().strip(), answer.headers.get("Set-Cookie")


def by_tcp(name, port):
    """The last line that a server answers over a plain connection."""
    with socket.create_connection((name, port), timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        return connection.makefile("rb").read().decode().strip().splitlines()[-1]


class Site:
    """Two servers in two zones, which only the balancer's group reaches."""

    def __init__(self, lab, ending):
        self.lab, self.elb = lab, lab.region.client("elb")
        self.balancer = {"LoadBalancerName": f"lb-{uuid.uuid4().hex[:8]}"}
        subnets = lab.default_subnets()[:2]
        outside = lab.group(tcp(80), tcp(8000))
        inside = lab.group(tcp(80, group=outside))
        self.servers = [
            lab.launch(SERVER, SubnetId=subnet["SubnetId"], SecurityGroupIds=[inside]) for subnet in subnets
        ]
        listener = {"InstancePort": 80}
        self.dns = self.elb.create_load_balancer(
            Subnets=[subnet["SubnetId"] for subnet in subnets],
            SecurityGroups=[outside],
            Listeners=[
                listener | {"Protocol": "HTTP", "LoadBalancerPort": 80},
                listener | {"Protocol": "TCP", "LoadBalancerPort": 8000},
            ],
            **self.balancer,
        )["DNSName"]
        ending.callback(self.delete, outside)
        self.elb.configure_health_check(
            HealthCheck={
                "Target": "HTTP:80/",
                "Interval": 5,
                "Timeout": 2,
                "UnhealthyThreshold": 2,
                "HealthyThreshold": 2,
            },
            **self.balancer,
        )
        every = {"CrossZoneLoadBalancing": {"Enabled": True}}
        self.elb.modify_load_balancer_attributes(LoadBalancerAttributes=every, **self.balancer)
        instances = [{"InstanceId": server["InstanceId"]} for server in self.servers]
        self.elb.register_instances_with_load_balancer(Instances=instances, **self.balancer)
        self.elb.get_waiter("instance_in_service").wait(**QUICKLY, **self.balancer)

    @property
    def url(self):
        return f"http://{self.dns}/"

    def delete(self, group):
        self.elb.delete_load_balancer(**self.balancer)
        of_group = [{"Name": "group-id", "Values": [group]}]
        interfaces = self.lab.ec2.describe_network_interfaces
        until(lambda: not interfaces(Filters=of_group)["NetworkInterfaces"], "its interfaces are gone", timeout=60)

    def health(self, server):
        asked = [{"InstanceId": server["InstanceId"]}]
        return self.elb.describe_instance_health(Instances=asked, **self.balancer)["InstanceStates"][0]


def hostname(server):
    return server["PrivateDnsName"].split(".")[0]


@pytest.fixture(scope="module")
def home(host_is_left_clean):
    with Region("container", "--oversubscribe") as region:
        yield region


@pytest.fixture
def site(home):
    with Lab(home) as lab, contextlib.ExitStack() as ending:
        yield Site(lab, ending)


def test_traffic_sessions_and_health(site):
    names = {hostname(server) for server in site.servers}
    assert {get(site.url)[0] for _ in range(20)} == names
    assert {by_tcp(site.dns, 8000) for _ in range(20)} == names

    # With stickiness, whoever shows the cookie comes to the same server.
    site.elb.create_lb_cookie_stickiness_policy(PolicyName="sticky", CookieExpirationPeriod=600, **site.balancer)
    site.elb.set_load_balancer_policies_of_listener(LoadBalancerPort=80, PolicyNames=["sticky"], **site.balancer)
    cookie = until(lambda: get(site.url)[1], "the balancer sets a cookie")
    assert cookie.startswith("AWSELB=") and cookie.endswith(";PATH=/;MAX-AGE=600")
    shown = cookie.split(";")[0]
    (chosen,) = {get(site.url, shown)[0] for _ in range(10)}

    # The server of the session stops: the other one takes over, with a session of its own.
    stopped = next(server for server in site.servers if hostname(server) == chosen)
    site.lab.ec2.stop_instances(InstanceIds=[stopped["InstanceId"]])
    until(lambda: site.health(stopped)["State"] == "OutOfService", "it is out of service", timeout=60)
    until(lambda: site.health(stopped)["Description"] == "Instance is in stopped state.", "it is stopped", timeout=60)
    left = names - {chosen}
    until(lambda: {get(site.url)[0] for _ in range(5)} == left, "only the other one is asked", timeout=60)
    name, renewed = get(site.url, shown)
    assert {name} == left and renewed.startswith("AWSELB=")
    assert {by_tcp(site.dns, 8000) for _ in range(5)} == left
    site.lab.ec2.start_instances(InstanceIds=[stopped["InstanceId"]])
    until(lambda: site.health(stopped)["State"] == "InService", "it serves again", timeout=120)
