"""FIFO queues: order within groups, and duplicates."""

import pytest
from support.refusal import refusal

FIFO = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}


@pytest.fixture
def queue(make):
    return make("jobs.fifo", **FIFO)


@pytest.fixture
def clocked_queue(make_clocked):
    return make_clocked("jobs.fifo", **FIFO)


def bodies(messages):
    return [message["Body"] for message in messages]


def test_a_group_leaves_in_order_and_blocks_only_itself(queue):
    for body in ("a1", "b1", "a2", "b2", "a3"):
        queue.send(body, MessageGroupId=body[0])
    first = queue.receive(MaxNumberOfMessages=1)
    assert bodies(first) == ["a1"]
    others = queue.receive()
    assert bodies(others) == ["b1", "b2"]
    assert queue.receive() == []
    queue.delete(first[0])
    assert bodies(queue.receive()) == ["a2", "a3"]


def test_sequence_numbers_grow(queue):
    sent = [queue.send(f"{n}", MessageGroupId="g")["SequenceNumber"] for n in range(5)]
    assert all(len(number) == 20 and number.isdigit() for number in sent)
    assert sent == sorted(sent) and len(set(sent)) == 5
    assert [message["Attributes"]["SequenceNumber"] for message in queue.receive()] == sent


def test_messages_know_their_group_and_duplicates(queue):
    queue.send("x", MessageGroupId="g", MessageDeduplicationId="d")
    attributes = queue.receive_one()["Attributes"]
    assert (attributes["MessageGroupId"], attributes["MessageDeduplicationId"]) == ("g", "d")
    queue.send("y", MessageGroupId="h")
    by_content = queue.receive_one()["Attributes"]["MessageDeduplicationId"]
    assert len(by_content) == 64


def test_a_duplicate_within_five_minutes_is_the_same_message(clocked, clocked_queue):
    queue = clocked_queue
    first = queue.send("x", MessageGroupId="g")
    again = queue.send("x", MessageGroupId="h")
    assert (again["MessageId"], again["SequenceNumber"]) == (first["MessageId"], first["SequenceNumber"])
    assert queue.counts() == (1, 0, 0)
    queue.delete(queue.receive_one())
    assert queue.send("x", MessageGroupId="g")["MessageId"] == first["MessageId"]
    assert queue.counts() == (0, 0, 0)
    clocked.advance_clock(300)
    assert queue.send("x", MessageGroupId="g")["MessageId"] != first["MessageId"]


def test_duplicates_may_be_told_apart_by_group(make):
    queue = make("jobs.fifo", DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId", **FIFO)
    first = queue.send("x", MessageGroupId="g")["MessageId"]
    assert queue.send("x", MessageGroupId="h")["MessageId"] != first
    assert queue.send("x", MessageGroupId="g")["MessageId"] == first


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({}, "MissingParameter"),
        ({"MessageGroupId": "g"}, "InvalidParameterValue"),
        ({"MessageGroupId": "g", "MessageDeduplicationId": "ü"}, "InvalidParameterValue"),
        ({"MessageGroupId": "", "MessageDeduplicationId": "d"}, "InvalidParameterValue"),
        ({"MessageGroupId": "g", "MessageDeduplicationId": "d", "DelaySeconds": 5}, "InvalidParameterValue"),
    ],
    ids=str,
)
def test_messages_that_are_none(make, options, code):
    queue = make("jobs.fifo", FifoQueue="true")
    message = {"QueueUrl": queue.url, "MessageBody": "x"} | options
    assert refusal(queue.client.send_message, **message) == code


def test_the_same_attempt_gets_the_same_messages(queue):
    for number in range(3):
        queue.send(f"{number}", MessageGroupId="g")
    first = queue.receive(ReceiveRequestAttemptId="a", MaxNumberOfMessages=2)
    again = queue.receive(ReceiveRequestAttemptId="a", MaxNumberOfMessages=2)
    assert bodies(first) == bodies(again) == ["0", "1"]
    receive = {"QueueUrl": queue.url, "ReceiveRequestAttemptId": "a b"}
    assert refusal(queue.client.receive_message, **receive) == "InvalidParameterValue"


def test_an_expired_handle_deletes_nothing(clocked, clocked_queue):
    queue = clocked_queue
    queue.send("x", MessageGroupId="g")
    message = queue.receive_one()
    clocked.advance_clock(31)
    arguments = {"QueueUrl": queue.url, "ReceiptHandle": message["ReceiptHandle"]}
    assert refusal(queue.client.delete_message, **arguments) == "InvalidParameterValue"
    queue.delete(queue.receive_one())


def test_a_message_given_back_is_first_again(queue):
    queue.send("1", MessageGroupId="g")
    queue.send("2", MessageGroupId="g")
    message = queue.receive(MaxNumberOfMessages=1)[0]
    queue.hide(message, 0)
    assert bodies(queue.receive()) == ["1", "2"]
