"""Network interfaces: making, describing, changing, attaching and detaching them, and their private addresses."""

import uuid

import pytest
from support.refusal import refusal
from support.waiting import QUICKLY, until

UNKNOWN = "eni-0123456789abcdef0"


@pytest.fixture
def ec2(freehold, account):
    return freehold.client("ec2", account)


@pytest.fixture
def subnet(ec2):
    """The default subnet of the first zone: 172.31.0.0/20."""
    wanted = [{"Name": "availability-zone", "Values": ["us-east-1a"]}]
    return ec2.describe_subnets(Filters=wanted)["Subnets"][0]["SubnetId"]


@pytest.fixture
def create(ec2, subnet):
    """Makes an interface; its id."""

    def run(**options):
        made = ec2.create_network_interface(**({"SubnetId": subnet} | options))["NetworkInterface"]
        return made["NetworkInterfaceId"]

    return run


@pytest.fixture
def instance(ec2, subnet):
    """One that runs, in that subnet."""
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    launch = {"ImageId": image, "InstanceType": "t3.micro", "SubnetId": subnet, "MinCount": 1, "MaxCount": 1}
    made = ec2.run_instances(**launch)["Instances"][0]["InstanceId"]
    wait(ec2, "instance_running", made)
    return made


def wait(ec2, waiter, instance):
    ec2.get_waiter(waiter).wait(InstanceIds=[instance], **QUICKLY)


def describe(ec2, interface):
    return ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])["NetworkInterfaces"][0]


def available(ec2, interface):
    """Waits until it is nobody's; its description then."""

    def seen():
        now = describe(ec2, interface)
        return now if now["Status"] == "available" else None

    return until(seen, f"{interface} is available")


def attached(ec2, interface):
    """Waits until its instance has it; its attachment then."""

    def seen():
        now = describe(ec2, interface).get("Attachment")
        return now if now and now["Status"] == "attached" else None

    return until(seen, f"{interface} is attached")


def privates(shown):
    return [address["PrivateIpAddress"] for address in shown["PrivateIpAddresses"]]


def test_an_interface_is_made_with_defaults(ec2, subnet):
    made = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]
    (group,) = ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"]
    assert made["Groups"] == [{"GroupId": group["GroupId"], "GroupName": "default"}]
    assert (made["Status"], made["SourceDestCheck"], made["Description"]) == ("available", True, "")
    assert (made["SubnetId"], made["VpcId"], made["AvailabilityZone"]) == (subnet, group["VpcId"], "us-east-1a")
    (address,) = made["PrivateIpAddresses"]
    assert address["Primary"] and address["PrivateIpAddress"] == made["PrivateIpAddress"]
    assert made["PrivateDnsName"] == f"ip-{made['PrivateIpAddress'].replace('.', '-')}.ec2.internal"
    assert made["MacAddress"].startswith("02:")
    assert describe(ec2, made["NetworkInterfaceId"]) == made


def test_an_interface_is_made_as_asked(ec2, subnet):
    (vpc,) = ec2.describe_vpcs()["Vpcs"]
    group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc["VpcId"])["GroupId"]
    made = ec2.create_network_interface(
        SubnetId=subnet,
        Description="a second face",
        Groups=[group],
        PrivateIpAddress="172.31.1.10",
        SecondaryPrivateIpAddressCount=2,
        TagSpecifications=[{"ResourceType": "network-interface", "Tags": [{"Key": "Name", "Value": "blue"}]}],
    )["NetworkInterface"]
    assert (made["PrivateIpAddress"], made["Description"]) == ("172.31.1.10", "a second face")
    assert [one["Primary"] for one in made["PrivateIpAddresses"]] == [True, False, False]
    assert made["Groups"] == [{"GroupId": group, "GroupName": "web"}]
    assert made["TagSet"] == [{"Key": "Name", "Value": "blue"}]


def test_addresses_are_listed_and_counted_against_the_subnet(ec2, subnet):
    def free():
        return ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["AvailableIpAddressCount"]

    before = free()
    listed = [
        {"PrivateIpAddress": "172.31.1.20", "Primary": False},
        {"PrivateIpAddress": "172.31.1.21", "Primary": True},
    ]
    made = ec2.create_network_interface(SubnetId=subnet, PrivateIpAddresses=listed)["NetworkInterface"]
    assert privates(made) == ["172.31.1.21", "172.31.1.20"]
    assert free() == before - 2
    ec2.delete_network_interface(NetworkInterfaceId=made["NetworkInterfaceId"])
    assert free() == before


def test_a_client_token_makes_one_interface(ec2, subnet):
    token = uuid.uuid4().hex
    first = ec2.create_network_interface(SubnetId=subnet, ClientToken=token)
    again = ec2.create_network_interface(SubnetId=subnet, ClientToken=token)
    assert first["ClientToken"] == token
    assert first["NetworkInterface"] == again["NetworkInterface"]
    other = {"SubnetId": subnet, "ClientToken": token, "Description": "other"}
    assert refusal(ec2.create_network_interface, **other) == "IdempotentParameterMismatch"


def test_bad_interfaces_are_refused(ec2, subnet, create):
    call = ec2.create_network_interface
    create(PrivateIpAddress="172.31.2.2")
    here = {"SubnetId": subnet}
    assert refusal(call, SubnetId="subnet-0123456789abcdef0") == "InvalidSubnetID.NotFound"
    assert refusal(call, **here, PrivateIpAddress="172.31.2.2") == "InvalidIPAddress.InUse"
    assert refusal(call, **here, PrivateIpAddress="10.0.0.1") == "InvalidParameterValue"
    assert refusal(call, **here, PrivateIpAddress="172.31.0.1") == "InvalidParameterValue"
    assert refusal(call, **here, PrivateIpAddress="nonsense") == "InvalidParameterValue"
    assert refusal(call, **here, Groups=["sg-0123456789abcdef0"]) == "InvalidGroup.NotFound"
    assert refusal(call, **here, SecondaryPrivateIpAddressCount=-1) == "InvalidParameterValue"
    assert refusal(call, **here, SecondaryPrivateIpAddressCount=50) == "PrivateIpAddressLimitExceeded"
    assert refusal(call, **here, InterfaceType="efa") == "UnsupportedOperation"
    assert refusal(call, **here, Ipv6AddressCount=1) == "UnsupportedOperation"
    assert refusal(call, **here, DryRun=True) == "DryRunOperation"
    two = [{"PrivateIpAddress": f"172.31.2.{n}", "Primary": True} for n in (3, 4)]
    assert refusal(call, **here, PrivateIpAddresses=two) == "InvalidParameterCombination"
    several = [{"PrivateIpAddress": f"172.31.2.{n}"} for n in (3, 4)]
    both = {"PrivateIpAddresses": several, "SecondaryPrivateIpAddressCount": 1}
    assert refusal(call, **here, **both) == "InvalidParameterCombination"


def test_groups_of_another_vpc_and_too_many_groups_are_refused(ec2, subnet):
    (own,) = ec2.describe_vpcs()["Vpcs"]
    other = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    make = ec2.create_security_group
    stranger = make(GroupName="stranger", Description="x", VpcId=other)["GroupId"]
    groups = [make(GroupName=f"g{n}", Description="x", VpcId=own["VpcId"])["GroupId"] for n in range(6)]
    call = ec2.create_network_interface
    assert refusal(call, SubnetId=subnet, Groups=[stranger]) == "InvalidParameter"
    assert refusal(call, SubnetId=subnet, Groups=groups) == "SecurityGroupsPerInterfaceLimitExceeded"
    made = call(SubnetId=subnet, Groups=groups[:5])["NetworkInterface"]["NetworkInterfaceId"]
    modify = {"NetworkInterfaceId": made, "Groups": groups}
    assert refusal(ec2.modify_network_interface_attribute, **modify) == "SecurityGroupsPerInterfaceLimitExceeded"


def test_a_full_subnet_gives_no_more_addresses(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    small = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/28")["Subnet"]["SubnetId"]
    ec2.create_network_interface(SubnetId=small, SecondaryPrivateIpAddressCount=10)
    assert refusal(ec2.create_network_interface, SubnetId=small) == "InsufficientFreeAddressesInSubnet"


def test_an_interface_is_deleted(ec2, create):
    made = create()
    assert refusal(ec2.delete_network_interface, NetworkInterfaceId=made, DryRun=True) == "DryRunOperation"
    ec2.delete_network_interface(NetworkInterfaceId=made)
    gone = "InvalidNetworkInterfaceID.NotFound"
    assert refusal(ec2.delete_network_interface, NetworkInterfaceId=made) == gone
    assert refusal(ec2.describe_network_interfaces, NetworkInterfaceIds=[made]) == gone
    assert refusal(ec2.delete_network_interface, NetworkInterfaceId="nonsense") == "InvalidNetworkInterfaceId.Malformed"


def test_an_interface_in_use_is_not_deleted(ec2, instance):
    wanted = [{"Name": "attachment.instance-id", "Values": [instance]}]
    (primary,) = ec2.describe_network_interfaces(Filters=wanted)["NetworkInterfaces"]
    used = "InvalidNetworkInterface.InUse"
    assert refusal(ec2.delete_network_interface, NetworkInterfaceId=primary["NetworkInterfaceId"]) == used


def test_interfaces_of_others_are_not_seen(freehold, create):
    other = freehold.client("ec2", "555555555555")
    gone = "InvalidNetworkInterfaceID.NotFound"
    assert refusal(other.describe_network_interfaces, NetworkInterfaceIds=[create()]) == gone


@pytest.mark.parametrize(
    "name, value",
    [
        ("addresses.primary", lambda e: "true"),
        ("addresses.private-ip-address", lambda e: e["PrivateIpAddress"]),
        ("attachment.attach-time", lambda e: e["Attachment"]["AttachTime"].strftime("%Y-%m-%dT%H:%M:%S*")),
        ("attachment.attachment-id", lambda e: e["Attachment"]["AttachmentId"]),
        ("attachment.delete-on-termination", lambda e: "true"),
        ("attachment.device-index", lambda e: "0"),
        ("attachment.instance-id", lambda e: e["Attachment"]["InstanceId"]),
        ("attachment.instance-owner-id", lambda e: e["OwnerId"]),
        ("attachment.status", lambda e: "attached"),
        ("association.public-ip", lambda e: e["Association"]["PublicIp"]),
        ("association.public-dns-name", lambda e: e["Association"]["PublicDnsName"]),
        ("association.ip-owner-id", lambda e: "amazon"),
        ("addresses.association.public-ip", lambda e: e["Association"]["PublicIp"]),
        ("addresses.association.owner-id", lambda e: "amazon"),
        ("interface-type", lambda e: "interface"),
        ("mac-address", lambda e: e["MacAddress"]),
        ("network-interface-id", lambda e: e["NetworkInterfaceId"]),
        ("private-dns-name", lambda e: e["PrivateDnsName"]),
        ("private-ip-address", lambda e: e["PrivateIpAddress"]),
        ("source-dest-check", lambda e: "true"),
        ("status", lambda e: "in-use"),
    ],
)
def test_interfaces_are_filtered(ec2, create, instance, name, value):
    other = create(Description="other")
    ec2.modify_network_interface_attribute(NetworkInterfaceId=other, SourceDestCheck={"Value": False})
    in_use = [{"Name": "attachment.instance-id", "Values": [instance]}]
    (wanted,) = ec2.describe_network_interfaces(Filters=in_use)["NetworkInterfaces"]
    found = ec2.describe_network_interfaces(Filters=[{"Name": name, "Values": [value(wanted)]}])["NetworkInterfaces"]
    ids = [one["NetworkInterfaceId"] for one in found]
    assert wanted["NetworkInterfaceId"] in ids
    everyones = ("addresses.primary", "interface-type")
    assert (other in ids) == (name in everyones)


def test_interfaces_are_filtered_by_what_they_are_made_with(ec2, create, subnet):
    tags = [{"ResourceType": "network-interface", "Tags": [{"Key": "Name", "Value": "blue"}]}]
    made = create(Description="blue one", TagSpecifications=tags)
    shown = describe(ec2, made)
    for name, value in {
        "availability-zone": "us-east-1a",
        "availability-zone-id": "use1-az1",
        "description": "blue *",
        "group-id": shown["Groups"][0]["GroupId"],
        "owner-id": shown["OwnerId"],
        "requester-managed": "false",
        "status": "available",
        "subnet-id": subnet,
        "tag:Name": "blue",
        "tag-key": "Name",
        "vpc-id": shown["VpcId"],
    }.items():
        found = ec2.describe_network_interfaces(Filters=[{"Name": name, "Values": [value]}])["NetworkInterfaces"]
        assert [one["NetworkInterfaceId"] for one in found] == [made], name
    wrong = [{"Name": "colour", "Values": ["blue"]}]
    assert refusal(ec2.describe_network_interfaces, Filters=wrong) == "InvalidParameterValue"


def test_interfaces_come_in_pages(ec2, create):
    made = {create() for _ in range(7)}
    pages = list(ec2.get_paginator("describe_network_interfaces").paginate(PaginationConfig={"PageSize": 5}))
    assert [len(page["NetworkInterfaces"]) for page in pages] == [5, 2]
    assert {one["NetworkInterfaceId"] for page in pages for one in page["NetworkInterfaces"]} == made
    call = ec2.describe_network_interfaces
    assert refusal(call, MaxResults=1001) == "InvalidParameterValue"
    assert refusal(call, MaxResults=5, NextToken="nonsense") == "InvalidNextToken"
    assert refusal(call, MaxResults=5, NetworkInterfaceIds=list(made)) == "InvalidParameterCombination"


def test_attributes_are_changed_and_shown(ec2, create):
    made = create()
    modify, show = ec2.modify_network_interface_attribute, ec2.describe_network_interface_attribute
    modify(NetworkInterfaceId=made, Description={"Value": "changed"})
    assert show(NetworkInterfaceId=made, Attribute="description")["Description"]["Value"] == "changed"
    modify(NetworkInterfaceId=made, SourceDestCheck={"Value": False})
    assert show(NetworkInterfaceId=made, Attribute="sourceDestCheck")["SourceDestCheck"]["Value"] is False
    vpc = describe(ec2, made)["VpcId"]
    group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
    modify(NetworkInterfaceId=made, Groups=[group])
    shown = show(NetworkInterfaceId=made, Attribute="groupSet")["Groups"]
    assert shown == [{"GroupId": group, "GroupName": "web"}]
    assert "Attachment" not in show(NetworkInterfaceId=made, Attribute="attachment")


def test_an_attachment_may_end_its_interface_with_the_instance(ec2, create, instance):
    made = create()
    attachment = ec2.attach_network_interface(NetworkInterfaceId=made, InstanceId=instance, DeviceIndex=1)
    attached(ec2, made)
    shown = ec2.describe_network_interface_attribute(NetworkInterfaceId=made, Attribute="attachment")["Attachment"]
    assert (shown["InstanceId"], shown["DeviceIndex"], shown["DeleteOnTermination"]) == (instance, 1, False)
    change = {"AttachmentId": attachment["AttachmentId"], "DeleteOnTermination": True}
    ec2.modify_network_interface_attribute(NetworkInterfaceId=made, Attachment=change)
    ec2.terminate_instances(InstanceIds=[instance])
    wait(ec2, "instance_terminated", instance)
    gone = "InvalidNetworkInterfaceID.NotFound"
    assert refusal(ec2.describe_network_interfaces, NetworkInterfaceIds=[made]) == gone


def test_bad_changes_of_attributes_are_refused(ec2, create):
    made = create()
    modify, show = ec2.modify_network_interface_attribute, ec2.describe_network_interface_attribute
    assert refusal(modify, NetworkInterfaceId=made) == "InvalidParameterCombination"
    two = {"Description": {"Value": "x"}, "SourceDestCheck": {"Value": True}}
    assert refusal(modify, NetworkInterfaceId=made, **two) == "InvalidParameterCombination"
    assert refusal(modify, NetworkInterfaceId=made, Groups=["sg-0123456789abcdef0"]) == "InvalidGroup.NotFound"
    change = {"AttachmentId": "eni-attach-0123456789abcdef0", "DeleteOnTermination": True}
    assert refusal(modify, NetworkInterfaceId=made, Attachment=change) == "InvalidAttachmentID.NotFound"
    assert refusal(modify, NetworkInterfaceId=UNKNOWN, Description={"Value": "x"}) == "InvalidNetworkInterfaceID.NotFound"
    dry = {"Description": {"Value": "x"}, "DryRun": True}
    assert refusal(modify, NetworkInterfaceId=made, **dry) == "DryRunOperation"
    assert describe(ec2, made)["Description"] == ""
    assert refusal(show, NetworkInterfaceId=made) == "MissingParameter"
    assert refusal(show, NetworkInterfaceId=made, Attribute="luck") == "InvalidParameterValue"
    assert refusal(show, NetworkInterfaceId=UNKNOWN, Attribute="description") == "InvalidNetworkInterfaceID.NotFound"


def test_an_interface_is_attached_and_detached_while_the_instance_runs(ec2, create, instance):
    made = create()
    answer = ec2.attach_network_interface(NetworkInterfaceId=made, InstanceId=instance, DeviceIndex=1)
    shown = attached(ec2, made)
    assert (shown["AttachmentId"], shown["InstanceId"]) == (answer["AttachmentId"], instance)
    assert describe(ec2, made)["Status"] == "in-use"
    one = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    assert [eni["Attachment"]["DeviceIndex"] for eni in one["NetworkInterfaces"]] == [0, 1]

    ec2.detach_network_interface(AttachmentId=answer["AttachmentId"])
    assert "Attachment" not in available(ec2, made)
    ec2.get_waiter("network_interface_available").wait(NetworkInterfaceIds=[made])
    gone = "InvalidAttachmentID.NotFound"
    assert refusal(ec2.detach_network_interface, AttachmentId=answer["AttachmentId"]) == gone


def test_an_interface_is_attached_and_detached_while_the_instance_is_stopped(ec2, create, instance):
    made = create()
    ec2.stop_instances(InstanceIds=[instance])
    wait(ec2, "instance_stopped", instance)
    answer = ec2.attach_network_interface(NetworkInterfaceId=made, InstanceId=instance, DeviceIndex=1)
    attached(ec2, made)
    ec2.start_instances(InstanceIds=[instance])
    wait(ec2, "instance_running", instance)
    assert describe(ec2, made)["Attachment"]["InstanceId"] == instance
    ec2.detach_network_interface(AttachmentId=answer["AttachmentId"], Force=True)
    available(ec2, made)


def test_an_interface_outlives_the_instance_that_it_was_attached_to(ec2, create, instance):
    made = create()
    ec2.attach_network_interface(NetworkInterfaceId=made, InstanceId=instance, DeviceIndex=1)
    ec2.terminate_instances(InstanceIds=[instance])
    wait(ec2, "instance_terminated", instance)
    assert describe(ec2, made)["Status"] == "available"


def test_bad_attachments_are_refused(ec2, create, instance):
    first, second, third = create(), create(), create()
    attach = ec2.attach_network_interface
    here = {"NetworkInterfaceId": first, "InstanceId": instance}
    assert refusal(attach, **here, DeviceIndex=0) == "InvalidParameterValue"
    assert refusal(attach, **here, DeviceIndex=1, DryRun=True) == "DryRunOperation"
    assert refusal(attach, **here, DeviceIndex=1, NetworkCardIndex=1) == "InvalidParameterValue"
    unknown = {"NetworkInterfaceId": UNKNOWN, "InstanceId": instance, "DeviceIndex": 1}
    assert refusal(attach, **unknown) == "InvalidNetworkInterfaceID.NotFound"
    unknown = {"NetworkInterfaceId": first, "InstanceId": "i-0123456789abcdef0", "DeviceIndex": 1}
    assert refusal(attach, **unknown) == "InvalidInstanceID.NotFound"
    attach(**here, DeviceIndex=1)
    assert refusal(attach, **here, DeviceIndex=2) == "InvalidNetworkInterface.InUse"
    # A t3.micro takes two.
    assert refusal(attach, NetworkInterfaceId=second, InstanceId=instance, DeviceIndex=1) == "InvalidParameterValue"
    assert refusal(attach, NetworkInterfaceId=third, InstanceId=instance, DeviceIndex=2) == "AttachmentLimitExceeded"


def test_interfaces_stay_in_their_zone_and_vpc(ec2, create, instance):
    wanted = [{"Name": "availability-zone", "Values": ["us-east-1b"]}]
    elsewhere = create(SubnetId=ec2.describe_subnets(Filters=wanted)["Subnets"][0]["SubnetId"])
    attach = {"InstanceId": instance, "DeviceIndex": 1}
    call = ec2.attach_network_interface
    assert refusal(call, NetworkInterfaceId=elsewhere, **attach) == "InvalidParameterCombination"
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZone="us-east-1a")["Subnet"]
    stranger = create(SubnetId=subnet["SubnetId"])
    assert refusal(call, NetworkInterfaceId=stranger, **attach) == "UnsupportedOperation"


def test_the_first_interface_is_not_detached(ec2, instance):
    wanted = [{"Name": "attachment.instance-id", "Values": [instance]}]
    (primary,) = ec2.describe_network_interfaces(Filters=wanted)["NetworkInterfaces"]
    detach = ec2.detach_network_interface
    assert refusal(detach, AttachmentId=primary["Attachment"]["AttachmentId"]) == "OperationNotPermitted"
    assert refusal(detach, AttachmentId="eni-attach-0123456789abcdef0") == "InvalidAttachmentID.NotFound"


def test_a_terminated_instance_gets_no_interface(ec2, create, instance):
    ec2.terminate_instances(InstanceIds=[instance])
    attach = {"NetworkInterfaceId": create(), "InstanceId": instance, "DeviceIndex": 1}
    assert refusal(ec2.attach_network_interface, **attach) == "IncorrectState"


def test_private_addresses_are_assigned_and_unassigned(ec2, create):
    made = create(PrivateIpAddress="172.31.3.2")
    ec2.assign_private_ip_addresses(NetworkInterfaceId=made, PrivateIpAddresses=["172.31.3.3"])
    answer = ec2.assign_private_ip_addresses(NetworkInterfaceId=made, SecondaryPrivateIpAddressCount=2)
    counted = [one["PrivateIpAddress"] for one in answer["AssignedPrivateIpAddresses"]]
    assert answer["NetworkInterfaceId"] == made and len(counted) == 2
    assert privates(describe(ec2, made))[1:] == ["172.31.3.3", *counted]
    # Once more is the same.
    ec2.assign_private_ip_addresses(NetworkInterfaceId=made, PrivateIpAddresses=["172.31.3.3"])
    ec2.unassign_private_ip_addresses(NetworkInterfaceId=made, PrivateIpAddresses=counted)
    assert privates(describe(ec2, made))[1:] == ["172.31.3.3"]


def test_a_private_address_moves_when_that_is_allowed(ec2, create):
    first, second = (create(PrivateIpAddress=f"172.31.4.{n}") for n in (4, 5))
    ec2.assign_private_ip_addresses(NetworkInterfaceId=first, PrivateIpAddresses=["172.31.3.4"])
    assign, move = ec2.assign_private_ip_addresses, {"PrivateIpAddresses": ["172.31.3.4"]}
    assert refusal(assign, NetworkInterfaceId=second, **move) == "InvalidParameterValue"
    assign(NetworkInterfaceId=second, **move, AllowReassignment=True)
    assert privates(describe(ec2, second))[1:] == ["172.31.3.4"]
    assert len(privates(describe(ec2, first))) == 1
    primary = {"PrivateIpAddresses": privates(describe(ec2, first)), "AllowReassignment": True}
    assert refusal(assign, NetworkInterfaceId=second, **primary) == "InvalidParameterValue"


def test_an_elastic_address_moves_along_with_its_private_one(ec2, create):
    first, second = (create(PrivateIpAddress=f"172.31.4.{n}") for n in (4, 5))
    ec2.assign_private_ip_addresses(NetworkInterfaceId=first, PrivateIpAddresses=["172.31.3.5"])
    allocation = ec2.allocate_address()["AllocationId"]
    here = {"NetworkInterfaceId": first, "PrivateIpAddress": "172.31.3.5"}
    association = ec2.associate_address(AllocationId=allocation, **here)["AssociationId"]
    move = {"PrivateIpAddresses": ["172.31.3.5"], "AllowReassignment": True}
    ec2.assign_private_ip_addresses(NetworkInterfaceId=second, **move)
    (shown,) = ec2.describe_addresses(AllocationIds=[allocation])["Addresses"]
    assert (shown["NetworkInterfaceId"], shown["AssociationId"]) == (second, association)
    ec2.unassign_private_ip_addresses(NetworkInterfaceId=second, PrivateIpAddresses=["172.31.3.5"])
    (shown,) = ec2.describe_addresses(AllocationIds=[allocation])["Addresses"]
    assert "AssociationId" not in shown
    ec2.release_address(AllocationId=allocation)


def test_bad_private_addresses_are_refused(ec2, create, instance):
    made = create()
    assign, unassign = ec2.assign_private_ip_addresses, ec2.unassign_private_ip_addresses
    here = {"NetworkInterfaceId": made}
    assert refusal(assign, **here) == "MissingParameter"
    both = {"PrivateIpAddresses": ["172.31.3.6"], "SecondaryPrivateIpAddressCount": 1}
    assert refusal(assign, **here, **both) == "InvalidParameterCombination"
    assert refusal(assign, **here, PrivateIpAddresses=["10.0.0.1"]) == "InvalidParameterValue"
    assert refusal(assign, **here, PrivateIpAddresses=["nonsense"]) == "InvalidParameterValue"
    assert refusal(assign, **here, SecondaryPrivateIpAddressCount=50) == "PrivateIpAddressLimitExceeded"
    assert refusal(assign, **here, Ipv4PrefixCount=1) == "UnsupportedOperation"
    unknown = {"NetworkInterfaceId": UNKNOWN, "SecondaryPrivateIpAddressCount": 1}
    assert refusal(assign, **unknown) == "InvalidNetworkInterfaceID.NotFound"
    assert refusal(unassign, **here, PrivateIpAddresses=["172.31.3.6"]) == "InvalidParameterValue"
    primary = describe(ec2, made)["PrivateIpAddress"]
    assert refusal(unassign, **here, PrivateIpAddresses=[primary]) == "InvalidParameterValue"
    # A t3.micro has two addresses on each interface.
    wanted = [{"Name": "attachment.instance-id", "Values": [instance]}]
    (used,) = ec2.describe_network_interfaces(Filters=wanted)["NetworkInterfaces"]
    more = {"NetworkInterfaceId": used["NetworkInterfaceId"], "SecondaryPrivateIpAddressCount": 2}
    assert refusal(assign, **more) == "PrivateIpAddressLimitExceeded"


def test_an_interface_that_exists_can_be_launched_with(ec2, create):
    made = create(PrivateIpAddress="172.31.4.4")
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    interfaces = [{"DeviceIndex": 0, "NetworkInterfaceId": made}]
    launch = {"ImageId": image, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    (instance,) = ec2.run_instances(**launch, NetworkInterfaces=interfaces)["Instances"]
    assert instance["PrivateIpAddress"] == "172.31.4.4"
    assert refusal(ec2.run_instances, **launch, NetworkInterfaces=interfaces) == "InvalidNetworkInterface.InUse"
    ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
    wait(ec2, "instance_terminated", instance["InstanceId"])
    assert describe(ec2, made)["Status"] == "available"


def test_the_public_address_of_a_running_instance_is_switched(ec2, instance):
    wanted = [{"Name": "attachment.instance-id", "Values": [instance]}]
    (primary,) = ec2.describe_network_interfaces(Filters=wanted)["NetworkInterfaces"]
    made = primary["NetworkInterfaceId"]
    ec2.modify_network_interface_attribute(NetworkInterfaceId=made, AssociatePublicIpAddress=False)
    assert "Association" not in describe(ec2, made)
    ec2.modify_network_interface_attribute(NetworkInterfaceId=made, AssociatePublicIpAddress=True)
    assert describe(ec2, made)["Association"]["PublicIp"]
    shown = ec2.describe_network_interface_attribute(NetworkInterfaceId=made, Attribute="associatePublicIpAddress")
    assert shown["AssociatePublicIpAddress"] is True
