"""Hard times of real machines: the control plane or the cleaning up killed, the host booted anew, a record damaged, launches
interrupted. Everything comes to what was asked for, nothing twice, and nothing is left on the host."""

import os
import pathlib
import random
import shutil
import signal
import subprocess
import threading
import time
import uuid

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from conftest import need_root
from support import leaks
from support.region import Region, binary
from support.waiting import until

pytestmark = [pytest.mark.machines, pytest.mark.timeout(600)]

TYPE = {"InstanceType": "t3.nano"}


@pytest.fixture
def here():
    """A region of containers of the test's own; nothing of it may be left."""
    need_root()
    with Region("container", "--oversubscribe") as region:
        yield region


def image(ec2):
    return ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]


def states(ec2):
    pages = ec2.get_paginator("describe_instances").paginate()
    found = [one for page in pages for reservation in page["Reservations"] for one in reservation["Instances"]]
    return {one["InstanceId"]: one["State"]["Name"] for one in found}


def launch(ec2, count=1, **options):
    made = ec2.run_instances(ImageId=image(ec2), MinCount=count, MaxCount=count, **(TYPE | options))["Instances"]
    return [one["InstanceId"] for one in made]


def until_states(ec2, ids, state):
    return until(lambda: {states(ec2).get(one) for one in ids} == {state}, f"all are {state}", timeout=200, every=0.2)


def folders(region):
    return {one.name for one in (region.data / "machines").iterdir() if one.name.startswith("i-")}


def test_a_launch_that_is_asked_again_after_kills_is_one_launch(here):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    ec2 = here.client("ec2", connect_timeout=2)
    of_token, errors, done = {}, [], threading.Event()
    ami = image(ec2)

    def ask_on_and_on():
        """Each launch until it is answered, and then once more with the same token."""
        try:
            while not done.is_set() and len(of_token) < 12:
                token, answers = uuid.uuid4().hex, set()
                while len(answers) < 1 or (dice_two.random() < 0.5 and not done.is_set()):
                    try:
                        made = ec2.run_instances(ImageId=ami, MinCount=1, MaxCount=1, ClientToken=token, **TYPE)
                        answers.add(made["Instances"][0]["InstanceId"])
                    except BotoCoreError:
                        time.sleep(0.01)
                assert len(answers) == 1, answers
                of_token[token] = answers.pop()
        except Exception as error:  # noqa: BLE001: told by the test's own thread
            errors.append(error)

    dice_two = random.Random(seed + 1)
    asking = threading.Thread(target=ask_on_and_on)
    asking.start()
    try:
        for _ in range(10):
            time.sleep(dice.uniform(0.0, 0.4))
            here.kill()
            here.start()
    finally:
        done.set()
        asking.join(timeout=120)
    assert errors == []
    wanted = set(of_token.values())
    assert len(wanted) == len(of_token)
    until_states(ec2, wanted, "running")
    assert set(states(ec2)) == wanted
    assert folders(here) == wanted
    ec2.terminate_instances(InstanceIds=sorted(wanted))
    until_states(ec2, wanted, "terminated")
    until(lambda: not folders(here), "no machine is left")


def test_a_region_that_is_told_to_end_during_launches_goes_on_where_it_was(here):
    ec2 = here.client("ec2")
    ids = launch(ec2, 4)
    here.process.send_signal(signal.SIGTERM)
    assert here.process.wait(timeout=60) == 0
    here.start()
    until_states(here.client("ec2"), ids, "running")
    assert folders(here) == set(ids)


def test_cleaning_up_that_was_killed_is_finished_by_the_next(here):
    ids = launch(here.client("ec2"), 4)
    until_states(here.client("ec2"), ids, "running")
    here.kill()
    for _ in range(3):
        cleaning = subprocess.Popen([binary(), "down", "--machines", "--data-dir", here.data], stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0.0, 0.3))
        cleaning.kill()
        cleaning.wait()
    ended = here.command("down", "--machines")
    assert ended.returncode == 0, ended.stderr
    leaks.assert_nothing_of(here.data)
    assert not folders(here)


def test_a_damaged_record_of_a_machine_costs_the_others_nothing(here):
    ec2 = here.client("ec2")
    ids = launch(ec2, 2)
    until_states(ec2, ids, "running")
    here.kill()
    (here.data / "machines" / ids[0] / "machine.json").write_bytes(b'{"id": "i-')
    here.start()
    ec2 = here.client("ec2")
    assert any(ids[0] in line and "damaged" in line for line in here.log_text().splitlines())
    ec2.stop_instances(InstanceIds=ids[1:])
    until_states(ec2, ids[1:], "stopped")
    ec2.start_instances(InstanceIds=ids[1:])
    until_states(ec2, ids[1:], "running")
    ec2.terminate_instances(InstanceIds=ids)
    until_states(ec2, ids, "terminated")
    until(lambda: not folders(here), "no machine is left")


def end_by_hand(region):
    """What a power failure leaves: the disk. Processes, mounts, namespaces, rules, routes and groups of the region go."""
    found = leaks.of_region(region.data)
    records = [region.data / "machines" / one / "init.pid" for one in folders(region)]
    inits = [int(record.read_text()) for record in records if record.exists()]
    for pid in inits:
        os.kill(pid, signal.SIGKILL)
    until(lambda: not any(pathlib.Path(f"/proc/{pid}/ns").exists() for pid in inits), "the machines are gone")
    mounts = [line.split(" ")[1] for line in pathlib.Path("/proc/self/mounts").read_text().splitlines()]
    ours = [one for one in mounts if any(name in one for name in folders(region))]
    for mount in sorted({*found.get("mounts", []), *ours}, key=len, reverse=True):
        subprocess.run(["umount", "--lazy", mount], check=False, capture_output=True)
    for name in found.get("network namespaces", []):
        subprocess.run(["ip", "netns", "delete", name], check=False)
    for link in found.get("links", []):
        subprocess.run(["ip", "link", "delete", link], check=False, capture_output=True)
    for table in found.get("nft rules", []):
        if table.startswith("table "):
            subprocess.run(["nft", "delete", *table.split(" ")], check=False, capture_output=True)
    groups = [one for one in pathlib.Path("/sys/fs/cgroup").rglob("*") if one.is_dir() and any(i in str(one) for i in folders(region))]
    for group in sorted(groups, key=lambda one: len(str(one)), reverse=True):
        try:
            group.rmdir()
        except OSError:
            pass
    for one in folders(region):
        shutil.rmtree(pathlib.Path("/run/runc") / one, ignore_errors=True)


def test_after_the_host_was_booted_anew_nothing_is_stuck(here):
    """Instances whose machines ended with the host are stopped, as on AWS after the host under them failed, and start again
    when told to. What was stopped stays so."""
    ec2 = here.client("ec2")
    running, stopped = launch(ec2, 2), launch(ec2, 1)
    until_states(ec2, [*running, *stopped], "running")
    ec2.stop_instances(InstanceIds=stopped)
    until_states(ec2, stopped, "stopped")
    here.kill()
    end_by_hand(here)
    here.start()
    ec2 = here.client("ec2")
    until_states(ec2, running, "stopped")
    assert states(ec2)[stopped[0]] == "stopped"
    ec2.start_instances(InstanceIds=[*running, *stopped])
    until_states(ec2, [*running, *stopped], "running")
    # A new one comes up beside them, and all end.
    more = launch(ec2)
    until_states(ec2, more, "running")
    ec2.terminate_instances(InstanceIds=[*running, *stopped, *more])
    until_states(ec2, [*running, *stopped, *more], "terminated")
    until(lambda: not folders(here), "no machine is left")


def test_what_the_host_has_no_room_for_is_refused():
    need_root()
    with Region("container") as here:
        ec2 = here.client("ec2")
        with pytest.raises(ClientError) as refused:
            launch(ec2, InstanceType="x1e.32xlarge")
        error = refused.value.response["Error"]
        assert error["Code"] in ("InsufficientInstanceCapacity", "Unsupported", "InvalidParameterCombination")
        assert states(ec2) == {}
        # As many as there is room for, then no more, then again when one has gone.
        made, full = [], None
        while full is None:
            try:
                made += launch(ec2, InstanceType="m5.xlarge")
            except ClientError as refusal:
                full = refusal.response["Error"]["Code"]
        assert full == "InsufficientInstanceCapacity"
        assert made
        ec2.terminate_instances(InstanceIds=made)
        until_states(ec2, made, "terminated")
        again = launch(ec2, InstanceType="m5.xlarge")
        until_states(ec2, again, "running")
