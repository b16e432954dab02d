"""Load balancers in front of real containers: found by name, held to their groups, supervised, adopted, and gone without
a trace."""

import contextlib
import datetime
import gzip
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import threading
import urllib.request
import uuid

import pytest
from support.instances import Lab, tcp, tcp_passes
from support.refusal import refusal
from support.region import Region
from support.waiting import QUICKLY, until

pytestmark = pytest.mark.machines

SERVER = """#!/bin/sh
mkdir -p /srv/www/cgi-bin
hostname > /srv/www/index.html
printf '#!/bin/sh\\necho "Content-Type: text/plain"\\necho\\necho "$REMOTE_ADDR"\\n' > /srv/www/cgi-bin/who
chmod +x /srv/www/cgi-bin/who
busybox httpd -p 80 -h /srv/www
"""


def get(url, timeout=5):
    """The page, over a connection of its own."""
    with urllib.request.urlopen(url, timeout=timeout) as answer:
        return answer.read().decode().strip()


def resolved(name):
    """The addresses that the host finds by the name."""
    return {where[4][0] for where in socket.getaddrinfo(name, 80, socket.AF_INET)}


class Fleet:
    """Two servers in two zones behind a balancer."""

    def __init__(self, lab, ending):
        self.lab, self.ending = lab, ending
        self.elb = lab.region.client("elbv2")
        self.name = f"lb-{uuid.uuid4().hex[:8]}"
        self.subnets = lab.default_subnets()[:2]
        self.vpc = self.subnets[0]["VpcId"]
        self.group = lab.group(tcp(80))
        self.servers = []

    def serve(self, group):
        """A server in each zone, in the group."""
        for subnet in self.subnets:
            self.servers.append(self.lab.launch(SERVER, SubnetId=subnet["SubnetId"], SecurityGroupIds=[group]))

    def balance(self, kind="application", protocol="HTTP", **options):
        arguments = {"SecurityGroups": [self.group]} | options
        made = self.elb.create_load_balancer(
            Name=self.name, Type=kind, Subnets=[subnet["SubnetId"] for subnet in self.subnets], **arguments
        )["LoadBalancers"][0]
        self.arn, self.dns = made["LoadBalancerArn"], made["DNSName"]
        self.ending.callback(self.delete)
        self.targets = self.elb.create_target_group(
            Name=self.name,
            Protocol=protocol,
            Port=80,
            VpcId=self.vpc,
            HealthCheckProtocol="HTTP",
            HealthCheckPath="/",
            HealthCheckIntervalSeconds=5,
            HealthCheckTimeoutSeconds=2,
            HealthyThresholdCount=2,
            UnhealthyThresholdCount=2,
        )["TargetGroups"][0]["TargetGroupArn"]
        self.elb.register_targets(
            TargetGroupArn=self.targets, Targets=[{"Id": server["InstanceId"]} for server in self.servers]
        )
        self.elb.create_listener(
            LoadBalancerArn=self.arn,
            Protocol=protocol,
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.targets}],
        )
        self.elb.get_waiter("load_balancer_available").wait(
            LoadBalancerArns=[self.arn], **QUICKLY
        )
        self.until_healthy(len(self.servers))
        return self

    @property
    def id(self):
        return self.arn.rsplit("/", 1)[1]

    @property
    def url(self):
        return f"http://{self.dns}/"

    @property
    def directory(self):
        return pathlib.Path(self.lab.region.data) / "balancers" / self.id

    @property
    def pid(self):
        """Of the node; an error while there is none."""
        pid = json.loads((self.directory / "node.json").read_text())["process"]["pid"]
        os.kill(pid, 0)
        return pid

    def health(self):
        shown = self.elb.describe_target_health(TargetGroupArn=self.targets)["TargetHealthDescriptions"]
        return {one["Target"]["Id"]: one["TargetHealth"]["State"] for one in shown}

    def until_healthy(self, count):
        until(lambda: list(self.health().values()).count("healthy") == count, f"{count} are healthy", timeout=90)

    def names(self, count=20):
        """Who answers, asked that often."""
        return {get(self.url) for _ in range(count)}

    def interfaces(self):
        return self.lab.ec2.describe_network_interfaces(
            Filters=[{"Name": "description", "Values": [f"ELB *{self.id}"]}]
        )["NetworkInterfaces"]

    def delete(self):
        with contextlib.suppress(Exception):
            self.elb.delete_load_balancer(LoadBalancerArn=self.arn)
        until(lambda: not self.interfaces(), "the balancer's interfaces are gone", timeout=60)
        with contextlib.suppress(Exception):
            self.elb.delete_target_group(TargetGroupArn=self.targets)


@pytest.fixture(scope="module")
def home(host_is_left_clean):
    with Region("container", "--oversubscribe") as region:
        yield region


@pytest.fixture
def fleet(home):
    """Two servers, which only the balancer's group reaches, behind an application balancer."""
    with Lab(home) as lab, contextlib.ExitStack() as ending:
        fleet = Fleet(lab, ending)
        fleet.serve(lab.group(tcp(80, group=fleet.group)))
        yield fleet.balance()


def hostnames(fleet):
    return {server["PrivateDnsName"].split(".")[0] for server in fleet.servers}


def test_traffic_comes_by_name_from_the_host_and_from_an_instance(fleet):
    assert fleet.names() == hostnames(fleet)
    if shutil.which("curl"):
        done = subprocess.run(["curl", "-sS", fleet.url], capture_output=True, text=True, timeout=30, check=False)
        assert done.stdout.strip() in hostnames(fleet), done.stderr
    prober = fleet.lab.launch(SecurityGroupIds=[fleet.lab.group(tcp(22))])
    seen = {fleet.lab.ssh(prober["PublicIpAddress"], f"wget -qO- {fleet.url}") for _ in range(6)}
    assert seen == hostnames(fleet)
    # One address in each zone, and the same as from the host.
    public = {interface["Association"]["PublicIp"] for interface in fleet.interfaces()}
    assert resolved(fleet.dns) == public
    assert len(public) == 2


def test_its_interfaces_are_the_service_s_own(fleet):
    ec2 = fleet.lab.ec2
    found = fleet.interfaces()
    assert {interface["SubnetId"] for interface in found} == {subnet["SubnetId"] for subnet in fleet.subnets}
    one = found[0]
    assert one["Description"] == f"ELB app/{fleet.name}/{fleet.id}"
    assert (one["RequesterManaged"], one["RequesterId"], one["Status"]) == (True, "amazon-elb", "in-use")
    assert one["Attachment"]["InstanceOwnerId"] == "amazon-elb" and "InstanceId" not in one["Attachment"]
    assert one["Association"]["IpOwnerId"] == "amazon-elb"
    assert [group["GroupId"] for group in one["Groups"]] == [fleet.group]
    interface = one["NetworkInterfaceId"]
    assert refusal(ec2.delete_network_interface, NetworkInterfaceId=interface) == "InvalidNetworkInterface.InUse"
    attachment = one["Attachment"]["AttachmentId"]
    assert refusal(ec2.detach_network_interface, AttachmentId=attachment) == "OperationNotPermitted"
    code = refusal(ec2.modify_network_interface_attribute, NetworkInterfaceId=interface, Description={"Value": "mine"})
    assert code == "OperationNotPermitted"


def test_its_groups_apply(fleet):
    address = socket.gethostbyname(fleet.dns)
    rule = {"GroupId": fleet.group, "IpPermissions": [tcp(80)]}
    assert tcp_passes(address, 80)
    fleet.lab.ec2.revoke_security_group_ingress(**rule)
    until(lambda: not tcp_passes(address, 80), "the port is closed")
    fleet.lab.ec2.authorize_security_group_ingress(**rule)
    until(lambda: tcp_passes(address, 80), "the port is open")
    other = fleet.lab.group()
    fleet.elb.set_security_groups(LoadBalancerArn=fleet.arn, SecurityGroups=[other])
    until(lambda: not tcp_passes(address, 80), "the other group lets nothing in")
    fleet.elb.set_security_groups(LoadBalancerArn=fleet.arn, SecurityGroups=[other, fleet.group])
    until(lambda: tcp_passes(address, 80), "both together do")
    fleet.elb.set_security_groups(LoadBalancerArn=fleet.arn, SecurityGroups=[fleet.group])


def test_a_server_that_fails_gets_nothing_until_it_is_well_again(fleet):
    broken, well = fleet.servers
    group = broken["SecurityGroups"][0]["GroupId"]
    fleet.lab.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[tcp(22)])
    fleet.lab.ssh(broken["PublicIpAddress"], "mv /srv/www/index.html /srv/www/away")
    until(lambda: fleet.health()[broken["InstanceId"]] == "unhealthy", "it is seen to fail", timeout=60)
    assert fleet.names() == {well["PrivateDnsName"].split(".")[0]}
    fleet.lab.ssh(broken["PublicIpAddress"], "mv /srv/www/away /srv/www/index.html")
    fleet.until_healthy(2)
    assert fleet.names() == hostnames(fleet)


def test_a_server_that_is_killed_gets_nothing_more(fleet):
    killed, stays = fleet.servers
    machine = pathlib.Path(fleet.lab.region.data) / "machines" / killed["InstanceId"]
    os.kill(int((machine / "init.pid").read_text()), signal.SIGKILL)
    until(lambda: fleet.health().get(killed["InstanceId"]) != "healthy", "it is seen to be dead", timeout=60)
    assert fleet.names() == {stays["PrivateDnsName"].split(".")[0]}


def test_it_moves_to_other_subnets_without_a_new_node(fleet):
    node, before = fleet.pid, {interface["SubnetId"] for interface in fleet.interfaces()}
    every = fleet.lab.default_subnets()
    third = next(subnet["SubnetId"] for subnet in every if subnet["SubnetId"] not in before)
    wanted = {fleet.subnets[1]["SubnetId"], third}
    fleet.elb.set_subnets(LoadBalancerArn=fleet.arn, Subnets=sorted(wanted))
    until(lambda: {one["SubnetId"] for one in fleet.interfaces()} == wanted, "it is in those subnets", timeout=30)

    def public():
        return {one["Association"]["PublicIp"] for one in fleet.interfaces()}

    for address in until(lambda: len(public()) == 2 and public(), "both have addresses", timeout=30):
        until(lambda address=address: get(f"http://{address}/") in hostnames(fleet), "it answers there", timeout=30)
    until(lambda: resolved(fleet.dns) == public(), "its name leads there", timeout=30)
    assert fleet.pid == node


def test_a_terminated_instance_leaves_its_group(fleet):
    gone, stays = fleet.servers
    fleet.lab.terminate(gone["InstanceId"])
    until(lambda: set(fleet.health()) == {stays["InstanceId"]}, "it has left", timeout=60)
    assert fleet.names() == {stays["PrivateDnsName"].split(".")[0]}


def test_a_node_that_is_killed_is_started_again(fleet):
    before = fleet.pid
    os.kill(before, signal.SIGKILL)
    until(lambda: fleet.pid != before, "another node runs", timeout=30)
    until(lambda: get(fleet.url) in hostnames(fleet), "it serves", timeout=30)
    fleet.until_healthy(2)


class Load:
    """Requests without end, each over a connection of its own; what failed."""

    def __init__(self, url, clients=4):
        self.url, self.done, self.failed, self.ended = url, 0, [], False
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run) for _ in range(clients)]

    def run(self):
        while not self.ended:
            try:
                get(self.url, timeout=10)
                failure = None
            except Exception as error:  # noqa: BLE001: whatever it was, a request failed
                failure = repr(error)
            with self.lock:
                self.done += 1
                self.failed += [failure] if failure else []

    def until_done(self, more):
        """Waits for that many more requests."""
        enough = self.done + more
        until(lambda: self.done >= enough, f"{more} requests", timeout=120)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended = True
        for thread in self.threads:
            thread.join()


def test_no_request_fails_while_the_control_plane_is_dead(fleet):
    region, node = fleet.lab.region, fleet.pid
    with Load(fleet.url) as load:
        load.until_done(200)
        region.kill()
        load.until_done(1000)
        assert fleet.pid == node
        region.start()
        until(lambda: region.status()["balancers"] == {"active": 1}, "the balancer is known", timeout=60)
        load.until_done(500)
    assert load.failed == []
    assert fleet.pid == node
    # And it is governed again.
    fleet.elb.create_listener(
        LoadBalancerArn=fleet.arn,
        Protocol="HTTP",
        Port=81,
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "MessageBody": "hello"}}],
    )
    fleet.lab.ec2.authorize_security_group_ingress(GroupId=fleet.group, IpPermissions=[tcp(81)])
    until(lambda: get(f"http://{fleet.dns}:81/") == "hello", "the new listener answers", timeout=30)
    assert fleet.pid == node


def test_an_internal_balancer_is_found_inside_of_its_vpc_only(home):
    with Lab(home) as lab, contextlib.ExitStack() as ending:
        fleet = Fleet(lab, ending)
        fleet.serve(lab.group(tcp(80)))
        fleet.balance(Scheme="internal")
        prober = lab.launch(SecurityGroupIds=[lab.group(tcp(22))])
        assert lab.ssh(prober["PublicIpAddress"], f"wget -qO- {fleet.url}") in hostnames(fleet)
        private = {interface["PrivateIpAddress"] for interface in fleet.interfaces()}
        found = lab.ssh(prober["PublicIpAddress"], f"nslookup {fleet.dns}")
        assert all(address in found for address in private), found
        assert all("Association" not in interface for interface in fleet.interfaces())
        assert fleet.dns not in pathlib.Path("/etc/hosts").read_text()


def test_names_go_with_the_control_plane_and_come_back_with_it(fleet):
    region, address = fleet.lab.region, socket.gethostbyname(fleet.dns)
    region.stop()
    assert fleet.dns not in pathlib.Path("/etc/hosts").read_text()
    assert get(f"http://{address}/") in hostnames(fleet)
    region.start()
    until(lambda: get(fleet.url) in hostnames(fleet), "it is found by name again", timeout=30)
    # One that was killed could not take them back; down does.
    region.kill()
    assert fleet.dns in pathlib.Path("/etc/hosts").read_text()
    assert region.command("down").returncode == 0
    assert fleet.dns not in pathlib.Path("/etc/hosts").read_text()
    region.start()


def test_what_was_asked_is_in_the_access_log(fleet):
    attributes = {"access_logs.s3.enabled": "true", "access_logs.s3.bucket": "logs", "access_logs.s3.prefix": "web"}
    fleet.elb.modify_load_balancer_attributes(
        LoadBalancerArn=fleet.arn, Attributes=[{"Key": key, "Value": value} for key, value in attributes.items()]
    )
    config = fleet.directory / "config.json"
    until(lambda: json.loads(config.read_text())["attributes"]["access_log"], "the node is told", timeout=30)
    revision = json.loads(config.read_text())["revision"]
    status = fleet.directory / "status.json"
    until(lambda: json.loads(status.read_text())["revision"] == revision, "the node follows", timeout=30)
    get(f"{fleet.url}?this-one")
    node = fleet.directory
    fleet.elb.delete_load_balancer(LoadBalancerArn=fleet.arn)
    until(lambda: not node.exists(), "the balancer is gone", timeout=60)
    logs = list((pathlib.Path(fleet.lab.region.data) / "buckets/logs/web/AWSLogs").rglob("*.log.gz"))
    assert any("/?this-one" in gzip.open(log, "rt").read() for log in logs), logs


def test_nothing_of_a_deleted_balancer_is_left(fleet):
    directory, dns, node = fleet.directory, fleet.dns, fleet.pid
    namespaces = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
    assert fleet.id in namespaces and dns in pathlib.Path("/etc/hosts").read_text()
    fleet.elb.delete_load_balancer(LoadBalancerArn=fleet.arn)

    def left():
        hosts = dns in pathlib.Path("/etc/hosts").read_text()
        netns = fleet.id in subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
        groups = list(pathlib.Path("/sys/fs/cgroup").glob(f"**/lb-{fleet.id}"))
        process = pathlib.Path(f"/proc/{node}").exists()
        return [hosts, netns, groups, process, directory.exists(), fleet.interfaces()]

    until(lambda: not any(left()), "everything is gone", timeout=60)


def client(shown):
    """An address, as busybox shows those of version 4."""
    return shown.strip("[]").removeprefix("::ffff:")


def test_a_network_balancer_shows_its_targets_who_asks(home):
    with Lab(home) as lab, contextlib.ExitStack() as ending:
        fleet = Fleet(lab, ending)
        # In no group, so it lets everybody in; its targets see the clients themselves, and let them in.
        fleet.serve(lab.group(tcp(80)))
        fleet.balance("network", "TCP", SecurityGroups=[])
        assert client(get(f"{fleet.url}cgi-bin/who")) == "198.18.0.1", "the address that the host shows to guests"
        prober = lab.launch(SecurityGroupIds=[lab.group(tcp(22))])
        seen = lab.ssh(prober["PublicIpAddress"], f"wget -qO- {fleet.url}cgi-bin/who")
        assert client(seen) == prober["PublicIpAddress"]
        kinds = {(one["InterfaceType"], one["SourceDestCheck"]) for one in fleet.interfaces()}
        assert kinds == {("network_load_balancer", False)}


def test_what_a_balancer_serves_is_told_to_cloudwatch(region, host_is_left_clean):
    with Lab(region("container", "--test-clock", "--no-hosts-file")) as lab, contextlib.ExitStack() as ending:
        fleet = Fleet(lab, ending)
        fleet.serve(lab.group(tcp(80)))
        fleet.balance()
        address = fleet.interfaces()[0]["Association"]["PublicIp"]
        cloudwatch = lab.region.client("cloudwatch")

        def sums(name, *dimensions):
            now = datetime.datetime.now(datetime.timezone.utc)
            found = cloudwatch.get_metric_statistics(
                Namespace="AWS/ApplicationELB",
                MetricName=name,
                Dimensions=[{"Name": key, "Value": value} for key, value in dimensions],
                StartTime=now - datetime.timedelta(hours=1),
                EndTime=now + datetime.timedelta(hours=10),
                Period=60,
                Statistics=["Sum", "Maximum"],
            )["Datapoints"]
            return sum(one["Sum"] for one in found), max((one["Maximum"] for one in found), default=0)

        whole = ("LoadBalancer", f"app/{fleet.name}/{fleet.id}")
        group = ("TargetGroup", fleet.targets.rsplit(":", 1)[1])

        def told():
            get(f"http://{address}/")
            lab.region.advance_clock(60)
            return sums("RequestCount", whole)[0] > 0 and sums("HTTPCode_Target_2XX_Count", whole, group)[0] > 0

        until(told, "requests are counted", timeout=60, every=1)
        assert sums("HealthyHostCount", whole, group)[1] == 2
        assert sums("TargetResponseTime", whole)[1] > 0
