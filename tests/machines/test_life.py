"""From launch to termination, the same for containers and virtual machines."""

import pytest
from support.instances import page, tcp
from support.waiting import until

pytestmark = [pytest.mark.machines, pytest.mark.timeout(900)]

SERVE = """#!/bin/sh
mkdir -p /srv/www
echo "hello from $(hostname)" > /srv/www/index.html
busybox httpd -p 80 -h /srv/www
"""


def memory_mib(lab, address):
    return int(lab.ssh(address, "grep MemTotal /proc/meminfo").split()[1]) // 1024


def test_a_server_lives_from_launch_to_termination(lab):
    group = lab.group(tcp(22), tcp(80))
    instance = lab.launch(SERVE, InstanceType="t3.micro", SecurityGroupIds=[group])
    name, address = instance["InstanceId"], instance["PublicIpAddress"]

    # Configured by its user data, reachable at its public address, with the key that it was launched with.
    hostname = instance["PrivateDnsName"].split(".")[0]
    assert page(address) == f"hello from {hostname}\n"
    assert lab.ssh(address, "hostname") == hostname
    assert lab.ssh(address, "id -u") == "0"

    # What it is sized for is what is inside.
    before = memory_mib(lab, address)
    assert 700 < before <= 1024
    assert int(lab.ssh(address, "nproc")) == 2

    # Its console tells of the boot.
    output = until(
        lambda: lab.ec2.get_console_output(InstanceId=name, Latest=True).get("Output"), "the console has text"
    )
    assert "user data" in output

    # A reboot keeps its disk and its addresses.
    lab.ssh(address, "echo kept > /root/mark && sync")

    def boots():
        return lab.ec2.get_console_output(InstanceId=name, Latest=True).get("Output", "").count("boot finished")

    until(lambda: boots() == 1, "the first boot is finished")
    lab.ec2.reboot_instances(InstanceIds=[name])
    until(lambda: boots() == 2, "it booted again", timeout=240)
    assert lab.ssh(address, "cat /root/mark") == "kept"

    # Stopped, it has no public address; larger and started, it has more memory and the same disk.
    lab.ec2.stop_instances(InstanceIds=[name])
    stopped = lab.until(name, "stopped")
    assert "PublicIpAddress" not in stopped
    lab.ec2.modify_instance_attribute(InstanceId=name, InstanceType={"Value": "t3.small"})
    lab.ec2.start_instances(InstanceIds=[name])
    started = lab.until(name, "running")
    assert started["PrivateIpAddress"] == instance["PrivateIpAddress"]
    address = started["PublicIpAddress"]
    assert lab.ssh(address, "cat /root/mark") == "kept"
    after = memory_mib(lab, address)
    assert before + 700 < after <= 2048

    lab.terminate(name)
    assert not (lab.region.data / "machines" / name).exists()


def test_powering_off_inside_stops_the_instance(lab):
    instance = lab.launch(SecurityGroupIds=[lab.group(tcp(22))])
    lab.ssh(instance["PublicIpAddress"], "(sleep 1; poweroff) >/dev/null 2>&1 &")
    stopped = lab.until(instance["InstanceId"], "stopped")
    assert stopped["State"]["Name"] == "stopped"


def test_powering_off_inside_terminates_where_asked_for(lab):
    instance = lab.launch(
        SecurityGroupIds=[lab.group(tcp(22))], InstanceInitiatedShutdownBehavior="terminate"
    )
    lab.ssh(instance["PublicIpAddress"], "(sleep 1; poweroff) >/dev/null 2>&1 &")
    lab.until(instance["InstanceId"], "terminated")


def test_machines_outlive_the_control_plane(lab):
    group = lab.group(tcp(22))
    instance = lab.launch(SecurityGroupIds=[group])
    address = instance["PublicIpAddress"]
    started = lab.ssh(address, "cut -d' ' -f22 /proc/1/stat")
    lab.region.kill()
    # Nobody manages it now, and it goes on.
    assert lab.ssh(address, "cut -d' ' -f22 /proc/1/stat") == started
    lab.region.start()
    assert lab.until(instance["InstanceId"], "running")["PublicIpAddress"] == address
    assert lab.ssh(address, "cut -d' ' -f22 /proc/1/stat") == started
    lab.terminate(instance["InstanceId"])


def test_many_launches_at_once_all_run(lab):
    if lab.region.machines != "container":
        pytest.skip("five emulated machines at once take minutes on two cores")
    group = lab.group(tcp(22))
    made = lab.ec2.run_instances(
        ImageId=lab.image(), InstanceType="t3.nano", MinCount=5, MaxCount=5, SecurityGroupIds=[group], KeyName=lab.name
    )["Instances"]
    lab.ids += [one["InstanceId"] for one in made]
    running = [lab.until(one["InstanceId"], "running") for one in made]
    addresses = {one["PublicIpAddress"] for one in running}
    assert len(addresses) == 5
    names = {lab.ssh(address, "hostname") for address in addresses}
    assert names == {one["PrivateDnsName"].split(".")[0] for one in running}


def test_the_console_can_be_read_from_the_command_line(lab):
    instance = lab.launch(SecurityGroupIds=[lab.group()])
    until(
        lambda: lab.region.command("logs", instance["InstanceId"]).stdout.strip(), "the console has text", timeout=120
    )
