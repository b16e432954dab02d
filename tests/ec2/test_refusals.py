"""Refusals of single operations that the tests of their subjects do not come across."""

import json

import pytest
from support.refusal import refusal
from support.waiting import QUICKLY


@pytest.fixture
def ec2(freehold, account):
    return freehold.client("ec2", account)


@pytest.fixture
def launch(ec2):
    """Launches one t3.nano; its id."""
    image = ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "name", "Values": ["freehold-minimal-*"]}])

    def run(**options):
        options = {"ImageId": image["Images"][0]["ImageId"], "InstanceType": "t3.nano"} | options
        return ec2.run_instances(MinCount=1, MaxCount=1, **options)["Instances"][0]["InstanceId"]

    return run


def stop(ec2, instance):
    ec2.stop_instances(InstanceIds=[instance])
    ec2.get_waiter("instance_stopped").wait(InstanceIds=[instance], **QUICKLY)


def test_egress_rules_are_refused_as_ingress_rules_are(ec2):
    group = ec2.create_security_group(GroupName="web", Description="web")["GroupId"]
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    authorize = ec2.authorize_security_group_egress
    assert refusal(authorize, GroupId=group, IpPermissions=everything) == "InvalidPermission.Duplicate"
    bad = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "IpRanges": [{"CidrIp": "10.0.0.0/33"}]}]
    assert refusal(authorize, GroupId=group, IpPermissions=bad) == "InvalidParameterValue"
    unknown = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "x"}]}]
    for direction in ("ingress", "egress"):
        update = getattr(ec2, f"update_security_group_rule_descriptions_{direction}")
        assert refusal(update, GroupId=group, IpPermissions=unknown) == "InvalidPermission.NotFound"


def test_a_type_that_does_not_exist_is_no_value_of_the_attribute(ec2, launch):
    instance = launch()
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance], **QUICKLY)
    stop(ec2, instance)
    change = ec2.modify_instance_attribute
    assert refusal(change, InstanceId=instance, InstanceType={"Value": "t3.huge"}) == "InvalidInstanceAttributeValue"


def test_attributes_that_do_not_exist_are_refused(freehold, account, launch):
    unchecked = freehold.client("ec2", account, parameter_validation=False)
    instance = launch()
    describe, reset = unchecked.describe_instance_attribute, unchecked.reset_instance_attribute
    assert refusal(describe, InstanceId=instance, Attribute="colour") == "InvalidParameterValue"
    assert refusal(reset, InstanceId=instance, Attribute="colour") == "InvalidParameterValue"
    assert refusal(unchecked.describe_instance_type_offerings, LocationType="planet") == "InvalidParameterValue"


def test_an_association_that_does_not_exist_is_not_replaced(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    replace = ec2.replace_route_table_association
    unknown = "rtbassoc-0123456789abcdef0"
    assert refusal(replace, AssociationId=unknown, RouteTableId=table) == "InvalidAssociationID.NotFound"


def test_an_instance_is_associated_with_its_profile(freehold, account, ec2, launch):
    iam = freehold.client("iam", account)
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=policy)
    profile = iam.create_instance_profile(InstanceProfileName="web")["InstanceProfile"]
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")
    instance = launch(IamInstanceProfile={"Name": "web"})
    launch()

    describe = ec2.describe_iam_instance_profile_associations
    (association,) = describe()["IamInstanceProfileAssociations"]
    assert (association["InstanceId"], association["State"]) == (instance, "associated")
    assert association["IamInstanceProfile"] == {"Arn": profile["Arn"], "Id": profile["InstanceProfileId"]}
    named = [association["AssociationId"]]
    assert describe(AssociationIds=named)["IamInstanceProfileAssociations"] == [association]
    unknown = ["iip-assoc-0123456789abcdef0"]
    assert refusal(describe, AssociationIds=unknown) == "InvalidAssociationID.NotFound"
    nobody = {"IamInstanceProfile": {"Name": "nobody"}}
    assert refusal(launch, **nobody) == "InvalidParameterValue"


def test_one_wrong_id_keeps_all_instances_as_they_are(ec2, launch):
    instance, protected = launch(), launch(DisableApiTermination=True)
    wrong = [instance, "i-0123456789abcdef0"]
    assert refusal(ec2.terminate_instances, InstanceIds=wrong) == "InvalidInstanceID.NotFound"
    assert refusal(ec2.terminate_instances, InstanceIds=[instance, protected]) == "OperationNotPermitted"
    pages = ec2.describe_instances()["Reservations"]
    states = {one["InstanceId"]: one["State"]["Name"] for page in pages for one in page["Instances"]}
    assert states.keys() == {instance, protected}
    assert set(states.values()) <= {"pending", "running"}


def test_limits_of_a_request_hold(ec2):
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    many = {"ImageId": image, "InstanceType": "t3.nano", "MinCount": 100_000, "MaxCount": 100_000}
    assert refusal(ec2.run_instances, **many) == "InstanceLimitExceeded"
    values = [str(number) for number in range(201)]
    assert refusal(ec2.describe_vpcs, Filters=[{"Name": "vpc-id", "Values": values}]) == "FilterLimitExceeded"


def test_a_route_table_holds_so_many_routes(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)

    def add(number):
        destination = f"11.{number // 256}.{number % 256}.0/24"
        return ec2.create_route(RouteTableId=table, DestinationCidrBlock=destination, GatewayId=gateway)

    for number in range(500):
        add(number)
    assert refusal(add, number=500) == "RouteLimitExceeded"


def test_a_default_subnet_needs_room_and_a_launch_needs_a_default_subnet(ec2, launch):
    subnets = ec2.describe_subnets()["Subnets"]
    for subnet in subnets:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    assert refusal(launch) == "MissingInput"
    for block in range(0, 256, 16):
        ec2.create_subnet(VpcId=subnets[0]["VpcId"], CidrBlock=f"172.31.{block}.0/20")
    assert refusal(ec2.create_default_subnet, AvailabilityZone="us-east-1a") == "InsufficientCidrBlocks"


def test_instances_here_cannot_hibernate(ec2, launch):
    instance = launch()
    stop = {"InstanceIds": [instance], "Hibernate": True}
    assert refusal(ec2.stop_instances, **stop) == "UnsupportedHibernationConfiguration"


def test_what_is_no_snapshot_cannot_be_tagged(ec2):
    tags = [{"Key": "a", "Value": "1"}]
    assert refusal(ec2.create_tags, Resources=["snap-xyz"], Tags=tags) == "InvalidSnapshotID.Malformed"
