"""Policies of topics: who else may do what."""

import json

import pytest
from support.refusal import refusal

OTHER = "222233334444"


@pytest.fixture
def other(freehold):
    return freehold.client("sns", account=OTHER)


def statements(sns, arn):
    return json.loads(sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"])["Statement"]


def test_a_permission_lets_another_account_publish_until_it_is_removed(lab, sns, other):
    arn, queue = lab.topic(), lab.queue()
    lab.subscribe(arn, queue)
    assert refusal(other.publish, TopicArn=arn, Message="m") == "AuthorizationError"
    sns.add_permission(TopicArn=arn, Label="guests", AWSAccountId=[OTHER], ActionName=["Publish"])
    assert [statement["Sid"] for statement in statements(sns, arn)] == ["__default_statement_ID", "guests"]
    other.publish(TopicArn=arn, Message="from outside")
    assert lab.messages(queue) == ["from outside"]
    assert refusal(other.get_topic_attributes, TopicArn=arn) == "AuthorizationError"
    sns.remove_permission(TopicArn=arn, Label="guests")
    sns.remove_permission(TopicArn=arn, Label="guests")
    assert refusal(other.publish, TopicArn=arn, Message="m") == "AuthorizationError"


def test_a_policy_is_checked_and_holds(lab, sns, other):
    arn = lab.topic()
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": "SNS:*", "Resource": arn}],
    }
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(policy))
    assert other.get_topic_attributes(TopicArn=arn)["Attributes"]["TopicArn"] == arn
    policy["Statement"][0]["Action"] = "sqs:SendMessage"
    change = {"TopicArn": arn, "AttributeName": "Policy", "AttributeValue": json.dumps(policy)}
    assert refusal(sns.set_topic_attributes, **change) == "InvalidParameter"


def test_an_owner_may_be_denied(lab, sns):
    arn = lab.topic()
    policy = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "SNS:Publish", "Resource": arn}]}
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(policy))
    assert refusal(sns.publish, TopicArn=arn, Message="m") == "AuthorizationError"


def test_permissions_have_labels_accounts_and_actions(lab, sns, account):
    arn = lab.topic()
    good = {"TopicArn": arn, "Label": "a", "AWSAccountId": [OTHER], "ActionName": ["Publish"]}
    sns.add_permission(**good)
    for change in (
        {},
        {"Label": "b", "ActionName": ["Fly"]},
        {"Label": "b", "AWSAccountId": ["me"]},
        {"Label": "b c"},
        {"Label": ""},
        {"Label": "b", "ActionName": []},
        {"Label": "b", "AWSAccountId": []},
    ):
        assert refusal(sns.add_permission, **(good | change)) in ("InvalidParameter", "ValidationError"), change
    assert refusal(sns.remove_permission, TopicArn=arn, Label="b c") == "InvalidParameter"
    nobody = f"arn:aws:sns:us-east-1:{account}:nobody"
    assert refusal(sns.add_permission, **(good | {"TopicArn": nobody})) == "NotFound"
    assert refusal(sns.remove_permission, TopicArn=nobody, Label="a") == "NotFound"


def test_what_another_account_subscribes_is_its_own(lab, sns, other, freehold):
    arn = lab.topic()
    sns.add_permission(TopicArn=arn, Label="guests", AWSAccountId=[OTHER], ActionName=["Subscribe"])
    queues = freehold.client("sqs", account=OTHER)
    url = queues.create_queue(QueueName=f"of-{lab.account}")["QueueUrl"]
    endpoint = f"arn:aws:sqs:us-east-1:{OTHER}:of-{lab.account}"
    allow = {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": endpoint,
                "Condition": {"ArnEquals": {"aws:SourceArn": arn}},
            }
        ]
    }
    queues.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(allow)})
    subscription = other.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=endpoint)["SubscriptionArn"]
    sns.publish(TopicArn=arn, Message="across")
    body = queues.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"][0]["Body"]
    assert json.loads(body)["Message"] == "across"
    assert other.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]["Owner"] == OTHER
    other.unsubscribe(SubscriptionArn=subscription)
    assert sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"] == []


def test_a_queue_of_another_account_is_asked(lab, sns, freehold):
    queues = freehold.client("sqs", account=OTHER)
    url = queues.create_queue(QueueName=f"asked-{lab.account}")["QueueUrl"]
    endpoint, arn = f"arn:aws:sqs:us-east-1:{OTHER}:asked-{lab.account}", lab.topic()
    allow = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": endpoint}]}
    queues.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(allow)})
    made = sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=endpoint)["SubscriptionArn"]
    assert made == "pending confirmation"
    sns.publish(TopicArn=arn, Message="too early")
    asked = queues.receive_message(QueueUrl=url, WaitTimeSeconds=5, MaxNumberOfMessages=10)["Messages"]
    assert [json.loads(message["Body"])["Type"] for message in asked] == ["SubscriptionConfirmation"]
    sns.confirm_subscription(TopicArn=arn, Token=json.loads(asked[0]["Body"])["Token"])
    sns.publish(TopicArn=arn, Message="now")
    body = queues.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"][0]["Body"]
    assert json.loads(body)["Message"] == "now"
