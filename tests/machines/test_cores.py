"""Real cores: what a Dedicated Host or Dedicated Instances hold, no other tenant's machine runs on. Read from the kernel."""

import os
import pathlib

import pytest
from conftest import need_root
from support.instances import Lab
from support.refusal import refusal
from support.waiting import until

pytestmark = pytest.mark.machines

BUSY = "#!/bin/sh\nwhile :; do :; done &\nwhile :; do :; done &\n"
ZONE = "us-east-1a"
OTHER = "222233334444"


def cpus(text):
    """A list of the kernel's: `0,4-6`."""
    parts = [part.split("-") for part in text.strip().split(",") if part]
    return {cpu for part in parts for cpu in range(int(part[0]), int(part[-1]) + 1)}


def group(instance):
    """The machine's group among those that say which CPUs are used."""
    for root in ("/sys/fs/cgroup/cpuset", "/sys/fs/cgroup"):
        for name in (instance, f"vm-{instance}"):
            found = pathlib.Path(root, "freehold", name)
            if (found / "cpuset.cpus").exists():
                return found
    raise AssertionError(f"{instance} has no group")


def of_group(place):
    return cpus((place / "cpuset.cpus").read_text()) or cpus((place / "cpuset.cpus.effective").read_text())


def allowed(instance):
    """The CPUs that the kernel says are the machine's: its group's, and those of everything in it."""
    place = group(instance)
    own = of_group(place)
    inside = set()
    for pid in (place / "cgroup.procs").read_text().split():
        try:
            tasks = list(pathlib.Path("/proc", pid, "task").iterdir())
            status = [(task / "status").read_text() for task in tasks]
        except (FileNotFoundError, ProcessLookupError):
            continue
        for text in status:
            (line,) = [line for line in text.splitlines() if line.startswith("Cpus_allowed_list:")]
            inside |= cpus(line.partition(":")[2])
    if own != of_group(place):
        # They were changed while they were read.
        return allowed(instance)
    assert inside and inside <= own, f"{instance}: {inside} beyond {own}"
    return own


def of_functions(home):
    """The CPUs of everything that runs functions: the node, what makes sandboxes, and these."""
    parents = {}
    for status in pathlib.Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(fields["Pid"])] = int(fields["PPid"]), cpus(fields["Cpus_allowed_list"])
    family = {int((home.data / "functions" / "node.pid").read_text())}
    while grown := {pid for pid, (parent, _) in parents.items() if parent in family} - family:
        family |= grown
    return set().union(*(parents[pid][1] for pid in family))


def all_cpus():
    return os.sched_getaffinity(0)


@pytest.fixture(params=["container", "vm"])
def home(request, region, host_is_left_clean):
    need_root()
    if len(all_cpus()) < 2:
        pytest.skip("a core can only be held where there are two")
    return region(request.param, "--no-hosts-file", "--oversubscribe")


def test_a_hosts_cores_are_never_another_tenants(home):
    with Lab(home) as one, Lab(home, OTHER) as other:
        plain = other.launch(BUSY)["InstanceId"]
        everywhere = allowed(plain)
        (host,) = one.ec2.allocate_hosts(InstanceFamily="t3", AvailabilityZone=ZONE, Quantity=1)["HostIds"]
        # A machine that runs already is moved away.
        until(lambda: allowed(plain) < all_cpus(), "the other tenant's machine left the host's cores")
        own = one.launch(BUSY, Placement={"Tenancy": "host", "HostId": host})["InstanceId"]
        later = other.launch(BUSY)["InstanceId"]

        def apart():
            held, rest = allowed(own), allowed(plain) | allowed(later)
            assert held and rest and not held & rest, (held, rest)
            return held

        held = apart()
        until(lambda: not of_functions(home) & held, "functions left the host's cores")
        # Which cores they are does not change with the control plane.
        home.kill()
        assert apart() == held
        home.start()
        after = other.launch(BUSY)["InstanceId"]
        assert not allowed(after) & apart() and apart() == held
        # A machine that starts again is where it belongs.
        one.ec2.stop_instances(InstanceIds=[own], Force=True)
        one.until(own, "stopped")
        one.ec2.start_instances(InstanceIds=[own])
        one.until(own, "running")
        assert apart() == held
        if len(all_cpus()) == 2:
            more = {"InstanceFamily": "t3", "AvailabilityZone": ZONE, "Quantity": 1}
            assert refusal(other.ec2.allocate_hosts, **more) == "InsufficientHostCapacity"
        # Given back, they are everybody's.
        one.terminate(own)
        assert one.ec2.release_hosts(HostIds=[host])["Successful"] == [host]
        until(lambda: allowed(plain) == everywhere, "the other tenant's machine has all cores again")
        until(lambda: of_functions(home) == all_cpus(), "functions have all cores again")
        fresh = other.launch(BUSY)["InstanceId"]
        assert allowed(fresh) == everywhere
        # And can be had again.
        (host,) = other.ec2.allocate_hosts(InstanceFamily="t3", AvailabilityZone=ZONE, Quantity=1)["HostIds"]
        other.ec2.release_hosts(HostIds=[host])


def test_dedicated_instances_share_cores_with_their_own_account_only(home):
    with Lab(home) as one, Lab(home, OTHER) as other:
        plain = other.launch(BUSY)["InstanceId"]
        own = [one.launch(BUSY, Placement={"Tenancy": "dedicated"})["InstanceId"] for _ in range(2)]
        held = allowed(own[0]) | allowed(own[1])
        assert not held & allowed(plain)
        home.kill()
        home.start()
        later = other.launch(BUSY)["InstanceId"]
        assert not held & (allowed(plain) | allowed(later))
        assert allowed(own[0]) | allowed(own[1]) == held
        if len(all_cpus()) == 2:
            # The text of the refusal says that cores are missing.
            with pytest.raises(Exception, match="InsufficientInstanceCapacity.*core of the machine"):
                other.launch(Placement={"Tenancy": "dedicated"})
        one.terminate(*own)
        until(lambda: allowed(plain) == all_cpus(), "all cores are everybody's again")
