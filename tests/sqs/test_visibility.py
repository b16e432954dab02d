"""Messages in flight: hidden for a time, given back, deleted, and what handles are good for."""

from support.refusal import refusal

NOT_IN_FLIGHT = "AWS.SimpleQueueService.MessageNotInflight"
MISSING = "AWS.SimpleQueueService.NonExistentQueue"


def change(queue, handle, seconds):
    return {"QueueUrl": queue.url, "ReceiptHandle": handle, "VisibilityTimeout": seconds}


def test_a_message_becomes_visible_again_when_its_timeout_ends(clocked, make_clocked):
    queue = make_clocked(VisibilityTimeout="100")
    queue.send()
    first = queue.receive_one()
    assert queue.receive() == []
    clocked.advance_clock(70)
    assert queue.receive() == []
    clocked.advance_clock(31)
    second = queue.receive_one()
    assert second["MessageId"] == first["MessageId"]
    assert second["ReceiptHandle"] != first["ReceiptHandle"]


def test_a_receive_may_have_its_own_timeout(clocked, make_clocked):
    queue = make_clocked(VisibilityTimeout="0")
    queue.send()
    queue.receive_one(VisibilityTimeout=100)
    assert queue.receive() == []
    clocked.advance_clock(100)
    queue.receive_one()


def test_a_timeout_is_changed_and_ended(clocked, make_clocked):
    queue = make_clocked()
    queue.send()
    message = queue.receive_one()
    queue.hide(message, 1000)
    clocked.advance_clock(500)
    assert queue.receive() == []
    queue.hide(message, 0)
    again = queue.receive_one()
    assert again["MessageId"] == message["MessageId"]


def test_what_is_not_in_flight_cannot_be_hidden(make):
    queue = make(VisibilityTimeout="0")
    queue.send()
    message = queue.receive_one()
    call = queue.client.change_message_visibility
    assert refusal(call, **change(queue, message["ReceiptHandle"], 10)) == NOT_IN_FLIGHT
    queue.receive_one(VisibilityTimeout=1000)
    assert refusal(call, **change(queue, message["ReceiptHandle"], 10)) == "InvalidParameterValue"


def test_a_deleted_message_cannot_be_hidden(make):
    queue = make()
    queue.send()
    message = queue.receive_one()
    queue.delete(message)
    call = queue.client.change_message_visibility
    assert refusal(call, **change(queue, message["ReceiptHandle"], 10)) == "InvalidParameterValue"


def test_twelve_hours_in_flight_are_the_most(clocked, make_clocked):
    queue = make_clocked()
    queue.send()
    message = queue.receive_one()
    call = queue.client.change_message_visibility
    assert refusal(call, **change(queue, message["ReceiptHandle"], 43201)) == "InvalidParameterValue"
    assert refusal(call, **change(queue, message["ReceiptHandle"], -1)) == "InvalidParameterValue"
    queue.hide(message, 43000)
    clocked.advance_clock(40000)
    queue.hide(message, 3000)
    assert refusal(call, **change(queue, message["ReceiptHandle"], 4000)) == "InvalidParameterValue"


def test_handles_that_are_none(make):
    queue, other = make(), make("other")
    other.send()
    foreign = other.receive_one()["ReceiptHandle"]
    for handle in ("x", "AAAA", foreign):
        arguments = {"QueueUrl": queue.url, "ReceiptHandle": handle}
        assert refusal(queue.client.delete_message, **arguments) == "ReceiptHandleIsInvalid"
        arguments["VisibilityTimeout"] = 1
        assert refusal(queue.client.change_message_visibility, **arguments) == "ReceiptHandleIsInvalid"
    missing = {"QueueUrl": queue.url + "x", "ReceiptHandle": foreign, "VisibilityTimeout": 1}
    assert refusal(queue.client.change_message_visibility, **missing) == MISSING


def test_deleting_twice_is_deleting_once(make):
    queue = make()
    queue.send()
    message = queue.receive_one()
    queue.delete(message)
    queue.delete(message)


def test_an_old_handle_deletes_nothing(make):
    queue = make(VisibilityTimeout="0")
    queue.send()
    old = queue.receive_one()
    new = queue.receive_one()
    queue.delete(old)
    assert queue.counts() == (1, 0, 0)
    queue.delete(new)
    assert queue.counts() == (0, 0, 0)
