"""Elastic addresses: allocating, associating, describing and releasing them."""

import pytest
from support.refusal import refusal
from support.waiting import QUICKLY

UNKNOWN = "eipalloc-0123456789abcdef0"
NOT_FOUND = "InvalidAllocationID.NotFound"


@pytest.fixture
def ec2(freehold, account):
    return freehold.client("ec2", account)


@pytest.fixture
def allocation(ec2):
    return ec2.allocate_address(Domain="vpc")["AllocationId"]


@pytest.fixture
def interface(ec2):
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    return ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]


@pytest.fixture
def instance(ec2):
    """One that runs, with a public address of its launch."""
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    made = ec2.run_instances(ImageId=image, InstanceType="t3.nano", MinCount=1, MaxCount=1)["Instances"][0]
    wait(ec2, "instance_running", made["InstanceId"])
    return made["InstanceId"]


def wait(ec2, waiter, instance):
    ec2.get_waiter(waiter).wait(InstanceIds=[instance], **QUICKLY)


def describe(ec2, allocation):
    return ec2.describe_addresses(AllocationIds=[allocation])["Addresses"][0]


def public_ip(ec2, instance):
    """As the instance shows it."""
    shown = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    return shown.get("PublicIpAddress")


def test_an_address_is_allocated_and_released(ec2):
    tags = [{"ResourceType": "elastic-ip", "Tags": [{"Key": "Name", "Value": "front"}]}]
    made = ec2.allocate_address(Domain="vpc", NetworkBorderGroup="us-east-1", TagSpecifications=tags)
    assert (made["Domain"], made["NetworkBorderGroup"], made["PublicIpv4Pool"]) == ("vpc", "us-east-1", "amazon")
    shown = describe(ec2, made["AllocationId"])
    assert shown["PublicIp"] == made["PublicIp"] and shown["Tags"] == [{"Key": "Name", "Value": "front"}]
    assert "AssociationId" not in shown
    ec2.release_address(AllocationId=made["AllocationId"])
    assert ec2.describe_addresses()["Addresses"] == []


def test_bad_allocations_are_refused(ec2):
    call = ec2.allocate_address
    assert refusal(call, DryRun=True) == "DryRunOperation"
    assert refusal(call, Domain="standard") == "InvalidParameterValue"
    assert refusal(call, Address="198.18.0.9") == "UnsupportedOperation"
    assert refusal(call, PublicIpv4Pool="ipv4pool-ec2-0123456789abcdef0") == "UnsupportedOperation"
    assert refusal(call, NetworkBorderGroup="eu-west-1") == "InvalidParameterValue"
    wrong = [{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}]
    assert refusal(call, TagSpecifications=wrong) == "InvalidParameterValue"
    assert ec2.describe_addresses()["Addresses"] == []


def test_an_account_has_so_many_addresses_and_no_more(ec2):
    made = [ec2.allocate_address()["PublicIp"] for _ in range(100)]
    assert len(set(made)) == 100
    assert refusal(ec2.allocate_address) == "AddressLimitExceeded"
    ec2.release_address(PublicIp=made[0])
    ec2.allocate_address()


def test_bad_releases_are_refused(freehold, ec2, allocation, interface):
    release = ec2.release_address
    assert refusal(release) == "MissingParameter"
    address = describe(ec2, allocation)["PublicIp"]
    assert refusal(release, AllocationId=allocation, PublicIp=address) == "InvalidParameterCombination"
    assert refusal(release, AllocationId=UNKNOWN) == NOT_FOUND
    assert refusal(release, AllocationId="nonsense") == NOT_FOUND
    assert refusal(release, PublicIp="203.0.113.7") == "InvalidAddress.NotFound"
    assert refusal(release, AllocationId=allocation, DryRun=True) == "DryRunOperation"
    assert refusal(release, AllocationId=allocation, NetworkBorderGroup="x") == "InvalidAddress.NotFound"
    other = freehold.client("ec2", "555555555556")
    assert refusal(other.release_address, AllocationId=allocation) == NOT_FOUND
    assert refusal(other.release_address, PublicIp=address) == "AuthFailure"
    ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=interface)
    assert refusal(release, AllocationId=allocation) == "InvalidIPAddress.InUse"


def test_addresses_are_found_by_what_they_are(ec2, allocation, interface):
    association = ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=interface)["AssociationId"]
    ec2.create_tags(Resources=[allocation], Tags=[{"Key": "Name", "Value": "front"}])
    ec2.allocate_address()
    shown = describe(ec2, allocation)
    assert (shown["AssociationId"], shown["NetworkInterfaceId"]) == (association, interface)
    for name, value in {
        "allocation-id": allocation,
        "association-id": association,
        "network-interface-id": interface,
        "network-interface-owner-id": shown["NetworkInterfaceOwnerId"],
        "private-ip-address": shown["PrivateIpAddress"],
        "public-ip": shown["PublicIp"],
        "tag:Name": "fr*",
        "tag-key": "Name",
    }.items():
        found = ec2.describe_addresses(Filters=[{"Name": name, "Values": [value]}])["Addresses"]
        assert [one["AllocationId"] for one in found] == [allocation], name
    for name, value in {"domain": "vpc", "network-border-group": "us-east-1"}.items():
        assert len(ec2.describe_addresses(Filters=[{"Name": name, "Values": [value]}])["Addresses"]) == 2
    (one,) = ec2.describe_addresses(PublicIps=[shown["PublicIp"]])["Addresses"]
    assert one == shown


def test_unknown_addresses_are_not_described(ec2, allocation):
    call = ec2.describe_addresses
    assert refusal(call, PublicIps=["203.0.113.7"]) == "InvalidAddress.NotFound"
    assert refusal(call, AllocationIds=[UNKNOWN]) == NOT_FOUND
    assert refusal(call, Filters=[{"Name": "colour", "Values": ["x"]}]) == "InvalidParameterValue"
    assert refusal(call, DryRun=True) == "DryRunOperation"


def test_an_instance_has_an_elastic_address_in_place_of_that_of_its_launch(ec2, allocation, instance):
    before = public_ip(ec2, instance)
    association = ec2.associate_address(AllocationId=allocation, InstanceId=instance)["AssociationId"]
    shown = describe(ec2, allocation)
    assert (shown["InstanceId"], shown["AssociationId"]) == (instance, association)
    assert public_ip(ec2, instance) == shown["PublicIp"] != before
    by_instance = [{"Name": "instance-id", "Values": [instance]}]
    assert [one["AllocationId"] for one in ec2.describe_addresses(Filters=by_instance)["Addresses"]] == [allocation]
    wanted = [{"Name": "association.allocation-id", "Values": [allocation]}]
    (interface,) = ec2.describe_network_interfaces(Filters=wanted)["NetworkInterfaces"]
    assert interface["Association"]["AssociationId"] == association
    assert interface["Association"]["IpOwnerId"] == shown["NetworkInterfaceOwnerId"]
    wanted = [{"Name": "association.association-id", "Values": [association]}]
    assert len(ec2.describe_network_interfaces(Filters=wanted)["NetworkInterfaces"]) == 1

    # It stays through a stop and start, and what the launch gave comes back at the first start without it.
    ec2.stop_instances(InstanceIds=[instance])
    wait(ec2, "instance_stopped", instance)
    assert public_ip(ec2, instance) == shown["PublicIp"]
    ec2.start_instances(InstanceIds=[instance])
    wait(ec2, "instance_running", instance)
    assert public_ip(ec2, instance) == shown["PublicIp"]
    ec2.disassociate_address(AssociationId=association)
    assert public_ip(ec2, instance) is None
    ec2.stop_instances(InstanceIds=[instance])
    wait(ec2, "instance_stopped", instance)
    ec2.start_instances(InstanceIds=[instance])
    wait(ec2, "instance_running", instance)
    assert public_ip(ec2, instance) not in (None, shown["PublicIp"])


def test_an_address_outlives_its_instance(ec2, allocation, instance):
    ec2.associate_address(AllocationId=allocation, InstanceId=instance)
    ec2.terminate_instances(InstanceIds=[instance])
    wait(ec2, "instance_terminated", instance)
    assert "AssociationId" not in describe(ec2, allocation)
    ec2.release_address(AllocationId=allocation)


def test_an_address_follows_its_interface_to_an_instance_and_away(ec2, allocation, instance):
    subnet = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]["SubnetId"]
    made = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=made)
    assert "InstanceId" not in describe(ec2, allocation)
    attachment = ec2.attach_network_interface(NetworkInterfaceId=made, InstanceId=instance, DeviceIndex=1)
    assert describe(ec2, allocation)["InstanceId"] == instance
    # With two interfaces the instance does not say enough.
    call = ec2.associate_address
    assert refusal(call, AllocationId=allocation, InstanceId=instance) == "InvalidInstanceID"
    ec2.detach_network_interface(AttachmentId=attachment["AttachmentId"])
    ec2.get_waiter("network_interface_available").wait(NetworkInterfaceIds=[made], **QUICKLY)
    shown = describe(ec2, allocation)
    assert "InstanceId" not in shown and shown["NetworkInterfaceId"] == made
    ec2.delete_network_interface(NetworkInterfaceId=made)
    assert "AssociationId" not in describe(ec2, allocation)


def test_associating_again_changes_nothing(ec2, allocation, interface):
    first = ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=interface)
    again = ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=interface, AllowReassociation=False)
    assert first["AssociationId"] == again["AssociationId"]


def test_an_address_moves_unless_that_is_refused(ec2, allocation, interface):
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    other = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    call = ec2.associate_address
    call(AllocationId=allocation, NetworkInterfaceId=interface)
    stay = {"NetworkInterfaceId": other, "AllowReassociation": False}
    assert refusal(call, AllocationId=allocation, **stay) == "Resource.AlreadyAssociated"
    call(AllocationId=allocation, NetworkInterfaceId=other)
    assert describe(ec2, allocation)["NetworkInterfaceId"] == other
    (shown,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])["NetworkInterfaces"]
    assert "Association" not in shown
    # Another address for the same place: the first is left, and stays the account's.
    second = ec2.allocate_address()["AllocationId"]
    assert refusal(call, AllocationId=second, **stay) == "Resource.AlreadyAssociated"
    call(AllocationId=second, NetworkInterfaceId=other)
    assert "AssociationId" not in describe(ec2, allocation)
    assert describe(ec2, second)["NetworkInterfaceId"] == other


def test_an_address_is_for_one_of_several_private_ones(ec2, allocation, interface):
    answer = ec2.assign_private_ip_addresses(NetworkInterfaceId=interface, SecondaryPrivateIpAddressCount=1)
    private = answer["AssignedPrivateIpAddresses"][0]["PrivateIpAddress"]
    ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=interface, PrivateIpAddress=private)
    shown = describe(ec2, allocation)
    assert shown["PrivateIpAddress"] == private
    (seen,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])["NetworkInterfaces"]
    assert "Association" not in seen
    assert seen["PrivateIpAddresses"][1]["Association"]["PublicIp"] == shown["PublicIp"]


def test_bad_associations_are_refused(ec2, allocation, interface, instance):
    call, named = ec2.associate_address, {"AllocationId": allocation}
    assert refusal(call, NetworkInterfaceId=interface) == "MissingParameter"
    assert refusal(call, **named) == "MissingParameter"
    both = {"NetworkInterfaceId": interface, "InstanceId": instance}
    assert refusal(call, **named, **both) == "InvalidParameterCombination"
    assert refusal(call, AllocationId=UNKNOWN, NetworkInterfaceId=interface) == NOT_FOUND
    assert refusal(call, **named, NetworkInterfaceId="eni-0123456789abcdef0") == "InvalidNetworkInterfaceID.NotFound"
    assert refusal(call, **named, InstanceId="i-0123456789abcdef0") == "InvalidInstanceID.NotFound"
    (own,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])["NetworkInterfaces"]
    other = "172.31.9.9" if own["PrivateIpAddress"] != "172.31.9.9" else "172.31.9.10"
    wrong = {"NetworkInterfaceId": interface, "PrivateIpAddress": other}
    assert refusal(call, **named, **wrong) == "InvalidParameterValue"
    assert refusal(call, PublicIp="203.0.113.7", InstanceId=instance) == "InvalidAddress.NotFound"
    assert refusal(call, **named, InstanceId=instance, DryRun=True) == "DryRunOperation"
    ec2.terminate_instances(InstanceIds=[instance])
    assert refusal(call, **named, InstanceId=instance) == "InvalidInstanceID"


def test_a_network_without_a_gateway_takes_no_address(ec2, allocation):
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    made = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    call = {"AllocationId": allocation, "NetworkInterfaceId": made}
    assert refusal(ec2.associate_address, **call) == "Gateway.NotAttached"


def test_an_address_is_disassociated(ec2, allocation, interface):
    call = ec2.disassociate_address
    address = describe(ec2, allocation)["PublicIp"]
    association = ec2.associate_address(PublicIp=address, NetworkInterfaceId=interface)["AssociationId"]
    assert refusal(call, AssociationId=association, DryRun=True) == "DryRunOperation"
    call(AssociationId=association)
    assert "AssociationId" not in describe(ec2, allocation)
    assert refusal(call, AssociationId=association) == "InvalidAssociationID.NotFound"
    ec2.associate_address(PublicIp=address, NetworkInterfaceId=interface)
    call(PublicIp=address)
    assert "AssociationId" not in describe(ec2, allocation)
    # By the address it can be asked again.
    call(PublicIp=address)
    assert refusal(call) == "MissingParameter"
    assert refusal(call, PublicIp=address, AssociationId=association) == "InvalidParameterCombination"
    assert refusal(call, PublicIp="203.0.113.7") == "InvalidAddress.NotFound"


def test_a_gateway_with_associated_addresses_behind_it_stays(ec2, allocation, interface):
    ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=interface)
    (gateway,) = ec2.describe_internet_gateways()["InternetGateways"]
    attached = {"InternetGatewayId": gateway["InternetGatewayId"], "VpcId": gateway["Attachments"][0]["VpcId"]}
    assert refusal(ec2.detach_internet_gateway, **attached) == "DependencyViolation"
