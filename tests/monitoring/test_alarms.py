"""Metric alarms: evaluated on what is measured, described, changed by hand, deleted."""

import datetime
import json

import pytest
from support.metrics import MINUTE, alarm, dimensions, minute, put_alarm, put_load, until_state
from support.refusal import refusal
from support.waiting import until

# An alarm of expressions has these in its metrics.
MATH = {"Namespace": None, "MetricName": None, "Statistic": None, "Period": None}


def test_an_alarm_follows_its_metric(moved):
    region, client = moved
    put_alarm(client, "high")
    assert alarm(client, "high")["StateReason"] == "Unchecked: Initial alarm creation"
    now = minute()
    put_load(client, 20, now)
    region.advance_clock(70)
    high = until_state(client, "high", "ALARM")
    assert "1 out of the last 1 datapoints [20.0 (" in high["StateReason"]
    assert "greater than the threshold (10.0)" in high["StateReason"]
    data = json.loads(high["StateReasonData"])
    assert (data["threshold"], data["recentDatapoints"], data["period"], data["statistic"]) == (10.0, [20.0], 60, "Average")
    put_load(client, 5, now + MINUTE)
    region.advance_clock(60)
    until_state(client, "high", "OK")
    # The last datapoint leaves the range that is looked at.
    region.advance_clock(240)
    gone = until_state(client, "high", "INSUFFICIENT_DATA")
    assert gone["StateReason"] == "Insufficient Data: 1 datapoint was unknown."
    changes = [
        item["HistorySummary"]
        for item in client.describe_alarm_history(AlarmName="high", HistoryItemType="StateUpdate")["AlarmHistoryItems"]
    ]
    assert changes == [
        "Alarm updated from OK to INSUFFICIENT_DATA",
        "Alarm updated from ALARM to OK",
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
    ]


def test_some_of_several_datapoints_are_enough(cloudwatch):
    now = minute()
    for offset, value in [(4, 20), (3, 5), (2, 20)]:
        put_load(cloudwatch, value, now - offset * MINUTE)
    put_alarm(cloudwatch, "two-of-three", EvaluationPeriods=3, DatapointsToAlarm=2)
    put_alarm(cloudwatch, "three-of-three", EvaluationPeriods=3)
    until_state(cloudwatch, "two-of-three", "ALARM")
    until_state(cloudwatch, "three-of-three", "OK")


@pytest.mark.parametrize(
    ("treat", "state"),
    [("missing", "INSUFFICIENT_DATA"), ("ignore", "OK"), ("breaching", "ALARM"), ("notBreaching", "OK")],
)
def test_what_is_missing_counts_as_asked(cloudwatch, treat, state):
    # Evaluated once and told so, then set by hand: the next evaluation says what missing data mean.
    put_alarm(cloudwatch, "silent", TreatMissingData=treat, EvaluationPeriods=2)
    first = {"missing": "INSUFFICIENT_DATA", "ignore": "INSUFFICIENT_DATA"}.get(treat, state)
    until_state(cloudwatch, "silent", first)
    cloudwatch.set_alarm_state(AlarmName="silent", StateValue="OK", StateReason="by hand")
    now = until_state(cloudwatch, "silent", state, timeout=30)
    if treat == "breaching":
        assert now["StateReason"] == (
            "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching]."
        )


def test_an_alarm_of_ten_seconds_is_quick(cloudwatch):
    put_alarm(cloudwatch, "quick", Period=10)
    started = datetime.datetime.now(datetime.timezone.utc)

    def alarming():
        put_load(cloudwatch, 20, StorageResolution=1)
        return alarm(cloudwatch, "quick")["StateValue"] == "ALARM"

    until(alarming, "the alarm of ten seconds", every=1)
    assert alarm(cloudwatch, "quick")["StateTransitionedTimestamp"] > started


def test_an_alarm_of_an_expression(cloudwatch):
    def metric(name):
        metric = {"Namespace": "App", "MetricName": name, "Dimensions": dimensions(Host="a")}
        return {"Id": name, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, "ReturnData": False}

    at = minute() - 2 * MINUTE
    data = [("errors", 30), ("requests", 200)]
    cloudwatch.put_metric_data(
        Namespace="App",
        MetricData=[
            {"MetricName": name, "Dimensions": dimensions(Host="a"), "Timestamp": at, "Value": value} for name, value in data
        ],
    )
    rate = {"Id": "rate", "Expression": "100 * errors / requests", "Label": "Error rate"}
    put_alarm(cloudwatch, "errors", Metrics=[metric("errors"), metric("requests"), rate], **MATH)
    found = until_state(cloudwatch, "errors", "ALARM")
    assert "[15.0 (" in found["StateReason"]
    assert [query["Id"] for query in found["Metrics"]] == ["errors", "requests", "rate"]
    assert found["Metrics"][2] == rate | {"ReturnData": True}
    assert "MetricName" not in found


def test_an_expression_that_fails_is_told(cloudwatch):
    metric = {"Namespace": "App", "MetricName": "load"}
    queries = [
        {"Id": "m1", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, "ReturnData": False},
        {"Id": "e1", "Expression": "METRICS() + METRICS()"},
    ]
    put_alarm(cloudwatch, "broken", Metrics=queries, **MATH)
    found = until(
        lambda: alarm(cloudwatch, "broken").get("EvaluationState") and alarm(cloudwatch, "broken"), "the alarm is found broken"
    )
    assert found["EvaluationState"] == "EVALUATION_ERROR" and "Unsupported operand" in found["StateReason"]


def test_percentiles_of_few_samples_say_nothing(cloudwatch):
    put_load(cloudwatch, 20, minute() - 2 * MINUTE)
    settings = {"Statistic": None, "ExtendedStatistic": "p99"}
    put_alarm(cloudwatch, "hasty", EvaluateLowSampleCountPercentile="evaluate", **settings)
    put_alarm(cloudwatch, "careful", EvaluateLowSampleCountPercentile="ignore", **settings)
    hasty = until_state(cloudwatch, "hasty", "ALARM")
    assert (hasty["ExtendedStatistic"], hasty["EvaluateLowSampleCountPercentile"]) == ("p99", "evaluate")
    assert alarm(cloudwatch, "careful")["StateValue"] == "INSUFFICIENT_DATA"


def test_what_was_put_is_described(cloudwatch):
    settings = {
        "AlarmDescription": "too much <load>",
        "Dimensions": dimensions(Host="a", Disk="b"),
        "Unit": "Percent",
        "TreatMissingData": "ignore",
        "DatapointsToAlarm": 2,
        "EvaluationPeriods": 3,
        "ComparisonOperator": "LessThanOrEqualToThreshold",
        "ActionsEnabled": False,
    }
    put_alarm(cloudwatch, "all", **settings)
    found = alarm(cloudwatch, "all")
    assert {name: found[name] for name in settings} == settings
    assert (found["AlarmActions"], found["OKActions"], found["InsufficientDataActions"]) == ([], [], [])
    # Put again, all of it is as it is put now, and the state stays.
    cloudwatch.set_alarm_state(AlarmName="all", StateValue="ALARM", StateReason="by hand")
    put_alarm(cloudwatch, "all", TreatMissingData="ignore", Threshold=11.0)
    again = alarm(cloudwatch, "all")
    assert again["StateValue"] == "ALARM" and again["Dimensions"] == [] and again["ActionsEnabled"]
    assert "AlarmDescription" not in again and "DatapointsToAlarm" not in again
    assert again["AlarmConfigurationUpdatedTimestamp"] > found["AlarmConfigurationUpdatedTimestamp"]


def names(found):
    return [one["AlarmName"] for one in found["MetricAlarms"]]


def test_alarms_are_found_by_what_they_are(cloudwatch, account):
    topic = f"arn:aws:sns:us-east-1:{account}:topic"
    for number in range(5):
        put_alarm(cloudwatch, f"web-{number}", TreatMissingData="ignore", AlarmActions=[topic] if number == 2 else [])
    put_alarm(cloudwatch, "database", TreatMissingData="ignore")
    cloudwatch.set_alarm_state(AlarmName="web-3", StateValue="ALARM", StateReason="by hand")
    assert names(cloudwatch.describe_alarms(AlarmNamePrefix="web-", StateValue="ALARM")) == ["web-3"]
    assert names(cloudwatch.describe_alarms(ActionPrefix="arn:aws:sns")) == ["web-2"]
    assert names(cloudwatch.describe_alarms(AlarmNames=["database", "web-0", "nothing"])) == ["database", "web-0"]
    pages = cloudwatch.get_paginator("describe_alarms").paginate(PaginationConfig={"PageSize": 2})
    assert [len(page["MetricAlarms"]) for page in pages] == [2, 2, 2]
    assert cloudwatch.describe_alarms(AlarmTypes=["LogAlarm"])["MetricAlarms"] == []
    for wrong in [{"AlarmNames": ["a"], "AlarmNamePrefix": "a"}, {"StateValue": "FINE"}, {"MaxRecords": 101}]:
        assert refusal(cloudwatch.describe_alarms, **wrong) == "ValidationError"
    assert refusal(cloudwatch.describe_alarms, NextToken="nonsense") == "InvalidNextToken"


def test_alarms_are_found_by_their_metric(cloudwatch):
    put_alarm(cloudwatch, "plain")
    put_alarm(cloudwatch, "one-host", Dimensions=dimensions(Host="a"))
    put_alarm(cloudwatch, "sum", Statistic="Sum", Period=300)
    metric = {"Namespace": "App", "MetricName": "load"}
    find = cloudwatch.describe_alarms_for_metric
    assert names(find(**metric)) == ["plain", "sum"]
    assert names(find(**metric, Dimensions=dimensions(Host="a"))) == ["one-host"]
    assert names(find(**metric, Statistic="Sum")) == ["sum"] == names(find(**metric, Period=300))
    assert names(find(**metric, Unit="Bytes")) == []
    assert refusal(find, **metric, Statistic="Median") == "ValidationError"
    assert refusal(find, **metric, ExtendedStatistic="p101") == "ValidationError"


def test_history_tells_what_happened(cloudwatch):
    put_alarm(cloudwatch, "told", TreatMissingData="ignore")
    put_alarm(cloudwatch, "told", TreatMissingData="ignore", Threshold=11.0)
    cloudwatch.set_alarm_state(AlarmName="told", StateValue="ALARM", StateReason="fire", StateReasonData='{"drill": true}')
    cloudwatch.delete_alarms(AlarmNames=["told"])
    items = cloudwatch.describe_alarm_history(AlarmName="told", ScanBy="TimestampAscending")["AlarmHistoryItems"]
    assert [item["HistorySummary"] for item in items] == [
        'Alarm "told" created',
        'Alarm "told" updated',
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        'Alarm "told" deleted',
    ]
    changed = json.loads(items[2]["HistoryData"])
    assert changed["newState"] == {"stateValue": "ALARM", "stateReason": "fire", "stateReasonData": {"drill": True}}
    pages = cloudwatch.get_paginator("describe_alarm_history").paginate(AlarmName="told", PaginationConfig={"PageSize": 3})
    assert [len(page["AlarmHistoryItems"]) for page in pages] == [3, 1]
    find = cloudwatch.describe_alarm_history
    assert find(AlarmTypes=["CompositeAlarm"])["AlarmHistoryItems"] == []
    assert find(StartDate=minute() + 5 * MINUTE)["AlarmHistoryItems"] == []
    assert len(find(EndDate=minute() + 5 * MINUTE, HistoryItemType="ConfigurationUpdate")["AlarmHistoryItems"]) == 3
    assert refusal(find, StartDate=minute(), EndDate=minute() - MINUTE) == "ValidationError"
    assert refusal(find, NextToken="nonsense") == "InvalidNextToken"


def test_history_is_forgotten_after_thirty_days(moved):
    region, client = moved
    put_alarm(client, "old", TreatMissingData="ignore")
    assert client.describe_alarm_history()["AlarmHistoryItems"]
    region.advance_clock(31 * 24 * 3600)
    until(lambda: not client.describe_alarm_history()["AlarmHistoryItems"], "the history is forgotten")


def test_a_state_that_was_set_holds_until_the_next_look(cloudwatch):
    put_alarm(cloudwatch, "set")
    put_load(cloudwatch, 5, minute() - 2 * MINUTE)
    until_state(cloudwatch, "set", "OK")
    cloudwatch.set_alarm_state(AlarmName="set", StateValue="ALARM", StateReason="by hand")
    until_state(cloudwatch, "set", "OK", timeout=30)
    states = cloudwatch.describe_alarm_history(AlarmName="set", HistoryItemType="StateUpdate")["AlarmHistoryItems"]
    assert states[1]["HistorySummary"] == "Alarm updated from OK to ALARM"
    arguments = {"StateValue": "OK", "StateReason": "x"}
    assert refusal(cloudwatch.set_alarm_state, AlarmName="nothing", **arguments) == "ResourceNotFound"
    assert refusal(cloudwatch.set_alarm_state, AlarmName="set", StateReasonData="{", **arguments) == "InvalidFormat"
    assert refusal(cloudwatch.set_alarm_state, AlarmName="set", StateValue="FINE", StateReason="x") == "ValidationError"


def test_alarms_are_deleted_together_or_not_at_all(cloudwatch):
    put_alarm(cloudwatch, "a")
    put_alarm(cloudwatch, "b")
    assert refusal(cloudwatch.delete_alarms, AlarmNames=["a", "nothing"]) == "ResourceNotFound"
    assert names(cloudwatch.describe_alarms()) == ["a", "b"]
    cloudwatch.delete_alarms(AlarmNames=["a", "b"])
    assert names(cloudwatch.describe_alarms()) == []


def test_actions_are_switched(cloudwatch):
    put_alarm(cloudwatch, "a")
    cloudwatch.disable_alarm_actions(AlarmNames=["a", "nothing"])
    assert alarm(cloudwatch, "a")["ActionsEnabled"] is False
    cloudwatch.enable_alarm_actions(AlarmNames=["a"])
    assert alarm(cloudwatch, "a")["ActionsEnabled"] is True
    many = [f"alarm-{number}" for number in range(101)]
    assert refusal(cloudwatch.disable_alarm_actions, AlarmNames=many) == "ValidationError"
    assert refusal(cloudwatch.enable_alarm_actions, AlarmNames=many) == "ValidationError"


def tags(**named):
    return [{"Key": key, "Value": value} for key, value in named.items()]


def test_tags(cloudwatch, account):
    put_alarm(cloudwatch, "tagged", Tags=tags(team="web"))
    arn = alarm(cloudwatch, "tagged")["AlarmArn"]
    assert arn == f"arn:aws:cloudwatch:us-east-1:{account}:alarm:tagged"
    cloudwatch.tag_resource(ResourceARN=arn, Tags=tags(team="data", stage="test"))
    # Tags of an alarm that is there already are left alone.
    put_alarm(cloudwatch, "tagged", Tags=tags(other="x"))
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags(stage="test", team="data")
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["stage", "nothing"])
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags(team="data")
    gone = arn + "-not"
    assert refusal(cloudwatch.list_tags_for_resource, ResourceARN=gone) == "ResourceNotFoundException"
    assert refusal(cloudwatch.tag_resource, ResourceARN=gone, Tags=[]) == "ResourceNotFoundException"
    assert refusal(cloudwatch.untag_resource, ResourceARN=gone, TagKeys=[]) == "ResourceNotFoundException"
    assert refusal(cloudwatch.tag_resource, ResourceARN="nonsense", Tags=[]) == "InvalidParameterValue"
    assert refusal(cloudwatch.tag_resource, ResourceARN=arn, Tags=tags(**{"aws:x": "y"})) == "InvalidParameterValue"
    many = tags(**{f"key-{number}": "" for number in range(51)})
    assert refusal(cloudwatch.tag_resource, ResourceARN=arn, Tags=many) == "InvalidParameterValue"


METRIC = {"Id": "m1", "MetricStat": {"Metric": {"Namespace": "App", "MetricName": "load"}, "Period": 60, "Stat": "Sum"}}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Statistic": None}, "MissingParameter"),
        ({"Threshold": None}, "MissingParameter"),
        ({"Period": None}, "MissingParameter"),
        ({"MetricName": None}, "MissingParameter"),
        ({"ExtendedStatistic": "p50"}, "InvalidParameterCombination"),
        ({"Statistic": None, "ExtendedStatistic": "p101"}, "ValidationError"),
        ({"Period": 45}, "ValidationError"),
        ({"Period": 5}, "ValidationError"),
        ({"AlarmDescription": "x" * 1025}, "ValidationError"),
        ({"DatapointsToAlarm": 2}, "ValidationError"),
        ({"EvaluationPeriods": 1441}, "ValidationError"),
        ({"Period": 3600, "EvaluationPeriods": 169}, "ValidationError"),
        ({"TreatMissingData": "hope"}, "ValidationError"),
        ({"ComparisonOperator": "EqualToThreshold"}, "ValidationError"),
        ({"ComparisonOperator": "GreaterThanUpperThreshold"}, "ValidationError"),
        ({"ThresholdMetricId": "ad1"}, "ValidationError"),
        ({"EvaluateLowSampleCountPercentile": "ignore"}, "ValidationError"),
        ({"EvaluationInterval": 60}, "ValidationError"),
        ({"AlarmActions": ["nonsense"]}, "ValidationError"),
        ({"AlarmActions": ["arn:aws:lambda:us-east-1:111122223333:layer:l"]}, "ValidationError"),
        ({"AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:topic"]}, "ValidationError"),
        ({"AlarmActions": ["arn:aws:automate:us-east-1:ec2:stop"]}, "ValidationError"),
        ({"AlarmActions": ["arn:aws:automate:us-east-1:ec2:recover"], "Dimensions": dimensions(InstanceId="i-1")}, "ValidationError"),
        ({"AlarmActions": ["arn:aws:sns:us-east-1:111122223333:topic"] * 6}, "ValidationError"),
        ({"Tags": tags(**{"aws:x": "y"})}, "InvalidParameterValue"),
        ({"Metrics": [METRIC]}, "ValidationError"),
        (MATH | {"Metrics": [METRIC, METRIC | {"Id": "m2"}]}, "ValidationError"),
        (MATH | {"Metrics": [METRIC | {"ReturnData": False}]}, "ValidationError"),
        (MATH | {"Metrics": [METRIC | {"ReturnData": False}, {"Id": "e1", "Expression": "SEARCH('x', 'Sum')"}]}, "ValidationError"),
        (MATH | {"Metrics": [{"Id": "e1", "Expression": "TIME_SERIES(1)"}]}, "ValidationError"),
    ],
)
def test_alarms_that_cannot_be_are_refused(cloudwatch, changes, code):
    assert refusal(put_alarm, client=cloudwatch, name="bad", **changes) == code
    assert names(cloudwatch.describe_alarms()) == []


def test_alarms_survive_a_kill(region):
    made = region()
    client = made.client("cloudwatch")
    put_load(client, 20, minute() - 2 * MINUTE)
    put_alarm(client, "kept")
    until_state(client, "kept", "ALARM")
    made.kill()
    made.start()
    client = made.client("cloudwatch")
    assert alarm(client, "kept")["StateValue"] == "ALARM"
    assert len(client.describe_alarm_history(AlarmName="kept")["AlarmHistoryItems"]) == 2
