"""AssumeRole: who is trusted, and what a session may do."""

import json

import pytest
from botocore.exceptions import ClientError


def code(function, **arguments):
    with pytest.raises(ClientError) as refused:
        function(**arguments)
    return refused.value.response["Error"]["Code"]


def trust(principal, **more):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"} | more
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*"):
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def make_role(freehold, account, name, principal=None, policies=(), **more):
    iam = freehold.client("iam", account=account)
    document = trust(principal or {"AWS": account}, **more)
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]
    for number, text in enumerate(policies):
        iam.put_role_policy(RoleName=name, PolicyName=f"p{number}", PolicyDocument=text)
    return role


def assume(freehold, arn, account=None, session=None, **arguments):
    client = freehold.client("sts", **(session or {"account": account}))
    issued = client.assume_role(RoleArn=arn, RoleSessionName="tester", **arguments)["Credentials"]
    return {"key": issued["AccessKeyId"], "secret": issued["SecretAccessKey"], "token": issued["SessionToken"]}


def test_a_session_is_the_role_and_says_so(freehold, account):
    role = make_role(freehold, account, "reader")
    answer = freehold.client("sts", account=account).assume_role(RoleArn=role["Arn"], RoleSessionName="tester")
    arn = f"arn:aws:sts::{account}:assumed-role/reader/tester"
    assert answer["AssumedRoleUser"] == {"AssumedRoleId": f"{role['RoleId']}:tester", "Arn": arn}
    session = assume(freehold, role["Arn"], account)
    identity = freehold.client("sts", **session).get_caller_identity()
    assert identity["Arn"] == arn
    assert identity["UserId"] == f"{role['RoleId']}:tester"


def test_a_session_may_do_what_the_roles_policies_allow(freehold, account):
    role = make_role(freehold, account, "regions", policies=[policy(allow("ec2:DescribeRegions"))])
    session = assume(freehold, role["Arn"], account)
    ec2 = freehold.client("ec2", **session)
    assert ec2.describe_regions()["Regions"]
    assert code(ec2.describe_vpcs) == "UnauthorizedOperation"
    assert code(freehold.client("iam", **session).list_roles) == "AccessDenied"
    assert code(freehold.client("ssm", **session).describe_parameters) == "AccessDeniedException"
    # Policies count from when they are written.
    freehold.client("iam", account=account).put_role_policy(
        RoleName="regions", PolicyName="more", PolicyDocument=policy(allow("ssm:Describe*"))
    )
    assert freehold.client("ssm", **session).describe_parameters()["Parameters"] == []


def test_a_session_policy_narrows_and_never_widens(freehold, account):
    role = make_role(freehold, account, "wide", policies=[policy(allow(["ec2:Describe*", "iam:ListRoles"]))])
    session = assume(freehold, role["Arn"], account, Policy=policy(allow(["ec2:*", "ssm:*"])))
    assert freehold.client("ec2", **session).describe_regions()["Regions"]
    assert code(freehold.client("iam", **session).list_roles) == "AccessDenied"
    assert code(freehold.client("ssm", **session).describe_parameters) == "AccessDeniedException"


def test_resources_and_denials_count(freehold, account):
    allowed = f"arn:aws:iam::{account}:role/team-*"
    denied = {"Effect": "Deny", "Action": "iam:GetRole", "Resource": f"arn:aws:iam::{account}:role/team-secret"}
    role = make_role(freehold, account, "auditor", policies=[policy(allow("iam:GetRole", allowed), denied)])
    make_role(freehold, account, "team-a")
    make_role(freehold, account, "team-secret")
    iam = freehold.client("iam", **assume(freehold, role["Arn"], account))
    assert iam.get_role(RoleName="team-a")["Role"]["RoleName"] == "team-a"
    with pytest.raises(ClientError) as refused:
        iam.get_role(RoleName="team-secret")
    assert "explicit deny" in refused.value.response["Error"]["Message"]
    assert code(iam.get_role, RoleName="auditor") == "AccessDenied"


def test_only_those_who_are_trusted_may_assume(freehold, account):
    role = make_role(freehold, account, "closed", principal={"AWS": "arn:aws:iam::999999999999:root"})
    sts = freehold.client("sts", account=account)
    assert code(sts.assume_role, RoleArn=role["Arn"], RoleSessionName="tester") == "AccessDenied"
    assume(freehold, role["Arn"], "999999999999")
    missing = f"arn:aws:iam::{account}:role/missing"
    assert code(sts.assume_role, RoleArn=missing, RoleSessionName="tester") == "AccessDenied"


def test_an_external_id_is_a_condition_of_trust(freehold, account):
    condition = {"StringEquals": {"sts:ExternalId": "agreed"}}
    role = make_role(freehold, account, "partner", Condition=condition)
    sts = freehold.client("sts", account=account)
    assert code(sts.assume_role, RoleArn=role["Arn"], RoleSessionName="tester") == "AccessDenied"
    assume(freehold, role["Arn"], account, ExternalId="agreed")


def test_a_session_may_assume_another_role_for_an_hour(freehold, account):
    first = make_role(freehold, account, "first", policies=[policy(allow("sts:AssumeRole"))])
    alone = make_role(freehold, account, "alone")
    second = make_role(freehold, account, "second")
    named = make_role(freehold, account, "named", principal={"AWS": alone["Arn"]})
    session = assume(freehold, first["Arn"], account)
    assume(freehold, second["Arn"], session=session)
    sts = freehold.client("sts", **session)
    arguments = {"RoleArn": second["Arn"], "RoleSessionName": "tester", "DurationSeconds": 3601}
    assert code(sts.assume_role, **arguments) == "ValidationError"
    # Trusting the account is not enough without a policy; naming the role is.
    without = assume(freehold, alone["Arn"], account)
    assert code(freehold.client("sts", **without).assume_role, RoleArn=second["Arn"], RoleSessionName="tester") == "AccessDenied"
    assume(freehold, named["Arn"], session=without)


def test_sessions_of_a_deleted_role_can_do_nothing_even_if_it_is_made_anew(freehold, account):
    everything = policy(allow("*"))
    role = make_role(freehold, account, "phoenix", policies=[everything])
    session = assume(freehold, role["Arn"], account)
    ec2 = freehold.client("ec2", **session)
    assert ec2.describe_regions()["Regions"]
    iam = freehold.client("iam", account=account)
    iam.delete_role_policy(RoleName="phoenix", PolicyName="p0")
    iam.delete_role(RoleName="phoenix")
    assert code(ec2.describe_regions) == "UnauthorizedOperation"
    make_role(freehold, account, "phoenix", policies=[everything])
    assert code(ec2.describe_regions) == "UnauthorizedOperation"


def test_wrong_and_missing_parameters(freehold, account):
    role = make_role(freehold, account, "strict")
    sts = freehold.client("sts", account=account, parameter_validation=False)
    call = {"RoleArn": role["Arn"], "RoleSessionName": "tester"}
    assert code(sts.assume_role, **call | {"RoleSessionName": "with space"}) == "ValidationError"
    assert code(sts.assume_role, **call | {"RoleArn": "arn:aws:iam::123456789012:user/me"}) == "ValidationError"
    assert code(sts.assume_role, **call | {"RoleArn": "this-is-not-an-arn-at-all"}) == "ValidationError"
    assert code(sts.assume_role, **call, DurationSeconds=7200) == "ValidationError"
    assert code(sts.assume_role, **call, DurationSeconds=899) == "ValidationError"
    assert code(sts.assume_role, **call, Policy="{}") == "MalformedPolicyDocument"
    assert code(sts.assume_role, **call, PolicyArns=[{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]) == "ValidationError"
    assert code(sts.assume_role, **call, Tags=[{"Key": "a", "Value": "b"}]) == "ValidationError"
    assert code(sts.assume_role, **call, SourceIdentity="somebody") == "ValidationError"
    assert code(sts.assume_role, **call, SerialNumber="arn:aws:iam::1:mfa/me", TokenCode="123456") == "AccessDenied"
