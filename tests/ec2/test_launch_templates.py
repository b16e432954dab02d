"""Launch templates and their versions."""

import base64

import pytest
from support.refusal import refusal

LATEST, DEFAULT = "$Latest", "$Default"


@pytest.fixture
def ec2(freehold, account):
    return freehold.client("ec2", account)


@pytest.fixture
def unchecked(freehold, account):
    """A client that sends what its model forbids."""
    return freehold.client("ec2", account, parameter_validation=False)


@pytest.fixture
def template(ec2):
    made = ec2.create_launch_template(
        LaunchTemplateName="web", VersionDescription="first", LaunchTemplateData={"InstanceType": "t3.micro"}
    )
    return made["LaunchTemplate"]["LaunchTemplateId"]


def add_version(ec2, template, **data):
    made = ec2.create_launch_template_version(LaunchTemplateId=template, LaunchTemplateData=data)
    return made["LaunchTemplateVersion"]["VersionNumber"]


def versions(ec2, **arguments):
    shown = ec2.describe_launch_template_versions(**arguments)["LaunchTemplateVersions"]
    return [version["VersionNumber"] for version in shown]


def everything(ec2):
    """Data that says all that a template may say here."""
    zone = "us-east-1a"
    in_zone = [{"Name": "availability-zone", "Values": [zone]}]
    return {
        "ImageId": ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"],
        "InstanceType": "t3.micro",
        "EbsOptimized": True,
        "IamInstanceProfile": {"Name": "profile"},
        "BlockDeviceMappings": [
            {
                "DeviceName": "/dev/xvda",
                "Ebs": {"VolumeSize": 9, "VolumeType": "gp3", "Iops": 3000, "Throughput": 125, "DeleteOnTermination": True},
            }
        ],
        "NetworkInterfaces": [
            {
                "DeviceIndex": 0,
                "SubnetId": ec2.describe_subnets(Filters=in_zone)["Subnets"][0]["SubnetId"],
                "AssociatePublicIpAddress": True,
                "DeleteOnTermination": True,
                "Description": "first",
                "Groups": [ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]],
            }
        ],
        "KeyName": "key",
        "Monitoring": {"Enabled": True},
        "Placement": {"AvailabilityZone": zone, "Tenancy": "default"},
        "DisableApiTermination": True,
        "DisableApiStop": False,
        "InstanceInitiatedShutdownBehavior": "terminate",
        "UserData": base64.b64encode(b"#!/bin/sh\n").decode(),
        "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "team", "Value": "blue"}]}],
        "CreditSpecification": {"CpuCredits": "standard"},
        "MetadataOptions": {
            "HttpTokens": "required",
            "HttpPutResponseHopLimit": 2,
            "HttpEndpoint": "enabled",
            "InstanceMetadataTags": "enabled",
        },
    }


def test_a_template_is_shown_as_it_was_made(ec2):
    data = everything(ec2)
    tags = [{"ResourceType": "launch-template", "Tags": [{"Key": "stage", "Value": "test"}]}]
    made = ec2.create_launch_template(
        LaunchTemplateName="all", VersionDescription="first", LaunchTemplateData=data, TagSpecifications=tags
    )["LaunchTemplate"]
    assert made["LaunchTemplateId"].startswith("lt-0")
    assert (made["DefaultVersionNumber"], made["LatestVersionNumber"]) == (1, 1)
    assert made["CreatedBy"].startswith("arn:aws:iam::")
    assert made["Tags"] == tags[0]["Tags"]
    version = ec2.describe_launch_template_versions(LaunchTemplateName="all")["LaunchTemplateVersions"][0]
    assert version["LaunchTemplateData"] == data
    assert (version["VersionDescription"], version["DefaultVersion"]) == ("first", True)


def test_groups_are_kept_by_id_and_by_name(ec2):
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    for data in ({"SecurityGroupIds": [group]}, {"SecurityGroups": ["default"]}):
        made = ec2.create_launch_template(LaunchTemplateName=next(iter(data)), LaunchTemplateData=data)
        shown = ec2.describe_launch_template_versions(LaunchTemplateId=made["LaunchTemplate"]["LaunchTemplateId"])
        assert shown["LaunchTemplateVersions"][0]["LaunchTemplateData"] == data


def test_a_name_is_taken_once_in_an_account(ec2, freehold, template):
    data = {"InstanceType": "t3.micro"}
    code = refusal(ec2.create_launch_template, LaunchTemplateName="web", LaunchTemplateData=data)
    assert code == "InvalidLaunchTemplateName.AlreadyExistsException"
    freehold.client("ec2", "999999999993").create_launch_template(
        LaunchTemplateName=f"web-{template}", LaunchTemplateData=data
    )


@pytest.mark.parametrize("name", ["", "ab", "x" * 129, "with space", "star*"])
def test_a_malformed_name_is_refused(unchecked, name):
    code = refusal(unchecked.create_launch_template, LaunchTemplateName=name, LaunchTemplateData={"KeyName": "k"})
    assert code == "InvalidLaunchTemplateName.MalformedException"


@pytest.mark.parametrize("name", ["abc", "x" * 128, "a(1).b-c/d_e"])
def test_a_legal_name_is_taken(ec2, name):
    ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData={"KeyName": "k"})
    assert ec2.describe_launch_templates(LaunchTemplateNames=[name])["LaunchTemplates"]


def test_the_same_token_makes_one_template(ec2):
    first = {"LaunchTemplateName": "once", "LaunchTemplateData": {"KeyName": "k"}, "ClientToken": "t"}
    made = ec2.create_launch_template(**first)["LaunchTemplate"]
    assert ec2.create_launch_template(**first)["LaunchTemplate"] == made
    other = first | {"LaunchTemplateName": "other"}
    assert refusal(ec2.create_launch_template, **other) == "IdempotentParameterMismatch"


def test_the_same_token_makes_one_version_and_one_change(ec2, template):
    version = {"LaunchTemplateId": template, "LaunchTemplateData": {"KeyName": "k"}, "ClientToken": "t"}
    assert ec2.create_launch_template_version(**version)["LaunchTemplateVersion"]["VersionNumber"] == 2
    assert ec2.create_launch_template_version(**version)["LaunchTemplateVersion"]["VersionNumber"] == 2
    assert versions(ec2, LaunchTemplateId=template) == [2, 1]
    change = {"LaunchTemplateId": template, "DefaultVersion": "2", "ClientToken": "t"}
    assert ec2.modify_launch_template(**change)["LaunchTemplate"]["DefaultVersionNumber"] == 2
    ec2.modify_launch_template(LaunchTemplateId=template, DefaultVersion="1")
    ec2.modify_launch_template(**change)
    assert ec2.describe_launch_templates()["LaunchTemplates"][0]["DefaultVersionNumber"] == 1


def test_a_version_says_what_differs_from_its_source(ec2, template):
    ec2.create_launch_template_version(
        LaunchTemplateId=template, LaunchTemplateData={"InstanceType": "t3.small", "KeyName": "k"}
    )
    made = ec2.create_launch_template_version(
        LaunchTemplateName="web", SourceVersion="2", VersionDescription="third", LaunchTemplateData={"KeyName": "other"}
    )["LaunchTemplateVersion"]
    assert made["VersionNumber"] == 3
    assert made["LaunchTemplateData"] == {"InstanceType": "t3.small", "KeyName": "other"}
    assert (made["DefaultVersion"], made["VersionDescription"]) == (False, "third")
    alone = ec2.create_launch_template_version(LaunchTemplateId=template, LaunchTemplateData={"KeyName": "k"})
    assert alone["LaunchTemplateVersion"]["LaunchTemplateData"] == {"KeyName": "k"}


def test_versions_are_described_by_number_name_and_range(ec2, template):
    for name in "bcde":
        add_version(ec2, template, KeyName=name)
    ec2.modify_launch_template(LaunchTemplateId=template, DefaultVersion="3")
    assert versions(ec2, LaunchTemplateId=template) == [5, 4, 3, 2, 1]
    assert versions(ec2, LaunchTemplateId=template, Versions=["2", LATEST, DEFAULT]) == [2, 5, 3]
    assert versions(ec2, LaunchTemplateId=template, Versions=[LATEST, "5"]) == [5]
    assert versions(ec2, LaunchTemplateId=template, MinVersion="2", MaxVersion="4") == [4, 3, 2]
    assert versions(ec2, LaunchTemplateId=template, MinVersion="5") == [5]


def test_the_latest_and_default_versions_of_all_templates_are_described(ec2, template):
    add_version(ec2, template, KeyName="k")
    ec2.create_launch_template(LaunchTemplateName="other", LaunchTemplateData={"KeyName": "k"})

    def shown(*which):
        all_shown = ec2.describe_launch_template_versions(Versions=list(which))["LaunchTemplateVersions"]
        return sorted((version["LaunchTemplateName"], version["VersionNumber"]) for version in all_shown)

    assert shown(LATEST) == [("other", 1), ("web", 2)]
    assert shown(LATEST, DEFAULT) == [("other", 1), ("web", 1), ("web", 2)]
    assert refusal(ec2.describe_launch_template_versions, Versions=["1"]) == "MissingParameter"
    assert refusal(ec2.describe_launch_template_versions) == "MissingParameter"


def test_versions_are_found_by_filter(ec2, template):
    data = everything(ec2)
    add_version(ec2, template, **data)
    for name, value in (
        ("image-id", data["ImageId"]),
        ("ebs-optimized", "true"),
        ("http-tokens", "required"),
        ("http-endpoint", "enabled"),
        ("is-default-version", "false"),
    ):
        assert versions(ec2, LaunchTemplateId=template, Filters=[{"Name": name, "Values": [value]}]) == [2], name
    found = versions(ec2, LaunchTemplateId=template, Filters=[{"Name": "instance-type", "Values": ["t3.*"]}])
    assert found == [2, 1]


def test_templates_are_found_by_id_name_tag_and_time(ec2, template):
    ec2.create_launch_template(LaunchTemplateName="other", LaunchTemplateData={"KeyName": "k"})
    ec2.create_tags(Resources=[template], Tags=[{"Key": "team", "Value": "blue"}])
    for arguments in (
        {"LaunchTemplateIds": [template]},
        {"LaunchTemplateNames": ["web"]},
        {"LaunchTemplateIds": [template], "LaunchTemplateNames": ["web"]},
        {"Filters": [{"Name": "launch-template-name", "Values": ["we*"]}]},
        {"Filters": [{"Name": "tag:team", "Values": ["blue"]}]},
        {"Filters": [{"Name": "tag-key", "Values": ["team"]}]},
    ):
        shown = ec2.describe_launch_templates(**arguments)["LaunchTemplates"]
        assert [one["LaunchTemplateId"] for one in shown] == [template], arguments
    year = f"{shown[0]['CreateTime'].year}-*"
    assert len(ec2.describe_launch_templates(Filters=[{"Name": "create-time", "Values": [year]}])["LaunchTemplates"]) == 2


def test_templates_and_versions_come_in_pages(ec2, template):
    for n in range(4):
        ec2.create_launch_template(LaunchTemplateName=f"more-{n}", LaunchTemplateData={"KeyName": "k"})
        add_version(ec2, template, KeyName=str(n))
    pages = list(ec2.get_paginator("describe_launch_templates").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["LaunchTemplates"]) for page in pages] == [2, 2, 1]
    assert len({one["LaunchTemplateId"] for page in pages for one in page["LaunchTemplates"]}) == 5
    pages = ec2.get_paginator("describe_launch_template_versions").paginate(
        LaunchTemplateId=template, PaginationConfig={"PageSize": 2}
    )
    numbers = [version["VersionNumber"] for page in pages for version in page["LaunchTemplateVersions"]]
    assert sorted(numbers) == [1, 2, 3, 4, 5]


def test_an_instance_comes_from_the_version_that_is_named(ec2, template):
    add_version(ec2, template, ImageId=everything(ec2)["ImageId"], InstanceType="t3.nano")
    launched = ec2.run_instances(
        LaunchTemplate={"LaunchTemplateId": template, "Version": LATEST}, MinCount=1, MaxCount=1
    )["Instances"][0]
    assert launched["InstanceType"] == "t3.nano"


def test_some_versions_are_deleted_and_others_not(ec2, template):
    add_version(ec2, template, KeyName="b")
    add_version(ec2, template, KeyName="c")
    answer = ec2.delete_launch_template_versions(LaunchTemplateId=template, Versions=["1", "2", "9"])
    deleted = answer["SuccessfullyDeletedLaunchTemplateVersions"]
    assert [(one["LaunchTemplateName"], one["VersionNumber"]) for one in deleted] == [("web", 2)]
    kept = answer["UnsuccessfullyDeletedLaunchTemplateVersions"]
    assert [(one["VersionNumber"], one["ResponseError"]["Code"]) for one in kept] == [
        (1, "unexpectedError"),
        (9, "launchTemplateVersionDoesNotExist"),
    ]
    assert versions(ec2, LaunchTemplateId=template) == [3, 1]


def test_a_deleted_versions_number_does_not_come_again(ec2, template):
    add_version(ec2, template, KeyName="b")
    ec2.delete_launch_template_versions(LaunchTemplateId=template, Versions=["2"])
    assert versions(ec2, LaunchTemplateId=template, Versions=[LATEST]) == [1]
    assert add_version(ec2, template, KeyName="c") == 3


def test_a_deleted_template_is_gone_with_its_versions(ec2, template):
    assert ec2.delete_launch_template(LaunchTemplateName="web")["LaunchTemplate"]["LaunchTemplateId"] == template
    assert ec2.describe_launch_templates()["LaunchTemplates"] == []
    code = "InvalidLaunchTemplateId.NotFound"
    assert refusal(ec2.describe_launch_template_versions, LaunchTemplateId=template) == code
    made = ec2.create_launch_template(LaunchTemplateName="web", LaunchTemplateData={"KeyName": "k"})
    assert made["LaunchTemplate"]["LaunchTemplateId"] != template


def test_the_data_of_an_instance_launches_another_like_it(ec2):
    data = everything(ec2)
    del data["IamInstanceProfile"], data["KeyName"]
    data["DisableApiTermination"] = False
    ec2.create_launch_template(LaunchTemplateName="all", LaunchTemplateData=data)
    launch = {"MinCount": 1, "MaxCount": 1}
    first = ec2.run_instances(LaunchTemplate={"LaunchTemplateName": "all"}, **launch)["Instances"][0]
    got = ec2.get_launch_template_data(InstanceId=first["InstanceId"])["LaunchTemplateData"]
    for member in ("ImageId", "InstanceType", "UserData", "Placement", "CreditSpecification", "Monitoring"):
        assert got[member] == data[member], member
    assert got["BlockDeviceMappings"] == data["BlockDeviceMappings"]
    assert got["TagSpecifications"] == data["TagSpecifications"]
    assert got["NetworkInterfaces"] == data["NetworkInterfaces"]
    ec2.create_launch_template(LaunchTemplateName="again", LaunchTemplateData=got)
    second = ec2.run_instances(LaunchTemplate={"LaunchTemplateName": "again"}, **launch)["Instances"][0]
    assert second["InstanceType"] == first["InstanceType"]
    assert second["SubnetId"] == first["SubnetId"]


def test_unknown_templates_and_versions_are_refused(ec2, template):
    missing, data = "lt-0123456789abcdef0", {"KeyName": "k"}
    for call, more in (
        (ec2.create_launch_template_version, {"LaunchTemplateData": data}),
        (ec2.describe_launch_template_versions, {}),
        (ec2.modify_launch_template, {"DefaultVersion": "1"}),
        (ec2.delete_launch_template, {}),
        (ec2.delete_launch_template_versions, {"Versions": ["1"]}),
    ):
        name = call.__name__
        assert refusal(call, LaunchTemplateId=missing, **more) == "InvalidLaunchTemplateId.NotFound", name
        assert refusal(call, LaunchTemplateId="lt-zzz", **more) == "InvalidLaunchTemplateId.Malformed", name
        code = "InvalidLaunchTemplateName.NotFoundException"
        assert refusal(call, LaunchTemplateName="unknown", **more) == code, name
        both = {"LaunchTemplateId": template, "LaunchTemplateName": "web"}
        assert refusal(call, **both, **more) == "InvalidParameterCombination", name
    assert refusal(ec2.describe_launch_templates, LaunchTemplateIds=[missing]) == "InvalidLaunchTemplateId.NotFound"
    code = "InvalidLaunchTemplateName.NotFoundException"
    assert refusal(ec2.describe_launch_templates, LaunchTemplateNames=["unknown"]) == code
    code = "InvalidLaunchTemplateId.VersionNotFound"
    for version in ("7", "x"):
        assert refusal(ec2.modify_launch_template, LaunchTemplateId=template, DefaultVersion=version) == code
        assert refusal(ec2.describe_launch_template_versions, LaunchTemplateId=template, Versions=[version]) == code
        source = {"SourceVersion": version, "LaunchTemplateData": data}
        assert refusal(ec2.create_launch_template_version, LaunchTemplateId=template, **source) == code
    assert refusal(ec2.get_launch_template_data, InstanceId="i-0123456789abcdef0") == "InvalidInstanceID.NotFound"


def test_another_accounts_template_does_not_exist(freehold, template):
    other = freehold.client("ec2", "999999999994")
    assert refusal(other.delete_launch_template, LaunchTemplateId=template) == "InvalidLaunchTemplateId.NotFound"


def test_bad_requests_for_templates_are_refused(ec2, unchecked, template):
    def refused(**data):
        return refusal(ec2.create_launch_template, LaunchTemplateName="bad", LaunchTemplateData=data)

    assert refused(UserData="not base64!") == "InvalidParameterValue"
    assert refused(KernelId="aki-1") == "UnsupportedOperation"
    assert refused(InstanceMarketOptions={"MarketType": "capacity-block"}) == "UnsupportedOperation"
    assert refused(BlockDeviceMappings=[{"DeviceName": "/dev/xvda"}, {"DeviceName": "/dev/xvdb"}]) == "UnsupportedOperation"
    assert refusal(unchecked.create_launch_template, LaunchTemplateName="bad") == "MissingParameter"
    assert refusal(unchecked.create_launch_template_version, LaunchTemplateId=template) == "MissingParameter"
    assert refusal(ec2.modify_launch_template, LaunchTemplateId=template) == "MissingParameter"
    assert refusal(ec2.describe_launch_templates, Filters=[{"Name": "colour", "Values": ["x"]}]) == "InvalidParameterValue"
    assert refusal(ec2.describe_launch_templates, NextToken="nonsense") == "InvalidNextToken"
    assert refusal(unchecked.describe_launch_templates, MaxResults=201) == "InvalidParameterValue"
    bad_tags = [{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}]
    bad = {"LaunchTemplateName": "bad", "LaunchTemplateData": {"KeyName": "k"}, "TagSpecifications": bad_tags}
    assert refusal(ec2.create_launch_template, **bad) == "InvalidParameterValue"


def test_a_dry_run_changes_nothing(ec2, template):
    data = {"KeyName": "k"}
    for call, arguments in (
        (ec2.create_launch_template, {"LaunchTemplateName": "new", "LaunchTemplateData": data}),
        (ec2.create_launch_template_version, {"LaunchTemplateId": template, "LaunchTemplateData": data}),
        (ec2.modify_launch_template, {"LaunchTemplateId": template, "DefaultVersion": "1"}),
        (ec2.delete_launch_template_versions, {"LaunchTemplateId": template, "Versions": ["1"]}),
        (ec2.delete_launch_template, {"LaunchTemplateId": template}),
        (ec2.describe_launch_templates, {}),
        (ec2.describe_launch_template_versions, {"LaunchTemplateId": template}),
    ):
        assert refusal(call, DryRun=True, **arguments) == "DryRunOperation", call.__name__
    assert [one["LaunchTemplateName"] for one in ec2.describe_launch_templates()["LaunchTemplates"]] == ["web"]
    assert versions(ec2, LaunchTemplateId=template) == [1]
