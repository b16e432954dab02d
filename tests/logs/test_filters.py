"""Metric filters, subscription filters and resource policies."""

import json

import pytest
from botocore.exceptions import ClientError
from support.functions import Functions
from support.refusal import refusal
from support.waiting import until

MISSING, INVALID = "ResourceNotFoundException", "InvalidParameterException"


def transformation(**more):
    return [{"metricName": "Errors", "metricNamespace": "App", "metricValue": "1"} | more]


@pytest.fixture
def put_filter(logs, group):
    def put_filter(name="f", pattern="ERROR", group=group, **more):
        logs.put_metric_filter(
            logGroupName=group,
            filterName=name,
            filterPattern=pattern,
            metricTransformations=transformation(**more),
        )

    return put_filter


def test_a_metric_filter_measures_what_comes(freehold, account, put, put_filter):
    put_filter()
    took = {"metricName": "Took", "metricValue": "$.took", "unit": "Seconds", "dimensions": {"Host": "$.host"}}
    put_filter("took", "{ $.took > 0 }", **took)
    at = put("an ERROR", "fine", "ERROR ERROR", '{"took": 2.5, "host": "a"}', '{"took": 4, "host": "a"}')
    cloudwatch = freehold.client("cloudwatch", account)

    def sum_of(name, *dimensions):
        answer = cloudwatch.get_metric_statistics(
            Namespace="App",
            MetricName=name,
            Dimensions=list(dimensions),
            StartTime=at / 1000 - 300,
            EndTime=at / 1000 + 300,
            Period=3600,
            Statistics=["Sum"],
        )
        return sum(point["Sum"] for point in answer["Datapoints"])

    until(lambda: sum_of("Errors") == 2, "two errors are measured")
    until(lambda: sum_of("Took", {"Name": "Host", "Value": "a"}) == 6.5, "the values of both events are measured")


def test_metric_filters_are_described_and_deleted(logs, group, put_filter):
    put_filter("b", defaultValue=0.0)
    put_filter("a", "[w1 = ERROR, ...]", metricValue="$w1", metricName="Other")
    logs.create_log_group(logGroupName="/another")
    put_filter("c", group="/another")

    def names(**arguments):
        found = logs.describe_metric_filters(**arguments)["metricFilters"]
        return [(one["logGroupName"], one["filterName"]) for one in found]

    assert names(logGroupName=group) == [(group, "a"), (group, "b")]
    assert names(logGroupName=group, filterNamePrefix="b") == [(group, "b")]
    assert names(metricName="Errors", metricNamespace="App") == [("/another", "c"), (group, "b")]
    [shown] = logs.describe_metric_filters(logGroupName=group, filterNamePrefix="b")["metricFilters"]
    assert shown["metricTransformations"] == transformation(defaultValue=0.0) and shown["filterPattern"] == "ERROR"
    pages = logs.get_paginator("describe_metric_filters").paginate(PaginationConfig={"PageSize": 2})
    assert [len(page["metricFilters"]) for page in pages] == [2, 1]
    counts = {one["logGroupName"]: one["metricFilterCount"] for one in logs.describe_log_groups()["logGroups"]}
    assert counts == {group: 2, "/another": 1}
    logs.delete_metric_filter(logGroupName=group, filterName="a")
    assert names(logGroupName=group) == [(group, "b")]
    assert refusal(logs.delete_metric_filter, logGroupName=group, filterName="a") == MISSING
    assert refusal(logs.describe_metric_filters, logGroupName="none") == MISSING
    assert refusal(logs.describe_metric_filters, metricName="Errors") == INVALID


@pytest.mark.parametrize(
    "more",
    [
        {"pattern": "{ $.a"},
        {"metricValue": "one"},
        {"metricValue": "$.a"},
        {"pattern": "[a, b]", "metricValue": "$c"},
        {"metricNamespace": "AWS/Mine"},
        {"pattern": "{ $.a = 1 }", "dimensions": {"D": "a"}},
        {"pattern": "{ $.a = 1 }", "dimensions": {"D": "$.a"}, "defaultValue": 1.0},
        {"pattern": "{ $.a = 1 }", "dimensions": {name: "$.a" for name in "abcd"}},
    ],
)
def test_what_no_metric_filter_can_be_is_refused(put_filter, more):
    assert refusal(put_filter, **more) == INVALID


def test_a_group_has_a_hundred_metric_filters(logs, put_filter):
    assert refusal(put_filter, group="none") == MISSING
    logs.create_log_group(logGroupName="rare", logGroupClass="INFREQUENT_ACCESS")
    assert refusal(put_filter, group="rare") == INVALID
    for number in range(100):
        put_filter(f"f{number}")
    assert refusal(put_filter, name="more") == "LimitExceededException"
    put_filter("f0", "WARN")


def test_a_pattern_is_tried_on_messages(logs):
    messages = ["127.0.0.1 frank 200", "127.0.0.2 anne 404", "no"]
    answer = logs.test_metric_filter(filterPattern="[ip, user, status = 4*]", logEventMessages=messages)
    expected = {"$ip": "127.0.0.2", "$user": "anne", "$status": "404"}
    assert answer["matches"] == [{"eventNumber": 2, "eventMessage": messages[1], "extractedValues": expected}]
    answer = logs.test_metric_filter(filterPattern="{ $.a.b = * }", logEventMessages=['{"a": {"b": 7}}', "{}"])
    assert [match["extractedValues"] for match in answer["matches"]] == [{"$.a.b": "7"}]
    assert refusal(logs.test_metric_filter, filterPattern="a.b", logEventMessages=["x"]) == INVALID


@pytest.fixture
def functions(freehold, account):
    """Functions `f` and `missing`, which let log groups invoke them."""
    made = Functions(freehold, account)
    for name in ("f", "missing"):
        made.make(name)
        made.client.add_permission(
            FunctionName=name, StatementId="logs", Action="lambda:InvokeFunction", Principal="logs.amazonaws.com"
        )
    return made


def test_a_function_must_let_the_group_invoke_it(freehold, logs, group, account):
    made = Functions(freehold, account)
    function = made.make("closed")["FunctionArn"]
    arguments = {"logGroupName": group, "filterName": "one", "filterPattern": "x", "destinationArn": function}
    with pytest.raises(ClientError, match="Make sure you have given CloudWatch Logs permission") as refused:
        logs.put_subscription_filter(**arguments)
    assert refused.value.response["Error"]["Code"] == INVALID
    permission = {"FunctionName": "closed", "StatementId": "logs", "Action": "lambda:InvokeFunction"}
    other = f"arn:aws:logs:us-east-1:{account}:log-group:other:*"
    made.client.add_permission(**permission, Principal="logs.amazonaws.com", SourceArn=other)
    assert refusal(logs.put_subscription_filter, **arguments) == INVALID
    made.client.remove_permission(FunctionName="closed", StatementId="logs")
    own = f"arn:aws:logs:us-east-1:{account}:log-group:{group}:*"
    made.client.add_permission(**permission, Principal="logs.amazonaws.com", SourceArn=own)
    logs.put_subscription_filter(**arguments)
    assert len(logs.describe_subscription_filters(logGroupName=group)["subscriptionFilters"]) == 1


def test_subscription_filters_are_described_and_deleted(logs, group, account, functions):
    function = f"arn:aws:lambda:us-east-1:{account}:function:f"

    def put(name, **more):
        arguments = {"logGroupName": group, "filterName": name, "filterPattern": "x", "destinationArn": function}
        logs.put_subscription_filter(**(arguments | more))

    put("one", distribution="ByLogStream")
    put("two", filterPattern="")
    filters = logs.describe_subscription_filters(logGroupName=group)["subscriptionFilters"]
    assert [(one["filterName"], one["filterPattern"], one["destinationArn"]) for one in filters] == [
        ("one", "x", function),
        ("two", "", function),
    ]
    assert refusal(put, name="three") == "LimitExceededException"
    logs.delete_subscription_filter(logGroupName=group, filterName="one")
    [left] = logs.describe_subscription_filters(logGroupName=group, filterNamePrefix="t")["subscriptionFilters"]
    assert left["filterName"] == "two"
    assert refusal(logs.delete_subscription_filter, logGroupName=group, filterName="one") == MISSING
    assert refusal(logs.describe_subscription_filters, logGroupName="none") == MISSING
    assert refusal(put, name="x", logGroupName="none") == MISSING
    wrong = [
        {"destinationArn": f"arn:aws:kinesis:us-east-1:{account}:stream/s"},
        {"destinationArn": "f"},
        {"destinationArn": function.replace("us-east-1", "eu-west-1")},
        {"filterPattern": "a.b"},
        {"roleArn": f"arn:aws:iam::{account}:role/r"},
        {"distribution": "Random"},
        {"applyOnTransformedLogs": True},
    ]
    for one in wrong:
        assert refusal(put, name="two", **one) == INVALID, one


def test_events_for_a_function_that_is_not_there_are_not_kept(freehold, logs, group, put, account, functions):
    function = f"arn:aws:lambda:us-east-1:{account}:function:missing"
    logs.put_subscription_filter(logGroupName=group, filterName="f", filterPattern="", destinationArn=function)
    functions.client.delete_function(FunctionName="missing")
    put("a", "b")
    assert len(logs.filter_log_events(logGroupName=group)["events"]) == 2

    def is_settled():
        [deliver] = [one for one in freehold.status()["reconcilers"] if one["name"] == "logs.deliver"]
        return deliver["activations"] > 0 and not deliver["pending"]

    until(is_settled, "nothing waits to be delivered")


POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]},
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": "*",
        }
    ],
}


def test_resource_policies_are_put_described_and_deleted(logs):
    document = json.dumps(POLICY)
    answer = logs.put_resource_policy(policyName="b", policyDocument=document)["resourcePolicy"]
    assert (answer["policyName"], answer["policyDocument"], answer["policyScope"]) == ("b", document, "ACCOUNT")
    logs.put_resource_policy(policyName="a", policyDocument=document)
    logs.put_resource_policy(policyName="a", policyDocument=document)
    first = logs.describe_resource_policies(limit=1)
    rest = logs.describe_resource_policies(limit=1, nextToken=first["nextToken"])
    assert [one["policyName"] for page in (first, rest) for one in page["resourcePolicies"]] == ["a", "b"]
    assert "nextToken" not in rest
    logs.delete_resource_policy(policyName="a")
    assert refusal(logs.delete_resource_policy, policyName="a") == MISSING
    assert refusal(logs.describe_resource_policies, nextToken="x") == INVALID
    assert refusal(logs.put_resource_policy, policyName="x", policyDocument="{}") == INVALID
    arn = "arn:aws:logs:us-east-1:111122223333:log-group:g"
    assert refusal(logs.put_resource_policy, policyDocument=document, resourceArn=arn) == INVALID
    for number in range(9):
        logs.put_resource_policy(policyName=f"p{number}", policyDocument=document)
    assert refusal(logs.put_resource_policy, policyName="more", policyDocument=document) == "LimitExceededException"
