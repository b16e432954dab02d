"""Regions, zones, instance types, offerings and account attributes."""

import pytest
from support.refusal import refusal


@pytest.fixture
def ec2(freehold, account):
    return freehold.client("ec2", account)


def names(answer):
    return [kind["InstanceType"] for kind in answer["InstanceTypes"]]


def test_the_region_describes_itself(ec2):
    (region,) = ec2.describe_regions()["Regions"]
    assert region["RegionName"] == "us-east-1"
    assert region["OptInStatus"] == "opt-in-not-required"


def test_another_region_is_not_known(ec2):
    assert refusal(ec2.describe_regions, RegionNames=["mars-north-1"]) == "InvalidParameterValue"


def test_regions_are_filtered(ec2):
    assert ec2.describe_regions(Filters=[{"Name": "region-name", "Values": ["eu-*"]}])["Regions"] == []
    assert len(ec2.describe_regions(Filters=[{"Name": "region-name", "Values": ["us-*"]}])["Regions"]) == 1


def test_there_are_three_zones(ec2):
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    assert [zone["ZoneName"] for zone in zones] == ["us-east-1a", "us-east-1b", "us-east-1c"]
    assert {zone["State"] for zone in zones} == {"available"}


def test_zones_are_chosen_by_name_id_and_filter(ec2):
    for arguments in (
        {"ZoneNames": ["us-east-1b"]},
        {"ZoneIds": ["use1-az2"]},
        {"Filters": [{"Name": "zone-id", "Values": ["*az2"]}]},
    ):
        (zone,) = ec2.describe_availability_zones(**arguments)["AvailabilityZones"]
        assert zone["ZoneName"] == "us-east-1b"


@pytest.mark.parametrize("arguments", [{"ZoneNames": ["us-east-1z"]}, {"ZoneIds": ["use1-az9"]}])
def test_unknown_zones_are_refused(ec2, arguments):
    assert refusal(ec2.describe_availability_zones, **arguments) == "InvalidParameterValue"


def test_all_types_come_in_pages_each_once(ec2):
    pages = ec2.get_paginator("describe_instance_types").paginate()
    found = [name for page in pages for name in names(page)]
    assert len(found) == len(set(found)) == 1395


def test_a_type_shows_its_figures(ec2):
    (kind,) = ec2.describe_instance_types(InstanceTypes=["m5.large"])["InstanceTypes"]
    assert kind["VCpuInfo"]["DefaultVCpus"] == 2
    assert kind["MemoryInfo"]["SizeInMiB"] == 8192
    assert kind["ProcessorInfo"]["SupportedArchitectures"] == ["x86_64"]
    assert kind["NetworkInfo"]["MaximumNetworkInterfaces"] == 3
    assert not kind["BurstablePerformanceSupported"]


def test_accelerated_types_show_their_accelerators(ec2):
    (kind,) = ec2.describe_instance_types(InstanceTypes=["g4dn.xlarge"])["InstanceTypes"]
    (gpu,) = kind["GpuInfo"]["Gpus"]
    assert (gpu["Manufacturer"], gpu["Name"], gpu["Count"]) == ("NVIDIA", "T4", 1)
    assert kind["InstanceStorageInfo"]["NvmeSupport"] == "required"


@pytest.mark.parametrize(
    "name, value, expected",
    [
        ("instance-type", "t3.*", "t3.micro"),
        ("vcpu-info.default-vcpus", "96", "m5.24xlarge"),
        ("memory-info.size-in-mib", "1024", "t3.micro"),
        ("processor-info.supported-architecture", "arm64", "m6g.large"),
        ("burstable-performance-supported", "true", "t3.micro"),
        ("bare-metal", "true", "m5.metal"),
        ("current-generation", "false", "m1.small"),
        ("instance-storage-info.disk.type", "hdd", "d2.xlarge"),
        ("ebs-info.ebs-optimized-support", "default", "m5.large"),
        ("network-info.ena-support", "required", "m5.large"),
        ("hypervisor", "xen", "m4.large"),
        ("supported-usage-class", "spot", "m5.large"),
    ],
)
def test_types_are_filtered(ec2, name, value, expected):
    pages = ec2.get_paginator("describe_instance_types").paginate(Filters=[{"Name": name, "Values": [value]}])
    found = [name for page in pages for name in names(page)]
    assert expected in found
    assert len(found) < 1395


def test_bad_requests_for_types_are_refused(ec2):
    call = ec2.describe_instance_types
    assert refusal(call, InstanceTypes=["t3.giant"]) == "InvalidInstanceType"
    assert refusal(call, Filters=[{"Name": "colour", "Values": ["red"]}]) == "InvalidParameterValue"
    assert refusal(call, InstanceTypes=["t3.micro"], MaxResults=5) == "InvalidParameterCombination"
    assert refusal(call, NextToken="nonsense") == "InvalidNextToken"
    assert refusal(call, MaxResults=101) == "InvalidParameterValue"
    assert refusal(call, DryRun=True) == "DryRunOperation"


def test_offerings_name_each_location(ec2):
    wanted = [{"Name": "instance-type", "Values": ["t3.micro"]}]
    offerings = ec2.describe_instance_type_offerings(Filters=wanted)["InstanceTypeOfferings"]
    assert [offering["Location"] for offering in offerings] == ["us-east-1"]
    offerings = ec2.describe_instance_type_offerings(LocationType="availability-zone", Filters=wanted)
    assert len(offerings["InstanceTypeOfferings"]) == 3


def test_all_offerings_come_in_pages_each_once(ec2):
    pages = ec2.get_paginator("describe_instance_type_offerings").paginate(LocationType="availability-zone")
    found = [(o["InstanceType"], o["Location"]) for page in pages for o in page["InstanceTypeOfferings"]]
    assert len(found) == len(set(found)) == 3 * 1395


def test_the_account_has_a_default_vpc(ec2):
    (attribute,) = ec2.describe_account_attributes(AttributeNames=["default-vpc"])["AccountAttributes"]
    (value,) = attribute["AttributeValues"]
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    assert value["AttributeValue"] == vpc["VpcId"]


def test_account_attributes_are_known_by_name(ec2):
    shown = {attribute["AttributeName"] for attribute in ec2.describe_account_attributes()["AccountAttributes"]}
    assert {"supported-platforms", "max-instances", "vpc-max-elastic-ips", "default-vpc"} <= shown
    assert refusal(ec2.describe_account_attributes, AttributeNames=["luck"]) == "InvalidParameterValue"
