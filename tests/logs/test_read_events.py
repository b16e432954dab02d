"""GetLogEvents and FilterLogEvents: order, pages, tokens, patterns."""

import json
import time

import pytest
from support.refusal import refusal


def texts(answer):
    return [event["message"] for event in answer["events"]]


@pytest.fixture
def get(logs, group):
    return lambda **more: logs.get_log_events(**({"logGroupName": group, "logStreamName": "s"} | more))


@pytest.fixture
def find(logs, group):
    return lambda pattern="", **more: logs.filter_log_events(logGroupName=group, filterPattern=pattern, **more)


def test_a_stream_is_read_from_its_end_or_its_head(get, put):
    at = put(*"abcdef")
    answer = get(limit=2)
    assert texts(answer) == ["e", "f"]
    assert answer["events"][0]["timestamp"] == at + 4 and answer["events"][0]["ingestionTime"] >= at
    before = get(limit=3, nextToken=answer["nextBackwardToken"])
    assert texts(before) == ["b", "c", "d"]
    assert texts(get(limit=2, nextToken=before["nextForwardToken"], startFromHead=True)) == ["e", "f"]
    assert texts(get(limit=2, startFromHead=True)) == ["a", "b"]
    # The start is part of it, the end is not.
    assert texts(get(startTime=at + 1, endTime=at + 3)) == ["b", "c"]


def test_at_an_end_the_same_token_comes_back(get, put):
    put("a", "b")
    answer = get(startFromHead=True)
    forward, backward = answer["nextForwardToken"], answer["nextBackwardToken"]
    end = get(nextToken=forward, startFromHead=True)
    assert end["events"] == [] and end["nextForwardToken"] == forward
    assert texts(get(nextToken=end["nextBackwardToken"])) == ["a", "b"]
    begin = get(nextToken=backward)
    assert begin["events"] == [] and begin["nextBackwardToken"] == backward
    assert texts(get(nextToken=begin["nextForwardToken"], startFromHead=True)) == ["a", "b"]
    put("c")
    assert texts(get(nextToken=forward, startFromHead=True)) == ["c"]


def test_an_empty_stream_has_tokens_too(get, put):
    answer = get(startFromHead=True)
    assert answer["events"] == []
    put("first")
    assert texts(get(nextToken=answer["nextForwardToken"], startFromHead=True)) == ["first"]


def test_a_page_has_a_mebibyte_at_most(logs, group, get, put):
    for number in range(3):
        put(str(number) * 500_000)
    answer = get(startFromHead=True)
    assert [text[0] for text in texts(answer)] == ["0", "1"]
    assert [text[0] for text in texts(get(startFromHead=True, nextToken=answer["nextForwardToken"]))] == ["2"]
    first = logs.filter_log_events(logGroupName=group)
    rest = logs.filter_log_events(logGroupName=group, nextToken=first["nextToken"])
    assert [text[0] for text in texts(first) + texts(rest)] == ["0", "1", "2"] and "nextToken" not in rest


def test_what_cannot_be_read_is_refused(logs, group, get, find):
    invalid, missing = "InvalidParameterException", "ResourceNotFoundException"
    assert refusal(get, nextToken="f/1") == invalid
    assert refusal(get, logStreamName="none") == missing
    assert refusal(get, logGroupName="none") == missing
    assert refusal(get, startTime=2, endTime=1) == invalid
    assert refusal(get, unmask=True) == invalid
    assert refusal(find, nextToken="x") == invalid
    assert refusal(find, logStreamNames=["s"], logStreamNamePrefix="s") == invalid
    assert refusal(find, logStreamNames=["none"]) == missing
    assert refusal(find, pattern="{ $.a") == invalid
    assert refusal(find, pattern="a.b") == invalid
    assert refusal(logs.filter_log_events, logGroupName="none") == missing
    logs.create_log_group(logGroupName="rare", logGroupClass="INFREQUENT_ACCESS")
    logs.create_log_stream(logGroupName="rare", logStreamName="s")
    assert refusal(get, logGroupName="rare") == invalid
    assert refusal(logs.filter_log_events, logGroupName="rare") == invalid


def test_streams_of_a_group_are_read_in_the_order_of_time(logs, group, put, find):
    for name in ("a/1", "a/2"):
        logs.create_log_stream(logGroupName=group, logStreamName=name)
    at = put("one", "three", stream="a/1")
    put("two", stream="a/2", at=at)
    put("four", stream="s", at=at + 2)
    answer = find(interleaved=True)
    assert texts(answer) == ["one", "two", "three", "four"] and answer["searchedLogStreams"] == []
    assert [event["logStreamName"] for event in answer["events"]] == ["a/1", "a/2", "a/1", "s"]
    assert len({event["eventId"] for event in answer["events"]}) == 4
    assert texts(find(logStreamNamePrefix="a/")) == ["one", "two", "three"]
    assert texts(find(logStreamNames=["s"])) == ["four"]
    assert texts(find(logStreamNames=["a/2", "s"])) == ["two", "four"]
    assert texts(find(logStreamNamePrefix="nothing")) == []
    # Both ends are part of it.
    assert texts(find(startTime=at + 1, endTime=at + 2)) == ["three", "four"]
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, PaginationConfig={"PageSize": 3})
    assert [texts(page) for page in pages] == [["one", "two", "three"], ["four"]]


def test_patterns_find_terms_json_and_fields(put, find):
    web = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'
    document = json.dumps({"level": "ERROR", "took": 31.5, "user": {"name": "anne"}, "ok": False, "tags": ["x"]})
    put("[ERROR] one", "WARN two", web, document)
    assert texts(find("ERROR")) == ["[ERROR] one", document]
    assert texts(find("ERROR -anne")) == ["[ERROR] one"]
    assert texts(find("?WARN ?frank")) == ["WARN two", web]
    assert texts(find('"[ERROR] one"')) == ["[ERROR] one"]
    assert texts(find("%WARN [a-z]+%")) == ["WARN two"]
    for pattern in (
        '{ $.level = "ERROR" && $.took > 30 }',
        "{ $.user.name = a* }",
        "{ $.ok IS FALSE }",
        "{ $.missing NOT EXISTS }",
        '{ $.tags[0] = "x" || $.took = 1 }',
    ):
        assert texts(find(pattern)) == [document], pattern
    assert texts(find("[ip, id, user, time, request = *.html*, status = 4*, bytes > 1000]")) == [web]
    assert texts(find("[ip, ..., bytes < 1000]")) == []


def test_the_cli_reads_a_group(freehold, aws):
    # The CLI of this fixture acts in the default account.
    logs = freehold.client("logs")
    logs.create_log_group(logGroupName="/cli/tail")
    created = aws("logs", "create-log-stream", "--log-group-name", "/cli/tail", "--log-stream-name", "s")
    assert created.returncode == 0, created.stderr
    event = {"timestamp": int(time.time() * 1000), "message": "from the cli"}
    stream = ("--log-group-name", "/cli/tail", "--log-stream-name", "s")
    put = aws("logs", "put-log-events", *stream, "--log-events", json.dumps([event]))
    assert put.returncode == 0, put.stderr
    found = aws("logs", "filter-log-events", "--log-group-name", "/cli/tail", "--interleaved", "--output", "json")
    assert texts(json.loads(found.stdout)) == ["from the cli"], found.stderr
