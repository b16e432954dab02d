"""Roles and their inline policies."""

import json

import pytest
from botocore.exceptions import ClientError

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}


def code(function, **arguments):
    with pytest.raises(ClientError) as refused:
        function(**arguments)
    return refused.value.response["Error"]["Code"]


@pytest.fixture
def iam(freehold, account):
    return freehold.client("iam", account=account)


def create(iam, name, **arguments):
    return iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST), **arguments)["Role"]


def test_a_role_is_what_it_was_made_as(iam, account):
    tags = [{"Key": "team", "Value": "blue"}]
    made = create(iam, "Builder", Path="/ci/", Description="builds", MaxSessionDuration=7200, Tags=tags)
    found = iam.get_role(RoleName="builder")["Role"]
    assert found == made
    assert found["Arn"] == f"arn:aws:iam::{account}:role/ci/Builder"
    assert found["RoleId"].startswith("AROA") and len(found["RoleId"]) == 21
    assert found["AssumeRolePolicyDocument"] == TRUST
    assert (found["Description"], found["MaxSessionDuration"], found["Tags"]) == ("builds", 7200, tags)


def test_names_are_unique_whatever_their_case(iam):
    create(iam, "one")
    assert code(create, iam=iam, name="ONE") == "EntityAlreadyExists"


def test_roles_are_listed_by_path_and_page(iam):
    for number in range(5):
        create(iam, f"r{number}", Path="/even/" if number % 2 == 0 else "/odd/")
    assert [role["RoleName"] for role in iam.list_roles(PathPrefix="/even")["Roles"]] == ["r0", "r2", "r4"]
    pages = list(iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 2}))
    assert [[role["RoleName"] for role in page["Roles"]] for page in pages] == [["r0", "r1"], ["r2", "r3"], ["r4"]]
    assert [page["IsTruncated"] for page in pages] == [True, True, False]
    assert code(iam.list_roles, Marker="made-up") == "ValidationError"


def test_roles_of_another_account_are_not_seen(iam, freehold):
    create(iam, "mine")
    other = freehold.client("iam", account="222233334444")
    assert code(other.get_role, RoleName="mine") == "NoSuchEntity"
    assert "mine" not in [role["RoleName"] for role in other.list_roles()["Roles"]]


def test_inline_policies_are_kept_as_they_were_written(iam):
    create(iam, "worker")
    iam.put_role_policy(RoleName="worker", PolicyName="b", PolicyDocument=json.dumps(POLICY))
    iam.put_role_policy(RoleName="worker", PolicyName="a", PolicyDocument=json.dumps(POLICY))
    assert iam.list_role_policies(RoleName="worker")["PolicyNames"] == ["a", "b"]
    found = iam.get_role_policy(RoleName="worker", PolicyName="a")
    assert (found["RoleName"], found["PolicyName"], found["PolicyDocument"]) == ("worker", "a", POLICY)
    iam.delete_role_policy(RoleName="worker", PolicyName="a")
    assert iam.list_role_policies(RoleName="worker")["PolicyNames"] == ["b"]
    assert code(iam.get_role_policy, RoleName="worker", PolicyName="a") == "NoSuchEntity"
    assert code(iam.delete_role_policy, RoleName="worker", PolicyName="a") == "NoSuchEntity"


def test_a_role_is_deleted_last(iam):
    create(iam, "used")
    iam.put_role_policy(RoleName="used", PolicyName="p", PolicyDocument=json.dumps(POLICY))
    assert code(iam.delete_role, RoleName="used") == "DeleteConflict"
    iam.delete_role_policy(RoleName="used", PolicyName="p")
    iam.delete_role(RoleName="used")
    assert code(iam.delete_role, RoleName="used") == "NoSuchEntity"


def test_what_does_not_exist_is_said(iam):
    text = json.dumps(POLICY)
    assert code(iam.get_role, RoleName="none") == "NoSuchEntity"
    assert code(iam.list_role_policies, RoleName="none") == "NoSuchEntity"
    assert code(iam.put_role_policy, RoleName="none", PolicyName="p", PolicyDocument=text) == "NoSuchEntity"
    boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    assert code(lambda: create(iam, "bounded", PermissionsBoundary=boundary)) == "NoSuchEntity"


@pytest.mark.parametrize(
    "document",
    [
        "no json",
        "{}",
        json.dumps(POLICY),
        json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ec2:RunInstances"}]}),
        json.dumps({"Statement": [{"Effect": "Maybe", "Principal": "*", "Action": "sts:AssumeRole"}]}),
    ],
)
def test_what_is_no_trust_policy_is_refused(iam, document):
    assert code(iam.create_role, RoleName="r", AssumeRolePolicyDocument=document) == "MalformedPolicyDocument"


@pytest.mark.parametrize(
    "document",
    [
        json.dumps(TRUST),
        json.dumps({"Statement": [{"Effect": "Allow", "Action": "RunInstances", "Resource": "*"}]}),
        json.dumps({"Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "i-1"}]}),
    ],
)
def test_what_is_no_identity_policy_is_refused(iam, document):
    create(iam, "r")
    refused = code(iam.put_role_policy, RoleName="r", PolicyName="p", PolicyDocument=document)
    assert refused == "MalformedPolicyDocument"


def test_bad_parameters_are_refused(freehold, account):
    iam = freehold.client("iam", account=account, parameter_validation=False)
    text = json.dumps(TRUST)
    assert code(iam.create_role, RoleName="a b", AssumeRolePolicyDocument=text) == "ValidationError"
    assert code(lambda: create(iam, "r", Path="no-slash")) == "ValidationError"
    assert code(lambda: create(iam, "r", MaxSessionDuration=10)) == "ValidationError"
    twice = [{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]
    assert code(lambda: create(iam, "r", Tags=twice)) == "InvalidInput"


def test_a_role_has_only_so_much_room_for_policies(iam):
    create(iam, "full")
    long = {"Statement": [{"Effect": "Allow", "Action": "ec2:" + "x" * 11000, "Resource": "*"}]}
    refused = code(iam.put_role_policy, RoleName="full", PolicyName="p", PolicyDocument=json.dumps(long))
    assert refused == "LimitExceeded"
