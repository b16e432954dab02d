"""Images: Freehold's own, made of instances, copied, shared and deregistered."""

import pytest
from support.refusal import refusal
from support.waiting import QUICKLY

MISSING = "ami-0123456789abcdef0"
AMAZON = "137112412989"


@pytest.fixture
def ec2(freehold, account):
    return freehold.client("ec2", account)


@pytest.fixture
def other(freehold, account):
    """Another account: its number and a client of it."""
    number = str(int(account) + 800000000000)
    return number, freehold.client("ec2", number)


@pytest.fixture
def unchecked(freehold, account):
    """A client that sends what its model forbids."""
    return freehold.client("ec2", account, parameter_validation=False)


@pytest.fixture
def public(ec2):
    """One of Freehold's own images."""
    return ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]


@pytest.fixture
def instance(ec2, public):
    launched = ec2.run_instances(ImageId=public, InstanceType="t3.micro", MinCount=1, MaxCount=1)["Instances"][0]
    ec2.get_waiter("instance_running").wait(InstanceIds=[launched["InstanceId"]], **QUICKLY)
    return launched["InstanceId"]


@pytest.fixture
def image(ec2, instance):
    return make(ec2, instance, "mine")


def make(ec2, instance, name, **more):
    made = ec2.create_image(InstanceId=instance, Name=name, **more)["ImageId"]
    ec2.get_waiter("image_available").wait(ImageIds=[made], **QUICKLY)
    return made


def describe(ec2, image):
    return ec2.describe_images(ImageIds=[image])["Images"][0]


def ids(ec2, **arguments):
    return {shown["ImageId"] for shown in ec2.describe_images(**arguments)["Images"]}


def attribute(ec2, image, name):
    return ec2.describe_image_attribute(ImageId=image, Attribute=name)


def permissions(ec2, image):
    return attribute(ec2, image, "launchPermission")["LaunchPermissions"]


def state(ec2, instance):
    return ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]["State"]["Name"]


def test_freeholds_own_images_are_public_and_amazons(ec2):
    shown = ec2.describe_images(Owners=["amazon"])["Images"]
    assert any(one["Name"].startswith("freehold-minimal-") for one in shown)
    for one in shown:
        assert (one["Public"], one["State"], one["ImageOwnerAlias"]) == (True, "available", "amazon")
        assert one["OwnerId"] == AMAZON
        assert one["ImageLocation"] == f"amazon/{one['Name']}"
        assert one["RootDeviceName"] == one["BlockDeviceMappings"][0]["DeviceName"]


def test_an_image_of_an_instance_can_be_launched(ec2, instance):
    before = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    tags = [
        {"ResourceType": "image", "Tags": [{"Key": "of", "Value": "image"}]},
        {"ResourceType": "snapshot", "Tags": [{"Key": "of", "Value": "snapshot"}]},
    ]
    made = ec2.create_image(
        InstanceId=instance,
        Name="mine (1)",
        Description="of mine",
        TagSpecifications=tags,
        BlockDeviceMappings=[{"DeviceName": before["RootDeviceName"], "Ebs": {"VolumeSize": 20}}],
    )["ImageId"]
    assert describe(ec2, made)["State"] in ("pending", "available")
    ec2.get_waiter("image_available").wait(ImageIds=[made], **QUICKLY)
    shown = describe(ec2, made)
    assert (shown["Name"], shown["Description"], shown["Public"]) == ("mine (1)", "of mine", False)
    assert (shown["SourceInstanceId"], shown["Architecture"]) == (instance, before["Architecture"])
    assert shown["Tags"] == tags[0]["Tags"]
    disk = shown["BlockDeviceMappings"][0]["Ebs"]
    assert disk["VolumeSize"] == 20
    found = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [disk["SnapshotId"]]}])["Tags"]
    assert [(tag["Key"], tag["Value"], tag["ResourceType"]) for tag in found] == [("of", "snapshot", "snapshot")]

    after = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    assert (after["State"]["Name"], after["PublicIpAddress"]) == ("running", before["PublicIpAddress"])
    launched = ec2.run_instances(ImageId=made, InstanceType="t3.micro", MinCount=1, MaxCount=1)["Instances"][0]
    ec2.get_waiter("instance_running").wait(InstanceIds=[launched["InstanceId"]], **QUICKLY)
    small = [{"DeviceName": before["RootDeviceName"], "Ebs": {"VolumeSize": 8}}]
    launch = {"ImageId": made, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    assert refusal(ec2.run_instances, BlockDeviceMappings=small, **launch) == "InvalidBlockDeviceMapping"


def test_a_stopped_instance_stays_stopped(ec2, instance):
    ec2.stop_instances(InstanceIds=[instance])
    ec2.get_waiter("instance_stopped").wait(InstanceIds=[instance], **QUICKLY)
    make(ec2, instance, "mine")
    assert state(ec2, instance) == "stopped"


def test_images_of_one_instance_at_once_are_all_made(ec2, instance):
    made = [ec2.create_image(InstanceId=instance, Name=f"mine-{n}", NoReboot=n == 2)["ImageId"] for n in range(4)]
    ec2.get_waiter("image_available").wait(ImageIds=made, **QUICKLY)
    assert state(ec2, instance) == "running"


def test_an_image_is_finished_by_whoever_comes_after_a_crash(region):
    freehold = region()
    ec2 = freehold.client("ec2")
    public = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    launched = ec2.run_instances(ImageId=public, InstanceType="t3.micro", MinCount=1, MaxCount=1)["Instances"][0]
    instance = launched["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance], **QUICKLY)
    for name in ("one", "two", "three"):
        made = ec2.create_image(InstanceId=instance, Name=name)["ImageId"]
        freehold.kill()
        freehold.start()
        ec2.get_waiter("image_available").wait(ImageIds=[made], **QUICKLY)
        assert state(ec2, instance) == "running"


def test_an_image_cannot_be_made_of_what_is_not_there(ec2, other, instance):
    create = {"Name": "mine"}
    assert refusal(ec2.create_image, InstanceId="i-0123456789abcdef0", **create) == "InvalidInstanceID.NotFound"
    assert refusal(ec2.create_image, InstanceId="i-zzz", **create) == "InvalidInstanceID.Malformed"
    assert refusal(other[1].create_image, InstanceId=instance, **create) == "InvalidInstanceID.NotFound"
    ec2.terminate_instances(InstanceIds=[instance])
    assert refusal(ec2.create_image, InstanceId=instance, **create) == "IncorrectInstanceState"


@pytest.mark.parametrize("name", ["", "ab", "x" * 129, "star*", "plus+"])
def test_a_malformed_name_is_refused(unchecked, instance, public, name):
    assert refusal(unchecked.create_image, InstanceId=instance, Name=name) == "InvalidAMIName.Malformed"
    copy = {"SourceImageId": public, "SourceRegion": "us-east-1"}
    assert refusal(unchecked.copy_image, Name=name, **copy) == "InvalidAMIName.Malformed"


def test_a_name_is_taken_once_until_it_is_deregistered(ec2, instance, image):
    assert refusal(ec2.create_image, InstanceId=instance, Name="mine") == "InvalidAMIName.Duplicate"
    copy = {"SourceImageId": image, "SourceRegion": "us-east-1"}
    assert refusal(ec2.copy_image, Name="mine", **copy) == "InvalidAMIName.Duplicate"
    ec2.deregister_image(ImageId=image)
    make(ec2, instance, "mine")


def test_bad_requests_for_images_are_refused(ec2, unchecked, instance):
    def refused(**more):
        return refusal(ec2.create_image, InstanceId=instance, Name="bad", **more)

    tags = [{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]}]
    assert refused(TagSpecifications=tags) == "InvalidParameterValue"
    disk = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]["RootDeviceName"]
    assert refused(BlockDeviceMappings=[{"DeviceName": disk, "Ebs": {"VolumeSize": 1}}]) == "InvalidBlockDeviceMapping"
    assert refused(BlockDeviceMappings=[{"DeviceName": "/dev/sdz"}]) == "UnsupportedOperation"
    assert refused(Description="x" * 256) == "InvalidParameterValue"
    assert refused(DryRun=True) == "DryRunOperation"
    assert refusal(unchecked.create_image, InstanceId=instance) == "MissingParameter"
    assert refusal(unchecked.create_image, Name="bad") == "MissingParameter"
    assert ids(ec2, Owners=["self"]) == set()


def test_a_copy_is_an_image_of_its_own(ec2, image):
    ec2.create_tags(Resources=[image], Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    copied = ec2.copy_image(
        SourceImageId=image,
        SourceRegion="us-east-1",
        Name="copy",
        Description="a copy",
        CopyImageTags=True,
        TagSpecifications=[{"ResourceType": "image", "Tags": [{"Key": "b", "Value": "own"}]}],
    )["ImageId"]
    ec2.get_waiter("image_available").wait(ImageIds=[copied], **QUICKLY)
    shown = describe(ec2, copied)
    assert (shown["Name"], shown["Description"]) == ("copy", "a copy")
    assert (shown["SourceImageId"], shown["SourceImageRegion"]) == (image, "us-east-1")
    assert {tag["Key"]: tag["Value"] for tag in shown["Tags"]} == {"a": "1", "b": "own"}
    ec2.deregister_image(ImageId=image)
    launched = ec2.run_instances(ImageId=copied, InstanceType="t3.micro", MinCount=1, MaxCount=1)["Instances"][0]
    ec2.get_waiter("instance_running").wait(InstanceIds=[launched["InstanceId"]], **QUICKLY)


def test_freeholds_own_images_can_be_copied(ec2, public):
    copied = ec2.copy_image(SourceImageId=public, SourceRegion="us-east-1", Name="copy")["ImageId"]
    shown = describe(ec2, copied)
    assert shown["Public"] is False
    assert shown["Description"] == describe(ec2, public)["Description"]
    assert "Tags" not in shown


def test_the_same_token_makes_one_copy(ec2, public):
    copy = {"SourceImageId": public, "SourceRegion": "us-east-1", "Name": "copy", "ClientToken": "t"}
    assert ec2.copy_image(**copy)["ImageId"] == ec2.copy_image(**copy)["ImageId"]
    assert refusal(ec2.copy_image, **(copy | {"Name": "other"})) == "IdempotentParameterMismatch"


def test_bad_copies_are_refused(ec2, public):
    def refused(**more):
        arguments = {"SourceImageId": public, "SourceRegion": "us-east-1", "Name": "copy"} | more
        return refusal(ec2.copy_image, **arguments)

    assert refused(SourceImageId=MISSING) == "InvalidAMIID.NotFound"
    assert refused(SourceImageId="ami-zzz") == "InvalidAMIID.Malformed"
    assert refused(SourceRegion="eu-west-1") == "InvalidParameterValue"
    assert refused(Encrypted=True) == "UnsupportedOperation"
    assert refused(DryRun=True) == "DryRunOperation"


def test_a_deregistered_image_is_gone_and_its_instances_stay(ec2, image):
    launched = ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1)["Instances"][0]
    ec2.get_waiter("instance_running").wait(InstanceIds=[launched["InstanceId"]], **QUICKLY)
    snapshot = describe(ec2, image)["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    assert refusal(ec2.deregister_image, ImageId=image, DryRun=True) == "DryRunOperation"
    answer = ec2.deregister_image(ImageId=image, DeleteAssociatedSnapshots=True)
    assert answer["Return"] is True
    assert answer["DeleteSnapshotResults"] == [{"SnapshotId": snapshot, "ReturnCode": "success"}]
    assert refusal(ec2.describe_images, ImageIds=[image]) == "InvalidAMIID.NotFound"
    assert refusal(ec2.deregister_image, ImageId=image) == "InvalidAMIID.NotFound"
    instance = launched["InstanceId"]
    ec2.stop_instances(InstanceIds=[instance])
    ec2.get_waiter("instance_stopped").wait(InstanceIds=[instance], **QUICKLY)
    ec2.start_instances(InstanceIds=[instance])
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance], **QUICKLY)


def test_only_the_owner_changes_an_image(ec2, other, public, image):
    number, stranger = other
    for call, more in (
        ("deregister_image", {}),
        ("describe_image_attribute", {"Attribute": "description"}),
        ("modify_image_attribute", {"Description": {"Value": "x"}}),
        ("reset_image_attribute", {"Attribute": "launchPermission"}),
    ):
        assert refusal(getattr(ec2, call), ImageId=public, **more) == "AuthFailure", call
        assert refusal(getattr(stranger, call), ImageId=image, **more) == "InvalidAMIID.NotFound", call
        assert refusal(getattr(ec2, call), ImageId=MISSING, **more) == "InvalidAMIID.NotFound", call
        assert refusal(getattr(ec2, call), ImageId="ami-zzz", **more) == "InvalidAMIID.Malformed", call
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"UserId": number}]})
    assert refusal(stranger.deregister_image, ImageId=image) == "AuthFailure"


def test_a_description_is_changed(ec2, image):
    assert attribute(ec2, image, "description")["Description"] == {"Value": ""}
    ec2.modify_image_attribute(ImageId=image, Description={"Value": "new"})
    assert attribute(ec2, image, "description")["Description"] == {"Value": "new"}
    ec2.modify_image_attribute(ImageId=image, Attribute="description", Value="newer")
    assert describe(ec2, image)["Description"] == "newer"


def test_an_account_may_launch_what_it_was_permitted_to(ec2, other, image):
    number, friend = other
    launch = {"ImageId": image, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    assert refusal(friend.run_instances, **launch) == "InvalidAMIID.NotFound"
    assert refusal(friend.describe_images, ImageIds=[image]) == "InvalidAMIID.NotFound"

    ec2.create_tags(Resources=[image], Tags=[{"Key": "private", "Value": "1"}])
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"UserId": number}, {"UserId": number}]})
    assert permissions(ec2, image) == [{"UserId": number}]
    assert "Tags" not in describe(friend, image)
    assert ids(friend, ExecutableUsers=["self"]) == {image}
    assert ids(friend, Owners=["self"]) == set()
    assert ids(ec2, ExecutableUsers=[number]) == {image}
    assert ids(ec2, ExecutableUsers=["self"]) == set()
    assert friend.run_instances(**launch)["Instances"][0]["ImageId"] == image

    ec2.modify_image_attribute(
        ImageId=image, Attribute="launchPermission", OperationType="remove", UserIds=[number]
    )
    assert permissions(ec2, image) == []
    assert refusal(friend.run_instances, **launch) == "InvalidAMIID.NotFound"


def test_everyone_may_launch_a_public_image_until_it_is_reset(ec2, other, image):
    number, stranger = other
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"Group": "all"}, {"UserId": number}]})
    assert permissions(ec2, image) == [{"Group": "all"}, {"UserId": number}]
    assert describe(stranger, image)["Public"] is True
    assert image in ids(stranger, ExecutableUsers=["all"])
    assert image in ids(stranger, Filters=[{"Name": "is-public", "Values": ["true"]}])
    ec2.modify_image_attribute(ImageId=image, OperationType="remove", UserGroups=["all"])
    assert permissions(ec2, image) == [{"UserId": number}]
    ec2.reset_image_attribute(ImageId=image, Attribute="launchPermission")
    assert permissions(ec2, image) == []
    assert refusal(stranger.describe_images, ImageIds=[image]) == "InvalidAMIID.NotFound"


def test_an_image_may_ask_for_version_2_of_the_metadata_service(ec2, image):
    ec2.modify_image_attribute(ImageId=image, ImdsSupport={"Value": "v2.0"})
    assert attribute(ec2, image, "imdsSupport")["ImdsSupport"] == {"Value": "v2.0"}
    assert describe(ec2, image)["ImdsSupport"] == "v2.0"
    launched = ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1)["Instances"][0]
    assert launched["MetadataOptions"]["HttpTokens"] == "required"


def test_every_attribute_is_described(ec2, image):
    disk = attribute(ec2, image, "blockDeviceMapping")["BlockDeviceMappings"]
    assert disk == describe(ec2, image)["BlockDeviceMappings"]
    assert attribute(ec2, image, "productCodes")["ProductCodes"] == []
    assert attribute(ec2, image, "sriovNetSupport")["SriovNetSupport"] == {"Value": "simple"}
    assert attribute(ec2, image, "deregistrationProtection")["DeregistrationProtection"] == {"Value": "disabled"}
    for name in ("kernel", "ramdisk", "bootMode", "tpmSupport", "uefiData", "lastLaunchedTime"):
        assert attribute(ec2, image, name)["ImageId"] == image


def test_bad_changes_of_images_are_refused(ec2, unchecked, image):
    def refused(**change):
        return refusal(ec2.modify_image_attribute, ImageId=image, **change)

    assert refused() == "MissingParameter"
    assert refused(Attribute="kernel", Value="x") == "InvalidParameterValue"
    assert refused(ImdsSupport={"Value": "v1.0"}) == "InvalidParameterValue"
    assert refused(LaunchPermission={"Add": [{"UserId": "me"}]}) == "InvalidAMIAttributeItemValue"
    assert refused(UserGroups=["some"], OperationType="add") == "InvalidAMIAttributeItemValue"
    assert refused(UserIds=["123456789012"]) == "MissingParameter"
    assert refused(ProductCodes=["x"]) == "UnsupportedOperation"
    assert refused(OrganizationArns=["arn:aws:organizations::1:organization/o-1"]) == "UnsupportedOperation"
    both = {"Description": {"Value": "x"}, "LaunchPermission": {"Add": [{"Group": "all"}]}}
    assert refused(**both) == "InvalidParameterCombination"
    assert refused(Description={"Value": "x"}, DryRun=True) == "DryRunOperation"
    assert describe(ec2, image)["Description"] == ""
    assert refusal(unchecked.reset_image_attribute, ImageId=image, Attribute="kernel") == "InvalidParameterValue"
    reset = {"ImageId": image, "Attribute": "launchPermission", "DryRun": True}
    assert refusal(ec2.reset_image_attribute, **reset) == "DryRunOperation"
    described = {"ImageId": image, "Attribute": "description", "DryRun": True}
    assert refusal(ec2.describe_image_attribute, **described) == "DryRunOperation"
    assert refusal(unchecked.describe_image_attribute, ImageId=image, Attribute="colour") == "InvalidParameterValue"


def test_images_are_found_by_every_filter(ec2, account, image):
    ec2.modify_image_attribute(ImageId=image, Description={"Value": "special"})
    ec2.create_tags(Resources=[image], Tags=[{"Key": "team", "Value": "blue"}])
    shown = describe(ec2, image)
    disk = shown["BlockDeviceMappings"][0]["Ebs"]
    for name, value in (
        ("image-id", image),
        ("name", "mi*"),
        ("description", "special"),
        ("owner-id", account),
        ("creation-date", shown["CreationDate"]),
        ("is-public", "false"),
        ("manifest-location", f"{account}/mine"),
        ("source-instance-id", shown["SourceInstanceId"]),
        ("block-device-mapping.snapshot-id", disk["SnapshotId"]),
        ("tag:team", "blue"),
        ("tag-key", "team"),
    ):
        assert ids(ec2, Filters=[{"Name": name, "Values": [value]}]) == {image}, name
    for name, value in (
        ("architecture", "x86_64"),
        ("block-device-mapping.delete-on-termination", "true"),
        ("block-device-mapping.device-name", shown["RootDeviceName"]),
        ("block-device-mapping.encrypted", "false"),
        ("block-device-mapping.volume-size", str(disk["VolumeSize"])),
        ("block-device-mapping.volume-type", "gp3"),
        ("ena-support", "true"),
        ("hypervisor", "xen"),
        ("image-type", "machine"),
        ("root-device-name", shown["RootDeviceName"]),
        ("root-device-type", "ebs"),
        ("sriov-net-support", "simple"),
        ("state", "available"),
        ("virtualization-type", "hvm"),
    ):
        assert image in ids(ec2, Filters=[{"Name": name, "Values": [value]}]), name
        assert image not in ids(ec2, Filters=[{"Name": name, "Values": ["nothing"]}]), name
    for name in ("kernel-id", "platform", "product-code", "ramdisk-id", "state-reason-code", "source-image-id"):
        assert image not in ids(ec2, Filters=[{"Name": name, "Values": ["*"]}]), name
    assert ids(ec2, Filters=[{"Name": "owner-alias", "Values": ["amazon"]}]) == ids(ec2, Owners=["amazon"])


def test_owners_are_accounts_and_aliases(ec2, account, image):
    assert ids(ec2, Owners=["self"]) == {image}
    assert ids(ec2, Owners=[account]) == {image}
    assert ids(ec2, Owners=[AMAZON]) == ids(ec2, Owners=["amazon"])
    assert ids(ec2, Owners=["self", "amazon"]) == {image} | ids(ec2, Owners=["amazon"])
    assert ids(ec2, Owners=["aws-marketplace"]) == set()
    assert image in ids(ec2, IncludeDeprecated=True, IncludeDisabled=True)
    assert refusal(ec2.describe_images, Owners=["nobody"]) == "InvalidUserID.Malformed"


def test_images_come_in_pages(ec2, public):
    for n in range(5):
        ec2.copy_image(SourceImageId=public, SourceRegion="us-east-1", Name=f"copy-{n}")
    pages = ec2.get_paginator("describe_images").paginate(Owners=["self"], PaginationConfig={"PageSize": 2})
    pages = [page["Images"] for page in pages]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert {one["Name"] for page in pages for one in page} == {f"copy-{n}" for n in range(5)}


def test_bad_descriptions_of_images_are_refused(ec2, public):
    assert refusal(ec2.describe_images, ImageIds=[MISSING]) == "InvalidAMIID.NotFound"
    assert refusal(ec2.describe_images, ImageIds=["ami-zzz"]) == "InvalidAMIID.Malformed"
    assert refusal(ec2.describe_images, ImageIds=[public], MaxResults=5) == "InvalidParameterCombination"
    assert refusal(ec2.describe_images, MaxResults=0) == "InvalidParameterValue"
    assert refusal(ec2.describe_images, NextToken="nonsense") == "InvalidNextToken"
    assert refusal(ec2.describe_images, Filters=[{"Name": "colour", "Values": ["x"]}]) == "InvalidParameterValue"
    assert refusal(ec2.describe_images, DryRun=True) == "DryRunOperation"
