"""Tags: made, overwritten, deleted and described, on resources of every kind."""

import pytest
from support.refusal import refusal
from support.waiting import QUICKLY


@pytest.fixture
def ec2(freehold, account):
    return freehold.client("ec2", account)


@pytest.fixture
def vpc(ec2):
    return ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]


def image(ec2):
    return ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]


def tags_of(ec2, resource):
    """As DescribeTags shows them."""
    found = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [resource]}])["Tags"]
    return {tag["Key"]: tag["Value"] for tag in found}


def everything(ec2, vpc):
    """One resource of each kind, by the name that DescribeTags has for it."""
    group = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
    launched = ec2.run_instances(ImageId=image(ec2), InstanceType="t3.micro", MinCount=1, MaxCount=1)["Instances"][0]
    ec2.get_waiter("instance_running").wait(InstanceIds=[launched["InstanceId"]], **QUICKLY)
    volume = ec2.describe_instances(InstanceIds=[launched["InstanceId"]])["Reservations"][0]["Instances"][0]
    volume = volume["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    made = ec2.create_image(InstanceId=launched["InstanceId"], Name="mine", NoReboot=True)["ImageId"]
    shown = ec2.describe_images(ImageIds=[made])["Images"][0]
    return {
        "vpc": vpc,
        "subnet": ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"],
        "route-table": ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"],
        "internet-gateway": ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"],
        "network-acl": ec2.describe_network_acls()["NetworkAcls"][0]["NetworkAclId"],
        "network-interface": launched["NetworkInterfaces"][0]["NetworkInterfaceId"],
        "elastic-ip": ec2.allocate_address(Domain="vpc")["AllocationId"],
        "security-group": group,
        "security-group-rule": ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])[
            "SecurityGroupRules"
        ][0]["SecurityGroupRuleId"],
        "key-pair": ec2.create_key_pair(KeyName="k", KeyType="ed25519")["KeyPairId"],
        "instance": launched["InstanceId"],
        "volume": volume,
        "image": made,
        "snapshot": shown["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"],
        "launch-template": ec2.create_launch_template(
            LaunchTemplateName="template", LaunchTemplateData={"InstanceType": "t3.micro"}
        )["LaunchTemplate"]["LaunchTemplateId"],
    }


def test_everything_can_be_tagged(ec2, vpc):
    resources = everything(ec2, vpc)
    ec2.create_tags(Resources=list(resources.values()), Tags=[{"Key": "team", "Value": "blue"}])
    found = ec2.describe_tags(Filters=[{"Name": "key", "Values": ["team"]}])["Tags"]
    assert {tag["ResourceType"]: tag["ResourceId"] for tag in found} == resources
    ec2.delete_tags(Resources=list(resources.values()), Tags=[{"Key": "team"}])
    assert ec2.describe_tags(Filters=[{"Name": "key", "Values": ["team"]}])["Tags"] == []


def test_a_tag_is_shown_with_its_resource_and_overwritten_by_the_next(ec2, vpc):
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "one"}, {"Key": "empty", "Value": ""}])
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "two"}])
    shown = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"]
    assert sorted(shown, key=lambda tag: tag["Key"]) == [{"Key": "Name", "Value": "two"}, {"Key": "empty", "Value": ""}]
    assert tags_of(ec2, vpc) == {"Name": "two", "empty": ""}


def test_tags_are_deleted_by_key_by_value_or_all(ec2, vpc):
    def tag():
        ec2.create_tags(Resources=[vpc], Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])

    tag()
    ec2.delete_tags(Resources=[vpc], Tags=[{"Key": "a"}])
    assert tags_of(ec2, vpc) == {"b": "2"}
    ec2.delete_tags(Resources=[vpc], Tags=[{"Key": "b", "Value": "other"}, {"Key": "b", "Value": ""}])
    assert tags_of(ec2, vpc) == {"b": "2"}
    ec2.delete_tags(Resources=[vpc], Tags=[{"Key": "b", "Value": "2"}, {"Key": "unknown"}])
    assert tags_of(ec2, vpc) == {}
    tag()
    ec2.delete_tags(Resources=[vpc])
    assert tags_of(ec2, vpc) == {}


def test_what_aws_tagged_stays(ec2):
    ec2.create_launch_template(
        LaunchTemplateName="template", LaunchTemplateData={"ImageId": image(ec2), "InstanceType": "t3.micro"}
    )
    launched = ec2.run_instances(LaunchTemplate={"LaunchTemplateName": "template"}, MinCount=1, MaxCount=1)
    instance = launched["Instances"][0]["InstanceId"]
    ec2.create_tags(Resources=[instance], Tags=[{"Key": "own", "Value": "1"}])
    ec2.delete_tags(Resources=[instance])
    assert set(tags_of(ec2, instance)) == {"aws:ec2launchtemplate:id", "aws:ec2launchtemplate:version"}


def test_tags_are_found_by_every_filter(ec2, vpc):
    other = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "stage", "Value": "production"}])
    ec2.create_tags(Resources=[other], Tags=[{"Key": "stage", "Value": "test"}])
    for name, value in (
        ("resource-id", vpc),
        ("resource-type", "vpc"),
        ("value", "prod*"),
        ("tag:stage", "production"),
    ):
        found = ec2.describe_tags(Filters=[{"Name": name, "Values": [value]}])["Tags"]
        assert [(tag["ResourceId"], tag["Key"], tag["Value"]) for tag in found] == [(vpc, "stage", "production")], name
    assert len(ec2.describe_tags(Filters=[{"Name": "key", "Values": ["stage"]}])["Tags"]) == 2


def test_tags_come_in_pages(ec2, vpc):
    wanted = {f"key-{n:02}": str(n) for n in range(13)}
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": key, "Value": value} for key, value in wanted.items()])
    pages = ec2.get_paginator("describe_tags").paginate(PaginationConfig={"PageSize": 5})
    pages = [page["Tags"] for page in pages]
    assert [len(page) for page in pages] == [5, 5, 3]
    assert {tag["Key"]: tag["Value"] for page in pages for tag in page} == wanted


def test_one_bad_resource_spares_the_others(ec2, vpc):
    missing = "vpc-0123456789abcdef0"
    tags = [{"Key": "a", "Value": "1"}]
    assert refusal(ec2.create_tags, Resources=[vpc, missing], Tags=tags) == "InvalidVpcID.NotFound"
    assert tags_of(ec2, vpc) == {}


def test_a_resource_has_at_most_fifty_tags(ec2, vpc):
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": str(n), "Value": ""} for n in range(50)])
    assert refusal(ec2.create_tags, Resources=[vpc], Tags=[{"Key": "50", "Value": ""}]) == "TagLimitExceeded"
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "7", "Value": "again"}])
    assert len(tags_of(ec2, vpc)) == 50


@pytest.mark.parametrize(
    ("resource", "code"),
    [
        ("nonsense", "InvalidID"),
        ("xyz-0123456789abcdef0", "InvalidID"),
        ("i-0123456789abcdef0", "InvalidInstanceID.NotFound"),
        ("i-zzz", "InvalidInstanceID.Malformed"),
        ("ami-0123456789abcdef0", "InvalidAMIID.NotFound"),
        ("vol-0123456789abcdef0", "InvalidVolume.NotFound"),
        ("snap-0123456789abcdef0", "InvalidSnapshot.NotFound"),
        ("vpc-0123456789abcdef0", "InvalidVpcID.NotFound"),
        ("subnet-0123456789abcdef0", "InvalidSubnetID.NotFound"),
        ("rtb-0123456789abcdef0", "InvalidRouteTableID.NotFound"),
        ("igw-0123456789abcdef0", "InvalidInternetGatewayID.NotFound"),
        ("acl-0123456789abcdef0", "InvalidNetworkAclID.NotFound"),
        ("eni-0123456789abcdef0", "InvalidNetworkInterfaceID.NotFound"),
        ("eipalloc-0123456789abcdef0", "InvalidAllocationID.NotFound"),
        ("sg-0123456789abcdef0", "InvalidGroup.NotFound"),
        ("sgr-0123456789abcdef0", "InvalidSecurityGroupRuleId.NotFound"),
        ("key-0123456789abcdef0", "InvalidKeyPair.NotFound"),
        ("lt-0123456789abcdef0", "InvalidLaunchTemplateId.NotFound"),
    ],
)
def test_what_does_not_exist_is_refused_in_its_own_words(ec2, resource, code):
    assert refusal(ec2.create_tags, Resources=[resource], Tags=[{"Key": "a", "Value": "1"}]) == code
    assert refusal(ec2.delete_tags, Resources=[resource]) == code


def test_another_accounts_resources_cannot_be_tagged(freehold, vpc):
    other = freehold.client("ec2", "999999999992")
    assert refusal(other.create_tags, Resources=[vpc], Tags=[{"Key": "a", "Value": "1"}]) == "InvalidVpcID.NotFound"
    assert refusal(other.delete_tags, Resources=[vpc]) == "InvalidVpcID.NotFound"


def test_bad_tags_are_refused(ec2, vpc):
    def refused(key, value="1"):
        return refusal(ec2.create_tags, Resources=[vpc], Tags=[{"Key": key, "Value": value}])

    assert refused("aws:own") == "InvalidParameterValue"
    assert refused("k" * 128 + "k") == "InvalidParameterValue"
    assert refused("k", "v" * 257) == "InvalidParameterValue"
    assert refused("") == "InvalidParameterValue"
    twice = [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]
    assert refusal(ec2.create_tags, Resources=[vpc], Tags=twice) == "InvalidParameterValue"
    assert refusal(ec2.create_tags, Resources=[vpc], Tags=[]) == "MissingParameter"
    assert refusal(ec2.create_tags, Resources=[], Tags=twice[:1]) == "MissingParameter"
    assert refusal(ec2.delete_tags, Resources=[vpc], Tags=[{"Key": "aws:own"}]) == "InvalidParameterValue"
    assert refusal(ec2.describe_tags, Filters=[{"Name": "colour", "Values": ["red"]}]) == "InvalidParameterValue"
    assert refusal(ec2.describe_tags, MaxResults=4) == "InvalidParameterValue"
    assert refusal(ec2.describe_tags, NextToken="nonsense") == "InvalidNextToken"


def test_a_dry_run_changes_nothing(ec2, vpc):
    tags = [{"Key": "a", "Value": "1"}]
    assert refusal(ec2.create_tags, Resources=[vpc], Tags=tags, DryRun=True) == "DryRunOperation"
    assert tags_of(ec2, vpc) == {}
    ec2.create_tags(Resources=[vpc], Tags=tags)
    assert refusal(ec2.delete_tags, Resources=[vpc], DryRun=True) == "DryRunOperation"
    assert tags_of(ec2, vpc) == {"a": "1"}
    assert refusal(ec2.describe_tags, DryRun=True) == "DryRunOperation"
