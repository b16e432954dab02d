"""Queues: made, found, listed, tagged, purged and deleted."""

import pytest
from support.refusal import refusal

MISSING = "AWS.SimpleQueueService.NonExistentQueue"


def test_a_queue_is_found_by_its_name(freehold, sqs, account, queue):
    assert queue == f"{freehold.endpoint}/{account}/jobs"
    assert sqs.get_queue_url(QueueName="jobs")["QueueUrl"] == queue
    assert sqs.get_queue_url(QueueName="jobs", QueueOwnerAWSAccountId=account)["QueueUrl"] == queue
    assert refusal(sqs.get_queue_url, QueueName="other") == MISSING


def test_the_host_of_an_address_does_not_matter(sqs, account, queue):
    for url in (f"https://sqs.us-east-1.amazonaws.com/{account}/jobs", f"http://10.0.0.1:4566/{account}/jobs"):
        sqs.send_message(QueueUrl=url, MessageBody="x")
    assert len(sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]) == 2
    assert refusal(sqs.send_message, QueueUrl="jobs", MessageBody="x") == "InvalidAddress"


def test_making_a_queue_again_is_no_change(sqs):
    attributes = {"DelaySeconds": "5", "Policy": ""}
    made = sqs.create_queue(QueueName="jobs", Attributes=attributes)
    assert sqs.create_queue(QueueName="jobs", Attributes=attributes)["QueueUrl"] == made["QueueUrl"]
    assert sqs.create_queue(QueueName="jobs")["QueueUrl"] == made["QueueUrl"]
    assert refusal(sqs.create_queue, QueueName="jobs", Attributes={"DelaySeconds": "6"}) == "QueueAlreadyExists"
    assert refusal(sqs.create_queue, QueueName="jobs", tags={"a": "b"}) == "QueueAlreadyExists"


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("", {}),
        ("a.b", {}),
        ("a b", {}),
        ("n" * 81, {}),
        ("jobs.fifo", {}),
        ("jobs", {"FifoQueue": "true"}),
    ],
)
def test_names_that_are_none(sqs, name, attributes):
    assert refusal(sqs.create_queue, QueueName=name, Attributes=attributes) == "InvalidParameterValue"


def test_a_fifo_queue_is_one_from_its_creation_on(sqs):
    url = sqs.create_queue(QueueName="a.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["FifoQueue"])["Attributes"]
    assert shown == {"FifoQueue": "true"}
    change = {"QueueUrl": url, "Attributes": {"FifoQueue": "false"}}
    assert refusal(sqs.set_queue_attributes, **change) == "InvalidAttributeValue"


def test_queues_are_listed_by_the_beginning_of_their_names(sqs):
    assert "QueueUrls" not in sqs.list_queues()
    urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("a1", "a2", "a3", "b1")]
    assert sqs.list_queues()["QueueUrls"] == urls
    assert sqs.list_queues(QueueNamePrefix="a")["QueueUrls"] == urls[:3]
    assert "QueueUrls" not in sqs.list_queues(QueueNamePrefix="c")
    first = sqs.list_queues(QueueNamePrefix="a", MaxResults=2)
    assert first["QueueUrls"] == urls[:2]
    rest = sqs.list_queues(QueueNamePrefix="a", MaxResults=2, NextToken=first["NextToken"])
    assert rest["QueueUrls"] == urls[2:3]
    assert "NextToken" not in rest
    assert refusal(sqs.list_queues, MaxResults=1001) == "InvalidParameterValue"
    assert refusal(sqs.list_queues, MaxResults=2, NextToken="x") == "InvalidParameterValue"
    other = {"QueueNamePrefix": "b", "MaxResults": 2, "NextToken": first["NextToken"]}
    assert refusal(sqs.list_queues, **other) == "InvalidParameterValue"


def test_queues_of_others_are_not_listed(freehold, sqs, queue):
    assert "QueueUrls" not in freehold.client("sqs", account="999900001111").list_queues()


def test_a_deleted_queue_is_gone_and_its_name_rests_for_a_minute(clocked, make_clocked):
    queue = make_clocked("gone")
    queue.send()
    client = queue.client
    client.delete_queue(QueueUrl=queue.url)
    assert refusal(client.get_queue_url, QueueName="gone") == MISSING
    for call in (client.receive_message, client.delete_queue, client.purge_queue, client.get_queue_attributes):
        assert refusal(call, QueueUrl=queue.url) == MISSING
    recently = "AWS.SimpleQueueService.QueueDeletedRecently"
    assert refusal(client.create_queue, QueueName="gone") == recently
    clocked.advance_clock(30)
    assert refusal(client.create_queue, QueueName="gone") == recently
    clocked.advance_clock(30)
    again = make_clocked("gone")
    assert again.counts() == (0, 0, 0)
    assert again.receive() == []


def test_tags_come_and_go(sqs, freehold):
    url = sqs.create_queue(QueueName="jobs", tags={"team": "blue"})["QueueUrl"]
    sqs.tag_queue(QueueUrl=url, Tags={"team": "red", "stage": "test"})
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"team": "red", "stage": "test"}
    sqs.untag_queue(QueueUrl=url, TagKeys=["team", "absent"])
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"stage": "test"}
    sqs.untag_queue(QueueUrl=url, TagKeys=["stage"])
    assert "Tags" not in sqs.list_queue_tags(QueueUrl=url)


def test_tags_that_are_none(sqs, queue):
    for tags in ({"aws:x": "y"}, {"k" * 129: "v"}, {"k": "v" * 257}, {f"k{n}": "v" for n in range(51)}):
        assert refusal(sqs.tag_queue, QueueUrl=queue, Tags=tags) == "InvalidParameterValue"
    assert refusal(sqs.tag_queue, QueueUrl=queue, Tags={}) == "MissingParameter"
    assert refusal(sqs.untag_queue, QueueUrl=queue, TagKeys=[]) == "MissingParameter"
    assert refusal(sqs.create_queue, QueueName="x", tags={"aws:x": "y"}) == "InvalidParameterValue"
    missing = queue + "x"
    assert refusal(sqs.tag_queue, QueueUrl=missing, Tags={"a": "b"}) == MISSING
    assert refusal(sqs.untag_queue, QueueUrl=missing, TagKeys=["a"]) == MISSING
    assert refusal(sqs.list_queue_tags, QueueUrl=missing) == MISSING


def test_a_purge_forgets_everything_once_a_minute(clocked, make_clocked):
    queue = make_clocked()
    for _ in range(3):
        queue.send()
    queue.receive(MaxNumberOfMessages=1)
    queue.send(DelaySeconds=900)
    queue.client.purge_queue(QueueUrl=queue.url)
    assert queue.counts() == (0, 0, 0)
    in_progress = "AWS.SimpleQueueService.PurgeQueueInProgress"
    assert refusal(queue.client.purge_queue, QueueUrl=queue.url) == in_progress
    clocked.advance_clock(60)
    queue.client.purge_queue(QueueUrl=queue.url)


def test_queues_and_messages_survive_a_kill(region):
    region = region()
    sqs = region.client("sqs")
    url = sqs.create_queue(QueueName="a.fifo", Attributes={"FifoQueue": "true"}, tags={"a": "b"})["QueueUrl"]
    deleted = sqs.create_queue(QueueName="deleted")["QueueUrl"]
    sqs.send_message(QueueUrl=deleted, MessageBody="x")
    sqs.delete_queue(QueueUrl=deleted)
    sent = sqs.send_message(QueueUrl=url, MessageBody="x", MessageGroupId="g", MessageDeduplicationId="d")
    region.kill()
    region.start()
    sqs = region.client("sqs")
    assert sqs.list_queues()["QueueUrls"] == [url]
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"a": "b"}
    again = sqs.send_message(QueueUrl=url, MessageBody="y", MessageGroupId="g", MessageDeduplicationId="d")
    assert again["MessageId"] == sent["MessageId"]
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert [message["MessageId"] for message in received] == [sent["MessageId"]]
    recently = "AWS.SimpleQueueService.QueueDeletedRecently"
    assert refusal(sqs.create_queue, QueueName="deleted") == recently


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("add_permission", {"Label": "a", "AWSAccountIds": ["111122223333"], "Actions": ["*"]}),
        ("change_message_visibility", {"ReceiptHandle": "x", "VisibilityTimeout": 1}),
        ("change_message_visibility_batch", {"Entries": [{"Id": "a", "ReceiptHandle": "x"}]}),
        ("delete_message", {"ReceiptHandle": "x"}),
        ("delete_message_batch", {"Entries": [{"Id": "a", "ReceiptHandle": "x"}]}),
        ("delete_queue", {}),
        ("get_queue_attributes", {"AttributeNames": ["All"]}),
        ("list_dead_letter_source_queues", {}),
        ("list_queue_tags", {}),
        ("purge_queue", {}),
        ("receive_message", {}),
        ("remove_permission", {"Label": "a"}),
        ("send_message", {"MessageBody": "x"}),
        ("send_message_batch", {"Entries": [{"Id": "a", "MessageBody": "x"}]}),
        ("set_queue_attributes", {"Attributes": {"DelaySeconds": "1"}}),
        ("tag_queue", {"Tags": {"a": "b"}}),
        ("untag_queue", {"TagKeys": ["a"]}),
    ],
)
def test_an_address_of_no_queue(sqs, operation, arguments):
    for url in ("jobs", "http://127.0.0.1/", "http://127.0.0.1/jobs"):
        assert refusal(getattr(sqs, operation), QueueUrl=url, **arguments) == "InvalidAddress"


def test_attributes_that_do_not_exist(sqs):
    for name in ("Size", "QueueArn", "ContentBasedDeduplication", "FifoQueue"):
        attributes = {name: "false"}
        assert refusal(sqs.create_queue, QueueName="x", Attributes=attributes) == "InvalidAttributeName"
    kms = {"QueueName": "x", "Attributes": {"KmsMasterKeyId": "alias/aws/sqs"}}
    assert refusal(sqs.create_queue, **kms) == "AWS.SimpleQueueService.UnsupportedOperation"
