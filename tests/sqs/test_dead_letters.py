"""Dead letters: where they go, who may send them there, and how they come back."""

import base64
import json

import pytest
from support.refusal import refusal
from support.waiting import until

MISSING = "AWS.SimpleQueueService.NonExistentQueue"
UNSUPPORTED = "AWS.SimpleQueueService.UnsupportedOperation"


def redrive(arn, count=1):
    return json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": count})


@pytest.fixture
def pair(make):
    """A queue and where its dead letters go."""
    dead = make("dead")
    return make("jobs", VisibilityTimeout="0", RedrivePolicy=redrive(dead.arn, 2)), dead


def bury(queue, dead, *bodies):
    """Sends messages and receives them too often."""
    for body in bodies:
        queue.send(body)
    until(lambda: queue.receive() == [] and dead.counts() == (len(bodies), 0, 0), "all are dead letters")


def test_a_message_that_is_received_too_often_is_a_dead_letter(pair):
    queue, dead = pair
    sent = queue.send("poison", MessageAttributes={"a": {"DataType": "String", "StringValue": "x"}})
    first = queue.receive_one()
    queue.receive_one()
    assert queue.receive() == []
    letter = dead.receive_one(WaitTimeSeconds=10)
    assert letter["MessageId"] == sent["MessageId"]
    assert (letter["Body"], letter["MessageAttributes"]) == ("poison", first["MessageAttributes"])
    attributes = letter["Attributes"]
    assert attributes["SentTimestamp"] == first["Attributes"]["SentTimestamp"]
    assert attributes["ApproximateReceiveCount"] == "3"
    assert attributes["DeadLetterQueueSourceArn"] == queue.arn


def test_a_redrive_policy_is_shown_with_a_number_and_taken_away(pair):
    queue, dead = pair
    queue.set(RedrivePolicy=json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": "3"}))
    assert json.loads(queue.attribute("RedrivePolicy")) == {"deadLetterTargetArn": dead.arn, "maxReceiveCount": 3}
    queue.set(RedrivePolicy="")
    assert queue.attribute("RedrivePolicy") is None
    bodies = [queue.receive() for _ in range(3)]
    assert bodies == [[], [], []]


def test_redrive_policies_that_are_none(make, account):
    queue, fifo = make(), make("a.fifo", FifoQueue="true")
    absent = f"arn:aws:sqs:us-east-1:{account}:absent"
    foreign = "arn:aws:sqs:us-east-1:999900002222:dead"
    policies = [redrive(absent), redrive(foreign), redrive(fifo.arn), redrive(queue.arn), "x", "{}", redrive("x")]
    for policy in [*policies, redrive(make("dead").arn, 0), redrive(make("dead").arn, 1001)]:
        change = {"QueueUrl": queue.url, "Attributes": {"RedrivePolicy": policy}}
        assert refusal(queue.client.set_queue_attributes, **change) == "InvalidParameterValue", policy
    make_one = {"QueueName": "b", "Attributes": {"RedrivePolicy": redrive(absent)}}
    assert refusal(queue.client.create_queue, **make_one) == "InvalidParameterValue"


def test_a_queue_says_whose_dead_letters_it_takes(make):
    dead = make("dead", RedriveAllowPolicy=json.dumps({"redrivePermission": "denyAll"}))
    queue = make()
    change = {"QueueUrl": queue.url, "Attributes": {"RedrivePolicy": redrive(dead.arn)}}
    assert refusal(queue.client.set_queue_attributes, **change) == "InvalidParameterValue"
    by_queue = {"redrivePermission": "byQueue", "sourceQueueArns": [queue.arn]}
    dead.set(RedriveAllowPolicy=json.dumps(by_queue))
    assert json.loads(dead.attribute("RedriveAllowPolicy")) == by_queue
    queue.set(RedrivePolicy=redrive(dead.arn))
    change["QueueUrl"] = make("other").url
    assert refusal(queue.client.set_queue_attributes, **change) == "InvalidParameterValue"
    for policy in ("x", "{}", '{"redrivePermission":"byQueue"}'):
        change = {"QueueUrl": dead.url, "Attributes": {"RedriveAllowPolicy": policy}}
        assert refusal(queue.client.set_queue_attributes, **change) == "InvalidParameterValue"


def test_the_sources_of_dead_letters_are_listed(make):
    dead = make("dead")
    urls = [make(f"source{n}", RedrivePolicy=redrive(dead.arn)).url for n in range(3)]
    call = dead.client.list_dead_letter_source_queues
    assert call(QueueUrl=dead.url)["queueUrls"] == urls
    first = call(QueueUrl=dead.url, MaxResults=2)
    assert first["queueUrls"] == urls[:2]
    assert call(QueueUrl=dead.url, MaxResults=2, NextToken=first["NextToken"])["queueUrls"] == urls[2:]
    assert call(QueueUrl=urls[0])["queueUrls"] == []
    assert refusal(call, QueueUrl=dead.url + "x") == MISSING
    assert refusal(call, QueueUrl=dead.url, MaxResults=0) == "InvalidParameterValue"


def test_without_their_target_messages_stay(pair):
    queue, dead = pair
    queue.send()
    dead.client.delete_queue(QueueUrl=dead.url)
    for _ in range(5):
        queue.receive_one()


def tasks(queue, **options):
    return queue.client.list_message_move_tasks(SourceArn=queue.arn, **options)["Results"]


def test_dead_letters_move_back_where_they_came_from(pair):
    queue, dead = pair
    bury(queue, dead, "1", "2", "3")
    dead.client.start_message_move_task(SourceArn=dead.arn)
    done = until(lambda: [task for task in tasks(dead) if task["Status"] == "COMPLETED"], "they are moved")[0]
    assert (done["ApproximateNumberOfMessagesMoved"], done["ApproximateNumberOfMessagesToMove"]) == (3, 3)
    assert "TaskHandle" not in done
    assert dead.counts() == (0, 0, 0)
    assert queue.receive(MaxNumberOfMessages=1)[0]["Attributes"]["ApproximateReceiveCount"] == "1"


def test_dead_letters_move_elsewhere(pair, make):
    queue, dead = pair
    other = make("other")
    bury(queue, dead, "1")
    dead.client.start_message_move_task(SourceArn=dead.arn, DestinationArn=other.arn)
    until(lambda: other.counts() == (1, 0, 0), "it is moved")
    shown = until(lambda: [task for task in tasks(dead) if task["Status"] == "COMPLETED"], "the task is done")[0]
    assert (shown["SourceArn"], shown["DestinationArn"]) == (dead.arn, other.arn)


def test_a_slow_task_is_cancelled(pair):
    queue, dead = pair
    bury(queue, dead, *map(str, range(10)))
    call = dead.client.start_message_move_task
    handle = call(SourceArn=dead.arn, MaxNumberOfMessagesPerSecond=1)["TaskHandle"]
    assert refusal(call, SourceArn=dead.arn) == UNSUPPORTED
    running = tasks(dead)[0]
    assert (running["Status"], running["TaskHandle"]) == ("RUNNING", handle)
    assert running["MaxNumberOfMessagesPerSecond"] == 1
    answer = dead.client.cancel_message_move_task(TaskHandle=handle)
    assert 0 <= answer["ApproximateNumberOfMessagesMoved"] < 10
    until(lambda: tasks(dead)[0]["Status"] == "CANCELLED", "it is cancelled")
    assert refusal(dead.client.cancel_message_move_task, TaskHandle=handle) == UNSUPPORTED
    call(SourceArn=dead.arn)
    until(lambda: tasks(dead)[0]["Status"] == "COMPLETED", "the next one is done")
    assert [task["Status"] for task in tasks(dead, MaxResults=10)] == ["COMPLETED", "CANCELLED"]


def test_a_task_survives_a_kill(region):
    region = region()

    def queue(name, **attributes):
        return region.client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    arn = "arn:aws:sqs:us-east-1:000000000000:"
    dead, source = queue("dead"), queue("jobs")
    sqs = region.client("sqs")
    for number in range(4):
        sqs.send_message(QueueUrl=dead, MessageBody=str(number))
    attributes = {"RedrivePolicy": redrive(arn + "dead")}
    sqs.set_queue_attributes(QueueUrl=source, Attributes=attributes)
    sqs.start_message_move_task(
        SourceArn=arn + "dead", DestinationArn=arn + "jobs", MaxNumberOfMessagesPerSecond=1
    )
    region.kill()
    region.start()
    sqs = region.client("sqs")

    def is_done():
        return sqs.list_message_move_tasks(SourceArn=arn + "dead")["Results"][0]["Status"] == "COMPLETED"

    until(is_done, "the task is done")
    messages = []
    while got := sqs.receive_message(QueueUrl=source, MaxNumberOfMessages=10).get("Messages"):
        messages += got
    assert sorted(message["Body"] for message in messages) == ["0", "1", "2", "3"]


def test_messages_from_nowhere_have_nowhere_to_go(pair):
    _, dead = pair
    dead.send("sent by hand")
    dead.client.start_message_move_task(SourceArn=dead.arn)
    failed = until(lambda: [task for task in tasks(dead) if task["Status"] == "FAILED"], "it fails")[0]
    assert failed["FailureReason"] == "CouldNotDetermineMessageSource"
    assert dead.counts() == (1, 0, 0)


def test_tasks_that_are_none(pair, make, account):
    queue, dead = pair
    client = dead.client
    absent = f"arn:aws:sqs:us-east-1:{account}:absent"
    start, fifo = client.start_message_move_task, make("a.fifo", FifoQueue="true")
    assert refusal(start, SourceArn=absent) == "ResourceNotFoundException"
    assert refusal(start, SourceArn="x") == "InvalidParameterValue"
    assert refusal(start, SourceArn=queue.arn) == "InvalidParameterValue"
    for destination in (dead.arn, fifo.arn):
        assert refusal(start, SourceArn=dead.arn, DestinationArn=destination) == "InvalidParameterValue"
    assert refusal(start, SourceArn=dead.arn, DestinationArn=absent) == "ResourceNotFoundException"
    for count in (0, 501):
        arguments = {"SourceArn": dead.arn, "MaxNumberOfMessagesPerSecond": count}
        assert refusal(start, **arguments) == "InvalidParameterValue"
    assert refusal(client.list_message_move_tasks, SourceArn=absent) == "ResourceNotFoundException"
    assert refusal(client.list_message_move_tasks, SourceArn=dead.arn, MaxResults=11) == "InvalidParameterValue"
    assert refusal(client.cancel_message_move_task, TaskHandle="x") == "InvalidParameterValue"
    assert client.list_message_move_tasks(SourceArn=dead.arn)["Results"] == []
    gone = base64.b64encode(json.dumps({"taskId": "x", "sourceArn": dead.arn}).encode()).decode()
    assert refusal(client.cancel_message_move_task, TaskHandle=gone) == "ResourceNotFoundException"


def test_others_neither_see_nor_move_dead_letters(pair, freehold):
    dead = pair[1]
    stranger = freehold.client("sqs", account="999900003333")
    assert refusal(stranger.start_message_move_task, SourceArn=dead.arn) == "AccessDenied"
    assert refusal(stranger.list_message_move_tasks, SourceArn=dead.arn) == "AccessDenied"


def test_a_deleted_queue_takes_its_tasks_along(clocked, make_clocked):
    dead = make_clocked("dead")
    make_clocked("jobs", RedrivePolicy=redrive(dead.arn))
    arn = dead.arn
    dead.client.start_message_move_task(SourceArn=arn)
    until(lambda: tasks(dead)[0]["Status"] == "COMPLETED", "the task is done")
    dead.client.delete_queue(QueueUrl=dead.url)
    clocked.advance_clock(60)
    assert tasks(make_clocked("dead")) == []
