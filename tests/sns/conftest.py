"""What the tests of SNS share: clients of an account of the test's own, and topics and queues in it."""

import json

import pytest
from sns.receiver import Receiver
from support.region import Region
from support.waiting import until


class Lab:
    """One account of a region: topics, queues and subscribers in it."""

    def __init__(self, region, account):
        self.region = region
        self.account = account
        self.sns = region.client("sns", account=account)
        self.sqs = region.client("sqs", account=account)
        self.receivers = []

    def topic(self, name="news", **attributes):
        return self.sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]

    def fifo(self, name="news.fifo", **attributes):
        return self.topic(name, FifoTopic="true", **attributes)

    def queue(self, name="inbox", **attributes):
        """A queue's ARN."""
        self.sqs.create_queue(QueueName=name, Attributes=attributes)
        return f"arn:aws:sqs:us-east-1:{self.account}:{name}"

    def url(self, arn):
        return self.sqs.get_queue_url(QueueName=arn.rsplit(":", 1)[1])["QueueUrl"]

    def subscribe(self, topic, queue, **attributes):
        """Subscribes a queue; the subscription's ARN."""
        made = self.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue, Attributes=attributes)
        return made["SubscriptionArn"]

    def receive(self, queue):
        """Everything that is in the queue now, deleted from it."""
        url, found = self.url(queue), []
        while True:
            got = self.sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=10,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["All"],
            ).get("Messages", [])
            if not got:
                return found
            for message in got:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found += got

    def bodies(self, queue):
        return [message["Body"] for message in self.receive(queue)]

    def messages(self, queue):
        """What envelopes in the queue say."""
        return [json.loads(body)["Message"] for body in self.bodies(queue)]

    def wait_for(self, queue, count=1, timeout=60):
        """Waits until so many messages have come."""
        found = []

        def come():
            found.extend(self.receive(queue))
            return len(found) >= count

        until(come, f"{count} messages in {queue}", timeout=timeout)
        assert len(found) == count, found
        return found

    def receiver(self, answer=200):
        """A web server that ends with the test."""
        receiver = Receiver(answer)
        self.receivers.append(receiver)
        return receiver.__enter__()

    def hook(self, topic, receiver, **attributes):
        """Subscribes a web server that says yes; the subscription's ARN."""
        answer, receiver.answer = receiver.answer, 200
        self.sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=receiver.url, Attributes=attributes)
        asked = until(lambda: receiver.confirmations, "the endpoint is asked")[-1].message
        confirmed = self.sns.confirm_subscription(TopicArn=topic, Token=asked["Token"])
        receiver.answer = answer
        return confirmed["SubscriptionArn"]

    def outbox(self, channel=None):
        query = f"?account={self.account}" + (f"&channel={channel}" if channel else "")
        return self.region.get(f"/_freehold/outbox{query}")["messages"]

    def attributes(self, subscription):
        return self.sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]

    def close(self):
        for receiver in self.receivers:
            receiver.__exit__()


@pytest.fixture
def lab(freehold, account):
    lab = Lab(freehold, account)
    yield lab
    lab.close()


@pytest.fixture
def sns(lab):
    return lab.sns


@pytest.fixture(scope="session")
def clocked():
    """A region whose clock can be moved, shared: time passes for all of its accounts."""
    with Region("none", "--test-clock") as shared:
        yield shared


@pytest.fixture
def clocked_lab(clocked, account):
    lab = Lab(clocked, account)
    yield lab
    lab.close()
