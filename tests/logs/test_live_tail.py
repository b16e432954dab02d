"""Events as they come."""

import threading
import time

import pytest
from botocore.exceptions import ClientError
from support.refusal import refusal

INVALID = "InvalidParameterException"


@pytest.fixture
def tailing(freehold, account):
    """A client as `freehold env` sets it up."""
    return freehold.client("logs", account, inject_host_prefix=False)


@pytest.fixture
def arn(group, account):
    return f"arn:aws:logs:us-east-1:{account}:log-group:{group}"


def put(logs, group, stream, *messages):
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": message} for message in messages]
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)


class Tail:
    """A session, and what it was told."""

    def __init__(self, client, **wanted):
        self.stream = client.start_live_tail(**wanted)["responseStream"]
        self.events = iter(self.stream)
        self.start = next(self.events)["sessionStart"]

    def updates(self):
        for event in self.events:
            yield event["sessionUpdate"]

    def messages(self, count):
        """As many as that, however many updates they need."""
        found = []
        for update in self.updates():
            found += update["sessionResults"]
            if len(found) >= count:
                return found
        raise AssertionError(f"the session ended after {found}")


def test_what_comes_is_told(tailing, logs, group, arn):
    for stream in ("one", "two"):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    put(logs, group, "one", "before")
    tail = Tail(tailing, logGroupIdentifiers=[arn], logEventFilterPattern="ERROR")
    assert (tail.start["logGroupIdentifiers"], tail.start["logEventFilterPattern"]) == ([arn], "ERROR")
    assert tail.start["sessionId"]
    # Nothing came within the first second.
    first = next(tail.updates())
    assert (first["sessionResults"], first["sessionMetadata"]) == ([], {"sampled": False})
    put(logs, group, "one", "ERROR 1", "fine")
    put(logs, group, "two", "ERROR 2")
    found = tail.messages(2)
    seen = [(event["logStreamName"], event["message"], event["logGroupIdentifier"]) for event in found]
    assert sorted(seen) == [("one", "ERROR 1", arn), ("two", "ERROR 2", arn)]
    assert all(event["ingestionTime"] >= event["timestamp"] > 0 for event in found)
    tail.stream.close()


@pytest.mark.parametrize("wanted", [{"logStreamNames": ["one"]}, {"logStreamNamePrefixes": ["o"]}])
def test_streams_are_chosen(tailing, logs, group, arn, wanted):
    for stream in ("one", "two"):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    tail = Tail(tailing, logGroupIdentifiers=[arn], **wanted)
    put(logs, group, "two", "other")
    put(logs, group, "one", "own")
    assert [event["message"] for event in tail.messages(1)] == ["own"]
    tail.stream.close()


def test_of_too_many_a_sample_is_told(tailing, logs, group, arn):
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    tail = Tail(tailing, logGroupIdentifiers=[arn])
    is_over = threading.Event()

    def write():
        while not is_over.is_set():
            put(logs, group, "one", *(["x"] * 1000))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        sampled = next(update for update in tail.updates() if update["sessionMetadata"]["sampled"])
    finally:
        is_over.set()
        writer.join()
    assert len(sampled["sessionResults"]) == 500
    tail.stream.close()


def test_what_cannot_be_followed_is_refused(tailing, logs, group, arn):
    missing = arn.replace(group, "missing")
    assert refusal(tailing.start_live_tail, logGroupIdentifiers=[missing]) == "ResourceNotFoundException"
    wrong = [
        {"logGroupIdentifiers": [group]},
        {"logGroupIdentifiers": [f"{arn}:*"]},
        {"logGroupIdentifiers": [arn] * 11},
        {"logGroupIdentifiers": [arn], "logStreamNames": ["a"], "logStreamNamePrefixes": ["a"]},
        {"logGroupIdentifiers": [arn, arn], "logStreamNames": ["a"]},
        {"logGroupIdentifiers": [arn], "logEventFilterPattern": "a.b"},
    ]
    for one in wrong:
        assert refusal(tailing.start_live_tail, **one) == INVALID, one


def test_a_broken_constraint_is_an_invalid_parameter(logs):
    with pytest.raises(ClientError, match="1 validation error detected: Value 'a:b' at 'logGroupName'") as refused:
        logs.create_log_group(logGroupName="a:b")
    assert refused.value.response["Error"]["Code"] == INVALID
