"""A group of real containers behind a real balancer, and those who visit it."""

import base64
import contextlib
import datetime
import pathlib
import threading
import time
import urllib.request

from support.fleet import Fleet
from support.instances import Lab, tcp
from support.waiting import QUICKLY, until

SERVER = """#!/bin/sh
mkdir -p /srv/www
hostname > /srv/www/index.html
busybox httpd -p 80 -h /srv/www
"""

SIZE = 4


def first_process(instance):
    """The host's number of the instance's process 1."""
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if instance not in (folder / "cgroup").read_text():
                continue
            status = (folder / "status").read_text()
            line = next(line for line in status.splitlines() if line.startswith("NSpid:"))
            if line.split()[-1] == "1" and len(line.split()) > 2:
                return int(folder.name)
    raise LookupError(f"{instance} has no process")


class Visitors:
    """Fetch the page again and again, over a connection each, and count what was not answered."""

    def __init__(self, url):
        self.url, self.answered, self.failed = url, 0, []
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.stopped.is_set():
            try:
                with urllib.request.urlopen(self.url, timeout=5) as answer:
                    answer.read()
                self.answered += 1
            except OSError as error:
                self.failed.append((time.time(), str(error)))
            time.sleep(0.02)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()


class Site:
    """A group of servers behind a balancer: `SIZE` of them."""

    def __init__(self, machines, ending):
        self.lab = ending.enter_context(Lab(machines))
        self.elb = machines.client("elbv2")
        security = self.lab.group(tcp(80), tcp(22))
        self.data = {"UserData": base64.b64encode(SERVER.encode()).decode(), "SecurityGroupIds": [security]}
        self.data |= {"KeyName": self.lab.name}
        ending.callback(self.until_unused, security)
        subnets = self.lab.default_subnets()[:2]
        ids = [subnet["SubnetId"] for subnet in subnets]
        made = self.elb.create_load_balancer(Name=self.lab.name, Subnets=ids, SecurityGroups=[security])
        balancer = made["LoadBalancers"][0]
        self.url = f"http://{balancer['DNSName']}/"
        health = {"HealthCheckIntervalSeconds": 5, "HealthCheckTimeoutSeconds": 2}
        health |= {"HealthyThresholdCount": 2, "UnhealthyThresholdCount": 2}
        group = self.elb.create_target_group(
            Name=self.lab.name, Protocol="HTTP", Port=80, VpcId=subnets[0]["VpcId"], **health
        )["TargetGroups"][0]["TargetGroupArn"]
        self.target_group = group
        ending.callback(lambda: self.elb.delete_target_group(TargetGroupArn=group))
        ending.callback(self.delete_balancer, balancer["LoadBalancerArn"])
        self.elb.modify_target_group_attributes(
            TargetGroupArn=group, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "1"}]
        )
        forward = [{"Type": "forward", "TargetGroupArn": group}]
        arn = balancer["LoadBalancerArn"]
        self.elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=forward)
        self.fleet = ending.enter_context(Fleet(machines, None, **self.data))
        self.group = self.fleet.group(
            SIZE,
            VPCZoneIdentifier=",".join(ids),
            TargetGroupARNs=[group],
            HealthCheckType="ELB",
            HealthCheckGracePeriod=30,
            MaxSize=SIZE + 2,
        )
        self.fleet.until_serving(self.group, SIZE, timeout=180)
        self.until_healthy()

    def delete_balancer(self, arn):
        self.elb.delete_load_balancer(LoadBalancerArn=arn)
        self.elb.get_waiter("load_balancers_deleted").wait(
            LoadBalancerArns=[arn], **QUICKLY
        )

    def until_unused(self, security):
        """The balancer's interfaces go a moment after it."""
        of_group = [{"Name": "group-id", "Values": [security]}]
        interfaces = self.lab.ec2.describe_network_interfaces
        until(lambda: not interfaces(Filters=of_group)["NetworkInterfaces"], "nothing has the security group")

    def healthy(self):
        shown = self.elb.describe_target_health(TargetGroupArn=self.target_group)["TargetHealthDescriptions"]
        return {one["Target"]["Id"] for one in shown if one["TargetHealth"]["State"] == "healthy"}

    def until_healthy(self):
        """Until the balancer finds all that serve to be well, and nobody else."""
        until(lambda: self.healthy() == self.fleet.serving(self.group), "all are healthy", timeout=120)

    def until_replaced(self, victim):
        """Until another serves in its place."""

        def replaced():
            serving = self.fleet.serving(self.group)
            return serving if len(serving) == SIZE and victim not in serving else None

        return until(replaced, f"{victim} is replaced", timeout=120)

    def now(self):
        """The region's clock."""
        return datetime.datetime.fromisoformat(self.lab.region.advance_clock(0)["now"])

    def shell(self, instance, command):
        """Runs a command inside."""
        return self.lab.ssh(self.lab.describe(instance)["PublicIpAddress"], command)
