"""Functions that really run."""

import base64
import json

import pytest
from support.functions import package, receive
from support.waiting import until

pytestmark = pytest.mark.machines

def test_a_function_gets_its_event_and_its_context(runner):
    answer = runner.invoke(payload={"a": 1}, LogType="Tail")
    found = answer["Payload"]
    assert (answer["StatusCode"], answer["ExecutedVersion"], answer.get("FunctionError")) == (200, "$LATEST", None)
    assert found["id"] == answer["ResponseMetadata"]["RequestId"]
    assert (found["event"], found["version"], found["memory"]) == ({"a": 1}, "$LATEST", "128")
    assert found["arn"] == "arn:aws:lambda:us-east-1:333344445555:function:f"
    assert (found["stage"], found["key"]) == ("test", "ASIA")
    assert 0 < found["left"] <= 5000
    log = base64.b64decode(answer["LogResult"]).decode()
    for text in ("START RequestId", "hello from f", "END RequestId", "REPORT RequestId"):
        assert text in log


def test_a_function_gets_the_context_of_its_client(runner):
    code = "def handler(event, context):\n    return [context.client_context.custom, context.client_context.env]\n"
    runner.make("client", code=code)
    told = {"custom": {"shop": "Käse"}, "env": {"make": "x"}}
    context = base64.b64encode(json.dumps(told, ensure_ascii=False, indent=1).encode()).decode()
    assert runner.invoke("client", ClientContext=context)["Payload"] == [told["custom"], told["env"]]


def test_an_error_of_the_function_is_its_answer(runner):
    answer = runner.invoke(payload={"do": "raise"})
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert (answer["Payload"]["errorType"], answer["Payload"]["errorMessage"]) == ("ValueError", "no such thing")


def test_a_function_has_its_time(runner):
    answer = runner.invoke(payload={"do": "sleep", "seconds": 30})
    assert answer["FunctionError"] == "Unhandled"
    assert "Task timed out after 5.00 seconds" in answer["Payload"]["errorMessage"]


def test_a_change_is_in_force_when_it_is_told(runner):
    runner.make("g", code="def handler(event, context):\n    return 1\n")
    assert runner.invoke("g")["Payload"] == 1
    runner.client.update_function_code(FunctionName="g", ZipFile=package(index="def handler(e, c):\n    return 2\n"))
    runner.settled("g")
    assert runner.invoke("g")["Payload"] == 2
    runner.client.publish_version(FunctionName="g")
    runner.settled("g", Qualifier="1")
    assert runner.invoke("g", Qualifier="1")["ExecutedVersion"] == "1"


def test_a_layer_is_there(runner):
    layer = runner.client.publish_layer_version(
        LayerName="tools", Content={"ZipFile": package(**{"python/tools": "ANSWER = 42\n"})}
    )
    code = "import tools\ndef handler(e, c):\n    return tools.ANSWER\n"
    runner.make("h", code=code, Layers=[layer["LayerVersionArn"]])
    assert runner.invoke("h")["Payload"] == 42


def test_a_function_calls_the_region_by_its_role(runner, running):
    code = """
import datetime, hashlib, hmac, os, re, urllib.request
def sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
def handler(event, context):
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    host = endpoint.split("//")[1]
    now = datetime.datetime.utcnow().strftime("%Y%m%dT%H%M%SZ")
    body = "Action=GetCallerIdentity&Version=2011-06-15"
    headers = {"host": host, "x-amz-date": now, "x-amz-security-token": os.environ["AWS_SESSION_TOKEN"]}
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\\n" for name, value in headers.items())
    request = "\\n".join(["POST", "/", "", lines, names, hashlib.sha256(body.encode()).hexdigest()])
    scope = f"{now[:8]}/us-east-1/sts/aws4_request"
    text = "\\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = b"AWS4" + os.environ["AWS_SECRET_ACCESS_KEY"].encode()
    for part in (now[:8], "us-east-1", "sts", "aws4_request"):
        key = sign(key, part)
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    credential = f"{os.environ['AWS_ACCESS_KEY_ID']}/{scope}"
    headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"
    asked = urllib.request.Request(endpoint + "/", data=body.encode(), headers=headers)
    return re.search("<Arn>(.*)</Arn>", urllib.request.urlopen(asked, timeout=10).read().decode()).group(1)
"""
    runner.make("me", code=code, Timeout=30)
    assert runner.invoke("me")["Payload"] == "arn:aws:sts::333344445555:assumed-role/function/me"


def test_what_nobody_waits_for_is_told_to_destinations(runner, running):
    sqs = running.client("sqs", "333344445555")
    url = sqs.create_queue(QueueName="done")["QueueUrl"]
    to = {"Destination": "arn:aws:sqs:us-east-1:333344445555:done"}
    config = {"OnSuccess": to, "OnFailure": to}
    runner.client.put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=0, DestinationConfig=config)
    for payload, condition in (({"a": 1}, "Success"), ({"do": "raise"}, "RetriesExhausted")):
        runner.client.invoke(FunctionName="f", InvocationType="Event", Payload=json.dumps(payload))
        record = json.loads(receive(sqs, url)["Body"])
        assert record["requestContext"]["condition"] == condition
        assert (record["requestPayload"], record["requestContext"]["approximateInvokeCount"]) == (payload, 1)
        assert record["responseContext"]["statusCode"] == 200
    runner.client.delete_function_event_invoke_config(FunctionName="f")


def test_a_topic_tells_a_function_that_lets_it(runner, running):
    sns, sqs = (running.client(service, "333344445555") for service in ("sns", "sqs"))
    url = sqs.create_queue(QueueName="heard")["QueueUrl"]
    topic = sns.create_topic(Name="news")["TopicArn"]
    made = runner.make("ear", code="def handler(e, c):\n    return e['Records'][0]['Sns']['Message']\n")
    to = {"OnSuccess": {"Destination": "arn:aws:sqs:us-east-1:333344445555:heard"}}
    runner.client.put_function_event_invoke_config(FunctionName="ear", DestinationConfig=to)
    permission = {"FunctionName": "ear", "StatementId": "sns", "Action": "lambda:InvokeFunction"}
    runner.client.add_permission(**permission, Principal="sns.amazonaws.com", SourceArn=topic)
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=made["FunctionArn"])
    sns.publish(TopicArn=topic, Message="hear this")
    assert json.loads(receive(sqs, url)["Body"])["responsePayload"] == "hear this"


def test_a_queue_feeds_a_function(runner, running):
    sqs = running.client("sqs", "333344445555")
    source = sqs.create_queue(QueueName="jobs", Attributes={"VisibilityTimeout": "6"})["QueueUrl"]
    code = """
def handler(event, context):
    is_bad = lambda r: r["body"] == "bad" and r["attributes"]["ApproximateReceiveCount"] == "1"
    failed = [r["messageId"] for r in event["Records"] if is_bad(r)]
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}
"""
    runner.make("worker", code=code)
    mapping = runner.client.create_event_source_mapping(
        EventSourceArn="arn:aws:sqs:us-east-1:333344445555:jobs",
        FunctionName="worker",
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    for body in ("good", "bad", "good"):
        sqs.send_message(QueueUrl=source, MessageBody=body)
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def is_empty():
        found = sqs.get_queue_attributes(QueueUrl=source, AttributeNames=names)["Attributes"]
        return set(found.values()) == {"0"}

    until(is_empty, "all messages are taken", timeout=60)
    runner.client.delete_event_source_mapping(UUID=mapping["UUID"])


def test_what_a_function_wrote_is_in_its_log_group(runner, running):
    logs = running.client("logs", "333344445555")
    runner.invoke(payload={"mark": 1})

    def look():
        found = logs.filter_log_events(logGroupName="/aws/lambda/f", filterPattern='"hello from f"')["events"]
        return found and found[0]

    event = until(look, "the line is stored", timeout=60)
    assert "[$LATEST]" in event["logStreamName"]


def test_invocations_are_measured(runner, running):
    cloudwatch = running.client("cloudwatch", "333344445555")
    runner.invoke(payload={"do": "raise"})
    wanted = {"Invocations", "Errors", "Duration", "ConcurrentExecutions"}

    def measured():
        named = {"Namespace": "AWS/Lambda", "Dimensions": [{"Name": "FunctionName", "Value": "f"}]}
        found = {metric["MetricName"] for metric in cloudwatch.list_metrics(**named)["Metrics"]}
        if not wanted <= found:
            raise ValueError(found)
        return True

    until(measured, "all metrics are there")


def test_only_messages_that_a_filter_wants_come(runner, running):
    sqs = running.client("sqs", "333344445555")
    source = sqs.create_queue(QueueName="sifted")["QueueUrl"]
    code = "def handler(event, context):\n    print([r['body'] for r in event['Records']])\n"
    runner.make("sieve", code=code)
    mapping = runner.client.create_event_source_mapping(
        EventSourceArn="arn:aws:sqs:us-east-1:333344445555:sifted",
        FunctionName="sieve",
        FilterCriteria={"Filters": [{"Pattern": json.dumps({"body": {"kind": ["welcome"]}})}]},
    )
    for kind in ("unwanted", "welcome"):
        sqs.send_message(QueueUrl=source, MessageBody=json.dumps({"kind": kind}))
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def is_empty():
        return set(sqs.get_queue_attributes(QueueUrl=source, AttributeNames=names)["Attributes"].values()) == {"0"}

    until(is_empty, "all messages are taken or dropped", timeout=60)
    logs = running.client("logs", "333344445555")

    def look():
        return logs.filter_log_events(logGroupName="/aws/lambda/sieve", filterPattern='"welcome"')["events"]

    assert until(look, "the function has seen one", timeout=60)
    assert not logs.filter_log_events(logGroupName="/aws/lambda/sieve", filterPattern='"unwanted"')["events"]
    runner.client.delete_event_source_mapping(UUID=mapping["UUID"])


def test_a_stream_comes_piece_by_piece(runner):
    answer = runner.client.invoke_with_response_stream(FunctionName="f", Payload=b'{"a": 2}', LogType="Tail")
    events = list(answer["EventStream"])
    body = b"".join(event["PayloadChunk"]["Payload"] for event in events if "PayloadChunk" in event)
    assert json.loads(body)["event"] == {"a": 2}
    assert "LogResult" in events[-1]["InvokeComplete"]


def test_environments_are_kept_ready(runner):
    code = "import os\ndef handler(e, c):\n    return os.environ['AWS_LAMBDA_INITIALIZATION_TYPE']\n"
    runner.make("ready", code=code)
    runner.client.publish_version(FunctionName="ready")
    runner.settled("ready", Qualifier="1")
    config = {"FunctionName": "ready", "Qualifier": "1"}
    runner.client.put_provisioned_concurrency_config(**config, ProvisionedConcurrentExecutions=1)
    until(
        lambda: runner.client.get_provisioned_concurrency_config(**config)["Status"] == "READY",
        "one is ready",
        timeout=60,
    )
    assert runner.invoke("ready", Qualifier="1")["Payload"] == "provisioned-concurrency"
    runner.client.delete_provisioned_concurrency_config(**config)
