"""VPCs and subnets."""

import pytest
from support.refusal import refusal


@pytest.fixture
def ec2(freehold, account):
    return freehold.client("ec2", account)


@pytest.fixture
def vpc(ec2):
    return ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]


def test_every_account_has_a_default_vpc(ec2):
    (vpc,) = ec2.describe_vpcs()["Vpcs"]
    assert (vpc["IsDefault"], vpc["CidrBlock"], vpc["State"]) == (True, "172.31.0.0/16", "available")
    subnets = ec2.describe_subnets()["Subnets"]
    assert sorted(subnet["CidrBlock"] for subnet in subnets) == ["172.31.0.0/20", "172.31.16.0/20", "172.31.32.0/20"]
    assert all(subnet["DefaultForAz"] and subnet["MapPublicIpOnLaunch"] for subnet in subnets)
    assert all(subnet["AvailableIpAddressCount"] == 4091 for subnet in subnets)


def test_a_vpc_is_born_with_a_route_table_a_group_and_an_access_list(ec2, vpc):
    wanted = [{"Name": "vpc-id", "Values": [vpc]}]
    (table,) = ec2.describe_route_tables(Filters=wanted)["RouteTables"]
    assert table["Associations"][0]["Main"]
    assert [route["GatewayId"] for route in table["Routes"]] == ["local"]
    (group,) = ec2.describe_security_groups(Filters=wanted)["SecurityGroups"]
    assert group["GroupName"] == "default"
    (acl,) = ec2.describe_network_acls(Filters=[*wanted, {"Name": "default", "Values": ["true"]}])["NetworkAcls"]
    assert len(acl["Entries"]) == 4


def test_waiters_find_a_new_vpc_and_subnet(ec2, vpc):
    ec2.get_waiter("vpc_available").wait(VpcIds=[vpc])
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    ec2.get_waiter("subnet_available").wait(SubnetIds=[subnet])


def test_a_vpc_with_something_in_it_is_not_deleted(ec2, vpc):
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    assert refusal(ec2.delete_vpc, VpcId=vpc) == "DependencyViolation"
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)
    assert refusal(ec2.describe_vpcs, VpcIds=[vpc]) == "InvalidVpcID.NotFound"
    wanted = [{"Name": "vpc-id", "Values": [vpc]}]
    assert ec2.describe_security_groups(Filters=wanted)["SecurityGroups"] == []


def test_vpcs_are_filtered_and_tagged(ec2):
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "blue"}]}]
    made = ec2.create_vpc(CidrBlock="10.5.0.0/16", TagSpecifications=tags)["Vpc"]
    assert made["Tags"] == [{"Key": "Name", "Value": "blue"}]
    for name, value in [("tag:Name", "bl*"), ("cidr", "10.5.0.0/16"), ("tag-key", "Name"), ("vpc-id", made["VpcId"])]:
        found = ec2.describe_vpcs(Filters=[{"Name": name, "Values": [value]}])["Vpcs"]
        assert [vpc["VpcId"] for vpc in found] == [made["VpcId"]]


def test_the_default_vpc_can_be_made_again(ec2):
    assert refusal(ec2.create_default_vpc) == "DefaultVpcAlreadyExists"
    (vpc,) = ec2.describe_vpcs()["Vpcs"]
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    (gateway,) = ec2.describe_internet_gateways()["InternetGateways"]
    ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc["VpcId"])
    ec2.delete_vpc(VpcId=vpc["VpcId"])
    again = ec2.create_default_vpc()["Vpc"]
    assert again["IsDefault"] and again["VpcId"] != vpc["VpcId"]
    assert len(ec2.describe_subnets()["Subnets"]) == 3


def test_dns_attributes_are_kept(ec2, vpc):
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    shown = ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")
    assert shown["EnableDnsHostnames"]["Value"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": False})
    shown = ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsSupport")
    assert not shown["EnableDnsSupport"]["Value"]


def test_bad_requests_for_vpcs_are_refused(ec2, vpc):
    assert refusal(ec2.create_vpc, CidrBlock="10.0.0.0/8") == "InvalidVpc.Range"
    assert refusal(ec2.create_vpc, CidrBlock="nonsense") == "InvalidParameterValue"
    assert refusal(ec2.create_vpc, CidrBlock="10.0.0.0/16", DryRun=True) == "DryRunOperation"
    assert refusal(ec2.delete_vpc, VpcId="vpc-0123456789abcdef0") == "InvalidVpcID.NotFound"
    assert refusal(ec2.describe_vpcs, MaxResults=1001) == "InvalidParameterValue"
    both = {"EnableDnsSupport": {"Value": True}, "EnableDnsHostnames": {"Value": True}}
    assert refusal(ec2.modify_vpc_attribute, VpcId=vpc, **both) == "InvalidParameterCombination"
    assert refusal(ec2.describe_vpc_attribute, VpcId=vpc, Attribute="luck") == "InvalidParameterValue"


def test_a_subnet_shows_its_room(ec2, vpc):
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/28", AvailabilityZone="us-east-1b")["Subnet"]
    assert made["AvailableIpAddressCount"] == 11
    assert (made["AvailabilityZone"], made["AvailabilityZoneId"]) == ("us-east-1b", "use1-az2")
    assert not made["MapPublicIpOnLaunch"]
    ec2.modify_subnet_attribute(SubnetId=made["SubnetId"], MapPublicIpOnLaunch={"Value": True})
    (shown,) = ec2.describe_subnets(SubnetIds=[made["SubnetId"]])["Subnets"]
    assert shown["MapPublicIpOnLaunch"]


@pytest.mark.parametrize("name, value", [("cidr-block", "10.0.7.0/24"), ("availability-zone", "us-east-1c")])
def test_subnets_are_filtered(ec2, vpc, name, value):
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.7.0/24", AvailabilityZone="us-east-1c")["Subnet"]
    wanted = [{"Name": name, "Values": [value]}, {"Name": "vpc-id", "Values": [vpc]}]
    assert [s["SubnetId"] for s in ec2.describe_subnets(Filters=wanted)["Subnets"]] == [made["SubnetId"]]


def test_a_default_subnet_can_be_made_again(ec2):
    create = ec2.create_default_subnet
    zone = {"AvailabilityZone": "us-east-1a"}
    assert refusal(create, **zone) == "DefaultSubnetAlreadyExistsInAvailabilityZone"
    wanted = [{"Name": "availability-zone", "Values": ["us-east-1a"]}]
    (subnet,) = ec2.describe_subnets(Filters=wanted)["Subnets"]
    ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    again = create(**zone)["Subnet"]
    assert again["CidrBlock"] == subnet["CidrBlock"] and again["DefaultForAz"]


@pytest.mark.parametrize(
    "block, code",
    [
        ("10.0.1.0/29", "InvalidSubnet.Range"),
        ("10.9.0.0/24", "InvalidSubnet.Range"),
        ("10.0.1.1/24", "InvalidSubnet.Range"),
        ("10.0.200.0/25", "InvalidSubnet.Conflict"),
        ("nonsense", "InvalidParameterValue"),
    ],
)
def test_bad_blocks_for_subnets_are_refused(ec2, vpc, block, code):
    ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.200.0/24")
    assert refusal(ec2.create_subnet, VpcId=vpc, CidrBlock=block) == code


def test_bad_requests_for_subnets_are_refused(ec2, vpc):
    block = {"VpcId": vpc, "CidrBlock": "10.0.1.0/24"}
    assert refusal(ec2.create_subnet, **block, AvailabilityZone="mars-1a") == "InvalidParameterValue"
    assert refusal(ec2.create_subnet, **block, DryRun=True) == "DryRunOperation"
    assert refusal(ec2.create_subnet, **block, Ipv6CidrBlock="2001:db8::/64") == "UnsupportedOperation"
    assert refusal(ec2.delete_subnet, SubnetId="subnet-0123456789abcdef0") == "InvalidSubnetID.NotFound"
    assert refusal(ec2.create_default_subnet) == "MissingParameter"
