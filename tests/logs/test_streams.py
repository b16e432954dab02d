"""Log streams: made, listed, deleted."""

from logs.conftest import BY_MODEL
from support.refusal import refusal


def listed(logs, **arguments):
    return [stream["logStreamName"] for stream in logs.describe_log_streams(**arguments)["logStreams"]]


def test_a_stream_is_made_written_shown_and_deleted(logs, group, put, account):
    [stream] = logs.describe_log_streams(logGroupName=group)["logStreams"]
    arn = f"arn:aws:logs:us-east-1:{account}:log-group:{group}:log-stream:s"
    assert (stream["arn"], stream["storedBytes"]) == (arn, 0)
    assert "lastEventTimestamp" not in stream
    at = put("one", "two")
    [stream] = logs.describe_log_streams(logGroupName=group)["logStreams"]
    assert (stream["firstEventTimestamp"], stream["lastEventTimestamp"]) == (at, at + 1)
    assert stream["lastIngestionTime"] >= at and stream["uploadSequenceToken"]
    assert logs.describe_log_groups()["logGroups"][0]["storedBytes"] == 6 + 2 * 26
    logs.delete_log_stream(logGroupName=group, logStreamName="s")
    assert listed(logs, logGroupName=group) == []
    assert logs.filter_log_events(logGroupName=group)["events"] == []


def test_streams_come_by_name_or_by_their_last_event(logs, group, put, account):
    for name in ("a/1", "a/2", "b"):
        logs.create_log_stream(logGroupName=group, logStreamName=name)
    at = put("old", stream="b") - 5000
    put("older", stream="a/2", at=at)
    assert listed(logs, logGroupName=group) == ["a/1", "a/2", "b", "s"]
    assert listed(logs, logGroupName=group, descending=True) == ["s", "b", "a/2", "a/1"]
    assert listed(logs, logGroupName=group, logStreamNamePrefix="a/") == ["a/1", "a/2"]
    by_time = listed(logs, logGroupName=group, orderBy="LastEventTime", descending=True)
    assert by_time.index("b") < by_time.index("a/2")
    arn = f"arn:aws:logs:us-east-1:{account}:log-group:{group}"
    assert listed(logs, logGroupIdentifier=arn, limit=1) == ["a/1"]
    pages = logs.get_paginator("describe_log_streams").paginate(logGroupName=group, PaginationConfig={"PageSize": 3})
    names = [[stream["logStreamName"] for stream in page["logStreams"]] for page in pages]
    assert names == [["a/1", "a/2", "b"], ["s"]]


def test_what_is_wrong_with_streams_is_refused(logs, group):
    missing, invalid = "ResourceNotFoundException", "InvalidParameterException"
    exists = {"logGroupName": group, "logStreamName": "s"}
    assert refusal(logs.create_log_stream, **exists) == "ResourceAlreadyExistsException"
    assert refusal(logs.create_log_stream, logGroupName="none", logStreamName="s") == missing
    assert refusal(logs.create_log_stream, logGroupName=group, logStreamName="a:b") in BY_MODEL
    assert refusal(logs.delete_log_stream, logGroupName=group, logStreamName="none") == missing
    assert refusal(logs.describe_log_streams, logGroupName="none") == missing
    assert refusal(logs.describe_log_streams) == invalid
    assert refusal(logs.describe_log_streams, logGroupName=group, logGroupIdentifier=group) == invalid
    both = {"orderBy": "LastEventTime", "logStreamNamePrefix": "s"}
    assert refusal(logs.describe_log_streams, logGroupName=group, **both) == invalid
