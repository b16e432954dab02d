"""What the tests of SQS share: a client of an account of the test's own, queues in it, and a region whose clock can be
moved."""

import pytest
from support.refusal import refusal
from support.region import Region

QUEUE_DOES_NOT_EXIST = "AWS.SimpleQueueService.NonExistentQueue"


@pytest.fixture
def sqs(freehold, account):
    return freehold.client("sqs", account=account)


@pytest.fixture
def queue(sqs):
    """A standard queue's address."""
    return sqs.create_queue(QueueName="jobs")["QueueUrl"]


@pytest.fixture
def fifo(sqs):
    """A FIFO queue's address; its duplicates are known by their content."""
    attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    return sqs.create_queue(QueueName="jobs.fifo", Attributes=attributes)["QueueUrl"]


@pytest.fixture(scope="session")
def clocked():
    """A region whose clock can be moved, shared: time passes for all of its accounts."""
    with Region("none", "--test-clock") as shared:
        yield shared


class Queue:
    """A queue with the words that tests need."""

    def __init__(self, client, name, **attributes):
        self.client = client
        self.name = name
        self.url = client.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def attribute(self, name):
        asked = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=[name])
        return asked.get("Attributes", {}).get(name)

    @property
    def arn(self):
        return self.attribute("QueueArn")

    def set(self, **attributes):
        self.client.set_queue_attributes(QueueUrl=self.url, Attributes=attributes)

    def send(self, body="x", **options):
        return self.client.send_message(QueueUrl=self.url, MessageBody=body, **options)

    def receive(self, **options):
        """The messages of one receive, with everything about them."""
        options = {
            "MaxNumberOfMessages": 10,
            "MessageSystemAttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        } | options
        return self.client.receive_message(QueueUrl=self.url, **options).get("Messages", [])

    def receive_one(self, **options):
        messages = self.receive(**options)
        assert len(messages) == 1, messages
        return messages[0]

    def delete(self, message):
        self.client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def hide(self, message, seconds):
        self.client.change_message_visibility(
            QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
        )

    def counts(self):
        """Visible, in flight, delayed."""
        asked = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])["Attributes"]
        names = ("", "NotVisible", "Delayed")
        return tuple(int(asked[f"ApproximateNumberOfMessages{name}"]) for name in names)


@pytest.fixture
def make(sqs):
    """Makes queues of the test's account: make("jobs", DelaySeconds="1")."""
    return lambda name="jobs", **attributes: Queue(sqs, name, **attributes)


@pytest.fixture
def make_clocked(clocked, account):
    """Makes queues in the region whose clock can be moved."""
    client = clocked.client("sqs", account=account)
    return lambda name="jobs", **attributes: Queue(client, name, **attributes)


FIFO = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}

__all__ = ["FIFO", "QUEUE_DOES_NOT_EXIST", "Queue", "refusal"]
