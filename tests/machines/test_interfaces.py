"""Interfaces and elastic addresses as machines have them: devices that come and go, and packets that follow."""

import pytest
from support.instances import page, rule, tcp, tcp_passes
from support.refusal import refusal
from support.waiting import until

pytestmark = [pytest.mark.machines, pytest.mark.timeout(900)]

SERVE = """#!/bin/sh
mkdir -p /srv/www
hostname > /srv/www/index.html
busybox httpd -p 80 -h /srv/www
"""


@pytest.fixture
def elastic(lab):
    """Allocates addresses, and releases them when their instances are gone."""
    made = []

    def allocate():
        answer = lab.ec2.allocate_address()
        made.append(answer["AllocationId"])
        return answer["AllocationId"], answer["PublicIp"]

    yield allocate
    if lab.ids:
        lab.terminate(*lab.ids)
    for allocation in made:
        (now,) = lab.ec2.describe_addresses(AllocationIds=[allocation])["Addresses"]
        if "AssociationId" in now:
            lab.ec2.disassociate_address(AssociationId=now["AssociationId"])
        lab.ec2.release_address(AllocationId=allocation)


@pytest.fixture
def interface(lab):
    """Makes an interface beside an instance's own, with a group; gone when the instance is."""
    made = []

    def make(instance, group):
        answer = lab.ec2.create_network_interface(SubnetId=instance["SubnetId"], Groups=[group])["NetworkInterface"]
        made.append(answer["NetworkInterfaceId"])
        return answer["NetworkInterfaceId"], answer["PrivateIpAddress"]

    yield make
    if lab.ids:
        lab.terminate(*lab.ids)
    for one in made:
        lab.ec2.delete_network_interface(NetworkInterfaceId=one)


def is_container(lab):
    return lab.region.machines == "container"


def status(lab, interface):
    """Of its attachment; `available` without one."""
    (now,) = lab.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])["NetworkInterfaces"]
    return now["Attachment"]["Status"] if now.get("Attachment") else now["Status"]


def settled(lab, interface, wanted):
    until(lambda: status(lab, interface) == wanted, f"{interface} is {wanted}")


def addresses(lab, public):
    """The IPv4 addresses that the machine itself says it has."""
    shown = lab.ssh(public, "ip -4 addr show | awk '/inet / { print $2 }'")
    return {line.split("/")[0] for line in shown.splitlines()}


def test_an_elastic_address_leads_to_the_instance_and_leaves_it(lab, elastic):
    group = lab.group(tcp(22), tcp(80))
    instance = lab.launch(SERVE, SecurityGroupIds=[group])
    name, before = instance["InstanceId"], instance["PublicIpAddress"]
    hostname = page(before)
    allocation, address = elastic()
    association = lab.ec2.associate_address(AllocationId=allocation, InstanceId=name)["AssociationId"]
    assert page(address) == hostname
    until(lambda: not tcp_passes(before, 80), "the address of the launch leads nowhere")

    # To another instance, and then to none.
    other = lab.launch(SERVE, SecurityGroupIds=[group])
    assert page(other["PublicIpAddress"]) != hostname
    association = lab.ec2.associate_address(AllocationId=allocation, InstanceId=other["InstanceId"])["AssociationId"]
    until(lambda: page(address, timeout=5) != hostname, "the address leads to the other")
    lab.ec2.disassociate_address(AssociationId=association)
    until(lambda: not tcp_passes(address, 80), "the address leads nowhere")


def test_a_running_container_gets_and_loses_an_interface(lab, elastic, interface):
    if not is_container(lab):
        pytest.skip("virtual machines here have no hot-plug; the next test is theirs")
    group = lab.group(tcp(22), tcp(80), rule("icmp"))
    instance = lab.launch(SERVE, InstanceType="t3.micro", SecurityGroupIds=[group])
    name, public = instance["InstanceId"], instance["PublicIpAddress"]
    hostname = page(public)
    second, private = interface(instance, group)
    attachment = lab.ec2.attach_network_interface(NetworkInterfaceId=second, InstanceId=name, DeviceIndex=1)
    settled(lab, second, "attached")
    assert addresses(lab, public) == {"127.0.0.1", instance["PrivateIpAddress"], private}

    # Answers leave where the questions came: through the second interface.
    allocation, address = elastic()
    lab.ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=second)
    assert page(address) == hostname

    # A further private address, and a public one for it.
    answer = lab.ec2.assign_private_ip_addresses(NetworkInterfaceId=second, SecondaryPrivateIpAddressCount=1)
    further = answer["AssignedPrivateIpAddresses"][0]["PrivateIpAddress"]
    until(lambda: further in addresses(lab, public), "the machine has the further address")
    lab.ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=second, PrivateIpAddress=further)
    assert page(address) == hostname
    lab.ec2.unassign_private_ip_addresses(NetworkInterfaceId=second, PrivateIpAddresses=[further])
    until(lambda: further not in addresses(lab, public), "the machine has lost the further address")

    lab.ec2.detach_network_interface(AttachmentId=attachment["AttachmentId"])
    settled(lab, second, "available")
    assert addresses(lab, public) == {"127.0.0.1", instance["PrivateIpAddress"]}
    assert page(public) == hostname


def test_a_stopped_instance_starts_with_the_interfaces_that_it_was_given(lab, interface):
    group = lab.group(tcp(22))
    instance = lab.launch(InstanceType="t3.micro", SecurityGroupIds=[group])
    name = instance["InstanceId"]
    second, private = interface(instance, group)
    attach = {"NetworkInterfaceId": second, "InstanceId": name, "DeviceIndex": 1}
    if not is_container(lab):
        assert refusal(lab.ec2.attach_network_interface, **attach) == "UnsupportedOperation"
    lab.ec2.stop_instances(InstanceIds=[name])
    lab.until(name, "stopped")
    attachment = lab.ec2.attach_network_interface(**attach)["AttachmentId"]
    settled(lab, second, "attached")
    lab.ec2.start_instances(InstanceIds=[name])
    public = lab.until(name, "running")["PublicIpAddress"]
    assert private in addresses(lab, public)
    if not is_container(lab):
        assert refusal(lab.ec2.detach_network_interface, AttachmentId=attachment) == "UnsupportedOperation"
    lab.ec2.stop_instances(InstanceIds=[name])
    lab.until(name, "stopped")
    lab.ec2.detach_network_interface(AttachmentId=attachment)
    settled(lab, second, "available")
    lab.ec2.start_instances(InstanceIds=[name])
    public = lab.until(name, "running")["PublicIpAddress"]
    assert private not in addresses(lab, public)
