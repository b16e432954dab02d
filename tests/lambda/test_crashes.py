"""What was acknowledged survives the server."""

import json
import random
import signal
import threading
import time

import pytest
from support.functions import Functions
from support.region import Region

pytestmark = pytest.mark.machines

COUNT = 40


def test_nothing_that_was_acknowledged_is_lost(clients, host_is_left_clean):
    """Events and messages go through functions into a queue while the server is killed again and again."""
    with Region("container") as region:
        functions = Functions(region, "444455556666")
        sqs = region.client("sqs", "444455556666")
        attributes = {"VisibilityTimeout": "6"}
        source = sqs.create_queue(QueueName="jobs", Attributes=attributes)["QueueUrl"]
        done = sqs.create_queue(QueueName="done")["QueueUrl"]
        code = "import time\ndef handler(event, context):\n    time.sleep(0.05)\n    return event\n"
        functions.make("event", code=code)
        functions.make("relay", code="def handler(event, context):\n    return event\n")
        to = {"OnSuccess": {"Destination": "arn:aws:sqs:us-east-1:444455556666:done"}}
        functions.client.put_function_event_invoke_config(FunctionName="event", DestinationConfig=to)
        functions.client.create_event_source_mapping(
            EventSourceArn="arn:aws:sqs:us-east-1:444455556666:jobs", FunctionName="relay"
        )
        acknowledged = set()
        is_over = threading.Event()

        def send():
            number = 0
            while number < COUNT:
                try:
                    functions.client.invoke(
                        FunctionName="event", InvocationType="Event", Payload=json.dumps({"number": number})
                    )
                    sqs.send_message(QueueUrl=source, MessageBody=str(number))
                except Exception:  # The server is gone: whatever that was is not acknowledged.
                    time.sleep(0.05)
                    continue
                acknowledged.add(number)
                number += 1
            is_over.set()

        sender = threading.Thread(target=send)
        sender.start()
        for _ in range(3):
            time.sleep(random.uniform(0.1, 0.6))
            region.process.send_signal(signal.SIGKILL)
            region.process.wait()
            region.start()
        assert is_over.wait(120)
        sender.join()
        seen = set()
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        end = time.monotonic() + 120
        while time.monotonic() < end:
            found = sqs.receive_message(QueueUrl=done, WaitTimeSeconds=1, MaxNumberOfMessages=10).get("Messages", [])
            for message in found:
                seen.add(json.loads(message["Body"])["requestPayload"]["number"])
                sqs.delete_message(QueueUrl=done, ReceiptHandle=message["ReceiptHandle"])
            left = sqs.get_queue_attributes(QueueUrl=source, AttributeNames=names)["Attributes"].values()
            if seen >= acknowledged and set(left) == {"0"}:
                break
        assert seen >= acknowledged
        assert set(left) == {"0"}
