"""What a guest must not reach: the host, its files, other tenants."""

import socket
import subprocess
import threading

import pytest
from support.instances import Lab, rule, tcp

pytestmark = pytest.mark.machines


@pytest.fixture(scope="module")
def tenants(machines):
    """Two accounts with an instance each; the first one's attacker has root inside."""
    with Lab(machines, "111111111111") as mine, Lab(machines, "222222222222") as theirs:
        attacker = mine.launch("#!/bin/sh\necho mine\n", SecurityGroupIds=[mine.group(tcp(22))])
        victim = theirs.launch("#!/bin/sh\necho their secret\n", SecurityGroupIds=[theirs.group(rule("-1"))])
        mine.ssh(attacker["PublicIpAddress"], "true")
        yield mine, attacker, theirs, victim


def reaches(lab, attacker, address, port):
    done = lab.run(attacker["PublicIpAddress"], f"timeout 1 nc {address} {port} </dev/null; echo ended $?")
    assert "ended" in done.stdout, done.stderr
    return "ended 0" in done.stdout


def host_addresses():
    shown = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False).stdout.split()
    return [address for address in shown if ":" not in address]


def test_no_port_of_the_host_answers(tenants):
    mine, attacker, _, _ = tenants
    with socket.create_server(("0.0.0.0", 0)) as listener:
        port = listener.getsockname()[1]
        stop = threading.Event()
        met = []

        def accept():
            listener.settimeout(0.2)
            while not stop.is_set():
                try:
                    met.append(listener.accept()[1])
                except TimeoutError:
                    pass

        waiting = threading.Thread(target=accept)
        waiting.start()
        try:
            gateway = mine.ssh(attacker["PublicIpAddress"], "ip route | sed -n 's/^default via \\([0-9.]*\\).*/\\1/p'")
            places = {gateway, "198.18.0.0", "198.18.0.1", "127.0.0.1", "169.254.169.254", "169.254.169.253"}
            for address in places | set(host_addresses()) - {""}:
                assert not reaches(mine, attacker, address, port), f"{address}:{port} of the host answers a guest"
        finally:
            stop.set()
            waiting.join()
    assert met == []


def test_the_regions_own_endpoint_does_not_answer(tenants):
    mine, attacker, _, _ = tenants
    port = int(mine.region.endpoint.rsplit(":", 1)[1])
    for address in ["127.0.0.1", "198.18.0.0", "198.18.0.1", *host_addresses()]:
        assert not reaches(mine, attacker, address, port)


def test_another_tenants_private_address_is_nowhere(tenants):
    mine, attacker, theirs, victim = tenants
    theirs.ssh(victim["PublicIpAddress"], "busybox httpd -p 8080 -h /etc || true")
    # Both VPCs have the same addresses: whatever answers is not the other tenant's.
    if victim["PrivateIpAddress"] != attacker["PrivateIpAddress"]:
        assert not reaches(mine, attacker, victim["PrivateIpAddress"], 8080)
    assert reaches(mine, attacker, victim["PublicIpAddress"], 8080)


def test_metadata_tells_of_the_caller_only(tenants):
    mine, attacker, _, victim = tenants
    ask = "printf 'PUT /latest/api/token HTTP/1.0\\r\\nX-aws-ec2-metadata-token-ttl-seconds: 60\\r\\n\\r\\n' | nc 169.254.169.254 80 | tail -n 1"
    get = "printf 'GET /latest/%s HTTP/1.0\\r\\nX-aws-ec2-metadata-token: %s\\r\\nX-Forwarded-For: %s\\r\\n\\r\\n' {0} $token {1} | nc 169.254.169.254 80"
    address = attacker["PublicIpAddress"]
    named = mine.ssh(address, f"token=$({ask}); " + get.format("meta-data/instance-id", victim["PrivateIpAddress"]))
    assert attacker["InstanceId"] in named
    assert victim["InstanceId"] not in named
    data = mine.ssh(address, f"token=$({ask}); " + get.format("user-data", victim["PrivateIpAddress"]))
    assert "echo mine" in data
    assert "secret" not in data


def test_an_address_that_is_not_its_own_cannot_be_taken(tenants):
    """In a container already; that packets of whoever could take it are dropped is tested with the network."""
    mine, attacker, _, _ = tenants
    done = mine.run(attacker["PublicIpAddress"], "ip addr add 172.31.255.77/32 dev eth0")
    assert done.returncode != 0 and "Operation not permitted" in done.stderr + done.stdout


@pytest.mark.parametrize(
    "attempt",
    [
        "mount -t tmpfs none /mnt",
        "mount -t proc proc /mnt && ls /mnt/1/root/var/lib/freehold",
        "mknod /tmp/sda b 8 0 && cat /tmp/sda > /dev/null",
        "mknod /tmp/mem c 1 1 && cat /tmp/mem > /dev/null",
        "echo 1 > /proc/sys/kernel/sysrq",
        "echo b > /proc/sysrq-trigger",
        "echo freehold > /proc/sys/kernel/core_pattern",
        "insmod /lib/modules/none.ko",
        "ls -d {data}",
        "cat {data}/root-key.json",
        "chroot /proc/1/root ls {data}",
        "kill -0 {pid}",
        "sysctl -w kernel.hostname=evil -w vm.overcommit_memory=1",
        "unshare -m true && mount --bind / /mnt",
    ],
)
def test_what_breaks_out_is_refused(tenants, attempt):
    mine, attacker, _, _ = tenants
    command = attempt.format(data=mine.region.data, pid=mine.region.process.pid)
    done = mine.run(attacker["PublicIpAddress"], f"mkdir -p /mnt; ({command}) || exit 7")
    assert done.returncode == 7, f"{command}: {done.stdout}{done.stderr}"


def test_the_hosts_processes_and_mounts_are_not_seen(tenants):
    mine, attacker, _, _ = tenants
    address = attacker["PublicIpAddress"]
    seen = mine.ssh(address, "ps w; cat /proc/mounts; ls /dev")
    assert "runc" not in seen
    assert str(mine.region.process.pid) not in mine.ssh(address, "ls /proc").split()
    devices = set(mine.ssh(address, "ls /dev").split())
    assert not devices & {"kmsg", "mem", "kvm", "sda", "vda", "loop0", "fuse"}


def test_memory_is_limited(tenants):
    mine, attacker, _, _ = tenants
    address = attacker["PublicIpAddress"]
    # Half a gibibyte is the whole of the machine; the one that takes more is ended, and the machine goes on.
    done = mine.run(address, "dd if=/dev/zero bs=900M count=1 2>/dev/null | wc -c")
    assert "943718400" not in done.stdout
    assert mine.ssh(address, "echo alive") == "alive"
