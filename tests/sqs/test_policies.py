"""Policies of queues: who else may use them."""

import json

import pytest
from support.refusal import refusal

MISSING = "AWS.SimpleQueueService.NonExistentQueue"
DENIED = "AccessDenied"


@pytest.fixture
def stranger(freehold, account):
    """A client of another account."""
    return freehold.client("sqs", account=str(int(account) + 500_000_000_000))


def stranger_account(account):
    return str(int(account) + 500_000_000_000)


def policy(queue, **statement):
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": queue.arn} | statement
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_queue_is_its_accounts_alone(make, stranger):
    queue = make()
    assert refusal(stranger.send_message, QueueUrl=queue.url, MessageBody="x") == DENIED
    assert refusal(stranger.receive_message, QueueUrl=queue.url) == DENIED
    assert refusal(stranger.send_message, QueueUrl=queue.url + "x", MessageBody="x") == MISSING


def test_a_permission_lets_another_account_in_until_it_is_taken_away(make, stranger, account):
    queue = make()
    queue.client.add_permission(
        QueueUrl=queue.url, Label="let", AWSAccountIds=[stranger_account(account)], Actions=["SendMessage"]
    )
    stranger.send_message(QueueUrl=queue.url, MessageBody="x")
    stranger.send_message_batch(QueueUrl=queue.url, Entries=[{"Id": "a", "MessageBody": "y"}])
    assert refusal(stranger.receive_message, QueueUrl=queue.url) == DENIED
    statement = json.loads(queue.attribute("Policy"))["Statement"][0]
    assert statement == {
        "Sid": "let",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{stranger_account(account)}:root"},
        "Action": "SQS:SendMessage",
        "Resource": queue.arn,
    }
    queue.client.remove_permission(QueueUrl=queue.url, Label="let")
    assert queue.attribute("Policy") is None
    assert refusal(stranger.send_message, QueueUrl=queue.url, MessageBody="x") == DENIED


def test_permissions_that_are_none(make, account):
    queue = make()
    add, remove = queue.client.add_permission, queue.client.remove_permission
    good = {"QueueUrl": queue.url, "Label": "a", "AWSAccountIds": [account], "Actions": ["SendMessage"]}
    add(**good)
    assert refusal(add, **good) == "InvalidParameterValue"
    for bad in (
        {"Label": "a b"},
        {"Label": "b", "Actions": ["Fly"]},
        {"Label": "b", "Actions": ["DeleteQueue"]},
        {"Label": "b", "AWSAccountIds": ["me"]},
    ):
        assert refusal(add, **good | bad) == "InvalidParameterValue"
    many = {"Label": "b", "Actions": ["SendMessage"] * 8}
    assert refusal(add, **good | many) == "OverLimit"
    assert refusal(add, **good | {"QueueUrl": queue.url + "x"}) == MISSING
    assert refusal(remove, QueueUrl=queue.url, Label="other") == "InvalidParameterValue"
    assert refusal(remove, QueueUrl=queue.url + "x", Label="a") == MISSING


def test_a_policy_lets_others_in_but_not_change_the_queue(make, stranger):
    queue = make()
    queue.set(Policy=policy(queue))
    stranger.send_message(QueueUrl=queue.url, MessageBody="x")
    message = stranger.receive_message(QueueUrl=queue.url)["Messages"][0]
    stranger.change_message_visibility(
        QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=100
    )
    stranger.delete_message(QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"])
    owner = queue.arn.split(":")[4]
    assert stranger.get_queue_url(QueueName="jobs", QueueOwnerAWSAccountId=owner)["QueueUrl"] == queue.url
    for call, arguments in (
        (stranger.delete_queue, {}),
        (stranger.set_queue_attributes, {"Attributes": {"DelaySeconds": "1"}}),
        (stranger.tag_queue, {"Tags": {"a": "b"}}),
        (stranger.list_queue_tags, {}),
        (stranger.remove_permission, {"Label": "a"}),
    ):
        assert refusal(call, QueueUrl=queue.url, **arguments) == DENIED


def test_conditions_of_policies_are_looked_at(make, stranger):
    queue = make()
    queue.set(Policy=policy(queue, Condition={"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}))
    stranger.send_message(QueueUrl=queue.url, MessageBody="x")
    queue.set(Policy=policy(queue, Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))
    assert refusal(stranger.send_message, QueueUrl=queue.url, MessageBody="x") == DENIED


def test_a_deny_binds_the_owner_too_who_can_take_it_back(make):
    queue = make()
    queue.set(Policy=policy(queue, Effect="Deny"))
    assert refusal(queue.client.send_message, QueueUrl=queue.url, MessageBody="x") == DENIED
    queue.set(Policy="")
    queue.send()


def test_a_role_needs_its_own_policy_or_the_queues(freehold, account, make):
    iam, sts = freehold.client("iam", account=account), freehold.client("sts", account=account)
    trust = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=document)["Role"]
    issued = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="me")["Credentials"]
    client = freehold.client(
        "sqs", key=issued["AccessKeyId"], secret=issued["SecretAccessKey"], token=issued["SessionToken"]
    )
    queue = make()
    assert refusal(client.send_message, QueueUrl=queue.url, MessageBody="x") == DENIED
    queue.set(Policy=policy(queue, Principal={"AWS": role["Arn"]}))
    client.send_message(QueueUrl=queue.url, MessageBody="x")
    assert queue.receive_one()["Attributes"]["SenderId"] == f"{role['RoleId']}:me"
    queue.set(Policy="")
    allowed = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue.arn}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName="worker", PolicyName="send", PolicyDocument=document)
    client.send_message_batch(QueueUrl=queue.url, Entries=[{"Id": "a", "MessageBody": "x"}])
    assert refusal(client.receive_message, QueueUrl=queue.url) == DENIED
