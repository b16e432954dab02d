"""Who am I, and temporary credentials of root."""

import pytest
from botocore.exceptions import ClientError


def code(function, **arguments):
    with pytest.raises(ClientError) as refused:
        function(**arguments)
    return refused.value.response["Error"]["Code"]


def test_the_development_credentials_are_roots(freehold):
    identity = freehold.client("sts").get_caller_identity()
    assert identity["Account"] == "000000000000"
    assert identity["Arn"] == "arn:aws:iam::000000000000:root"
    assert identity["UserId"] == "000000000000"
    assert freehold.client("sts", account="123456789012").get_caller_identity()["Account"] == "123456789012"


def test_the_global_endpoints_region_is_accepted(freehold):
    assert freehold.client("sts", region="us-east-1").get_caller_identity()["Account"] == "000000000000"


def test_a_session_of_root_may_do_all_but_change_who_may(freehold, account):
    issued = freehold.client("sts", account=account).get_session_token(DurationSeconds=900)["Credentials"]
    assert issued["AccessKeyId"].startswith("ASIA")
    session = {"key": issued["AccessKeyId"], "secret": issued["SecretAccessKey"], "token": issued["SessionToken"]}
    assert freehold.client("sts", **session).get_caller_identity()["Account"] == account
    assert freehold.client("ssm", **session).describe_parameters()["Parameters"] == []
    assert code(freehold.client("iam", **session).list_roles) == "AccessDenied"
    assert code(freehold.client("sts", **session).get_session_token) == "AccessDenied"


def test_a_temporary_key_needs_its_token(freehold, account):
    issued = freehold.client("sts", account=account).get_session_token()["Credentials"]
    keys = {"key": issued["AccessKeyId"], "secret": issued["SecretAccessKey"]}
    assert code(freehold.client("sts", **keys).get_caller_identity) == "InvalidClientTokenId"
    assert code(freehold.client("sts", token="other", **keys).get_caller_identity) == "InvalidClientTokenId"


def test_parameters_of_devices_that_do_not_exist_are_refused(freehold, account):
    sts = freehold.client("sts", account=account, parameter_validation=False)
    assert code(sts.get_session_token, SerialNumber="arn:aws:iam::1:mfa/me", TokenCode="123456") == "AccessDenied"
    assert code(sts.get_session_token, DurationSeconds=899) == "ValidationError"


def test_temporary_credentials_survive_the_control_plane_and_end_by_the_clock(region):
    first = region("none", "--test-clock")
    issued = first.client("sts").get_session_token(DurationSeconds=900)["Credentials"]
    session = {"key": issued["AccessKeyId"], "secret": issued["SecretAccessKey"], "token": issued["SessionToken"]}
    first.kill()
    first.start()
    assert first.client("sts", **session).get_caller_identity()["Account"] == "000000000000"
    first.advance_clock(901)
    assert code(first.client("sts", **session).get_caller_identity) == "ExpiredToken"
    assert code(first.client("ec2", **session).describe_regions) == "RequestExpired"
    assert code(first.client("ssm", **session).describe_parameters) == "ExpiredTokenException"
