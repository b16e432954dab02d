"""Functions: code and configuration."""

import base64
import hashlib
import io
import json
import re
import urllib.error
import urllib.request
import zipfile

import pytest
from botocore.exceptions import ClientError
from support.functions import HELLO, package, zipped
from support.refusal import refusal
from support.waiting import QUICKLY

MISSING = "ResourceNotFoundException"
INVALID = "InvalidParameterValueException"
EMPTY = zipped({})


def digest(code):
    return base64.b64encode(hashlib.sha256(code).digest()).decode()


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def test_a_function_is_made_and_becomes_active(functions, lam, account):
    made = functions.make("hello", wait=False, Description="says it", Environment={"Variables": {"STAGE": "test"}})
    arn = f"arn:aws:lambda:us-east-1:{account}:function:hello"
    assert made["FunctionArn"] == arn
    assert (made["State"], made["StateReasonCode"]) == ("Pending", "Creating")
    assert (made["Version"], made["CodeSize"], made["CodeSha256"]) == ("$LATEST", len(HELLO), digest(HELLO))
    assert (made["Timeout"], made["MemorySize"], made["EphemeralStorage"]) == (3, 128, {"Size": 512})
    assert (made["PackageType"], made["TracingConfig"]) == ("Zip", {"Mode": "PassThrough"})
    assert made["Environment"] == {"Variables": {"STAGE": "test"}}
    assert made["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": "/aws/lambda/hello"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000", made["LastModified"])
    lam.get_waiter("function_active_v2").wait(FunctionName="hello", **QUICKLY)
    lam.get_waiter("function_updated_v2").wait(FunctionName="hello", **QUICKLY)
    for name in ("hello", arn, f"{account}:function:hello", f"{account}:hello"):
        assert lam.get_function_configuration(FunctionName=name)["FunctionArn"] == arn
    found = lam.get_function_configuration(FunctionName="hello", Qualifier="$LATEST")
    assert found["FunctionArn"] == f"{arn}:$LATEST"
    assert "StateReason" not in found


def test_what_is_not_there_is_called_by_its_arn(lam, account):
    arn = f"arn:aws:lambda:us-east-1:{account}:function:nobody"
    for call in (lam.get_function, lam.get_function_configuration, lam.delete_function):
        with pytest.raises(lam.exceptions.ResourceNotFoundException, match=f"Function not found: {arn}$"):
            call(FunctionName="nobody")
    with pytest.raises(lam.exceptions.ResourceNotFoundException, match=f"Function not found: {arn}$"):
        lam.update_function_configuration(FunctionName="nobody", Timeout=5)
    assert refusal(lam.update_function_code, FunctionName="nobody", ZipFile=HELLO) == MISSING


def test_the_code_can_be_fetched_for_a_while(functions, lam):
    functions.make(Tags={"team": "a"})
    found = lam.get_function(FunctionName="f")
    assert (found["Code"]["RepositoryType"], found["Tags"]) == ("S3", {"team": "a"})
    with urllib.request.urlopen(found["Code"]["Location"], timeout=10) as answer:
        assert answer.read() == HELLO
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(found["Code"]["Location"][:-3] + "xyz", timeout=10)


def test_a_name_is_taken_once(functions, lam):
    functions.make()
    with pytest.raises(lam.exceptions.ResourceConflictException, match="Function already exist: f"):
        functions.make()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"Runtime": "cobol85"}, "Value cobol85 at 'runtime'.*python3.11"),
        ({"Role": "arn:aws:iam::{account}:role/nobody"}, "cannot be assumed by Lambda"),
        ({"Role": "arn:aws:iam::999999999999:role/other"}, "Cross-account pass role"),
        ({"Code": {"ZipFile": b"no zip"}}, "Could not unzip uploaded file"),
        ({"Code": {"S3Bucket": "b-u-cket", "S3Key": "k"}}, "S3Bucket"),
        ({"Code": {"ImageUri": "registry/x:1"}}, "ImageUri"),
        ({"Code": {"ZipFile": EMPTY}}, "Uploaded file must be a non-empty zip"),
        ({"Architectures": ["arm64"]}, "Architectures"),
        ({"Environment": {"Variables": {"AWS_REGION": "x"}}}, "reserved keys.*AWS_REGION"),
        ({"Environment": {"Variables": {"LONG": "x" * 4096}}}, "4KB limit"),
        ({"SnapStart": {"ApplyOn": "PublishedVersions"}}, "SnapStart"),
        ({"VpcConfig": {"SubnetIds": ["subnet-0123abcd"], "SecurityGroupIds": ["sg-0123abcd"]}}, "DescribeSubnets"),
        ({"Layers": ["arn:aws:lambda:us-east-1:{account}:layer:x:1"]}, "does not exist"),
        ({"DeadLetterConfig": {"TargetArn": "arn:aws:s3:::bucket"}}, "standard queue"),
        ({"KMSKeyArn": "arn:aws:kms:us-east-1:111122223333:key/x"}, "KMSKeyArn"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(functions, lam, account, change, sentence):
    change = {key: fill(value, account) for key, value in change.items()}
    with pytest.raises(lam.exceptions.InvalidParameterValueException, match=f"(?s){sentence}"):
        functions.make(**change)
    assert refusal(lam.get_function, FunctionName="f") == MISSING


def test_a_zip_package_needs_a_runtime_and_a_handler(functions, lam):
    made = {"FunctionName": "f", "Role": functions.role, "Code": {"ZipFile": HELLO}}
    for given in ({"Runtime": "python3.11"}, {"Handler": "index.handler"}):
        with pytest.raises(lam.exceptions.InvalidParameterValueException, match="Runtime and Handler are mandatory"):
            lam.create_function(**made, **given)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"Timeout": 901}, "Value '901' at 'timeout'.*less than or equal to 900"),
        ({"MemorySize": 10241}, "Value '10241' at 'memorySize'.*less than or equal to 10240"),
        ({"name": "f" * 65}, "at 'functionName'.*length less than or equal to 64"),
    ],
)
def test_what_is_out_of_bounds_fails_validation(functions, lam, change, sentence):
    with pytest.raises(ClientError, match=f"ValidationException.*{sentence}"):
        functions.make(**change)
    assert lam.list_functions()["Functions"] == []


def fill(value, account):
    if isinstance(value, str):
        return value.replace("{account}", account)
    if isinstance(value, list):
        return [fill(item, account) for item in value]
    return value


def test_a_role_must_trust_lambda(functions, lam):
    statement = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    role = functions.iam.create_role(RoleName="other", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    assert refusal(functions.make, Role=role) == INVALID


def test_code_is_changed_under_the_eye_of_its_revision(functions, lam):
    made = functions.settled(functions.make()["FunctionName"])
    code = package(index="def handler(event, context):\n    return 2\n")
    dry = lam.update_function_code(FunctionName="f", ZipFile=code, DryRun=True)
    assert dry["CodeSha256"] == digest(code)
    assert lam.get_function_configuration(FunctionName="f")["CodeSha256"] == digest(HELLO)
    with pytest.raises(lam.exceptions.PreconditionFailedException, match="does not match the latest Revision Id"):
        lam.update_function_code(FunctionName="f", ZipFile=code, RevisionId="other")
    changed = lam.update_function_code(FunctionName="f", ZipFile=code, RevisionId=made["RevisionId"])
    assert (changed["LastUpdateStatus"], changed["CodeSha256"]) == ("InProgress", digest(code))
    assert changed["RevisionId"] != made["RevisionId"]
    functions.settled("f")
    with urllib.request.urlopen(lam.get_function(FunctionName="f")["Code"]["Location"], timeout=10) as answer:
        assert zipfile.ZipFile(io.BytesIO(answer.read())).namelist() == ["index.py"]


def test_settings_that_are_not_mentioned_stay(functions, lam):
    functions.make(Description="old", Timeout=7, Environment={"Variables": {"AB": "1"}})
    changed = lam.update_function_configuration(FunctionName="f", MemorySize=256, TracingConfig={"Mode": "Active"})
    assert (changed["Timeout"], changed["MemorySize"], changed["Description"]) == (7, 256, "old")
    assert (changed["TracingConfig"]["Mode"], changed["Environment"]["Variables"]) == ("Active", {"AB": "1"})
    functions.settled("f")
    changed = lam.update_function_configuration(FunctionName="f", Environment={"Variables": {}})
    assert "Environment" not in changed
    functions.settled("f")
    assert refusal(lam.update_function_configuration, FunctionName="f", Runtime="cobol85") == INVALID


def test_functions_are_listed_by_pages(functions, lam):
    for name in "abc":
        functions.make(name, wait=False)
    first = lam.list_functions(MaxItems=2)
    assert [found["FunctionName"] for found in first["Functions"]] == ["a", "b"]
    rest = lam.list_functions(MaxItems=2, Marker=first["NextMarker"])
    assert [found["FunctionName"] for found in rest["Functions"]] == ["c"]
    assert "NextMarker" not in rest
    assert refusal(lam.list_functions, Marker="nonsense") == INVALID


def test_a_function_goes_with_all_that_is_its_own(functions, lam):
    functions.make()
    lam.publish_version(FunctionName="f")
    lam.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    assert refusal(lam.delete_function, FunctionName="f", Qualifier="1") == "ResourceConflictException"
    assert refusal(lam.delete_function, FunctionName="f", Qualifier="$LATEST") == INVALID
    lam.delete_function(FunctionName="f")
    assert refusal(lam.get_function, FunctionName="f") == MISSING
    assert refusal(lam.get_alias, FunctionName="f", Name="live") == MISSING
    functions.make()
    assert [found["Version"] for found in lam.list_versions_by_function(FunctionName="f")["Versions"]] == ["$LATEST"]


def test_tags_come_and_go(functions, lam):
    arn = functions.make(Tags={"a": "1"})["FunctionArn"]
    lam.tag_resource(Resource=arn, Tags={"b": "2"})
    lam.untag_resource(Resource=arn, TagKeys=["a"])
    assert lam.list_tags(Resource=arn)["Tags"] == {"b": "2"}
    assert refusal(lam.tag_resource, Resource=arn, Tags={"aws:x": "1"}) == INVALID
    assert refusal(lam.untag_resource, Resource=f"{arn}x", TagKeys=["a"]) == MISSING
    assert refusal(lam.list_tags, Resource=f"{arn}x") == MISSING


def test_the_account_says_what_it_has(functions, lam):
    functions.make()
    settings = lam.get_account_settings()
    assert settings["AccountLimit"]["ConcurrentExecutions"] == 1000
    assert settings["AccountUsage"] == {"FunctionCount": 1, "TotalCodeSize": len(HELLO)}


def test_loops_and_runtimes_are_the_functions_affair(functions, lam):
    functions.make()
    assert lam.get_function_recursion_config(FunctionName="f")["RecursiveLoop"] == "Terminate"
    lam.put_function_recursion_config(FunctionName="f", RecursiveLoop="Allow")
    assert lam.get_function_recursion_config(FunctionName="f")["RecursiveLoop"] == "Allow"
    assert lam.get_runtime_management_config(FunctionName="f")["UpdateRuntimeOn"] == "Auto"
    lam.put_runtime_management_config(FunctionName="f", UpdateRuntimeOn="FunctionUpdate")
    assert lam.get_runtime_management_config(FunctionName="f")["UpdateRuntimeOn"] == "FunctionUpdate"
    assert refusal(lam.put_runtime_management_config, FunctionName="f", UpdateRuntimeOn="Manual") == INVALID
    assert refusal(lam.get_runtime_management_config, FunctionName="g") == MISSING
    assert refusal(lam.get_function_recursion_config, FunctionName="g") == MISSING
    assert refusal(lam.put_function_recursion_config, FunctionName="g", RecursiveLoop="Allow") == MISSING


def test_without_machines_nothing_runs_and_it_is_said(functions, lam):
    functions.make()
    assert lam.invoke(FunctionName="f", InvocationType="DryRun")["StatusCode"] == 204
    with pytest.raises(lam.exceptions.ServiceException, match="--machines none"):
        lam.invoke(FunctionName="f")
    assert lam.invoke(FunctionName="f", InvocationType="Event")["StatusCode"] == 202
    assert lam.invoke_async(FunctionName="f", InvokeArgs=b"{}")["Status"] == 202
    assert lam.invoke_with_response_stream(FunctionName="f", InvocationType="DryRun")["StatusCode"] == 204


def test_what_is_sent_is_json_of_a_certain_size(functions, lam):
    functions.make()
    assert refusal(lam.invoke, FunctionName="g") == MISSING
    assert refusal(lam.invoke, FunctionName="f", Payload=b"{") == "InvalidRequestContentException"
    large = b'"' + b"x" * (1 << 20) + b'"'
    assert refusal(lam.invoke, FunctionName="f", InvocationType="Event", Payload=large) == "RequestTooLargeException"
    assert refusal(lam.invoke_async, FunctionName="f", InvokeArgs=b"{") == "InvalidRequestContentException"
    assert refusal(lam.invoke_with_response_stream, FunctionName="f", Payload=b"{") == "InvalidRequestContentException"
    assert refusal(lam.invoke, FunctionName="f", Payload=b'"\xff"') == "InvalidRequestContentException"


@pytest.mark.parametrize("context", ["not base64!", encoded("no json"), encoded("[1]"), encoded(f'{{"a": "{"x" * 3000}"}}')])
@pytest.mark.parametrize("kind", ["RequestResponse", "Event", "DryRun"])
def test_a_context_is_an_object_in_base64(functions, lam, context, kind):
    functions.make()
    with pytest.raises(lam.exceptions.InvalidRequestContentException, match="Client context must be"):
        lam.invoke(FunctionName="f", InvocationType=kind, ClientContext=context)
