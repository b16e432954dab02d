"""Batches: up to ten at once, of which some may fail."""

import pytest
from support.refusal import refusal

PREFIX = "AWS.SimpleQueueService."
MISSING = PREFIX + "NonExistentQueue"


def by_id(entries):
    return {entry["Id"]: entry for entry in entries}


def codes(answer):
    return {entry["Id"]: entry["Code"] for entry in answer.get("Failed", [])}


def send(queue, *entries):
    return queue.client.send_message_batch(QueueUrl=queue.url, Entries=list(entries))


def entry(name, body="x", **options):
    return {"Id": name, "MessageBody": body} | options


def test_a_batch_sends_what_is_good_and_tells_what_is_not(make):
    queue = make()
    attributes = {"a": {"DataType": "Number", "StringValue": "1"}}
    answer = send(
        queue,
        entry("good", "1", MessageAttributes=attributes),
        entry("empty", ""),
        entry("odd", "\x00"),
        entry("late", "2", DelaySeconds=901),
        entry("also", "3"),
    )
    assert by_id(answer["Successful"]).keys() == {"good", "also"}
    assert len(by_id(answer["Successful"])["good"]["MD5OfMessageAttributes"]) == 32
    assert codes(answer) == {
        "empty": "MissingParameter",
        "odd": "InvalidMessageContents",
        "late": "InvalidParameterValue",
    }
    assert all(failed["SenderFault"] for failed in answer["Failed"])
    assert sorted(message["Body"] for message in queue.receive()) == ["1", "3"]


def test_what_all_succeeded_has_no_failures(make):
    queue = make()
    answer = send(queue, *(entry(f"e{number}") for number in range(10)))
    assert len(answer["Successful"]) == 10
    assert "Failed" not in answer
    assert "Successful" not in send(queue, entry("a", ""))


def test_a_batch_keeps_order_in_a_fifo_queue(make):
    queue = make("jobs.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    answer = send(queue, *(entry(f"e{n}", f"{n}", MessageGroupId="g") for n in range(10)))
    numbers = [by_id(answer["Successful"])[f"e{n}"]["SequenceNumber"] for n in range(10)]
    assert numbers == sorted(numbers)
    assert [message["Body"] for message in queue.receive()] == [f"{n}" for n in range(10)]
    assert codes(send(queue, entry("a"))) == {"a": "MissingParameter"}


def delete_entry(name):
    return {"Id": name, "ReceiptHandle": "x"}


def hide_entry(name):
    return {"Id": name, "ReceiptHandle": "x", "VisibilityTimeout": 1}


KINDS = [
    ("send_message_batch", entry),
    ("delete_message_batch", delete_entry),
    ("change_message_visibility_batch", hide_entry),
]


@pytest.mark.parametrize(("operation", "make_entry"), KINDS, ids=lambda kind: kind if isinstance(kind, str) else "")
def test_batches_that_are_none(sqs, queue, operation, make_entry):
    call = getattr(sqs, operation)

    def refused(*names, url=queue):
        return refusal(call, QueueUrl=url, Entries=[make_entry(name) for name in names])

    assert refused() == PREFIX + "EmptyBatchRequest"
    assert refused(*map(str, range(11))) == PREFIX + "TooManyEntriesInBatchRequest"
    assert refused("a", "a") == PREFIX + "BatchEntryIdsNotDistinct"
    for name in ("", "a b", "a" * 81):
        assert refused(name) == PREFIX + "InvalidBatchEntryId"
    assert refused("a", url=queue + "x") == MISSING


def test_a_batch_is_a_mebibyte_at_most(make):
    queue = make()
    half = "x" * (1 << 19)
    assert len(send(queue, entry("a", half), entry("b", half))["Successful"]) == 2
    entries = [entry("a", half), entry("b", half + "x")]
    too_long = {"QueueUrl": queue.url, "Entries": entries}
    assert refusal(queue.client.send_message_batch, **too_long) == PREFIX + "BatchRequestTooLong"


def test_a_batch_deletes_what_it_can(make):
    queue = make()
    send(queue, *(entry(f"e{number}") for number in range(3)))
    handles = [message["ReceiptHandle"] for message in queue.receive()]
    entries = [{"Id": f"e{n}", "ReceiptHandle": handle} for n, handle in enumerate([*handles, "x"])]
    answer = queue.client.delete_message_batch(QueueUrl=queue.url, Entries=entries)
    assert by_id(answer["Successful"]).keys() == {"e0", "e1", "e2"}
    assert codes(answer) == {"e3": "ReceiptHandleIsInvalid"}
    assert queue.counts() == (0, 0, 0)


def test_a_batch_hides_what_it_can(make):
    queue = make()
    send(queue, entry("a"), entry("b"))
    first, second = (message["ReceiptHandle"] for message in queue.receive())
    entries = [
        {"Id": "back", "ReceiptHandle": first, "VisibilityTimeout": 0},
        {"Id": "longer", "ReceiptHandle": second, "VisibilityTimeout": 600},
        {"Id": "none", "ReceiptHandle": "x", "VisibilityTimeout": 1},
        {"Id": "range", "ReceiptHandle": second, "VisibilityTimeout": 43201},
    ]
    answer = queue.client.change_message_visibility_batch(QueueUrl=queue.url, Entries=entries)
    assert by_id(answer["Successful"]).keys() == {"back", "longer"}
    assert codes(answer) == {"none": "ReceiptHandleIsInvalid", "range": "InvalidParameterValue"}
    assert queue.counts() == (1, 1, 0)
    entries = [{"Id": "back", "ReceiptHandle": first, "VisibilityTimeout": 5}]
    answer = queue.client.change_message_visibility_batch(QueueUrl=queue.url, Entries=entries)
    assert codes(answer) == {"back": PREFIX + "MessageNotInflight"}
