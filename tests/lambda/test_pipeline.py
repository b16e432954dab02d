"""From a queue through a function to a topic and into a queue, while the server is killed; and what is given up."""

import json
import random
import signal
import threading
import time

import pytest
from support import layers
from support.functions import Functions, receive
from support.region import Region
from support.waiting import until

pytestmark = [pytest.mark.machines, pytest.mark.timeout(280)]

ACCOUNT = "777700006666"
MESSAGES, KILLS = 300, 9

RELAY = """
import os, boto3
sns = boto3.client("sns")
def handler(event, context):
    for record in event["Records"]:
        sns.publish(TopicArn=os.environ["TOPIC"], Message=record["body"])
"""

POISON = """
def handler(event, context):
    for record in event["Records"]:
        print("received", record["messageId"], record["attributes"]["ApproximateReceiveCount"])
    raise ValueError("poison")
"""

# Tells of each run, then fails.
POISONED = """
import json, os, boto3
sqs = boto3.client("sqs")
def handler(event, context):
    told = sqs.get_queue_url(QueueName="told")["QueueUrl"]
    sqs.send_message(QueueUrl=told, MessageBody=json.dumps({"id": context.aws_request_id}))
    raise ValueError("poison")
"""


def arn(service, name):
    return f"arn:aws:{service}:us-east-1:{ACCOUNT}:{name}"


def counts(sqs, url):
    names = [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
    ]
    return [int(count) for count in sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"].values()]


def drain(sqs, url):
    """All that a queue has; deleted."""
    bodies = []
    while found := sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1, MaxNumberOfMessages=10).get("Messages"):
        for message in found:
            bodies.append(message["Body"])
        sqs.delete_message_batch(
            QueueUrl=url,
            Entries=[{"Id": str(n), "ReceiptHandle": one["ReceiptHandle"]} for n, one in enumerate(found)],
        )
    return bodies


class Sender(threading.Thread):
    """Sends numbered messages; what is not acknowledged is sent again under another number."""

    def __init__(self, sqs, url):
        super().__init__()
        self.sqs, self.url, self.acknowledged = sqs, url, set()

    def run(self):
        number = 0
        while len(self.acknowledged) < MESSAGES:
            batch = [{"Id": str(n), "MessageBody": str(number + n)} for n in range(10)]
            number += 10
            try:
                answer = self.sqs.send_message_batch(QueueUrl=self.url, Entries=batch)
            except Exception:  # noqa: BLE001: the server is gone, and nothing of this is acknowledged
                time.sleep(0.05)
                continue
            self.acknowledged |= {batch[int(one["Id"])]["MessageBody"] for one in answer["Successful"]}
            time.sleep(0.1)


def test_nothing_that_was_acknowledged_is_lost_on_its_way(clients, host_is_left_clean):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    with Region("container") as region:
        functions = Functions(region, ACCOUNT)
        sqs, sns = region.client("sqs", ACCOUNT), region.client("sns", ACCOUNT)
        # Shorter than users would have it, so that what a kill interrupts comes again soon.
        source = sqs.create_queue(QueueName="in", Attributes={"VisibilityTimeout": "6"})["QueueUrl"]
        out = sqs.create_queue(QueueName="out")["QueueUrl"]
        topic = sns.create_topic(Name="topic")["TopicArn"]
        sns.subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint=arn("sqs", "out"), Attributes={"RawMessageDelivery": "true"}
        )
        permission = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn("sqs", "out")}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [permission]})
        sqs.set_queue_attributes(QueueUrl=out, Attributes={"Policy": policy})
        sdk = functions.client.publish_layer_version(LayerName="sdk", Content={"ZipFile": layers.python()})
        functions.make(
            "relay",
            code=RELAY,
            Layers=[sdk["LayerVersionArn"]],
            MemorySize=512,
            Timeout=6,
            Environment={"Variables": {"TOPIC": topic}},
        )
        functions.client.create_event_source_mapping(
            EventSourceArn=arn("sqs", "in"),
            FunctionName="relay",
            BatchSize=10,
            ScalingConfig={"MaximumConcurrency": 4},
        )
        sender = Sender(sqs, source)
        sender.start()
        for _ in range(KILLS):
            time.sleep(dice.uniform(0.05, 1.5))
            region.process.send_signal(signal.SIGKILL)
            region.process.wait()
            region.start()
        sender.join()
        until(lambda: counts(sqs, source) == [0, 0, 0], "all messages are taken", timeout=120, every=0.5)
        arrived = drain(sqs, out)
        # Twice is allowed (at least once), never is not.
        assert set(arrived) >= sender.acknowledged, sorted(sender.acknowledged - set(arrived))
        assert len(sender.acknowledged) >= MESSAGES
        print(f"{len(sender.acknowledged)} were acknowledged, {len(arrived)} arrived, {len(set(arrived))} of them once")
        poison_is_received_as_often_as_said(region, functions)


def poison_is_received_as_often_as_said(region, functions):
    """In the region that was killed so often: a message that fails each time comes to the dead-letter queue after that."""
    sqs = region.client("sqs", ACCOUNT)
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    redrive = json.dumps({"deadLetterTargetArn": arn("sqs", "dead"), "maxReceiveCount": 3})
    attributes = {"VisibilityTimeout": "4", "RedrivePolicy": redrive}
    poisoned = sqs.create_queue(QueueName="poisoned", Attributes=attributes)["QueueUrl"]
    functions.make("poisoned", code=POISON, MemorySize=1024, Timeout=4)
    functions.client.create_event_source_mapping(EventSourceArn=arn("sqs", "poisoned"), FunctionName="poisoned")
    sent = sqs.send_message(QueueUrl=poisoned, MessageBody="poison")["MessageId"]
    message = receive(sqs, dead)
    assert (message["MessageId"], message["Body"]) == (sent, "poison")
    assert counts(sqs, poisoned) == [0, 0, 0]
    received = until(lambda: len(said(region, "received")) >= 3 and said(region, "received"), "all runs are in the log")
    assert received == [f"received {sent} {count}" for count in (1, 2, 3)]


def said(region, word):
    """Lines of the function's log that begin so."""
    logs = region.client("logs", ACCOUNT)
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName="/aws/lambda/poisoned")
    lines = [event["message"].rstrip() for page in pages for event in page["events"]]
    return [line for line in lines if line.startswith(word)]


def test_an_event_that_fails_is_tried_three_times_and_told(clients, host_is_left_clean):
    """After one minute and after two more (*Developer guide, How Lambda handles errors and retries with asynchronous
    invocation*), by a clock that the test moves."""
    with Region("container", "--test-clock") as region:
        functions = Functions(region, ACCOUNT)
        sqs = region.client("sqs", ACCOUNT)
        told, failed, dead = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("told", "failed", "dead"))
        sdk = functions.client.publish_layer_version(LayerName="sdk", Content={"ZipFile": layers.python()})
        functions.make(
            "poisoned",
            code=POISONED,
            Layers=[sdk["LayerVersionArn"]],
            MemorySize=1024,
            Timeout=20,
            DeadLetterConfig={"TargetArn": arn("sqs", "dead")},
        )
        to = {"OnFailure": {"Destination": arn("sqs", "failed")}}
        functions.client.put_function_event_invoke_config(FunctionName="poisoned", DestinationConfig=to)
        taken = functions.client.invoke(FunctionName="poisoned", InvocationType="Event", Payload=b'{"a": 1}')
        request = taken["ResponseMetadata"]["RequestId"]
        for minutes in (1, 2):
            assert json.loads(receive(sqs, told)["Body"])["id"] == request
            # Its next run is in its queue when this one is over.
            until(lambda count=minutes: len(said(region, "REPORT")) == count, "the run is over")
            region.advance_clock(minutes * 60 - 25)
            assert not sqs.receive_message(QueueUrl=told, WaitTimeSeconds=1).get("Messages"), "not before its time"
            region.advance_clock(30)
        assert json.loads(receive(sqs, told)["Body"])["id"] == request
        record = json.loads(receive(sqs, failed)["Body"])
        context = record["requestContext"]
        assert (context["condition"], context["approximateInvokeCount"]) == ("RetriesExhausted", 3)
        assert (context["requestId"], record["requestPayload"]) == (request, {"a": 1})
        assert record["responseContext"] == {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        }
        assert record["responsePayload"]["errorMessage"] == "poison"
        letter = receive(sqs, dead)
        attributes = {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}
        assert attributes == {"RequestID": request, "ErrorCode": "200", "ErrorMessage": "poison"}
        assert json.loads(letter["Body"]) == {"a": 1}
        region.advance_clock(3600)
        assert not sqs.receive_message(QueueUrl=told, WaitTimeSeconds=2).get("Messages"), "and never again"
