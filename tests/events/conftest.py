"""What the tests of EventBridge share: clients of an account of the test's own, and queues that rules tell."""

import json

import pytest
from support.region import Region
from support.waiting import until


class Lab:
    """One account of a region: buses, rules, and queues that are told."""

    def __init__(self, region, account):
        self.region = region
        self.account = account
        self.events = region.client("events", account=account)
        self.sqs = region.client("sqs", account=account)

    def queue(self, name="inbox", **attributes):
        """A queue's ARN."""
        self.sqs.create_queue(QueueName=name, Attributes=attributes)
        return f"arn:aws:sqs:us-east-1:{self.account}:{name}"

    def url(self, arn):
        return self.sqs.get_queue_url(QueueName=arn.rsplit(":", 1)[1])["QueueUrl"]

    def rule(self, pattern=None, name="rule", targets=(), bus="default", **options):
        """A rule with targets; its ARN."""
        if pattern is not None:
            options["EventPattern"] = json.dumps(pattern)
        arn = self.events.put_rule(Name=name, EventBusName=bus, **options)["RuleArn"]
        if targets:
            told = [{"Id": str(number)} | target for number, target in enumerate(targets)]
            assert self.events.put_targets(Rule=name, EventBusName=bus, Targets=told)["FailedEntryCount"] == 0
        return arn

    def put(self, detail=None, source="mine", kind="Something", **options):
        """Puts an event; its id."""
        entry = {"Source": source, "DetailType": kind, "Detail": json.dumps(detail or {})} | options
        answer = self.events.put_events(Entries=[entry])
        assert answer["FailedEntryCount"] == 0, answer
        return answer["Entries"][0]["EventId"]

    def messages(self, arn, count=1):
        """Takes `count` messages out of a queue."""
        url, found = self.url(arn), []

        def arrived():
            asked = self.sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=1,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["All"],
            )
            for message in asked.get("Messages", []):
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                found.append(message)
            return len(found) >= count

        until(arrived, f"{count} messages come to {arn}")
        assert len(found) == count, found
        return found

    def told(self, arn, count=1):
        """The bodies of messages, as JSON."""
        return [json.loads(message["Body"]) for message in self.messages(arn, count)]

    def is_empty(self, arn):
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        asked = self.sqs.get_queue_attributes(QueueUrl=self.url(arn), AttributeNames=names)["Attributes"]
        return all(int(count) == 0 for count in asked.values())


@pytest.fixture
def lab(freehold, account):
    return Lab(freehold, account)


@pytest.fixture(scope="session")
def clocked():
    """A region whose clock can be moved, shared."""
    with Region("none", "--test-clock") as shared:
        yield shared


@pytest.fixture
def moved(clocked, account):
    """The same in the region whose clock can be moved."""
    return Lab(clocked, account)
