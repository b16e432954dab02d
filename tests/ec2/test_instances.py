"""Instances: launching, their states, what describes and what changes them."""

import base64
import contextlib
import uuid

import pytest
from support.refusal import refusal
from support.waiting import QUICKLY

UNKNOWN = "i-0123456789abcdef0"


@pytest.fixture
def ec2(freehold, account):
    return freehold.client("ec2", account)


@pytest.fixture
def image(ec2):
    found = ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "name", "Values": ["freehold-minimal-*"]}])
    return found["Images"][0]["ImageId"]


@pytest.fixture
def launch(ec2, image):
    """Launches; one t3.nano unless told otherwise. The instances of the answer."""

    def run(**options):
        options = {"ImageId": image, "InstanceType": "t3.nano", "MinCount": 1, "MaxCount": 1} | options
        return ec2.run_instances(**options)["Instances"]

    return run


@pytest.fixture
def running(ec2, launch):
    """The id of one that runs."""

    def run(**options):
        (made,) = launch(**options)
        ec2.get_waiter("instance_running").wait(InstanceIds=[made["InstanceId"]], **QUICKLY)
        return made["InstanceId"]

    return run


def describe(ec2, instance):
    (reservation,) = ec2.describe_instances(InstanceIds=[instance])["Reservations"]
    return reservation["Instances"][0]


def wait(ec2, waiter, instance):
    ec2.get_waiter(waiter).wait(InstanceIds=[instance], **QUICKLY)


def test_a_launch_answers_with_pending_instances_of_one_reservation(ec2, image):
    answer = ec2.run_instances(ImageId=image, InstanceType="t3.nano", MinCount=2, MaxCount=2)
    assert answer["ReservationId"].startswith("r-") and answer["OwnerId"].isdigit()
    assert [one["AmiLaunchIndex"] for one in answer["Instances"]] == [0, 1]
    for one in answer["Instances"]:
        assert one["State"] == {"Code": 0, "Name": "pending"}
        assert one["PrivateIpAddress"].startswith("172.31.")
        assert one["PrivateDnsName"] == f"ip-{one['PrivateIpAddress'].replace('.', '-')}.ec2.internal"
        assert one["StateTransitionReason"] == ""


def test_an_instance_goes_through_its_life(ec2, running):
    instance = running()
    shown = describe(ec2, instance)
    assert shown["PublicIpAddress"] and shown["PublicDnsName"].startswith("ec2-")

    (change,) = ec2.stop_instances(InstanceIds=[instance])["StoppingInstances"]
    assert (change["PreviousState"]["Code"], change["CurrentState"]["Code"]) == (16, 64)
    wait(ec2, "instance_stopped", instance)
    shown = describe(ec2, instance)
    assert shown["StateReason"]["Code"] == "Client.UserInitiatedShutdown"
    assert shown["StateTransitionReason"].startswith("User initiated (")
    assert "PublicIpAddress" not in shown

    (change,) = ec2.start_instances(InstanceIds=[instance])["StartingInstances"]
    assert (change["PreviousState"]["Code"], change["CurrentState"]["Code"]) == (80, 0)
    wait(ec2, "instance_running", instance)
    assert describe(ec2, instance)["PublicIpAddress"]
    wait(ec2, "instance_status_ok", instance)
    ec2.reboot_instances(InstanceIds=[instance])

    (change,) = ec2.terminate_instances(InstanceIds=[instance])["TerminatingInstances"]
    assert change["CurrentState"]["Name"] == "shutting-down"
    wait(ec2, "instance_terminated", instance)
    shown = describe(ec2, instance)
    assert shown["NetworkInterfaces"] == [] and "VpcId" not in shown
    wanted = [{"Name": "attachment.instance-id", "Values": [instance]}]
    assert ec2.describe_volumes(Filters=wanted)["Volumes"] == []
    assert ec2.describe_network_interfaces(Filters=wanted)["NetworkInterfaces"] == []


def test_states_that_do_not_fit_are_refused(ec2, running):
    instance = running()
    ec2.terminate_instances(InstanceIds=[instance])
    wait(ec2, "instance_terminated", instance)
    assert refusal(ec2.start_instances, InstanceIds=[instance]) == "IncorrectInstanceState"
    assert refusal(ec2.stop_instances, InstanceIds=[instance]) == "IncorrectInstanceState"
    (change,) = ec2.terminate_instances(InstanceIds=[instance])["TerminatingInstances"]
    assert change["CurrentState"]["Name"] == "terminated"


def test_all_named_instances_change_or_none(ec2, running):
    instance = running()
    assert refusal(ec2.stop_instances, InstanceIds=[instance, UNKNOWN]) == "InvalidInstanceID.NotFound"
    assert describe(ec2, instance)["State"]["Name"] == "running"


@pytest.mark.parametrize("operation", ["start", "stop", "reboot", "terminate", "describe"])
def test_unknown_and_malformed_ids_are_refused(ec2, operation):
    call = getattr(ec2, f"{operation}_instances")
    assert refusal(call, InstanceIds=[UNKNOWN]) == "InvalidInstanceID.NotFound"
    assert refusal(call, InstanceIds=["i-xyz"]) == "InvalidInstanceID.Malformed"


def test_another_account_sees_nothing(freehold, ec2, running):
    other = freehold.client("ec2", "999999999999")
    assert refusal(other.describe_instances, InstanceIds=[running()]) == "InvalidInstanceID.NotFound"


def test_a_client_token_launches_once(ec2, launch):
    token = uuid.uuid4().hex
    (first,), (again,) = launch(ClientToken=token), launch(ClientToken=token)
    assert first["InstanceId"] == again["InstanceId"]
    assert refusal(launch, ClientToken=token, InstanceType="t3.micro") == "IdempotentParameterMismatch"


def test_a_dry_run_launches_nothing(ec2, launch):
    assert refusal(launch, DryRun=True) == "DryRunOperation"
    assert ec2.describe_instances()["Reservations"] == []


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("InvalidAMIID.NotFound", {"ImageId": "ami-0123456789abcdef0"}),
        ("InvalidAMIID.Malformed", {"ImageId": "debian"}),
        ("InvalidParameterValue", {"InstanceType": "t3.enormous"}),
        ("InvalidParameterValue", {"InstanceType": "t4g.nano"}),
        ("InvalidKeyPair.NotFound", {"KeyName": "nobody"}),
        ("InvalidGroup.NotFound", {"SecurityGroupIds": ["sg-0123456789abcdef0"]}),
        ("InvalidGroup.NotFound", {"SecurityGroups": ["nobody"]}),
        ("InvalidSubnetID.NotFound", {"SubnetId": "subnet-0123456789abcdef0"}),
        ("InvalidParameterValue", {"Placement": {"AvailabilityZone": "us-east-1z"}}),
        ("InvalidParameterValue", {"MinCount": 0}),
        ("InvalidParameterValue", {"MinCount": 3, "MaxCount": 2}),
        ("InvalidParameterValue", {"UserData": "x" * 16385}),
        ("InvalidParameterValue", {"IamInstanceProfile": {"Name": "nobody"}}),
        ("InvalidParameterCombination", {"CreditSpecification": {"CpuCredits": "standard"}, "InstanceType": "m5.large"}),
        ("InvalidLaunchTemplateName.NotFoundException", {"LaunchTemplate": {"LaunchTemplateName": "nobody"}}),
        ("UnsupportedOperation", {"InstanceMarketOptions": {"MarketType": "capacity-block"}}),
        ("UnsupportedOperation", {"KernelId": "aki-12345678"}),
        ("InvalidBlockDeviceMapping", {"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 1}}]}),
        ("UnsupportedOperation", {"BlockDeviceMappings": [{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 9}}]}),
    ],
)
def test_a_launch_that_does_not_fit_is_refused(ec2, launch, code, options):
    assert refusal(launch, **options) == code
    assert ec2.describe_instances()["Reservations"] == []


def test_a_launch_takes_what_it_is_told(ec2, launch):
    ec2.create_key_pair(KeyName="mine", KeyType="ed25519")
    (subnet,) = ec2.describe_subnets(Filters=[{"Name": "availability-zone", "Values": ["us-east-1b"]}])["Subnets"]
    group = ec2.create_security_group(GroupName="web", Description="web")["GroupId"]
    address = subnet["CidrBlock"].replace("16.0/20", "20.77")
    (made,) = launch(
        KeyName="mine",
        SubnetId=subnet["SubnetId"],
        SecurityGroupIds=[group],
        PrivateIpAddress=address,
        UserData="#!/bin/sh\necho hello\n",
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 20, "VolumeType": "gp3"}}],
        MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 3, "InstanceMetadataTags": "enabled"},
        InstanceInitiatedShutdownBehavior="terminate",
        Monitoring={"Enabled": True},
        CreditSpecification={"CpuCredits": "standard"},
        TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "web"}]},
            {"ResourceType": "volume", "Tags": [{"Key": "of", "Value": "web"}]},
        ],
    )
    instance = made["InstanceId"]
    shown = describe(ec2, instance)
    assert (shown["KeyName"], shown["SubnetId"], shown["PrivateIpAddress"]) == ("mine", subnet["SubnetId"], address)
    assert shown["Placement"]["AvailabilityZone"] == "us-east-1b"
    assert shown["SecurityGroups"] == [{"GroupId": group, "GroupName": "web"}]
    assert shown["Tags"] == [{"Key": "Name", "Value": "web"}]
    assert shown["MetadataOptions"]["HttpTokens"] == "required"
    assert shown["MetadataOptions"]["HttpPutResponseHopLimit"] == 3
    assert shown["Monitoring"]["State"] == "enabled"
    (volume,) = ec2.describe_volumes(VolumeIds=[shown["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]])["Volumes"]
    assert (volume["Size"], volume["Tags"]) == (20, [{"Key": "of", "Value": "web"}])
    (credit,) = ec2.describe_instance_credit_specifications(InstanceIds=[instance])["InstanceCreditSpecifications"]
    assert credit["CpuCredits"] == "standard"

    def attribute(name):
        return ec2.describe_instance_attribute(InstanceId=instance, Attribute=name)

    assert base64.b64decode(attribute("userData")["UserData"]["Value"]) == b"#!/bin/sh\necho hello\n"
    assert attribute("instanceInitiatedShutdownBehavior")["InstanceInitiatedShutdownBehavior"]["Value"] == "terminate"
    assert refusal(launch, SubnetId=subnet["SubnetId"], PrivateIpAddress=address) == "InvalidIPAddress.InUse"


def test_interfaces_are_made_as_listed(ec2, launch):
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    (made,) = launch(
        InstanceType="t3.small",
        NetworkInterfaces=[
            {"DeviceIndex": 0, "SubnetId": subnet, "AssociatePublicIpAddress": False, "SecondaryPrivateIpAddressCount": 1}
        ],
    )
    (interface,) = describe(ec2, made["InstanceId"])["NetworkInterfaces"]
    assert [one["Primary"] for one in interface["PrivateIpAddresses"]] == [True, False]
    assert "Association" not in interface
    both = {"SubnetId": subnet, "NetworkInterfaces": [{"DeviceIndex": 0, "SubnetId": subnet}]}
    assert refusal(launch, **both) == "InvalidParameterCombination"


def test_a_launch_template_says_what_the_request_does_not(ec2, image):
    made = ec2.create_launch_template(
        LaunchTemplateName="web",
        LaunchTemplateData={
            "ImageId": image,
            "InstanceType": "t3.micro",
            "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "from", "Value": "template"}]}],
        },
    )["LaunchTemplate"]
    named = {"LaunchTemplateName": "web", "Version": "$Latest"}
    (one,) = ec2.run_instances(LaunchTemplate=named, MinCount=1, MaxCount=1)["Instances"]
    tags = {tag["Key"]: tag["Value"] for tag in one["Tags"]}
    assert (one["InstanceType"], tags["from"]) == ("t3.micro", "template")
    assert tags["aws:ec2launchtemplate:id"] == made["LaunchTemplateId"]
    (other,) = ec2.run_instances(LaunchTemplate=named, InstanceType="t3.nano", MinCount=1, MaxCount=1)["Instances"]
    assert other["InstanceType"] == "t3.nano"


def test_protected_instances_are_not_ended(ec2, running):
    instance = running(DisableApiTermination=True, DisableApiStop=True)
    assert refusal(ec2.terminate_instances, InstanceIds=[instance]) == "OperationNotPermitted"
    assert refusal(ec2.stop_instances, InstanceIds=[instance]) == "OperationNotPermitted"
    ec2.modify_instance_attribute(InstanceId=instance, DisableApiStop={"Value": False})
    ec2.stop_instances(InstanceIds=[instance])
    ec2.modify_instance_attribute(InstanceId=instance, DisableApiTermination={"Value": False})
    ec2.terminate_instances(InstanceIds=[instance])


def test_the_type_is_changed_while_stopped(ec2, running):
    instance = running()
    resize = {"InstanceId": instance, "InstanceType": {"Value": "t3.small"}}
    assert refusal(ec2.modify_instance_attribute, **resize) == "IncorrectInstanceState"
    ec2.stop_instances(InstanceIds=[instance], Force=True)
    wait(ec2, "instance_stopped", instance)
    ec2.modify_instance_attribute(**resize)
    ec2.start_instances(InstanceIds=[instance])
    wait(ec2, "instance_running", instance)
    assert describe(ec2, instance)["InstanceType"] == "t3.small"
    arm = {"InstanceId": instance, "InstanceType": {"Value": "t4g.nano"}}
    assert refusal(ec2.modify_instance_attribute, **arm) == "IncorrectInstanceState"


def test_one_attribute_is_changed_a_call(ec2, running):
    instance = running()
    group = ec2.create_security_group(GroupName="other", Description="other")["GroupId"]
    ec2.modify_instance_attribute(InstanceId=instance, Groups=[group])
    ec2.modify_instance_attribute(InstanceId=instance, SourceDestCheck={"Value": False})
    shown = describe(ec2, instance)
    assert (shown["SecurityGroups"][0]["GroupId"], shown["SourceDestCheck"]) == (group, False)
    ec2.reset_instance_attribute(InstanceId=instance, Attribute="sourceDestCheck")
    assert describe(ec2, instance)["SourceDestCheck"] is True
    both = {"DisableApiStop": {"Value": True}, "DisableApiTermination": {"Value": True}}
    assert refusal(ec2.modify_instance_attribute, InstanceId=instance, **both) == "InvalidParameterCombination"


def test_metadata_options_are_changed_one_by_one(ec2, running):
    instance = running()
    changed = ec2.modify_instance_metadata_options(InstanceId=instance, HttpTokens="required")
    assert changed["InstanceMetadataOptions"]["HttpTokens"] == "required"
    assert changed["InstanceMetadataOptions"]["HttpEndpoint"] == "enabled"
    bad = {"InstanceId": instance, "HttpPutResponseHopLimit": 65}
    assert refusal(ec2.modify_instance_metadata_options, **bad) == "InvalidParameterValue"


def test_filters_select_instances(ec2, launch):
    (one,) = launch(TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "role", "Value": "web-1"}]}])
    (other,) = launch(InstanceType="t3.micro")

    def found(**filters):
        wanted = [{"Name": name.replace("__", "-"), "Values": values} for name, values in filters.items()]
        pages = ec2.describe_instances(Filters=wanted)["Reservations"]
        return sorted(instance["InstanceId"] for page in pages for instance in page["Instances"])

    assert found(**{"tag:role": ["web-*"]}) == [one["InstanceId"]]
    assert found(instance__type=["t3.micro"]) == [other["InstanceId"]]
    assert found(private__ip__address=[one["PrivateIpAddress"]]) == [one["InstanceId"]]
    assert found(vpc__id=[one["VpcId"]]) == sorted([one["InstanceId"], other["InstanceId"]])
    assert found(**{"network-interface.mac-address": [one["NetworkInterfaces"][0]["MacAddress"]]}) == [one["InstanceId"]]
    assert refusal(ec2.describe_instances, Filters=[{"Name": "colour", "Values": ["red"]}]) == "InvalidParameterValue"


def test_pages_hold_every_instance_once(ec2, launch):
    made = {one["InstanceId"] for one in launch(MinCount=12, MaxCount=12)}
    pages = ec2.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 5})
    seen = [one["InstanceId"] for page in pages for reservation in page["Reservations"] for one in reservation["Instances"]]
    assert len(seen) == 12 and set(seen) == made
    assert refusal(ec2.describe_instances, NextToken="nonsense") == "InvalidNextToken"
    assert refusal(ec2.describe_instances, MaxResults=4) == "InvalidParameterValue"


def test_status_is_shown_of_running_instances(ec2, running):
    instance = running()
    (status,) = ec2.describe_instance_status(InstanceIds=[instance])["InstanceStatuses"]
    assert status["InstanceStatus"]["Status"] == status["SystemStatus"]["Status"] == "ok"
    ec2.stop_instances(InstanceIds=[instance])
    wait(ec2, "instance_stopped", instance)
    assert ec2.describe_instance_status(InstanceIds=[instance])["InstanceStatuses"] == []
    all_of_them = ec2.describe_instance_status(InstanceIds=[instance], IncludeAllInstances=True)
    assert all_of_them["InstanceStatuses"][0]["InstanceState"]["Name"] == "stopped"


def test_the_console_can_be_read(ec2, running):
    instance = running()
    answer = ec2.get_console_output(InstanceId=instance)
    assert answer["InstanceId"] == instance and answer["Timestamp"]
    assert refusal(ec2.get_console_output, InstanceId=UNKNOWN) == "InvalidInstanceID.NotFound"


def test_instances_are_adopted_by_the_next_control_plane(region):
    one = region()
    ec2 = one.client("ec2")
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    made = ec2.run_instances(ImageId=image, InstanceType="t3.nano", MinCount=3, MaxCount=3)["Instances"]
    ids = [instance["InstanceId"] for instance in made]
    with contextlib.suppress(ProcessLookupError):
        one.process.kill()
    one.process.wait()
    one.start()
    ec2 = one.client("ec2")
    for instance in ids:
        wait(ec2, "instance_running", instance)
    shown = ec2.describe_instances()["Reservations"]
    assert sorted(i["InstanceId"] for r in shown for i in r["Instances"]) == sorted(ids)
