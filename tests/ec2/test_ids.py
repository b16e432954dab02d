"""Ids that are none, and ids that name nothing: each kind of resource has codes of its own, whatever the operation."""

import pytest
from support.refusal import refusal

HEX = "0123456789abcdef0"

# The kind of a resource, what an id of it begins with, and how malformed and unknown ids are refused.
KINDS = {
    "instance": ("i-", "InvalidInstanceID.Malformed", "InvalidInstanceID.NotFound"),
    "image": ("ami-", "InvalidAMIID.Malformed", "InvalidAMIID.NotFound"),
    "vpc": ("vpc-", "InvalidVpcID.Malformed", "InvalidVpcID.NotFound"),
    "subnet": ("subnet-", "InvalidSubnetID.Malformed", "InvalidSubnetID.NotFound"),
    "group": ("sg-", "InvalidGroupId.Malformed", "InvalidGroup.NotFound"),
    "interface": ("eni-", "InvalidNetworkInterfaceId.Malformed", "InvalidNetworkInterfaceID.NotFound"),
    "table": ("rtb-", "InvalidRouteTableId.Malformed", "InvalidRouteTableID.NotFound"),
    "gateway": ("igw-", "InvalidInternetGatewayId.Malformed", "InvalidInternetGatewayID.NotFound"),
    "acl": ("acl-", "InvalidNetworkAclId.Malformed", "InvalidNetworkAclID.NotFound"),
    "volume": ("vol-", "InvalidVolumeID.Malformed", "InvalidVolume.NotFound"),
    "address": ("eipalloc-", "InvalidAllocationID.NotFound", "InvalidAllocationID.NotFound"),
    "template": ("lt-", "InvalidLaunchTemplateId.Malformed", "InvalidLaunchTemplateId.NotFound"),
}

RULES = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]
PERMISSION = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "CidrIpv4": "10.0.0.0/8"}
RULE = [{"SecurityGroupRuleId": f"sgr-{HEX}", "SecurityGroupRule": PERMISSION}]

# Operation, kind, parameter ("+" for a list of ids), and what else the operation needs.
CALLS = [
    ("describe_instances", "instance", "InstanceIds+", {}),
    ("describe_instance_status", "instance", "InstanceIds+", {}),
    ("describe_instance_attribute", "instance", "InstanceId", {"Attribute": "userData"}),
    ("describe_instance_credit_specifications", "instance", "InstanceIds+", {}),
    ("start_instances", "instance", "InstanceIds+", {}),
    ("stop_instances", "instance", "InstanceIds+", {}),
    ("reboot_instances", "instance", "InstanceIds+", {}),
    ("terminate_instances", "instance", "InstanceIds+", {}),
    ("get_console_output", "instance", "InstanceId", {}),
    ("create_image", "instance", "InstanceId", {"Name": "image"}),
    ("modify_instance_attribute", "instance", "InstanceId", {"EbsOptimized": {"Value": True}}),
    ("modify_instance_metadata_options", "instance", "InstanceId", {"HttpTokens": "required"}),
    ("reset_instance_attribute", "instance", "InstanceId", {"Attribute": "sourceDestCheck"}),
    ("get_launch_template_data", "instance", "InstanceId", {}),
    ("run_instances", "image", "ImageId", {"InstanceType": "t3.nano", "MinCount": 1, "MaxCount": 1}),
    ("describe_images", "image", "ImageIds+", {}),
    ("describe_image_attribute", "image", "ImageId", {"Attribute": "description"}),
    ("deregister_image", "image", "ImageId", {}),
    ("describe_vpcs", "vpc", "VpcIds+", {}),
    ("describe_vpc_attribute", "vpc", "VpcId", {"Attribute": "enableDnsSupport"}),
    ("modify_vpc_attribute", "vpc", "VpcId", {"EnableDnsSupport": {"Value": True}}),
    ("delete_vpc", "vpc", "VpcId", {}),
    ("create_subnet", "vpc", "VpcId", {"CidrBlock": "10.0.0.0/24"}),
    ("create_route_table", "vpc", "VpcId", {}),
    ("create_security_group", "vpc", "VpcId", {"GroupName": "web", "Description": "web"}),
    ("describe_subnets", "subnet", "SubnetIds+", {}),
    ("modify_subnet_attribute", "subnet", "SubnetId", {"MapPublicIpOnLaunch": {"Value": True}}),
    ("delete_subnet", "subnet", "SubnetId", {}),
    ("create_network_interface", "subnet", "SubnetId", {}),
    ("describe_security_groups", "group", "GroupIds+", {}),
    ("delete_security_group", "group", "GroupId", {}),
    ("authorize_security_group_ingress", "group", "GroupId", {"IpPermissions": RULES}),
    ("authorize_security_group_egress", "group", "GroupId", {"IpPermissions": RULES}),
    ("revoke_security_group_ingress", "group", "GroupId", {"IpPermissions": RULES}),
    ("revoke_security_group_egress", "group", "GroupId", {"IpPermissions": RULES}),
    ("update_security_group_rule_descriptions_ingress", "group", "GroupId", {"IpPermissions": RULES}),
    ("update_security_group_rule_descriptions_egress", "group", "GroupId", {"IpPermissions": RULES}),
    ("modify_security_group_rules", "group", "GroupId", {"SecurityGroupRules": RULE}),
    ("describe_network_interfaces", "interface", "NetworkInterfaceIds+", {}),
    ("describe_network_interface_attribute", "interface", "NetworkInterfaceId", {"Attribute": "groupSet"}),
    ("delete_network_interface", "interface", "NetworkInterfaceId", {}),
    ("unassign_private_ip_addresses", "interface", "NetworkInterfaceId", {"PrivateIpAddresses": ["172.31.0.9"]}),
    ("describe_route_tables", "table", "RouteTableIds+", {}),
    ("delete_route_table", "table", "RouteTableId", {}),
    ("create_route", "table", "RouteTableId", {"DestinationCidrBlock": "10.9.0.0/16", "GatewayId": f"igw-{HEX}"}),
    ("replace_route", "table", "RouteTableId", {"DestinationCidrBlock": "10.9.0.0/16", "GatewayId": f"igw-{HEX}"}),
    ("delete_route", "table", "RouteTableId", {"DestinationCidrBlock": "10.9.0.0/16"}),
    ("associate_route_table", "table", "RouteTableId", {"SubnetId": f"subnet-{HEX}"}),
    ("describe_internet_gateways", "gateway", "InternetGatewayIds+", {}),
    ("delete_internet_gateway", "gateway", "InternetGatewayId", {}),
    ("describe_network_acls", "acl", "NetworkAclIds+", {}),
    ("describe_volumes", "volume", "VolumeIds+", {}),
    ("describe_addresses", "address", "AllocationIds+", {}),
    ("release_address", "address", "AllocationId", {}),
    ("describe_launch_templates", "template", "LaunchTemplateIds+", {}),
    ("delete_launch_template", "template", "LaunchTemplateId", {}),
]


@pytest.fixture(scope="module")
def ec2(freehold):
    return freehold.client("ec2", "100900000001")


@pytest.mark.parametrize(("operation", "kind", "parameter", "rest"), CALLS, ids=[call[0] for call in CALLS])
def test_ids_that_name_nothing_are_refused(ec2, operation, kind, parameter, rest):
    prefix, malformed, unknown = KINDS[kind]
    call = getattr(ec2, operation)

    def named(resource):
        return {parameter.rstrip("+"): [resource] if parameter.endswith("+") else resource} | rest

    assert refusal(call, **named(prefix + HEX)) == unknown
    assert refusal(call, **named("nonsense")) == malformed
    assert refusal(call, **named(prefix + "XYZ")) == malformed


def test_what_another_account_has_does_not_exist(freehold, ec2):
    theirs = freehold.client("ec2", "100900000002").describe_vpcs()["Vpcs"][0]["VpcId"]
    assert refusal(ec2.describe_vpcs, VpcIds=[theirs]) == "InvalidVpcID.NotFound"
    assert refusal(ec2.delete_vpc, VpcId=theirs) == "InvalidVpcID.NotFound"


def test_rules_and_attachments_have_codes_of_their_own(ec2):
    describe, detach = ec2.describe_security_group_rules, ec2.detach_network_interface
    assert refusal(describe, SecurityGroupRuleIds=[f"sgr-{HEX}"]) == "InvalidSecurityGroupRuleId.NotFound"
    assert refusal(describe, SecurityGroupRuleIds=["sg-1"]) == "InvalidSecurityGroupRuleId.Malformed"
    assert refusal(detach, AttachmentId=f"eni-attach-{HEX}") == "InvalidAttachmentID.NotFound"
    assert refusal(detach, AttachmentId=f"eni-{HEX}") == "InvalidNetworkInterfaceAttachmentId.Malformed"
