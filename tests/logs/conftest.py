"""What the tests of CloudWatch Logs share."""

import time

import pytest

# What the service's model forbids is refused with one of these.
BY_MODEL = {"InvalidParameterException"}


@pytest.fixture
def logs(freehold, account):
    return freehold.client("logs", account)


@pytest.fixture
def group(logs):
    """A group with the stream `s`."""
    logs.create_log_group(logGroupName="/test/group")
    logs.create_log_stream(logGroupName="/test/group", logStreamName="s")
    return "/test/group"


@pytest.fixture
def put(logs, group):
    """Puts messages a millisecond apart, the last a second old; returns the time of the first."""

    def put(*messages, stream="s", at=None):
        at = int(time.time() * 1000) - 1000 - len(messages) if at is None else at
        events = [{"timestamp": at + place, "message": message} for place, message in enumerate(messages)]
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
        return at

    return put
