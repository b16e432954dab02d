"""`kill -9` at random moments under load: what was acknowledged is there, what was deleted stays away, order and
deduplication hold."""

import random
import threading
import time

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from support.waiting import until

CRASHES = 20
CONNECTIONS = 16
BATCH = 5


class Load:
    """Callers that send, receive and delete, and write down what they were told."""

    def __init__(self, region):
        self.region = region
        self.stop = threading.Event()
        self.lock = threading.Lock()
        sqs = region.client("sqs")
        create = lambda name, **attributes: sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]  # noqa: E731
        self.standard = create("load", VisibilityTimeout="600")
        self.kept = create("kept.fifo", FifoQueue="true", VisibilityTimeout="600")
        self.used = create("used.fifo", FifoQueue="true", VisibilityTimeout="600")
        self.sent, self.received, self.deleted = set(), set(), set()
        # By group: how many messages were acknowledged as sent, as deleted, and of how many a deletion was asked for.
        self.in_order = [0] * CONNECTIONS
        self.in_use = [0] * CONNECTIONS
        self.gone = [-1] * CONNECTIONS
        self.asked = [-1] * CONNECTIONS
        self.faults = []

    def caller(self, number):
        sqs = self.region.client("sqs", retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=10)
        chance = random.Random(number)
        count = 0
        while not self.stop.is_set():
            try:
                self.one_turn(sqs, number, f"{number}-{count}", chance)
            except (BotoCoreError, ClientError) as error:
                # The region is dead or dying; what it was told is unknown. A refusal by a living one is a fault.
                if isinstance(error, ClientError) and error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
                    self.faults.append(repr(error))
                time.sleep(0.02)
            except Exception as error:  # noqa: BLE001: told at the end, by the thread that can fail the test
                self.faults.append(repr(error))
                return
            count += 1

    def one_turn(self, sqs, number, name, chance):
        if chance.random() < 0.5:
            entries = [{"Id": str(each), "MessageBody": f"{name}-{each}"} for each in range(BATCH)]
            answer = sqs.send_message_batch(QueueUrl=self.standard, Entries=entries)
            with self.lock:
                self.sent.update(f"{name}-{entry['Id']}" for entry in answer["Successful"])
        else:
            self.consume(sqs)
        self.send_in_order(sqs, self.kept, number, self.in_order)
        self.send_in_order(sqs, self.used, number, self.in_use)
        self.consume_in_order(sqs)

    def consume(self, sqs):
        got = sqs.receive_message(QueueUrl=self.standard, MaxNumberOfMessages=BATCH).get("Messages", [])
        with self.lock:
            self.received.update(message["Body"] for message in got)
        if not got:
            return
        entries = [{"Id": str(at), "ReceiptHandle": message["ReceiptHandle"]} for at, message in enumerate(got)]
        answer = sqs.delete_message_batch(QueueUrl=self.standard, Entries=entries)
        with self.lock:
            self.deleted.update(got[int(entry["Id"])]["Body"] for entry in answer["Successful"])

    def send_in_order(self, sqs, queue, group, counts):
        # Until it is acknowledged, the same message is sent again, under the same id.
        text = str(counts[group])
        sqs.send_message(QueueUrl=queue, MessageBody=text, MessageGroupId=str(group), MessageDeduplicationId=f"{group}-{text}")
        counts[group] += 1

    def consume_in_order(self, sqs):
        got = sqs.receive_message(
            QueueUrl=self.used, MaxNumberOfMessages=1, MessageSystemAttributeNames=["MessageGroupId"]
        )
        for message in got.get("Messages", []):
            group, number = int(message["Attributes"]["MessageGroupId"]), int(message["Body"])
            with self.lock:
                if not self.gone[group] < number <= self.asked[group] + 1:
                    self.faults.append(f"group {group}: {number} after {self.gone[group]} was deleted")
                self.asked[group] = max(self.asked[group], number)
            try:
                sqs.delete_message(QueueUrl=self.used, ReceiptHandle=message["ReceiptHandle"])
            except ClientError as error:
                # A crash ends leases: somebody else has the message now.
                if "has expired" in str(error):
                    return
                raise
            with self.lock:
                self.gone[group] = max(self.gone[group], number)


def drain(sqs, queue):
    """Everything that is left, in the order in which it comes."""
    rest = []
    while True:
        got = sqs.receive_message(
            QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=600, MessageSystemAttributeNames=["MessageGroupId"]
        ).get("Messages", [])
        if not got:
            return rest
        rest += [(message.get("Attributes", {}).get("MessageGroupId"), message["Body"]) for message in got]
        for message in got:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


@pytest.fixture(scope="module")
def crashed():
    """A region that was killed again and again under load, and what its callers saw."""
    from support.region import Region

    with Region() as region:
        load = Load(region)
        callers = [threading.Thread(target=load.caller, args=(number,)) for number in range(CONNECTIONS)]
        for caller in callers:
            caller.start()
        for _ in range(CRASHES):
            before = len(load.sent)
            until(lambda before=before: len(load.sent) > before, "the load goes on")
            time.sleep(random.uniform(0, 0.4))
            region.kill()
            region.start()
        load.stop.set()
        for caller in callers:
            caller.join()
        # What was in flight when the load ended is visible after one more crash.
        region.kill()
        region.start()
        yield load


def test_every_acknowledged_message_is_received(crashed):
    crashed.received.update(body for _, body in drain(crashed.region.client("sqs"), crashed.standard))
    assert crashed.faults == []
    assert len(crashed.sent) > CRASHES
    assert crashed.sent - crashed.received == set()


def test_every_acknowledged_deletion_stays(crashed):
    sqs = crashed.region.client("sqs")
    sqs.send_message(QueueUrl=crashed.standard, MessageBody="the last")
    left = {body for _, body in drain(sqs, crashed.standard)}
    assert left & crashed.deleted == set()


def test_order_and_deduplication_hold(crashed):
    groups = {}
    for group, body in drain(crashed.region.client("sqs"), crashed.kept):
        groups.setdefault(int(group), []).append(int(body))
    for group, count in enumerate(crashed.in_order):
        got = groups.get(group, [])
        # The last one may have been sent without that its sender was told.
        assert got in (list(range(count)), list(range(count + 1))), f"group {group}"
