"""One service by three protocols: JSON as boto3 speaks it, CBOR as other SDKs do, forms as the old ones; and the AWS CLI."""

import json

import botocore.parsers
import botocore.serialize
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from support.metrics import MINUTE, dimensions, minute, put_alarm
from support.raw import send

PROTOCOLS = ["smithy-rpc-v2-cbor", "json", "query"]


@pytest.fixture(params=PROTOCOLS)
def call(request, freehold, account, cloudwatch):
    """Calls an operation by one protocol with botocore's own serialiser and parser: call("ListMetrics", Namespace="x")."""
    model = cloudwatch.meta.service_model
    serializer = botocore.serialize.create_serializer(request.param, include_validation=True)
    parser = botocore.parsers.create_parser(request.param)

    def call(name, **parameters):
        operation = model.operation_model(name)
        made = serializer.serialize_to_request(parameters, operation)
        url = freehold.endpoint + made["url_path"]
        sent = AWSRequest(made["method"], url, headers=made["headers"], data=made["body"])
        SigV4Auth(Credentials(account, "test"), "monitoring", "us-east-1").add_auth(sent)
        answer = URLLib3Session().send(sent.prepare())
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if request.param == "smithy-rpc-v2-cbor":
            assert headers["smithy-protocol"] == "rpc-v2-cbor"
        parsed = {"status_code": answer.status_code, "headers": headers, "body": answer.content}
        return parser.parse(parsed, operation.output_shape)

    return call


def test_metrics_by_each_protocol(call):
    at = minute() - 5 * MINUTE
    datum = {"MetricName": "m", "Dimensions": dimensions(Host="é"), "Timestamp": at, "Values": [1.5, 2.5], "Unit": "Count"}
    put = call("PutMetricData", Namespace="App", MetricData=[datum, datum | {"StorageResolution": 1}])
    assert "Error" not in put
    [metric] = call("ListMetrics", Namespace="App")["Metrics"]
    assert metric == {"Namespace": "App", "MetricName": "m", "Dimensions": dimensions(Host="é")}
    span = {"StartTime": at, "EndTime": at + MINUTE}
    metric = {"Namespace": "App", "MetricName": "m", "Dimensions": dimensions(Host="é")}
    found = call("GetMetricStatistics", **metric, **span, Period=60, Statistics=["Sum", "Average"])
    assert found["Datapoints"] == [{"Timestamp": at, "Sum": 8.0, "Average": 2.0, "Unit": "Count"}]
    query = {"Id": "m1", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "p50"}}
    [result] = call("GetMetricData", **span, MetricDataQueries=[query])["MetricDataResults"]
    assert (result["Timestamps"], result["Values"], result["StatusCode"]) == ([at], [2.0], "Complete")


def test_alarms_by_each_protocol(call):
    settings = {
        "AlarmName": "high",
        "Namespace": "App",
        "MetricName": "m",
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1.5,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "ignore",
        "Dimensions": dimensions(Host="a"),
        "ActionsEnabled": False,
    }
    assert "Error" not in call("PutMetricAlarm", **settings)
    [found] = call("DescribeAlarms")["MetricAlarms"]
    assert {name: found[name] for name in settings} == settings
    assert found["OKActions"] == [] and found["StateUpdatedTimestamp"].tzinfo


def test_errors_by_each_protocol(call):
    def error(name, **parameters):
        return call(name, **parameters)["Error"]

    assert error("DeleteAlarms", AlarmNames=["nothing"])["Code"] == "ResourceNotFound"
    refused = error("PutMetricData", Namespace="App", MetricData=[{"MetricName": "m"}])
    assert refused["Code"] == "MissingParameter" and "MetricData.member.1.Value" in refused["Message"]
    assert error("DescribeAlarms", StateValue="FINE")["Code"] == "ValidationError"
    assert error("ListMetrics", NextToken="nonsense")["Code"] == "InvalidNextToken"
    absent = error("GetDashboard", DashboardName="d")
    assert absent["Code"] == "InvalidAction" and "GetDashboard" in absent["Message"]


def test_cbor_that_is_none_is_refused(freehold):
    path = "/service/GraniteServiceVersion20100801/operation/ListMetrics"

    def speak(body, path=path):
        headers = {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
        sent = AWSRequest("POST", freehold.endpoint + path, headers=headers, data=body)
        SigV4Auth(Credentials("test", "test"), "monitoring", "us-east-1").add_auth(sent)
        answer = URLLib3Session().send(sent.prepare())
        return answer.status_code, answer.content

    assert speak(b"\xa0")[0] == 200 == speak(b"")[0]
    for body in [b"\xff", b"\xa1", b"[]", b"\xbb" + b"\xff" * 8, b"\x81" * 100_000, b'{"Namespace": "x"}']:
        status, answer = speak(body)
        assert status == 400 and b"SerializationException" in answer
    status, answer = speak(b"\xa0", path.replace("ListMetrics", "MakeCoffee"))
    assert status == 400 and b"MakeCoffee" in answer
    assert speak(b"\xa0", path.replace("Granite", "Basalt"))[0] == 400


def test_signatures_hold_for_cbor_too(freehold):
    def break_it(request):
        signed = request.headers["Authorization"]
        request.headers["Authorization"] = signed[:-1] + ("0" if signed[-1] != "0" else "1")

    headers = {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
    path = "/service/GraniteServiceVersion20100801/operation/ListMetrics"
    sent = AWSRequest("POST", freehold.endpoint + path, headers=headers, data=b"\xa0")
    SigV4Auth(Credentials("test", "test"), "monitoring", "us-east-1").add_auth(sent)
    break_it(sent)
    answer = URLLib3Session().send(sent.prepare())
    assert answer.status_code == 403 and b"InvalidSignatureException" in answer.content
    assert answer.headers["smithy-protocol"] == "rpc-v2-cbor"


def test_a_form_without_parameters_is_answered(freehold, account):
    status, _, body = send(freehold.endpoint, "monitoring+query", {"Action": "ListMetrics"}, key=account)
    assert status == 200 and "<ListMetricsResult><Metrics/></ListMetricsResult>" in body.replace("<Metrics></Metrics>", "<Metrics/>")


def test_the_command_line(aws, freehold):
    client = freehold.client("cloudwatch")
    put = ["--namespace", "Cli", "--metric-name", "m", "--value", "5", "--dimensions", "Host=a,Rack=b", "--unit", "Count"]
    done = aws("cloudwatch", "put-metric-data", *put)
    assert done.returncode == 0, done.stderr
    listed = json.loads(aws("cloudwatch", "list-metrics", "--namespace", "Cli").stdout)
    assert listed["Metrics"][0]["Dimensions"] == dimensions(Host="a", Rack="b")
    put_alarm(client, "cli", TreatMissingData="ignore")
    state = ["--alarm-name", "cli", "--state-value", "ALARM", "--state-reason", "by hand"]
    assert aws("cloudwatch", "set-alarm-state", *state).returncode == 0
    described = json.loads(aws("cloudwatch", "describe-alarms", "--alarm-names", "cli").stdout)
    assert described["MetricAlarms"][0]["StateValue"] == "ALARM"
    waited = aws("cloudwatch", "wait", "alarm-exists", "--alarm-names", "cli")
    assert waited.returncode == 0, waited.stderr
    refused = aws("cloudwatch", "delete-alarms", "--alarm-names", "nothing")
    assert refused.returncode != 0 and "ResourceNotFound" in refused.stderr
