"""kill -9 of the control plane at random moments of launches, stops and terminations: everything comes to what was
asked for, nothing twice, and nothing is left."""

import random
import threading
import time
import uuid

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from support import leaks
from support.instances import Lab, tcp
from support.region import Region
from support.waiting import until

pytestmark = [pytest.mark.machines, pytest.mark.timeout(900)]

KILLS = 20


class Operator:
    """Asks for launches, stops, starts and terminations until told to stop, and remembers what should be. Repeats what was
    not answered, as a client would: launches with the same token."""

    def __init__(self, lab, seed):
        self.lab = lab
        self.ec2 = lab.region.client("ec2", connect_timeout=2)
        self.image = lab.image()
        self.group = lab.group(tcp(22))
        self.random = random.Random(seed)
        self.launched = {}
        self.wanted = {}
        self.stop = threading.Event()
        self.errors = []

    def ask(self, call, **arguments):
        """Asks until answered. Refusals of what is already under way are answers too."""
        while True:
            try:
                return call(**arguments)
            except ClientError as refusal:
                if refusal.response["Error"]["Code"] in ("IncorrectInstanceState", "InvalidInstanceID.NotFound"):
                    return None
                if refusal.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
                    raise
            except BotoCoreError:
                time.sleep(0.01)

    def run(self):
        try:
            while not self.stop.is_set():
                self.one_step()
        except Exception as error:  # noqa: BLE001: told by the test's own thread
            self.errors.append(error)

    def one_step(self):
        alive = [name for name, state in self.wanted.items() if state != "terminated"]
        if len(alive) < 4:
            token = uuid.uuid4().hex
            options = {"InstanceType": "t3.nano", "ImageId": self.image, "SecurityGroupIds": [self.group]}
            made = self.ask(self.ec2.run_instances, MinCount=1, MaxCount=1, ClientToken=token, **options)
            name = made["Instances"][0]["InstanceId"]
            self.launched[token] = name
            self.wanted[name] = "running"
            return
        name = self.random.choice(alive)
        action = self.random.choice(["terminate", "stop", "start"])
        if action == "terminate":
            self.ask(self.ec2.terminate_instances, InstanceIds=[name])
            self.wanted[name] = "terminated"
        elif action == "stop" and self.ask(self.ec2.stop_instances, InstanceIds=[name]):
            self.wanted[name] = "stopped"
        elif action == "start" and self.ask(self.ec2.start_instances, InstanceIds=[name]):
            self.wanted[name] = "running"


def instances(ec2):
    pages = ec2.get_paginator("describe_instances").paginate()
    found = [one for page in pages for reservation in page["Reservations"] for one in reservation["Instances"]]
    return {one["InstanceId"]: one["State"]["Name"] for one in found}


def test_everything_converges_whenever_the_control_plane_is_killed(host_is_left_clean):
    # The shared regions of other tests may have begun since the run did: what counts is what this test leaves.
    before = leaks.snapshot()
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    moments = random.Random(seed)
    with Region("container", "--oversubscribe") as region:
        with Lab(region) as lab:
            operator = Operator(lab, seed)
            asking = threading.Thread(target=operator.run)
            asking.start()
            try:
                for _ in range(KILLS):
                    time.sleep(moments.uniform(0.0, 0.8))
                    region.kill()
                    region.start()
            finally:
                operator.stop.set()
                asking.join(timeout=120)
            assert not asking.is_alive()
            assert operator.errors == []

            def settled():
                now = instances(operator.ec2)
                return {name: now.get(name) for name in operator.wanted} == operator.wanted

            until(settled, "every instance is what was asked for", timeout=240, every=0.5)
            # Nothing twice: as many instances as launches that were asked for, and a machine for each that is not ended.
            assert set(instances(operator.ec2)) == set(operator.launched.values())
            kept = {name for name, state in operator.wanted.items() if state != "terminated"}
            folders = region.data / "machines"
            until(lambda: {one.name for one in folders.iterdir() if one.name.startswith("i-")} == kept, "machines match")
            if kept:
                operator.ec2.terminate_instances(InstanceIds=sorted(kept))
                for name in kept:
                    lab.until(name, "terminated")
        # All is gone without `down --machines`: termination alone leaves nothing but the VPC's own network.
        until(lambda: not [one for one in folders.iterdir() if one.name.startswith("i-")], "no machine is left")
    leaks.assert_nothing_new(before)
