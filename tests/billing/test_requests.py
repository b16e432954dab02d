"""Requests to queues and topics are counted, by who owns them and what they are."""

from support.bills import lines
from support.waiting import until


def counted(region):
    return {key: float(line["quantity"]) for key, line in lines(region, "--by", "resource,usage").items()}


def comes_to(region, key, quantity):
    def counts():
        now = counted(region)
        if now.get(key) != quantity:
            raise ValueError(now)
        return True

    until(counts, f"{key} is counted {quantity} times")


def test_each_request_of_a_queue_is_counted(region):
    here = region("none")
    sqs = here.client("sqs")
    standard = sqs.create_queue(QueueName="standard")["QueueUrl"]
    fifo = sqs.create_queue(QueueName="one.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    for _ in range(3):
        sqs.send_message(QueueUrl=standard, MessageBody="x")
    entries = [{"Id": str(at), "MessageBody": "x"} for at in range(10)]
    sqs.send_message_batch(QueueUrl=standard, Entries=entries)
    received = sqs.receive_message(QueueUrl=standard)["Messages"]
    sqs.delete_message(QueueUrl=standard, ReceiptHandle=received[0]["ReceiptHandle"])
    arn = "arn:aws:sqs:us-east-1:000000000000:"
    comes_to(here, (arn + "standard", "Requests-Tier1"), 6)
    # Each 64 KB of a payload is a request.
    sqs.send_message(QueueUrl=standard, MessageBody="x" * 200_000)
    comes_to(here, (arn + "standard", "Requests-Tier1"), 10)
    sqs.send_message(QueueUrl=fifo, MessageBody="x", MessageGroupId="g", MessageDeduplicationId="d")
    comes_to(here, (arn + "one.fifo", "Requests-FIFO-Tier1"), 1)
    here.stop()
    here.start()
    assert counted(here)[(arn + "standard", "Requests-Tier1")] == 10


def test_what_is_published_is_counted(region):
    here = region("none")
    sns = here.client("sns")
    topic = sns.create_topic(Name="news")["TopicArn"]
    sns.publish(TopicArn=topic, Message="x")
    sns.publish(TopicArn=topic, Message="x" * 100_000)
    comes_to(here, (topic, "Requests-Tier1"), 3)
