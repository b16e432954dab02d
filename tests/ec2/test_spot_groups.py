"""The security groups that Spot requests are shown with."""

import pytest
from support.waiting import until


@pytest.fixture
def ec2(freehold, account):
    return freehold.client("ec2", account=account)


@pytest.fixture
def launch(ec2):
    images = ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "name", "Values": ["freehold-minimal-*"]}])
    return {"ImageId": images["Images"][0]["ImageId"], "InstanceType": "t3.nano"}


def asked(ec2, **specification):
    """The groups of a request for one instance."""
    (made,) = ec2.request_spot_instances(LaunchSpecification=specification)["SpotInstanceRequests"]
    (shown,) = ec2.describe_spot_instance_requests(SpotInstanceRequestIds=[made["SpotInstanceRequestId"]])["SpotInstanceRequests"]
    groups = shown["LaunchSpecification"]["SecurityGroups"]
    assert groups == made["LaunchSpecification"]["SecurityGroups"]
    return groups


def names(groups):
    return [group["GroupName"] for group in groups]


def test_a_request_without_groups_is_shown_with_the_one_that_its_instance_gets(ec2, launch):
    (group,) = asked(ec2, **launch)
    assert group["GroupName"] == "default"
    filters = [{"Name": "instance-lifecycle", "Values": ["spot"]}]

    def launched():
        found = ec2.describe_instances(Filters=filters)["Reservations"]
        return [one["SecurityGroups"] for page in found for one in page["Instances"]]

    assert until(launched, "the instance is there") == [[group]]
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    (other,) = asked(ec2, SubnetId=subnet, **launch)
    (found,) = ec2.describe_security_groups(GroupIds=[other["GroupId"]])["SecurityGroups"]
    assert (found["GroupName"], found["VpcId"]) == ("default", vpc)


def test_a_request_is_shown_with_the_groups_that_it_names(ec2, launch):
    group = ec2.create_security_group(GroupName="other", Description="other")["GroupId"]
    assert names(asked(ec2, SecurityGroupIds=[group], **launch)) == ["other"]
    assert names(asked(ec2, SecurityGroups=["other"], **launch)) == ["other"]
    # Those of an interface are shown with the interface.
    assert asked(ec2, NetworkInterfaces=[{"DeviceIndex": 0, "Groups": [group]}], **launch) == []
