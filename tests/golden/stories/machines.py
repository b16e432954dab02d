"""Instances and what is around them; who calls, and the parameters that name images."""

from golden.stories import ACCOUNT, NOWHERE


def filtered(name, value):
    return {"Filter.1.Name": name, "Filter.1.Value.1": value}


RUN = {"Action": "RunInstances", "ImageId": "{image}", "InstanceType": "t3.nano", "MinCount": "1", "MaxCount": "1"}
PERMISSION = {
    "IpPermissions.1.IpProtocol": "tcp",
    "IpPermissions.1.FromPort": "80",
    "IpPermissions.1.ToPort": "80",
    "IpPermissions.1.IpRanges.1.CidrIp": "0.0.0.0/0",
    "IpPermissions.1.IpRanges.1.Description": "web & more",
}
TAG = {"Tag.1.Key": "Name", "Tag.1.Value": "<web> & \"more\""}
TRUST = (
    '{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"ec2.amazonaws.com"}},'
    '"Action":"sts:AssumeRole"}}]}}'
)

MACHINES = [
    ("ec2_describe_regions", "ec2", {"Action": "DescribeRegions", "RegionName.1": "us-east-1"}, {}),
    ("ec2_describe_zones", "ec2", {"Action": "DescribeAvailabilityZones", "ZoneName.1": "us-east-1a"}, {}),
    ("ec2_describe_subnets", "ec2", {"Action": "DescribeSubnets"} | filtered("subnet-id", "{subnet}"), {}),
    ("ec2_describe_instances_empty", "ec2", {"Action": "DescribeInstances"}, {}),
    ("ec2_create_key_pair", "ec2", {"Action": "CreateKeyPair", "KeyName": "mine", "KeyType": "ed25519"}, {}),
    ("ec2_describe_key_pairs", "ec2", {"Action": "DescribeKeyPairs"}, {}),
    (
        "ec2_create_security_group",
        "ec2",
        {"Action": "CreateSecurityGroup", "GroupName": "web", "GroupDescription": "Web", "VpcId": "{vpc}"},
        {"group": "groupId"},
    ),
    ("ec2_authorize_ingress", "ec2", {"Action": "AuthorizeSecurityGroupIngress", "GroupId": "{group}"} | PERMISSION, {}),
    ("ec2_describe_security_groups", "ec2", {"Action": "DescribeSecurityGroups", "GroupId.1": "{group}"}, {}),
    (
        "ec2_run_instances",
        "ec2",
        RUN | {"KeyName": "mine", "SubnetId": "{subnet}", "SecurityGroupId.1": "{group}"},
        {"instance": "instanceId"},
    ),
    ("ec2_create_tags", "ec2", {"Action": "CreateTags", "ResourceId.1": "{instance}"} | TAG, {}),
    ("ec2_describe_tags", "ec2", {"Action": "DescribeTags"} | filtered("resource-id", "{instance}"), {}),
    ("ec2_describe_instances", "ec2", {"Action": "DescribeInstances", "InstanceId.1": "{instance}"}, {}),
    ("ec2_describe_instance_status", "ec2", {"Action": "DescribeInstanceStatus", "InstanceId.1": "{instance}"}, {}),
    (
        "ec2_describe_instance_attribute",
        "ec2",
        {"Action": "DescribeInstanceAttribute", "InstanceId": "{instance}", "Attribute": "disableApiTermination"},
        {},
    ),
    (
        "ec2_modify_instance_attribute",
        "ec2",
        {"Action": "ModifyInstanceAttribute", "InstanceId": "{instance}", "DisableApiStop.Value": "false"},
        {},
    ),
    ("ec2_describe_volumes", "ec2", {"Action": "DescribeVolumes"} | filtered("attachment.instance-id", "{instance}"), {}),
    (
        "ec2_describe_network_interfaces",
        "ec2",
        {"Action": "DescribeNetworkInterfaces"} | filtered("attachment.instance-id", "{instance}"),
        {},
    ),
    ("ec2_get_console_output", "ec2", {"Action": "GetConsoleOutput", "InstanceId": "{instance}"}, {}),
    ("ec2_reboot_instances", "ec2", {"Action": "RebootInstances", "InstanceId.1": "{instance}"}, {}),
    ("ec2_terminate_instances", "ec2", {"Action": "TerminateInstances", "InstanceId.1": "{instance}"}, {}),
    ("ec2_describe_vpcs", "ec2", {"Action": "DescribeVpcs", "VpcId.1": "{vpc}"}, {}),
    ("ec2_create_vpc", "ec2", {"Action": "CreateVpc", "CidrBlock": "10.20.0.0/16"}, {"own": "vpcId"}),
    ("ec2_describe_vpc_attribute", "ec2", {"Action": "DescribeVpcAttribute", "VpcId": "{own}", "Attribute": "enableDnsSupport"}, {}),
    ("ec2_create_subnet", "ec2", {"Action": "CreateSubnet", "VpcId": "{own}", "CidrBlock": "10.20.1.0/24", "AvailabilityZone": "us-east-1b"}, {"net": "subnetId"}),
    ("ec2_describe_route_tables", "ec2", {"Action": "DescribeRouteTables"} | filtered("vpc-id", "{own}"), {}),
    ("ec2_describe_network_acls", "ec2", {"Action": "DescribeNetworkAcls"} | filtered("vpc-id", "{own}"), {}),
    ("ec2_create_internet_gateway", "ec2", {"Action": "CreateInternetGateway"}, {"gateway": "internetGatewayId"}),
    ("ec2_attach_internet_gateway", "ec2", {"Action": "AttachInternetGateway", "InternetGatewayId": "{gateway}", "VpcId": "{own}"}, {}),
    ("ec2_allocate_address", "ec2", {"Action": "AllocateAddress", "Domain": "vpc"}, {"allocation": "allocationId"}),
    ("ec2_describe_addresses", "ec2", {"Action": "DescribeAddresses"}, {}),
    ("ec2_release_address", "ec2", {"Action": "ReleaseAddress", "AllocationId": "{allocation}"}, {}),
    ("ec2_delete_subnet", "ec2", {"Action": "DeleteSubnet", "SubnetId": "{net}"}, {}),
    (
        "ec2_create_launch_template",
        "ec2",
        {"Action": "CreateLaunchTemplate", "LaunchTemplateName": "web", "LaunchTemplateData.InstanceType": "t3.micro"},
        {},
    ),
    (
        "ec2_describe_launch_template_versions",
        "ec2",
        {"Action": "DescribeLaunchTemplateVersions", "LaunchTemplateName": "web"},
        {},
    ),
    ("ec2_describe_images", "ec2", {"Action": "DescribeImages", "ImageId.1": "{image}"}, {}),
    ("ec2_describe_instance_types", "ec2", {"Action": "DescribeInstanceTypes", "InstanceType.1": "t3.micro"}, {}),
    ("ec2_describe_account_attributes", "ec2", {"Action": "DescribeAccountAttributes", "AttributeName.1": "supported-platforms"}, {}),
    ("sts_get_caller_identity", "sts", {"Action": "GetCallerIdentity"}, {}),
    ("sts_get_session_token", "sts", {"Action": "GetSessionToken", "DurationSeconds": "900"}, {}),
    ("iam_create_role", "iam", {"Action": "CreateRole", "RoleName": "web", "AssumeRolePolicyDocument": TRUST}, {}),
    (
        "sts_assume_role_denied",
        "sts",
        {"Action": "AssumeRole", "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/web", "RoleSessionName": "me"},
        {},
    ),
    ("iam_list_roles", "iam", {"Action": "ListRoles"}, {}),
    ("iam_create_instance_profile", "iam", {"Action": "CreateInstanceProfile", "InstanceProfileName": "web"}, {}),
    ("iam_delete_role", "iam", {"Action": "DeleteRole", "RoleName": "web"}, {}),
    ("iam_list_roles_empty", "iam", {"Action": "ListRoles"}, {}),
    ("ssm_get_parameters", "ssm", {"Action": "GetParameters", "Names": ["/aws/service/freehold/ami/minimal/latest", "mine"]}, {}),
    ("ssm_describe_parameters", "ssm", {"Action": "DescribeParameters"}, {}),
]
REFUSALS = [
    ("error_ec2_not_found", "ec2", {"Action": "DescribeInstances", "InstanceId.1": f"i-{NOWHERE}"}, {}),
    ("error_ec2_malformed_id", "ec2", {"Action": "DescribeImages", "ImageId.1": "nonsense"}, {}),
    ("error_ec2_missing_parameter", "ec2", {"Action": "DeleteVpc"}, {}),
    ("error_ec2_dry_run", "ec2", RUN | {"DryRun": "true"}, {}),
    ("error_ec2_unknown_type", "ec2", RUN | {"InstanceType": "t3.huge"}, {}),
    ("error_ec2_unknown_action", "ec2", {"Action": "MakeCoffee"}, {}),
    ("error_ec2_no_action", "ec2", {}, {}),
    ("error_ec2_filter", "ec2", {"Action": "DescribeVpcs"} | filtered("colour", "red"), {}),
    ("error_ec2_dependency", "ec2", {"Action": "DeleteVpc", "VpcId": "{own}"}, {}),
    ("error_sts_validation", "sts", {"Action": "GetSessionToken", "DurationSeconds": "1"}, {}),
    ("error_sts_unknown_action", "sts", {"Action": "MakeCoffee"}, {}),
    ("error_iam_not_found", "iam", {"Action": "GetRole", "RoleName": "nobody"}, {}),
    ("error_ssm_not_found", "ssm", {"Action": "GetParameter", "Name": "mine"}, {}),
    ("error_ssm_validation", "ssm", {"Action": "GetParameters", "Names": []}, {}),
    ("error_ssm_unknown_operation", "ssm", {"Action": "MakeCoffee"}, {}),
]
