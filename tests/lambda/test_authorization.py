"""What callers and roles must be allowed before a function gets it."""

import json

import pytest
from botocore.exceptions import ClientError
from support.functions import HELLO, RUNTIME


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture
def deployer(freehold, functions, account):
    """A client of a role that may do everything with Lambda, and what gives it more."""
    trust = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}
    arn = functions.iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]

    def allow(*statements):
        own = {"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}
        functions.iam.put_role_policy(
            RoleName="deployer", PolicyName="own", PolicyDocument=document(own, *statements)
        )

    allow()
    keys = freehold.client("sts", account).assume_role(RoleArn=arn, RoleSessionName="session")["Credentials"]
    client = freehold.client(
        "lambda", key=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"]
    )
    client.allow = allow
    return client


def denied(call, **parameters):
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    return refused.value.response["Error"]["Message"]


def test_a_role_is_handed_over_by_who_may_pass_it(functions, deployer, account):
    create = {"FunctionName": "f", "Runtime": RUNTIME, "Handler": "index.handler", "Code": {"ZipFile": HELLO}}
    sentence = f"is not authorized to perform: iam:PassRole on resource: {functions.role}"
    assert sentence in denied(deployer.create_function, **create, Role=functions.role)
    to = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    deployer.allow({"Effect": "Allow", "Action": "iam:PassRole", "Resource": functions.role, "Condition": to})
    assert sentence in denied(deployer.create_function, **create, Role=functions.role)
    to = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    deployer.allow({"Effect": "Allow", "Action": "iam:PassRole", "Resource": functions.role, "Condition": to})
    deployer.create_function(**create, Role=functions.role)
    functions.settled("f")
    other = functions.make_role("other")
    message = denied(deployer.update_function_configuration, FunctionName="f", Role=other)
    assert f"iam:PassRole on resource: {other}" in message
    # What hands no role over needs no leave for it.
    deployer.update_function_configuration(FunctionName="f", MemorySize=256)


@pytest.mark.parametrize("missing", ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"])
def test_a_queue_is_read_by_a_role_that_may(freehold, functions, account, missing):
    freehold.client("sqs", account).create_queue(QueueName="q")
    actions = {"ReceiveMessage", "DeleteMessage", "GetQueueAttributes"} - {missing}
    role = functions.make_role("reader", sorted(f"sqs:{action}" for action in actions))
    functions.make("f", Role=role)
    mapping = {"FunctionName": "f", "EventSourceArn": f"arn:aws:sqs:us-east-1:{account}:q"}
    with pytest.raises(ClientError) as refused:
        functions.client.create_event_source_mapping(**mapping)
    error = refused.value.response["Error"]
    sentence = f"The provided execution role does not have permissions to call {missing} on SQS"
    assert (error["Code"], error["Message"]) == ("InvalidParameterValueException", sentence)
