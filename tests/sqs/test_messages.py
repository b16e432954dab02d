"""Messages: what comes out is what was put in. botocore verifies the digests of everything."""

import time

import pytest
from support.refusal import refusal

MISSING = "AWS.SimpleQueueService.NonExistentQueue"
MEBIBYTE = 1 << 20


def text(value, kind="String"):
    return {"DataType": kind, "StringValue": value}


def test_a_message_is_received_as_it_was_sent(make):
    queue = make()
    sent = queue.send("grüße \U0001f600\t\r\n<&>")
    message = queue.receive_one()
    assert message["MessageId"] == sent["MessageId"]
    assert message["Body"] == "grüße \U0001f600\t\r\n<&>"
    assert message["MD5OfBody"] == sent["MD5OfMessageBody"]
    assert "SequenceNumber" not in sent
    assert queue.counts() == (0, 1, 0)
    queue.delete(message)
    assert queue.counts() == (0, 0, 0)


def test_system_attributes_tell_a_messages_life(make, account):
    queue = make(VisibilityTimeout="0")
    trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    sent = queue.send(MessageGroupId="tenant", MessageSystemAttributes={"AWSTraceHeader": text(trace)})
    assert len(sent["MD5OfMessageSystemAttributes"]) == 32
    first = queue.receive_one()["Attributes"]
    second = queue.receive_one()["Attributes"]
    assert abs(int(first["SentTimestamp"]) / 1000 - time.time()) < 60
    assert int(first["ApproximateFirstReceiveTimestamp"]) >= int(first["SentTimestamp"])
    assert (first["ApproximateReceiveCount"], second["ApproximateReceiveCount"]) == ("1", "2")
    assert first["ApproximateFirstReceiveTimestamp"] == second["ApproximateFirstReceiveTimestamp"]
    assert (first["SenderId"], first["MessageGroupId"], first["AWSTraceHeader"]) == (account, "tenant", trace)
    assert "SequenceNumber" not in first
    some = queue.receive_one(MessageSystemAttributeNames=["SenderId"], AttributeNames=["SentTimestamp"])["Attributes"]
    assert some.keys() == {"SenderId", "SentTimestamp"}
    assert "Attributes" not in queue.receive_one(MessageSystemAttributeNames=[])
    receive = {"QueueUrl": queue.url, "AttributeNames": ["Nonsense"]}
    assert refusal(queue.client.receive_message, **receive) == "InvalidAttributeName"


def test_message_attributes_of_every_type(make):
    queue = make(VisibilityTimeout="0")
    attributes = {
        "text": text("grüße"),
        "number": text("-1.5e3", "Number.float"),
        "bytes": {"DataType": "Binary.png", "BinaryValue": b"\x00\xff\x80"},
        "a.b-c_D": text("x", "String.own"),
    }
    sent = queue.send(MessageAttributes=attributes)
    message = queue.receive_one()
    assert message["MessageAttributes"] == attributes
    assert message["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]
    assert queue.receive_one(MessageAttributeNames=["a.*", "text"])["MessageAttributes"].keys() == {"text", "a.b-c_D"}
    assert queue.receive_one(MessageAttributeNames=[".*"])["MessageAttributes"] == attributes
    none = queue.receive_one(MessageAttributeNames=["other"])
    assert "MessageAttributes" not in none
    assert "MD5OfMessageAttributes" not in none


@pytest.mark.parametrize(
    "attributes",
    [
        {"AWS.x": text("x")},
        {"amazon.x": text("x")},
        {".a": text("x")},
        {"a..b": text("x")},
        {"a b": text("x")},
        {"n" * 257: text("x")},
        {"a": text("x", "Float")},
        {"a": text("", "String")},
        {"a": text("x", "Number")},
        {"a": text("9" * 39, "Number")},
        {"a": text("\x01")},
        {"a": text("x", "Binary")},
        {"a": {"DataType": "String", "BinaryValue": b"x"}},
        {"a": {"DataType": "Binary", "BinaryValue": b""}},
        {"a": {"DataType": "String"}},
        {f"a{number}": text("x") for number in range(11)},
    ],
    ids=lambda attributes: next(iter(attributes))[:20],
)
def test_attributes_that_are_none(sqs, queue, attributes):
    message = {"QueueUrl": queue, "MessageBody": "x", "MessageAttributes": attributes}
    assert refusal(sqs.send_message, **message) == "InvalidParameterValue"


def test_lists_in_attributes_are_reserved(sqs, queue):
    attributes = {"a": {"DataType": "String", "StringListValues": ["x"]}}
    message = {"QueueUrl": queue, "MessageBody": "x", "MessageAttributes": attributes}
    assert refusal(sqs.send_message, **message) == "AWS.SimpleQueueService.UnsupportedOperation"


def test_the_trace_header_is_the_only_system_attribute(sqs, queue):
    for attributes in ({"Other": text("x")}, {"AWSTraceHeader": text("1", "Number")}):
        message = {"QueueUrl": queue, "MessageBody": "x", "MessageSystemAttributes": attributes}
        assert refusal(sqs.send_message, **message) == "InvalidParameterValue"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"MessageBody": ""}, "MissingParameter"),
        ({"MessageBody": "a\x00b"}, "InvalidMessageContents"),
        ({"MessageBody": "\ufffe"}, "InvalidMessageContents"),
        ({"MessageBody": "x" * (MEBIBYTE + 1)}, "InvalidParameterValue"),
        ({"DelaySeconds": 901}, "InvalidParameterValue"),
        ({"DelaySeconds": -1}, "InvalidParameterValue"),
        ({"MessageDeduplicationId": "d"}, "InvalidParameterValue"),
        ({"MessageGroupId": "a b"}, "InvalidParameterValue"),
        ({"MessageGroupId": "g" * 129}, "InvalidParameterValue"),
    ],
    ids=str,
)
def test_messages_that_are_none(sqs, queue, options, code):
    message = {"QueueUrl": queue, "MessageBody": "x"} | options
    assert refusal(sqs.send_message, **message) == code


def test_a_mebibyte_is_the_most(make):
    queue = make()
    queue.send("x" * MEBIBYTE)
    assert len(queue.receive_one()["Body"]) == MEBIBYTE
    # A quarter of a million characters, each of which JSON may write as two escapes.
    queue.send("\U0001f600" * (MEBIBYTE // 4))
    assert queue.receive_one()["Body"] == "\U0001f600" * (MEBIBYTE // 4)
    queue.set(MaximumMessageSize="1024")
    attributes = {"name": text("v" * 10)}
    queue.send("x" * (1024 - 4 - 6 - 10), MessageAttributes=attributes)
    message = {"QueueUrl": queue.url, "MessageBody": "x" * (1024 - 19), "MessageAttributes": attributes}
    assert refusal(queue.client.send_message, **message) == "InvalidParameterValue"


@pytest.mark.parametrize(
    "options",
    [
        {"MaxNumberOfMessages": 0},
        {"MaxNumberOfMessages": 11},
        {"WaitTimeSeconds": 21},
        {"WaitTimeSeconds": -1},
        {"VisibilityTimeout": 43201},
        {"VisibilityTimeout": -1},
        {"ReceiveRequestAttemptId": "a"},
    ],
    ids=str,
)
def test_receives_that_are_none(sqs, queue, options):
    assert refusal(sqs.receive_message, QueueUrl=queue, **options) == "InvalidParameterValue"


def test_messages_of_no_queue(sqs, queue):
    missing = queue + "x"
    assert refusal(sqs.send_message, QueueUrl=missing, MessageBody="x") == MISSING
    assert refusal(sqs.receive_message, QueueUrl=missing) == MISSING
    assert refusal(sqs.delete_message, QueueUrl=missing, ReceiptHandle="x") == MISSING


def test_an_empty_queue_answers_at_once_without_messages(sqs, queue):
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)


def test_a_waiting_receiver_gets_what_is_sent_meanwhile(make):
    import threading

    queue = make(ReceiveMessageWaitTimeSeconds="20")
    got = []
    waiting = threading.Thread(target=lambda: got.extend(queue.receive()))
    waiting.start()
    began = time.monotonic()
    while not got and time.monotonic() - began < 15:
        queue.send("x")
        waiting.join(timeout=1)
    assert got
    assert time.monotonic() - began < 15


def test_a_deleted_queue_ends_the_wait(make):
    import threading

    queue = make()
    codes = []
    waiting = threading.Thread(
        target=lambda: codes.append(refusal(queue.client.receive_message, QueueUrl=queue.url, WaitTimeSeconds=20))
    )
    waiting.start()
    time.sleep(0.3)
    queue.client.delete_queue(QueueUrl=queue.url)
    waiting.join(timeout=15)
    assert codes == [MISSING]


def test_time_goes_on_and_what_is_too_old_is_forgotten(clocked, make_clocked):
    queue = make_clocked(MessageRetentionPeriod="60")
    queue.send()
    clocked.advance_clock(61)
    assert queue.receive() == []
    assert queue.counts() == (0, 0, 0)
