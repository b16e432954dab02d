"""Instance profiles."""

import json

import pytest
from botocore.exceptions import ClientError

TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


def code(function, **arguments):
    with pytest.raises(ClientError) as refused:
        function(**arguments)
    return refused.value.response["Error"]["Code"]


@pytest.fixture
def iam(freehold, account):
    client = freehold.client("iam", account=account)
    client.create_role(RoleName="web", AssumeRolePolicyDocument=json.dumps(TRUST))
    return client


def test_a_profile_holds_one_role(iam, account):
    made = iam.create_instance_profile(InstanceProfileName="p", Path="/web/")["InstanceProfile"]
    assert made["Arn"] == f"arn:aws:iam::{account}:instance-profile/web/p"
    assert made["InstanceProfileId"].startswith("AIPA")
    assert made["Roles"] == []
    iam.add_role_to_instance_profile(InstanceProfileName="p", RoleName="web")
    found = iam.get_instance_profile(InstanceProfileName="p")["InstanceProfile"]
    assert [role["RoleName"] for role in found["Roles"]] == ["web"]
    assert found["Roles"][0]["AssumeRolePolicyDocument"] == TRUST
    again = {"InstanceProfileName": "p", "RoleName": "web"}
    assert code(iam.add_role_to_instance_profile, **again) == "LimitExceeded"
    iam.remove_role_from_instance_profile(**again)
    assert code(iam.remove_role_from_instance_profile, **again) == "NoSuchEntity"
    iam.add_role_to_instance_profile(**again)


def test_role_and_profile_are_deleted_when_apart(iam):
    iam.create_instance_profile(InstanceProfileName="p")
    iam.add_role_to_instance_profile(InstanceProfileName="p", RoleName="web")
    assert code(iam.delete_role, RoleName="web") == "DeleteConflict"
    assert code(iam.delete_instance_profile, InstanceProfileName="p") == "DeleteConflict"
    iam.remove_role_from_instance_profile(InstanceProfileName="p", RoleName="web")
    iam.delete_instance_profile(InstanceProfileName="p")
    iam.delete_role(RoleName="web")
    assert code(iam.get_instance_profile, InstanceProfileName="p") == "NoSuchEntity"
    assert code(iam.delete_instance_profile, InstanceProfileName="p") == "NoSuchEntity"


def test_profiles_are_listed_by_path_and_page(iam):
    for name in ("a", "b", "c"):
        iam.create_instance_profile(InstanceProfileName=name, Path=f"/{name}/")
    assert code(iam.create_instance_profile, InstanceProfileName="A") == "EntityAlreadyExists"
    listed = iam.list_instance_profiles(PathPrefix="/b/")["InstanceProfiles"]
    assert [profile["InstanceProfileName"] for profile in listed] == ["b"]
    pages = list(iam.get_paginator("list_instance_profiles").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["InstanceProfiles"]) for page in pages] == [2, 1]


def test_what_does_not_exist_is_said(iam):
    assert code(iam.add_role_to_instance_profile, InstanceProfileName="none", RoleName="web") == "NoSuchEntity"
    iam.create_instance_profile(InstanceProfileName="p")
    assert code(iam.add_role_to_instance_profile, InstanceProfileName="p", RoleName="none") == "NoSuchEntity"


def test_a_role_is_passed_only_by_those_who_may(freehold, iam, account):
    def policy(*allowed):
        return json.dumps({"Statement": [{"Effect": "Allow", "Action": list(allowed), "Resource": "*"}]})

    trust = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName="operator", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    iam.put_role_policy(RoleName="operator", PolicyName="p", PolicyDocument=policy("iam:Add*", "ec2:*"))
    iam.create_instance_profile(InstanceProfileName="p")
    sts = freehold.client("sts", account=account)
    issued = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="tester")["Credentials"]
    session = {"key": issued["AccessKeyId"], "secret": issued["SecretAccessKey"], "token": issued["SessionToken"]}
    call = {"InstanceProfileName": "p", "RoleName": "web"}
    assert code(freehold.client("iam", **session).add_role_to_instance_profile, **call) == "AccessDenied"
    launch = {"ImageId": "ami-00000000", "MinCount": 1, "MaxCount": 1, "IamInstanceProfile": {"Name": "p"}}
    iam.add_role_to_instance_profile(**call)
    assert code(freehold.client("ec2", **session).run_instances, **launch) == "UnauthorizedOperation"
    iam.put_role_policy(RoleName="operator", PolicyName="p", PolicyDocument=policy("iam:*", "ec2:*"))
    # Allowed now, and refused for the image that does not exist.
    assert code(freehold.client("ec2", **session).run_instances, **launch) == "InvalidAMIID.NotFound"
