"""What belongs to functions: permissions, concurrency, events, addresses, mappings, code signing."""

import json

import pytest
from support.functions import Functions, package
from support.refusal import refusal
from support.waiting import until

MISSING = "ResourceNotFoundException"
INVALID = "InvalidParameterValueException"
CONFLICT = "ResourceConflictException"


@pytest.fixture
def made(functions):
    return functions.make()


def test_permissions_are_statements_of_a_policy(freehold, lam, made):
    stranger = freehold.client("lambda", "222233334444")
    arn = made["FunctionArn"]
    assert refusal(stranger.invoke, FunctionName=arn, InvocationType="DryRun") == "AccessDeniedException"
    assert refusal(lam.get_policy, FunctionName="f") == MISSING
    permission = {"FunctionName": "f", "StatementId": "a", "Action": "lambda:InvokeFunction"}
    added = json.loads(lam.add_permission(**permission, Principal="222233334444")["Statement"])
    assert added["Principal"] == {"AWS": "arn:aws:iam::222233334444:root"}
    assert stranger.invoke(FunctionName=arn, InvocationType="DryRun")["StatusCode"] == 204
    assert refusal(stranger.get_function, FunctionName=arn) == "AccessDeniedException"
    with pytest.raises(lam.exceptions.ResourceConflictException, match="The statement id"):
        lam.add_permission(**permission, Principal="222233334444")
    source = "arn:aws:sns:us-east-1:111122223333:t"
    sns = {"FunctionName": "f", "StatementId": "b", "Action": "lambda:InvokeFunction"}
    lam.add_permission(**sns, Principal="sns.amazonaws.com", SourceArn=source)
    policy = lam.get_policy(FunctionName="f")
    statements = {one["Sid"]: one for one in json.loads(policy["Policy"])["Statement"]}
    assert statements["b"]["Condition"] == {"ArnLike": {"AWS:SourceArn": source}}
    gone = {"FunctionName": "f", "StatementId": "a"}
    assert refusal(lam.remove_permission, **gone, RevisionId="x") == "PreconditionFailedException"
    lam.remove_permission(**gone, RevisionId=policy["RevisionId"])
    assert refusal(stranger.invoke, FunctionName=arn, InvocationType="DryRun") == "AccessDeniedException"
    with pytest.raises(lam.exceptions.ResourceNotFoundException, match="is not found in resource policy"):
        lam.remove_permission(**gone)


@pytest.mark.parametrize(
    ("parameter", "key"),
    [({"PrincipalOrgID": "o-0123456789"}, "aws:PrincipalOrgID"), ({"EventSourceToken": "t"}, "lambda:EventSourceToken")],
)
def test_who_must_belong_to_an_organization_or_bring_a_token_is_nobody_here(freehold, lam, made, parameter, key):
    permission = {"FunctionName": "f", "StatementId": "a", "Action": "lambda:InvokeFunction", "Principal": "*"}
    added = json.loads(lam.add_permission(**permission, **parameter)["Statement"])
    assert added["Condition"] == {"StringEquals": {key: next(iter(parameter.values()))}}
    stranger = freehold.client("lambda", "222233334444")
    dry = {"FunctionName": made["FunctionArn"], "InvocationType": "DryRun"}
    assert refusal(stranger.invoke, **dry) == "AccessDeniedException"


def test_reservations_leave_a_hundred(functions, lam, made):
    assert lam.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=900)
    assert lam.get_function_concurrency(FunctionName="f")["ReservedConcurrentExecutions"] == 900
    assert lam.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"] == 100
    functions.make("g")
    with pytest.raises(lam.exceptions.InvalidParameterValueException, match="below its minimum value of .100."):
        lam.put_function_concurrency(FunctionName="g", ReservedConcurrentExecutions=1)
    lam.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    with pytest.raises(lam.exceptions.TooManyRequestsException) as throttled:
        lam.invoke(FunctionName="f")
    assert throttled.value.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    lam.delete_function_concurrency(FunctionName="f")
    assert "ReservedConcurrentExecutions" not in lam.get_function_concurrency(FunctionName="f")
    for call in (lam.get_function_concurrency, lam.delete_function_concurrency):
        assert refusal(call, FunctionName="nobody") == MISSING


def test_provisioned_concurrency_belongs_to_versions(lam, made):
    lam.publish_version(FunctionName="f")
    config = {"FunctionName": "f", "Qualifier": "1"}
    missing = "ProvisionedConcurrencyConfigNotFoundException"
    assert refusal(lam.get_provisioned_concurrency_config, **config) == missing
    assert refusal(lam.delete_provisioned_concurrency_config, **config) == missing
    put = lam.put_provisioned_concurrency_config(**config, ProvisionedConcurrentExecutions=2)
    assert (put["Status"], put["RequestedProvisionedConcurrentExecutions"]) == ("IN_PROGRESS", 2)
    assert lam.get_provisioned_concurrency_config(**config)["RequestedProvisionedConcurrentExecutions"] == 2
    listed = lam.list_provisioned_concurrency_configs(FunctionName="f")["ProvisionedConcurrencyConfigs"]
    assert [one["FunctionArn"] for one in listed] == [f"{made['FunctionArn']}:1"]
    lam.delete_provisioned_concurrency_config(**config)
    latest = {"FunctionName": "f", "Qualifier": "$LATEST", "ProvisionedConcurrentExecutions": 1}
    assert refusal(lam.put_provisioned_concurrency_config, **latest) == INVALID
    assert refusal(lam.list_provisioned_concurrency_configs, FunctionName="g") == MISSING


def test_a_version_is_kept_ready_by_its_number_or_by_an_alias(lam, made):
    lam.publish_version(FunctionName="f")
    lam.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    lam.create_alias(FunctionName="f", Name="dev", FunctionVersion="$LATEST")
    ready = {"FunctionName": "f", "ProvisionedConcurrentExecutions": 1}
    with pytest.raises(lam.exceptions.InvalidParameterValueException, match="unpublished function versions"):
        lam.put_provisioned_concurrency_config(**ready, Qualifier="dev")
    lam.put_provisioned_concurrency_config(**ready, Qualifier="live")
    with pytest.raises(lam.exceptions.ResourceConflictException, match="Provisioned Concurrency alias"):
        lam.put_provisioned_concurrency_config(**ready, Qualifier="1")
    lam.delete_provisioned_concurrency_config(FunctionName="f", Qualifier="live")
    lam.put_provisioned_concurrency_config(**ready, Qualifier="1")
    with pytest.raises(lam.exceptions.ResourceConflictException, match="already Provisioned version"):
        lam.put_provisioned_concurrency_config(**ready, Qualifier="live")


def test_events_are_tried_as_configured(functions, lam, made, account):
    sqs = functions.region.client("sqs", account)
    sqs.create_queue(QueueName="done")
    queue = f"arn:aws:sqs:us-east-1:{account}:done"
    with pytest.raises(lam.exceptions.ResourceNotFoundException, match="doesn't have an EventInvokeConfig"):
        lam.get_function_event_invoke_config(FunctionName="f")
    assert refusal(lam.update_function_event_invoke_config, FunctionName="f", MaximumRetryAttempts=1) == MISSING
    assert refusal(lam.put_function_event_invoke_config, FunctionName="f") == INVALID
    to = {"OnSuccess": {"Destination": queue}}
    put = lam.put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=1, DestinationConfig=to)
    assert (put["FunctionArn"], put["MaximumRetryAttempts"]) == (f"{made['FunctionArn']}:$LATEST", 1)
    changed = lam.update_function_event_invoke_config(FunctionName="f", MaximumEventAgeInSeconds=60)
    assert (changed["MaximumRetryAttempts"], changed["MaximumEventAgeInSeconds"]) == (1, 60)
    found = lam.get_function_event_invoke_config(FunctionName="f")
    assert found["DestinationConfig"]["OnSuccess"] == {"Destination": queue}
    listed = lam.list_function_event_invoke_configs(FunctionName="f")["FunctionEventInvokeConfigs"]
    assert len(listed) == 1
    weak = functions.make_role("weak", actions=None)
    functions.make("weak", Role=weak)
    with pytest.raises(lam.exceptions.InvalidParameterValueException, match="permissions to call SendMessage on SQS"):
        lam.put_function_event_invoke_config(FunctionName="weak", DestinationConfig=to)
    lam.delete_function_event_invoke_config(FunctionName="f")
    assert refusal(lam.delete_function_event_invoke_config, FunctionName="f") == MISSING
    assert refusal(lam.list_function_event_invoke_configs, FunctionName="g") == MISSING


def test_a_function_has_an_address(lam, made):
    assert refusal(lam.get_function_url_config, FunctionName="f") == MISSING
    cors = {"AllowOrigins": ["*"], "MaxAge": 60}
    url = lam.create_function_url_config(FunctionName="f", AuthType="NONE", Cors=cors)
    assert (url["InvokeMode"], url["Cors"]) == ("BUFFERED", cors)
    assert refusal(lam.create_function_url_config, FunctionName="f", AuthType="NONE") == CONFLICT
    changed = lam.update_function_url_config(FunctionName="f", AuthType="AWS_IAM", InvokeMode="RESPONSE_STREAM")
    assert (changed["AuthType"], changed["InvokeMode"], changed["Cors"]) == ("AWS_IAM", "RESPONSE_STREAM", cors)
    assert lam.get_function_url_config(FunctionName="f")["FunctionUrl"] == url["FunctionUrl"]
    listed = lam.list_function_url_configs(FunctionName="f")["FunctionUrlConfigs"]
    assert [one["FunctionUrl"] for one in listed] == [url["FunctionUrl"]]
    lam.delete_function_url_config(FunctionName="f")
    assert refusal(lam.delete_function_url_config, FunctionName="f") == MISSING
    assert refusal(lam.update_function_url_config, FunctionName="f", AuthType="NONE") == MISSING
    assert refusal(lam.list_function_url_configs, FunctionName="g") == MISSING


def test_versions_have_no_addresses(lam, made):
    lam.publish_version(FunctionName="f")
    for qualifier in ("1", "$LATEST"):
        address = {"FunctionName": "f", "AuthType": "NONE", "Qualifier": qualifier}
        assert refusal(lam.create_function_url_config, **address) == "ValidationException"


def test_a_mapping_is_made_changed_and_removed(functions, lam, made, account):
    sqs = functions.region.client("sqs", account)
    source = f"arn:aws:sqs:us-east-1:{account}:jobs"
    missing = {"EventSourceArn": source, "FunctionName": "f"}
    with pytest.raises(lam.exceptions.InvalidParameterValueException, match="NonExistentQueue"):
        lam.create_event_source_mapping(**missing)
    sqs.create_queue(QueueName="jobs")
    mapping = lam.create_event_source_mapping(**missing, BatchSize=5, Enabled=False)
    assert (mapping["State"], mapping["BatchSize"], mapping["FunctionArn"]) == ("Disabled", 5, made["FunctionArn"])
    assert refusal(lam.create_event_source_mapping, **missing) == CONFLICT
    uuid = mapping["UUID"]
    large = lam.update_event_source_mapping(UUID=uuid, BatchSize=100, MaximumBatchingWindowInSeconds=1, Enabled=True)
    assert (large["State"], large["BatchSize"]) == ("Enabling", 100)
    until(lambda: lam.get_event_source_mapping(UUID=uuid)["State"] == "Enabled", "it is enabled")
    assert refusal(lam.update_event_source_mapping, UUID=uuid, MaximumBatchingWindowInSeconds=0) == INVALID
    assert [one["UUID"] for one in lam.list_event_source_mappings(FunctionName="f")["EventSourceMappings"]] == [uuid]
    assert lam.list_event_source_mappings(EventSourceArn=f"{source}x")["EventSourceMappings"] == []
    assert lam.delete_event_source_mapping(UUID=uuid)["State"] == "Deleting"
    until(lambda: lam.list_event_source_mappings()["EventSourceMappings"] == [], "it is gone")
    for call in (lam.get_event_source_mapping, lam.delete_event_source_mapping):
        assert refusal(call, UUID=uuid) == MISSING
    assert refusal(lam.list_event_source_mappings, FunctionName="g") == MISSING
    stream = {"EventSourceArn": f"arn:aws:kinesis:us-east-1:{account}:stream/s", "FunctionName": "f"}
    with pytest.raises(lam.exceptions.InvalidParameterValueException, match="it has no kinesis"):
        lam.create_event_source_mapping(**stream, StartingPosition="LATEST")


def test_a_mapping_feeds_a_function_of_its_own_account(freehold, functions, lam, made, account):
    functions.region.client("sqs", account).create_queue(QueueName="jobs")
    stranger = freehold.client("lambda", "222233334444")
    source = f"arn:aws:sqs:us-east-1:{account}:jobs"
    foreign = {"EventSourceArn": source, "FunctionName": made["FunctionArn"]}
    assert refusal(stranger.create_event_source_mapping, **foreign) == MISSING


def test_code_signing_is_kept_and_enforced(functions, lam, made):
    profile = "arn:aws:signer:us-east-1:111122223333:/signing-profiles/p/0123456789"
    create = {"AllowedPublishers": {"SigningProfileVersionArns": [profile]}}
    config = lam.create_code_signing_config(**create, Description="d")["CodeSigningConfig"]
    arn = config["CodeSigningConfigArn"]
    assert config["CodeSigningPolicies"] == {"UntrustedArtifactOnDeployment": "Warn"}
    assert lam.get_code_signing_config(CodeSigningConfigArn=arn)["CodeSigningConfig"]["Description"] == "d"
    assert [one["CodeSigningConfigArn"] for one in lam.list_code_signing_configs()["CodeSigningConfigs"]] == [arn]
    lam.put_function_code_signing_config(CodeSigningConfigArn=arn, FunctionName="f")
    assert lam.get_function_code_signing_config(FunctionName="f")["CodeSigningConfigArn"] == arn
    used = lam.list_functions_by_code_signing_config(CodeSigningConfigArn=arn)["FunctionArns"]
    assert used == [made["FunctionArn"]]
    assert refusal(lam.delete_code_signing_config, CodeSigningConfigArn=arn) == CONFLICT
    enforce = {"UntrustedArtifactOnDeployment": "Enforce"}
    lam.update_code_signing_config(CodeSigningConfigArn=arn, CodeSigningPolicies=enforce)
    unsigned = "CodeVerificationFailedException"
    assert refusal(functions.make, name="g", CodeSigningConfigArn=arn) == unsigned
    assert refusal(lam.update_function_code, FunctionName="f", ZipFile=package(index="x = 1")) == unsigned
    lam.delete_function_code_signing_config(FunctionName="f")
    lam.delete_code_signing_config(CodeSigningConfigArn=arn)
    missing = "CodeSigningConfigNotFoundException"
    for call in (
        lam.get_code_signing_config,
        lam.update_code_signing_config,
        lam.delete_code_signing_config,
        lam.list_functions_by_code_signing_config,
    ):
        assert refusal(call, CodeSigningConfigArn=arn) == missing
    assert refusal(lam.put_function_code_signing_config, CodeSigningConfigArn=arn, FunctionName="f") == missing
    assert refusal(lam.get_function_code_signing_config, FunctionName="g") == MISSING
    assert refusal(lam.delete_function_code_signing_config, FunctionName="g") == MISSING
    assert refusal(lam.list_code_signing_configs, Marker="x") == INVALID
    bad = {"SigningProfileVersionArns": [profile]}
    tags = {"aws:x": "1"}
    assert refusal(lam.create_code_signing_config, AllowedPublishers=bad, Tags=tags) == INVALID


def test_code_signing_belongs_to_its_account(freehold, functions, lam, made):
    publishers = {"SigningProfileVersionArns": ["arn:aws:signer:us-east-1:111122223333:/signing-profiles/p/0123456789"]}
    config = lam.create_code_signing_config(AllowedPublishers=publishers)["CodeSigningConfig"]
    arn = config["CodeSigningConfigArn"]
    stranger = Functions(freehold, "222233334444", role="signer")
    denied = "AccessDeniedException"
    for call in (
        stranger.client.get_code_signing_config,
        stranger.client.update_code_signing_config,
        stranger.client.delete_code_signing_config,
    ):
        assert refusal(call, CodeSigningConfigArn=arn) == denied
    assert refusal(stranger.client.list_tags, Resource=arn) == denied
    assert refusal(stranger.client.tag_resource, Resource=arn, Tags={"a": "b"}) == denied
    own = stranger.client.create_code_signing_config(AllowedPublishers=publishers)["CodeSigningConfig"]
    given = {"FunctionName": made["FunctionArn"], "CodeSigningConfigArn": own["CodeSigningConfigArn"]}
    assert refusal(stranger.client.put_function_code_signing_config, **given) == denied
