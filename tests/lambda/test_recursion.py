"""Functions that invoke themselves, by way of what they send: with boto3 as it is."""

import datetime
import json

import pytest
from botocore.exceptions import ClientError
from support.boto_layer import boto_layer
from support.waiting import until

pytestmark = pytest.mark.machines

ACCOUNT = "333344445555"
MOST = 16

CODE = """
import json, os, boto3
def handler(event, context):
    print("trace", os.environ.get("_X_AMZN_TRACE_ID"))
    way = os.environ["WAY"]
    if way == "sqs":
        boto3.client("sqs").send_message(QueueUrl=os.environ["TO"], MessageBody="again")
    if way == "sns":
        boto3.client("sns").publish(TopicArn=os.environ["TO"], Message="again")
    if way == "lambda":
        depth = event.get("depth", 0) + 1
        client = boto3.client("lambda")
        try:
            answer = client.invoke(FunctionName=context.function_name, Payload=json.dumps({"depth": depth}))
        except client.exceptions.RecursiveInvocationException as error:
            return {"depth": depth, "status": error.response["ResponseMetadata"]["HTTPStatusCode"]}
        return json.loads(answer["Payload"].read())
"""


@pytest.fixture(scope="module")
def layer(runner):
    made = runner.client.publish_layer_version(LayerName="boto3", Content={"ZipFile": boto_layer()})
    return made["LayerVersionArn"]


@pytest.fixture(scope="module")
def services(running):
    return {name: running.client(name, ACCOUNT) for name in ("sqs", "sns", "logs", "cloudwatch")}


def make(runner, layer, name, way, to="", timeout=30, **parameters):
    environment = {"Variables": {"WAY": way, "TO": to}}
    return runner.make(name, code=CODE, Layers=[layer], Environment=environment, Timeout=timeout, MemorySize=512, **parameters)


def runs(services, name):
    """How often the function has run, by its log."""
    group = f"/aws/lambda/{name}"
    try:
        pages = services["logs"].get_paginator("filter_log_events").paginate(logGroupName=group, filterPattern='"START RequestId"')
        return sum(len(page["events"]) for page in pages)
    except services["logs"].exceptions.ResourceNotFoundException:
        return 0


def dropped(services, name):
    now = datetime.datetime.now(datetime.timezone.utc)
    found = services["cloudwatch"].get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="RecursiveInvocationsDropped",
        Dimensions=[{"Name": "FunctionName", "Value": name}],
        StartTime=now - datetime.timedelta(minutes=10),
        EndTime=now + datetime.timedelta(minutes=1),
        Period=60,
        Statistics=["Sum"],
    )
    return sum(point["Sum"] for point in found["Datapoints"])


def test_a_loop_through_a_queue_ends_in_its_dead_letters(runner, layer, services):
    sqs = services["sqs"]
    dead = sqs.create_queue(QueueName="loop-dead")["QueueUrl"]
    redrive = {"deadLetterTargetArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:loop-dead", "maxReceiveCount": 1}
    # What was dropped is dead when it is seen again.
    attributes = {"VisibilityTimeout": "15", "RedrivePolicy": json.dumps(redrive)}
    queue = sqs.create_queue(QueueName="loop", Attributes=attributes)["QueueUrl"]
    make(runner, layer, "looping", "sqs", queue, timeout=15)
    mapping = runner.client.create_event_source_mapping(
        EventSourceArn=f"arn:aws:sqs:us-east-1:{ACCOUNT}:loop", FunctionName="looping"
    )
    sqs.send_message(QueueUrl=queue, MessageBody="first")
    until(lambda: runs(services, "looping") >= MOST, "the function has run sixteen times", timeout=90)

    def buried():
        return sqs.receive_message(
            QueueUrl=dead, WaitTimeSeconds=1, MessageSystemAttributeNames=["AWSTraceHeader"]
        ).get("Messages")

    message = until(buried, "the message that is left is buried", timeout=90)[0]
    trace = message["Attributes"]["AWSTraceHeader"]
    assert trace.startswith("Root=1-") and f":{MOST}" in trace.split("Lineage=")[1]
    assert runs(services, "looping") == MOST
    assert until(lambda: dropped(services, "looping"), "what was dropped is counted", timeout=90) >= 1
    runner.client.delete_event_source_mapping(UUID=mapping["UUID"])


def test_a_loop_through_a_topic_is_told_to_the_destination(runner, layer, services):
    sns, sqs = services["sns"], services["sqs"]
    topic = sns.create_topic(Name="loop")["TopicArn"]
    told = sqs.create_queue(QueueName="loop-told")["QueueUrl"]
    made = make(runner, layer, "echoing", "sns", topic)
    to = {"OnFailure": {"Destination": f"arn:aws:sqs:us-east-1:{ACCOUNT}:loop-told"}}
    runner.client.put_function_event_invoke_config(FunctionName="echoing", DestinationConfig=to)
    permission = {"FunctionName": "echoing", "StatementId": "sns", "Action": "lambda:InvokeFunction"}
    runner.client.add_permission(**permission, Principal="sns.amazonaws.com", SourceArn=topic)
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=made["FunctionArn"])
    sns.publish(TopicArn=topic, Message="first")
    found = until(
        lambda: sqs.receive_message(QueueUrl=told, WaitTimeSeconds=1).get("Messages"), "the end is told", timeout=90
    )
    record = json.loads(found[0]["Body"])
    assert record["requestContext"]["approximateInvokeCount"] == 0
    assert record["requestPayload"]["Records"][0]["Sns"]["Message"] == "again"
    until(lambda: runs(services, "echoing") == MOST, "the log has all runs", timeout=30)


def test_a_function_that_invokes_itself_is_told_so(runner, layer):
    make(runner, layer, "calling", "lambda")
    assert runner.invoke("calling", {})["Payload"] == {"depth": MOST, "status": 400}
    # Somebody else's chain is another one.
    assert runner.invoke("calling", {})["Payload"] == {"depth": MOST, "status": 400}


def test_a_loop_that_is_allowed_goes_on(runner, layer, services):
    sqs = services["sqs"]
    queue = sqs.create_queue(QueueName="spin", Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
    make(runner, layer, "spinning", "sqs", queue)
    allowed = runner.client.put_function_recursion_config(FunctionName="spinning", RecursiveLoop="Allow")
    assert allowed["RecursiveLoop"] == "Allow"
    mapping = runner.client.create_event_source_mapping(
        EventSourceArn=f"arn:aws:sqs:us-east-1:{ACCOUNT}:spin", FunctionName="spinning"
    )
    sqs.send_message(QueueUrl=queue, MessageBody="first")
    until(lambda: runs(services, "spinning") > MOST + 1, "the loop goes on", timeout=90)
    runner.client.put_function_recursion_config(FunctionName="spinning", RecursiveLoop="Terminate")
    until(lambda: dropped(services, "spinning"), "the loop is stopped", timeout=90)
    runner.client.delete_event_source_mapping(UUID=mapping["UUID"])


def test_a_queue_keeps_the_trace_that_a_message_came_with(freehold, account):
    sqs = freehold.client("sqs", account)
    queue = sqs.create_queue(QueueName="traced")["QueueUrl"]
    header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0"

    def add(request, **_):
        request.headers["X-Amzn-Trace-Id"] = header

    sqs.meta.events.register("before-send.sqs.SendMessage", add)
    own = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-5759e988-000000000000000000000000"}}
    for attributes, expected in ((own, own["AWSTraceHeader"]["StringValue"]), ({}, header)):
        sqs.send_message(QueueUrl=queue, MessageBody="x", MessageSystemAttributes=attributes)
        found = sqs.receive_message(QueueUrl=queue, MessageSystemAttributeNames=["All"])["Messages"][0]
        assert found["Attributes"]["AWSTraceHeader"] == expected
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=found["ReceiptHandle"])


def test_a_forged_count_stops_nobody_else(runner):
    """Whoever sends a header can stop what comes of the same request, and nothing more."""
    client = runner.client

    def add(request, **_):
        request.headers["X-Amzn-Trace-Id"] = f"Lineage={lineage}:99"

    lineage = "00000000"
    client.meta.events.register("before-send.lambda.Invoke", add)
    try:
        assert runner.invoke("f", {"a": 1})["Payload"]["event"] == {"a": 1}
    finally:
        client.meta.events.unregister("before-send.lambda.Invoke", add)


def test_a_word_that_is_no_choice_is_refused(runner):
    with pytest.raises(ClientError) as refused:
        runner.client.put_function_recursion_config(FunctionName="f", RecursiveLoop="Perhaps")
    assert refused.value.response["Error"]["Code"] == "ValidationException"
