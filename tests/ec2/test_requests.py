"""What stands in front of every operation of EC2: filters, pages, dry runs, parameters that it does not have, tags."""

import pytest
from support.refusal import refusal


@pytest.fixture
def ec2(freehold, account):
    return freehold.client("ec2", account)


@pytest.fixture
def unchecked(freehold, account):
    """A client that sends what its model forbids."""
    return freehold.client("ec2", account, parameter_validation=False)


FILTERED = [
    "describe_addresses",
    "describe_availability_zones",
    "describe_iam_instance_profile_associations",
    "describe_images",
    "describe_instance_credit_specifications",
    "describe_instance_status",
    "describe_instance_type_offerings",
    "describe_instance_types",
    "describe_instances",
    "describe_internet_gateways",
    "describe_key_pairs",
    "describe_launch_templates",
    "describe_network_acls",
    "describe_network_interfaces",
    "describe_regions",
    "describe_route_tables",
    "describe_security_group_rules",
    "describe_security_groups",
    "describe_subnets",
    "describe_tags",
    "describe_volumes",
    "describe_vpcs",
]


@pytest.mark.parametrize("operation", FILTERED)
def test_a_filter_that_does_not_exist_is_refused(ec2, operation):
    call = getattr(ec2, operation)
    assert refusal(call, Filters=[{"Name": "colour", "Values": ["red"]}]) == "InvalidParameterValue"


PAGED = sorted(set(FILTERED) - {"describe_addresses", "describe_availability_zones", "describe_key_pairs", "describe_regions"})


@pytest.mark.parametrize("operation", PAGED)
def test_a_page_that_nobody_was_promised_is_refused(ec2, operation):
    assert refusal(getattr(ec2, operation), NextToken="made-up") == "InvalidNextToken"


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("create_vpc", {"CidrBlock": "10.0.0.0/16"}),
        ("create_internet_gateway", {}),
        ("create_key_pair", {"KeyName": "dry"}),
        ("create_security_group", {"GroupName": "dry", "Description": "dry"}),
        ("allocate_address", {}),
        ("describe_regions", {}),
        ("describe_instances", {}),
    ],
)
def test_a_dry_run_says_that_it_would_succeed_and_does_nothing(ec2, operation, arguments):
    def made():
        keys, gateways = ec2.describe_key_pairs()["KeyPairs"], ec2.describe_internet_gateways()["InternetGateways"]
        return len(ec2.describe_vpcs()["Vpcs"]), keys, gateways, ec2.describe_addresses()["Addresses"]

    before = made()
    assert refusal(getattr(ec2, operation), DryRun=True, **arguments) == "DryRunOperation"
    assert made() == before


def test_tags_that_nobody_may_set_are_refused(ec2):
    def tagged(kind, key, value="x"):
        specification = [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value}]}]
        return refusal(ec2.create_internet_gateway, TagSpecifications=specification)

    assert tagged("internet-gateway", "aws:mine") == "InvalidParameterValue"
    assert tagged("internet-gateway", "k" * 129) == "InvalidParameterValue"
    assert tagged("internet-gateway", "key", "v" * 257) == "InvalidParameterValue"
    assert tagged("vpc", "key") == "InvalidParameterValue"
    assert ec2.describe_internet_gateways(Filters=[{"Name": "tag:key", "Values": ["*"]}])["InternetGateways"] == []


def test_what_the_model_forbids_is_refused_as_aws_does(unchecked):
    assert refusal(unchecked.describe_instance_attribute, Attribute="userData") == "MissingParameter"
    assert refusal(unchecked.delete_vpc) == "MissingParameter"
    assert refusal(unchecked.modify_subnet_attribute) == "MissingParameter"
    assert refusal(unchecked.describe_vpc_attribute, VpcId="vpc-0123456789abcdef0", Attribute="x") == "InvalidParameterValue"
    assert refusal(unchecked.describe_vpcs, MaxResults="many") == "InvalidParameterValue"
