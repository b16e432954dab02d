"""Attributes of queues: what they may be, and that they show what was set."""

import json
import time

import pytest
from support.refusal import refusal

MISSING = "AWS.SimpleQueueService.NonExistentQueue"
DEFAULTS = {
    "DelaySeconds": "0",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "VisibilityTimeout": "30",
    "SqsManagedSseEnabled": "true",
    "ApproximateNumberOfMessages": "0",
    "ApproximateNumberOfMessagesNotVisible": "0",
    "ApproximateNumberOfMessagesDelayed": "0",
}


def test_a_queue_has_its_defaults(sqs, account, queue):
    shown = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    created, modified = int(shown.pop("CreatedTimestamp")), int(shown.pop("LastModifiedTimestamp"))
    assert shown == DEFAULTS | {"QueueArn": f"arn:aws:sqs:us-east-1:{account}:jobs"}
    assert created == modified
    assert abs(created - time.time()) < 60


def test_attributes_are_shown_by_name(sqs, queue):
    shown = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["DelaySeconds", "Policy"])
    assert shown["Attributes"] == {"DelaySeconds": "0"}
    assert "Attributes" not in sqs.get_queue_attributes(QueueUrl=queue)
    assert refusal(sqs.get_queue_attributes, QueueUrl=queue, AttributeNames=["Size"]) == "InvalidAttributeName"
    assert refusal(sqs.get_queue_attributes, QueueUrl=queue + "x", AttributeNames=["All"]) == MISSING


def test_what_is_set_is_shown(make):
    queue = make()
    attributes = {
        "DelaySeconds": "900",
        "MaximumMessageSize": "1024",
        "MessageRetentionPeriod": "1209600",
        "ReceiveMessageWaitTimeSeconds": "20",
        "VisibilityTimeout": "43200",
        "KmsDataKeyReusePeriodSeconds": "60",
        "SqsManagedSseEnabled": "false",
    }
    queue.set(**attributes)
    shown = queue.client.get_queue_attributes(QueueUrl=queue.url, AttributeNames=["All"])["Attributes"]
    assert attributes.items() <= shown.items()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DelaySeconds", "901"),
        ("DelaySeconds", "-1"),
        ("DelaySeconds", "x"),
        ("MaximumMessageSize", "1023"),
        ("MaximumMessageSize", "1048577"),
        ("MessageRetentionPeriod", "59"),
        ("MessageRetentionPeriod", "1209601"),
        ("ReceiveMessageWaitTimeSeconds", "21"),
        ("VisibilityTimeout", "43201"),
        ("KmsDataKeyReusePeriodSeconds", "59"),
        ("SqsManagedSseEnabled", "yes"),
        ("Policy", "{}"),
    ],
)
def test_values_out_of_range(sqs, queue, name, value):
    assert refusal(sqs.set_queue_attributes, QueueUrl=queue, Attributes={name: value}) == "InvalidAttributeValue"
    assert refusal(sqs.create_queue, QueueName="other", Attributes={name: value}) == "InvalidAttributeValue"


@pytest.mark.parametrize("name", ["Size", "QueueArn", "ContentBasedDeduplication", "FifoThroughputLimit", "FifoQueue"])
def test_standard_queues_do_not_have_it(sqs, queue, name):
    change = {"Attributes": {name: "true"}}
    assert refusal(sqs.set_queue_attributes, QueueUrl=queue, **change) == "InvalidAttributeName"


def test_attributes_of_nothing(sqs, queue):
    assert refusal(sqs.set_queue_attributes, QueueUrl=queue + "x", Attributes={"DelaySeconds": "1"}) == MISSING
    assert refusal(sqs.set_queue_attributes, QueueUrl=queue, Attributes={}) == "MissingParameter"


def test_there_is_no_kms(sqs, queue):
    change = {"QueueUrl": queue, "Attributes": {"KmsMasterKeyId": "alias/aws/sqs"}}
    assert refusal(sqs.set_queue_attributes, **change) == "AWS.SimpleQueueService.UnsupportedOperation"
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"KmsMasterKeyId": ""})


def test_high_throughput_of_fifo_queues(make):
    queue = make("a.fifo", FifoQueue="true")
    assert queue.attribute("DeduplicationScope") == "queue"
    limit = {"FifoThroughputLimit": "perMessageGroupId"}
    change = {"QueueUrl": queue.url, "Attributes": limit}
    assert refusal(queue.client.set_queue_attributes, **change) == "InvalidAttributeValue"
    queue.set(DeduplicationScope="messageGroup", **limit)
    assert queue.attribute("FifoThroughputLimit") == "perMessageGroupId"
    change["Attributes"] = {"DeduplicationScope": "queue"}
    assert refusal(queue.client.set_queue_attributes, **change) == "InvalidAttributeValue"


def test_a_policy_is_kept_as_it_was_written_and_taken_away(make):
    queue = make()
    policy = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "SQS:SendMessage", "Resource": queue.arn}],
        },
        indent=1,
    )
    queue.set(Policy=policy)
    assert queue.attribute("Policy") == policy
    queue.set(Policy="")
    assert queue.attribute("Policy") is None


def test_changes_are_dated(clocked, make_clocked):
    queue = make_clocked()
    clocked.advance_clock(100)
    queue.set(DelaySeconds="1")
    assert 100 <= int(queue.attribute("LastModifiedTimestamp")) - int(queue.attribute("CreatedTimestamp")) <= 200


def test_a_shorter_retention_forgets_at_once(clocked, make_clocked):
    queue = make_clocked()
    queue.send()
    clocked.advance_clock(120)
    assert queue.counts() == (1, 0, 0)
    queue.set(MessageRetentionPeriod="60")
    assert queue.receive() == []


def test_a_delay_of_the_queue_and_of_the_message(clocked, make_clocked):
    queue = make_clocked(DelaySeconds="100")
    queue.send("late")
    queue.send("now", DelaySeconds=0)
    assert queue.counts() == (1, 0, 1)
    assert queue.receive_one()["Body"] == "now"
    clocked.advance_clock(100)
    assert "late" in [message["Body"] for message in queue.receive()]
