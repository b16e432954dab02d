"""FIFO topics: order, deduplication, and who may be told."""

import json

import pytest
from sns.conftest import Lab
from support.refusal import refusal

FIFO = {"FifoQueue": "true"}


def publish(lab, topic, message, group="g", **more):
    return lab.sns.publish(TopicArn=topic, Message=message, MessageGroupId=group, **more)


def test_messages_of_a_group_arrive_in_order_with_growing_numbers(lab):
    topic = lab.fifo(ContentBasedDeduplication="true")
    ordered, standard = lab.queue("in.fifo", **FIFO), lab.queue("standard")
    lab.subscribe(topic, ordered)
    lab.subscribe(topic, standard)
    numbers = [publish(lab, topic, f"m{number}")["SequenceNumber"] for number in range(25)]
    assert numbers == sorted(numbers) and len(set(numbers)) == 25
    assert {len(number) for number in numbers} == {20}
    bodies = [json.loads(message["Body"]) for message in lab.wait_for(ordered, 25)]
    assert [body["Message"] for body in bodies] == [f"m{number}" for number in range(25)]
    assert [body["SequenceNumber"] for body in bodies] == numbers
    assert len(lab.wait_for(standard, 25)) == 25


def test_the_same_message_is_published_once(lab):
    topic, queue = lab.fifo(), lab.queue("standard")
    lab.subscribe(topic, queue)
    first = publish(lab, topic, "one", MessageDeduplicationId="d")
    again = publish(lab, topic, "two", "other", MessageDeduplicationId="d")
    for name in ("MessageId", "SequenceNumber"):
        assert again[name] == first[name]
    publish(lab, topic, "three", MessageDeduplicationId="e")
    assert sorted(lab.messages(queue)) == ["one", "three"]


def test_ids_may_mean_something_within_their_group(lab):
    topic, queue = lab.fifo(FifoThroughputScope="MessageGroup", ContentBasedDeduplication="true"), lab.queue()
    lab.subscribe(topic, queue)
    for group in ("a", "b", "a"):
        publish(lab, topic, "m", group)
    assert lab.messages(queue) == ["m", "m"]


def test_after_five_minutes_a_message_is_another(clocked_lab):
    lab = clocked_lab
    topic, queue = lab.fifo(ContentBasedDeduplication="true"), lab.queue("in.fifo", **FIFO)
    lab.subscribe(topic, queue)
    first = publish(lab, topic, "m")
    lab.region.advance_clock(270)
    assert publish(lab, topic, "m")["MessageId"] == first["MessageId"]
    lab.region.advance_clock(31)
    assert publish(lab, topic, "m")["MessageId"] != first["MessageId"]
    assert len(lab.wait_for(queue, 2)) == 2


def test_duplicates_are_known_after_a_crash(region, account):
    one = region()
    lab = Lab(one, account)
    topic, queue = lab.fifo(), lab.queue("standard")
    lab.subscribe(topic, queue)
    first = publish(lab, topic, "m", MessageDeduplicationId="d")
    for _ in range(2):
        one.kill()
        one.start()
        again = publish(lab, topic, "m", MessageDeduplicationId="d")
        assert (again["MessageId"], again["SequenceNumber"]) == (first["MessageId"], first["SequenceNumber"])
    later = publish(lab, topic, "m", MessageDeduplicationId="e")
    assert later["SequenceNumber"] > first["SequenceNumber"]
    assert len(lab.wait_for(queue, 2)) == 2


def test_a_batch_is_published_in_its_order(lab):
    topic, queue = lab.fifo(), lab.queue("in.fifo", **FIFO)
    lab.subscribe(topic, queue, RawMessageDelivery="true")
    ids = ["a", "b", "a", "c"]
    entries = [
        {"Id": f"e{number}", "Message": f"m{number}", "MessageGroupId": "g", "MessageDeduplicationId": one}
        for number, one in enumerate(ids)
    ]
    entries.append({"Id": "bad", "Message": "m"})
    answer = lab.sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    assert [one["Id"] for one in answer["Failed"]] == ["bad"]
    made = [one["MessageId"] for one in answer["Successful"]]
    assert made[0] == made[2] and len(set(made)) == 3
    assert [message["Body"] for message in lab.wait_for(queue, 3)] == ["m0", "m1", "m3"]


def test_a_fifo_topic_wants_a_group_and_something_to_deduplicate_by(lab, sns):
    topic = lab.fifo()
    assert refusal(sns.publish, TopicArn=topic, Message="m") == "InvalidParameter"
    with pytest.raises(sns.exceptions.InvalidParameterException, match="ContentBasedDeduplication"):
        publish(lab, topic, "m")
    assert refusal(publish, lab=lab, topic=topic, message="m", group="a b") == "InvalidParameter"
    assert refusal(publish, lab=lab, topic=topic, message="m", MessageDeduplicationId="x" * 129) == "InvalidParameter"


def test_fifo_topics_deliver_to_queues_only_and_fifo_queues_belong_to_them(lab, sns):
    topic = lab.fifo()
    for protocol, endpoint in (("http", "http://127.0.0.1/"), ("sms", "+15555550100"), ("email", "me@example.com")):
        assert refusal(sns.subscribe, TopicArn=topic, Protocol=protocol, Endpoint=endpoint) == "InvalidParameter"
    assert refusal(lab.subscribe, topic=lab.topic(), queue=lab.queue("in.fifo", **FIFO)) == "InvalidParameter"
