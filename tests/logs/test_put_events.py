"""PutLogEvents: what is taken, and that it stays."""

import time

from logs.conftest import BY_MODEL
from support.refusal import refusal
from support.waiting import until

HOUR = 3600 * 1000


def now():
    return int(time.time() * 1000)


def event(at, message="m"):
    return {"timestamp": at, "message": message}


def messages(logs, group, stream="s"):
    answer = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)
    return [event["message"] for event in answer["events"]]


def test_what_is_too_old_or_too_new_is_left_out_and_said(logs, group):
    def rejected(*events):
        answer = logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=list(events))
        assert answer["nextSequenceToken"]
        return answer.get("rejectedLogEventsInfo")

    at = now()
    assert rejected(event(at, "ok"), event(at + HOUR, "soon")) is None
    assert rejected(event(at, "taken"), event(at + 3 * HOUR)) == {"tooNewLogEventStartIndex": 1}
    assert rejected(event(at - 15 * 24 * HOUR)) == {"tooOldLogEventEndIndex": 1}
    logs.put_retention_policy(logGroupName=group, retentionInDays=1)
    assert rejected(event(at - 25 * HOUR), event(at - 2 * HOUR, "kept")) == {"expiredLogEventEndIndex": 1}
    assert messages(logs, group) == ["kept", "ok", "taken", "soon"]


def test_a_request_has_its_limits(logs, group):
    def refused(events, **more):
        more = {"logGroupName": group, "logStreamName": "s"} | more
        return refusal(logs.put_log_events, logEvents=events, **more)

    at, invalid, missing = now(), "InvalidParameterException", "ResourceNotFoundException"
    assert refused([event(at), event(at - 1)]) == invalid
    assert refused([event(at - 24 * HOUR - 1), event(at)]) == invalid
    assert refused([event(at, "x" * (1048576 - 25))]) == invalid
    assert refused([event(at)] * 10001) in BY_MODEL
    assert refused([event(at)], logStreamName="none") == missing
    assert refused([event(at)], logGroupName="none") == missing
    assert messages(logs, group) == []
    # The largest that may be, in letters of two bytes that JSON escapes with six.
    letters = "é" * ((1048576 - 26) // 2)
    logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=[event(at, letters)])
    assert messages(logs, group) == [letters]


def test_an_entity_is_refused_and_its_events_are_not(logs, group):
    entity = {"keyAttributes": {"Type": "Service", "Name": "x"}}
    request = {"logGroupName": group, "logStreamName": "s", "logEvents": [event(now())], "entity": entity}
    answer = logs.put_log_events(**request)
    assert answer["rejectedEntityInfo"] == {"errorType": "UnsupportedLogGroupType"}
    assert messages(logs, group) == ["m"]


def test_what_was_acknowledged_survives_kill_9(region):
    own = region()
    logs = own.client("logs")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    at = now() - 1000
    for number in range(20):
        logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[event(at + number, f"m{number}")])
    own.kill()
    own.start()
    logs = own.client("logs")
    assert messages(logs, "g") == [f"m{number}" for number in range(20)]
    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[event(at + 20, "after")])
    assert messages(logs, "g")[-1] == "after"


def test_retention_hides_at_once_and_deletes_soon(region):
    own = region("none", "--test-clock")
    logs = own.client("logs")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[event(now(), "old")])
    logs.put_retention_policy(logGroupName="g", retentionInDays=1)
    assert messages(logs, "g") == ["old"]
    own.advance_clock(23 * 3600)
    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[event(now() + 23 * HOUR, "new")])
    own.advance_clock(2 * 3600)
    assert messages(logs, "g") == ["new"]
    assert len(logs.filter_log_events(logGroupName="g")["events"]) == 1

    def is_deleted():
        [group] = logs.describe_log_groups()["logGroups"]
        return group["storedBytes"] == 26 + len("new")

    until(is_deleted, "the old event is deleted")


def test_groups_are_measured(freehold, logs, group, account):
    at = now()
    logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=[event(at, "abcd"), event(at, "ef")])
    cloudwatch = freehold.client("cloudwatch", account)

    def sum_of(name):
        answer = cloudwatch.get_metric_statistics(
            Namespace="AWS/Logs",
            MetricName=name,
            Dimensions=[{"Name": "LogGroupName", "Value": group}],
            StartTime=at / 1000 - 300,
            EndTime=at / 1000 + 300,
            Period=3600,
            Statistics=["Sum"],
        )
        return sum(point["Sum"] for point in answer["Datapoints"])

    until(lambda: sum_of("IncomingLogEvents") == 2, "two events are measured")
    assert sum_of("IncomingBytes") == 6 + 2 * 26
