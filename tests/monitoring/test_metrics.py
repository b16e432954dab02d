"""Metrics: what is put is there, aggregated as asked, in pages; and what AWS refuses is refused."""

import datetime

import pytest
from botocore.exceptions import ClientError
from support.metrics import MINUTE, dimensions, minute
from support.refusal import refusal

NOW = minute()


def put(client, name, **datum):
    client.put_metric_data(Namespace="App", MetricData=[{"MetricName": name} | datum])


def statistics(client, name, period=60, span=60, statistics=("Sum",), **more):
    end = minute() + MINUTE
    found = client.get_metric_statistics(
        Namespace="App",
        MetricName=name,
        StartTime=end - span * MINUTE,
        EndTime=end,
        Period=period,
        Statistics=list(statistics),
        **more,
    )
    return found["Datapoints"]


def stat(name, metric, stat="Sum", period=60, **more):
    metric = {"Namespace": "App", "MetricName": metric}
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": period, "Stat": stat}} | more


def data(client, *queries, span=60, **more):
    end = minute() + MINUTE
    return client.get_metric_data(MetricDataQueries=list(queries), StartTime=end - span * MINUTE, EndTime=end, **more)


def values(client, *queries, **more):
    return {one["Id"]: one["Values"] for one in data(client, *queries, **more)["MetricDataResults"]}


def test_values_counts_and_statistic_sets_are_one_aggregate(cloudwatch):
    at = minute() - 5 * MINUTE
    put(cloudwatch, "m", Timestamp=at, Value=1.0, Unit="Count")
    put(cloudwatch, "m", Timestamp=at, Values=[2.0, 3.0], Counts=[1.0, 2.0], Unit="Count")
    put(
        cloudwatch,
        "m",
        Timestamp=at + datetime.timedelta(seconds=59),
        StatisticValues={"SampleCount": 2, "Sum": 14, "Minimum": 4, "Maximum": 10},
        Unit="Count",
    )
    every = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"]
    [point] = statistics(cloudwatch, "m", statistics=every)
    assert point == {
        "Timestamp": at,
        "SampleCount": 6.0,
        "Average": 23 / 6,
        "Sum": 23.0,
        "Minimum": 1.0,
        "Maximum": 10.0,
        "Unit": "Count",
    }
    # Nobody knows the single values of a statistic set.
    end = minute() + MINUTE
    span = {"StartTime": end - 60 * MINUTE, "EndTime": end, "Period": 60}
    found = cloudwatch.get_metric_statistics(Namespace="App", MetricName="m", ExtendedStatistics=["p50"], **span)
    assert found["Datapoints"] == []


def test_percentiles_and_their_kin(cloudwatch):
    at = minute() - 5 * MINUTE
    put(cloudwatch, "latency", Timestamp=at, Values=[float(value) for value in range(1, 101)], Unit="Milliseconds")
    found = cloudwatch.get_metric_statistics(
        Namespace="App",
        MetricName="latency",
        StartTime=at,
        EndTime=at + MINUTE,
        Period=60,
        ExtendedStatistics=["p50", "p99.9", "tm90", "TC(50:)", "PR(:30)", "IQM"],
    )
    [point] = found["Datapoints"]
    extended = point["ExtendedStatistics"]
    assert extended["p50"] == 50.5 and 99 < extended["p99.9"] <= 100
    assert (extended["tm90"], extended["TC(50:)"], extended["PR(:30)"], extended["IQM"]) == (45.5, 50, 30, 50.5)


def test_units_are_apart_and_periods_put_together(cloudwatch):
    at = minute() - 10 * MINUTE
    for offset in range(10):
        put(cloudwatch, "m", Timestamp=at + offset * MINUTE, Value=1, Unit="Bytes")
    put(cloudwatch, "m", Timestamp=at, Value=5, Unit="Count")
    assert sorted((point["Unit"], point["Sum"]) for point in statistics(cloudwatch, "m", period=3600)) == [
        ("Bytes", 10),
        ("Count", 5),
    ]
    assert len(statistics(cloudwatch, "m", Unit="Bytes")) == 10
    five = cloudwatch.get_metric_statistics(
        Namespace="App", MetricName="m", StartTime=at, EndTime=at + 10 * MINUTE, Period=300, Statistics=["Sum"], Unit="Bytes"
    )
    assert [(point["Timestamp"], point["Sum"]) for point in five["Datapoints"]] == [(at, 5), (at + 5 * MINUTE, 5)]


def test_high_resolution_is_kept_by_the_second(cloudwatch):
    at = minute() - MINUTE
    for second in range(20):
        put(cloudwatch, "fast", Timestamp=at + datetime.timedelta(seconds=second), Value=1, StorageResolution=1)
        put(cloudwatch, "slow", Timestamp=at + datetime.timedelta(seconds=second), Value=1)
    found = values(cloudwatch, stat("f", "fast", period=10), stat("s", "slow", period=10), span=5)
    assert found == {"f": [10, 10], "s": [20]}


def test_metrics_are_listed_by_what_they_have_in_pages(cloudwatch):
    data = [{"MetricName": "m", "Dimensions": dimensions(Host=str(number), Rack="a"), "Value": 1} for number in range(600)]
    cloudwatch.put_metric_data(Namespace="Fleet", MetricData=data)
    cloudwatch.put_metric_data(Namespace="Other", MetricData=[{"MetricName": "n", "Value": 1}])
    first = cloudwatch.list_metrics()
    assert len(first["Metrics"]) == 500 and first["NextToken"]
    pages = cloudwatch.get_paginator("list_metrics").paginate(Namespace="Fleet", Dimensions=[{"Name": "Rack"}])
    assert sum(len(page["Metrics"]) for page in pages) == 600
    [one] = cloudwatch.list_metrics(MetricName="m", Dimensions=dimensions(Host="7"), RecentlyActive="PT3H")["Metrics"]
    assert one == {"Namespace": "Fleet", "MetricName": "m", "Dimensions": dimensions(Host="7", Rack="a")}
    assert cloudwatch.list_metrics(Dimensions=dimensions(Host="7", Rack="b"))["Metrics"] == []
    assert refusal(cloudwatch.list_metrics, NextToken=first["NextToken"], Namespace="Fleet") == "InvalidNextToken"
    assert refusal(cloudwatch.list_metrics, OwningAccount="999999999999") == "InvalidParameterValue"


def test_what_was_long_ago_is_not_listed(moved):
    region, client = moved
    put(client, "m", Value=1)
    assert len(client.list_metrics(RecentlyActive="PT3H")["Metrics"]) == 1
    region.advance_clock(4 * 3600)
    assert client.list_metrics(RecentlyActive="PT3H")["Metrics"] == []
    assert len(client.list_metrics()["Metrics"]) == 1
    region.advance_clock(14 * 24 * 3600)
    assert client.list_metrics()["Metrics"] == []


def test_points_grow_coarse_with_age(moved):
    region, client = moved
    start = minute() - 5 * MINUTE
    for offset in range(5):
        put(client, "m", Timestamp=start + offset * MINUTE, Value=1)
    start = start.replace(minute=0)

    def sums(period):
        found = client.get_metric_statistics(
            Namespace="App",
            MetricName="m",
            StartTime=start,
            EndTime=start + 120 * MINUTE,
            Period=period,
            Statistics=["Sum"],
        )
        return [point["Sum"] for point in found["Datapoints"]]

    assert sums(60) == [1] * 5
    region.advance_clock(16 * 24 * 3600)
    assert sums(60) == [] and sum(sums(300)) == 5
    region.advance_clock(50 * 24 * 3600)
    assert sums(300) == [] and sum(sums(3600)) == 5
    region.advance_clock(400 * 24 * 3600)
    assert sums(3600) == []


def test_what_was_acknowledged_survives_a_kill(region):
    made = region()
    client = made.client("cloudwatch")
    at = minute() - MINUTE
    for number in range(50):
        put(client, "m", Timestamp=at, Value=number)
    made.kill()
    made.start()
    [point] = statistics(made.client("cloudwatch"), "m", statistics=["SampleCount", "Maximum"])
    assert (point["SampleCount"], point["Maximum"]) == (50, 49)


def test_accounts_do_not_see_each_other(freehold, account, cloudwatch):
    put(cloudwatch, "mine", Value=1)
    assert freehold.client("cloudwatch", "222233334444").list_metrics(MetricName="mine")["Metrics"] == []


@pytest.mark.parametrize(
    ("datum", "code"),
    [
        ({}, "MissingParameter"),
        ({"Value": 1, "Values": [1]}, "InvalidParameterCombination"),
        ({"Value": 1, "StatisticValues": {"SampleCount": 1, "Sum": 1, "Minimum": 1, "Maximum": 1}}, "InvalidParameterCombination"),
        ({"Values": [1, 2], "Counts": [1]}, "InvalidParameterCombination"),
        ({"Values": [1] * 151}, "InvalidParameterValue"),
        ({"Value": float("nan")}, "InvalidParameterValue"),
        ({"Value": 2.0**361}, "InvalidParameterValue"),
        ({"Value": 1, "StorageResolution": 5}, "InvalidParameterValue"),
        ({"Value": 1, "Timestamp": -15 * 24 * 60 * MINUTE}, "InvalidParameterValue"),
        ({"Value": 1, "Timestamp": 3 * 60 * MINUTE}, "InvalidParameterValue"),
        ({"Value": 1, "Dimensions": dimensions(a="1") * 2}, "InvalidParameterValue"),
        ({"Value": 1, "Dimensions": [{"Name": f"d{number}", "Value": "v"} for number in range(31)]}, "ValidationError"),
        ({"Value": 1, "Unit": "Apples"}, "ValidationError"),
        ({"StatisticValues": {"SampleCount": 0, "Sum": 1, "Minimum": 1, "Maximum": 1}}, "InvalidParameterValue"),
        ({"StatisticValues": {"SampleCount": 1, "Sum": 1, "Minimum": 2, "Maximum": 1}}, "InvalidParameterCombination"),
    ],
)
def test_a_datum_that_is_none_is_refused(cloudwatch, datum, code):
    good = {"MetricName": "good", "Value": 1}
    bad = {"MetricName": "bad"} | datum
    if "Timestamp" in bad:
        bad["Timestamp"] += minute()
    assert refusal(cloudwatch.put_metric_data, Namespace="App", MetricData=[good, bad]) == code
    # All of a request or nothing.
    assert cloudwatch.list_metrics()["Metrics"] == []


def test_puts_have_limits(cloudwatch):
    many = [{"MetricName": "m", "Value": 1}] * 1000
    cloudwatch.put_metric_data(Namespace="App", MetricData=many)
    assert statistics(cloudwatch, "m", statistics=["SampleCount"])[0]["SampleCount"] == 1000
    assert refusal(cloudwatch.put_metric_data, Namespace="App", MetricData=[*many, many[0]]) == "InvalidParameterValue"
    assert refusal(cloudwatch.put_metric_data, Namespace="AWS/EC2", MetricData=many[:1]) == "InvalidParameterValue"
    assert refusal(cloudwatch.put_metric_data, Namespace=":x", MetricData=many[:1]) == "ValidationError"
    assert refusal(cloudwatch.put_metric_data, Namespace="App", MetricData=[]) == "MissingParameter"


def test_large_puts_come_compressed(cloudwatch):
    seen = []
    cloudwatch.meta.events.register("before-send.cloudwatch.PutMetricData", lambda request, **_: seen.append(request.headers))
    data = [{"MetricName": f"metric-{number}", "Value": number} for number in range(1000)]
    cloudwatch.put_metric_data(Namespace="App", MetricData=data)
    assert seen[0]["Content-Encoding"] in ("gzip", b"gzip")
    assert statistics(cloudwatch, "metric-999")[0]["Sum"] == 999


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Period": 7}, "InvalidParameterValue"),
        ({"Period": 90}, "InvalidParameterValue"),
        ({"StartTime": NOW, "EndTime": NOW}, "InvalidParameterCombination"),
        ({"StartTime": NOW - 1441 * MINUTE, "EndTime": NOW}, "InvalidParameterCombination"),
        ({"Statistics": None}, "InvalidParameterCombination"),
        ({"ExtendedStatistics": ["p50"]}, "InvalidParameterCombination"),
        ({"Statistics": None, "ExtendedStatistics": ["p101"]}, "InvalidParameterValue"),
        ({"Statistics": None, "ExtendedStatistics": ["Average"]}, "InvalidParameterValue"),
        ({"Statistics": ["Median"]}, "ValidationError"),
        ({"Unit": "Apples"}, "ValidationError"),
    ],
)
def test_statistics_that_cannot_be_are_refused(cloudwatch, changes, code):
    asked = {
        "Namespace": "App",
        "MetricName": "m",
        "StartTime": minute() - 60 * MINUTE,
        "EndTime": minute(),
        "Period": 60,
        "Statistics": ["Sum"],
    }
    asked = {name: value for name, value in (asked | changes).items() if value is not None}
    assert refusal(cloudwatch.get_metric_statistics, **asked) == code


def test_expressions_are_computed(cloudwatch):
    at = minute() - 10 * MINUTE
    for offset, (requests, errors) in enumerate([(100, 1), (200, 10), (50, None), (400, 4)]):
        put(cloudwatch, "requests", Timestamp=at + offset * MINUTE, Value=requests)
        if errors is not None:
            put(cloudwatch, "errors", Timestamp=at + offset * MINUTE, Value=errors)
    hidden = {"ReturnData": False}
    requests, errors = stat("requests", "requests", **hidden), stat("errors", "errors", **hidden)

    def value(expression, **more):
        query = {"Id": "e1", "Expression": expression}
        return values(cloudwatch, requests, errors, query, ScanBy="TimestampAscending", **more)["e1"]

    assert value("100 * errors / requests") == [1, 5, 1]
    assert value("FILL(errors, 0) / requests") == [0.01, 0.05, 0, 0.01]
    assert value("SUM(METRICS())") == [101, 210, 50, 404]
    assert value("IF(requests > 100, 1, 0)") == [0, 1, 0, 1]
    assert value("RATE(requests) * PERIOD(requests)") == [100, -150, 350]
    assert value("MAX([errors, requests]) - AVG(requests)") == [-87.5, 12.5, -137.5, 212.5]
    assert value("requests > SUM(errors) * 10 AND requests < 300") == [0, 1, 0, 0]


def test_expressions_that_cannot_be_are_refused_by_name(cloudwatch):
    put(cloudwatch, "m", Value=1)
    for expression, word in [
        ("SEARCH('{App} m', 'Sum')", "SEARCH"),
        ("ANOMALY_DETECTION_BAND(m1)", "ANOMALY_DETECTION_BAND"),
        ("COFFEE(m1)", "COFFEE"),
        ("m1 + nothing", "nothing"),
        ("m1 +", "end of the expression"),
        ("e1 + 1", "depends on itself"),
        ("1 + 1", "must return a time series"),
        ("METRICS() + METRICS()", "Unsupported operand"),
        ("SELECT AVG(m) FROM App", "Unexpected"),
    ]:
        with pytest.raises(ClientError) as refused:
            data(cloudwatch, stat("m1", "m"), {"Id": "e1", "Expression": expression})
        error = refused.value.response["Error"]
        assert error["Code"] == "ValidationError" and word in error["Message"], (expression, error)


def test_data_come_in_pages_of_datapoints(cloudwatch):
    at = minute() - 20 * MINUTE
    for offset in range(10):
        put(cloudwatch, "a", Timestamp=at + offset * MINUTE, Value=offset)
        put(cloudwatch, "b", Timestamp=at + offset * MINUTE, Value=-offset)
    end = minute()
    asked = {"StartTime": end - 60 * MINUTE, "EndTime": end, "MaxDatapoints": 7, "ScanBy": "TimestampAscending"}
    pages = cloudwatch.get_paginator("get_metric_data").paginate(MetricDataQueries=[stat("a", "a"), stat("b", "b")], **asked)
    found = {"a": [], "b": []}
    states = []
    for page in pages:
        assert sum(len(one["Values"]) for one in page["MetricDataResults"]) <= 7
        states.append([one["StatusCode"] for one in page["MetricDataResults"]])
        for one in page["MetricDataResults"]:
            found[one["Id"]] += one["Values"]
    assert found == {"a": list(range(10)), "b": [-offset for offset in range(10)]}
    assert states == [["PartialData", "PartialData"], ["Complete", "PartialData"], ["Complete", "Complete"]]


def test_results_are_labelled_as_asked(cloudwatch):
    put(cloudwatch, "m", Timestamp=minute() - 2 * MINUTE, Value=1)
    put(cloudwatch, "m", Timestamp=minute() - MINUTE, Value=2)
    label = "${PROP('MetricName')} up to ${MAX}, last ${LAST} of ${DATAPOINT_COUNT}"
    found = data(cloudwatch, stat("m1", "m"), stat("m2", "m", Label=label), {"Id": "e1", "Expression": "m1 * 2"})
    labels = [one["Label"] for one in found["MetricDataResults"]]
    assert labels == ["m", "m up to 2.00, last 2.00 of 2", "e1"]
    newest_first = found["MetricDataResults"][0]
    assert newest_first["Timestamps"] == sorted(newest_first["Timestamps"], reverse=True)
    with pytest.raises(ClientError, match="MAX_TIME"):
        data(cloudwatch, stat("m1", "m", Label="${MAX_TIME}"))


@pytest.mark.parametrize(
    "queries",
    [
        [],
        [stat("m1", "m"), stat("m1", "m")],
        [stat("M1", "m")],
        [{"Id": "m1"}],
        [stat("m1", "m", Expression="1")],
        [stat("m1", "m", ReturnData=False)],
        [stat("m1", "m", period=7)],
        [stat("m1", "m", stat="p101")],
        [stat("m1", "m", AccountId="999999999999")],
        [stat("m1", "m"), {"Id": "e1", "Expression": "m1", "Period": 300}],
    ],
)
def test_queries_that_are_none_are_refused(cloudwatch, queries):
    end = minute()
    assert (
        refusal(cloudwatch.get_metric_data, MetricDataQueries=queries, StartTime=end - MINUTE, EndTime=end) == "ValidationError"
    )


def test_operations_that_are_not_there_are_refused_by_name(cloudwatch):
    with pytest.raises(ClientError, match="GetDashboard"):
        cloudwatch.get_dashboard(DashboardName="d")
