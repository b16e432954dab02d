"""What brings events to functions: aliases with two versions, queues, rules, schedules, and the logs of others."""

import base64
import datetime
import gzip
import json
import time

import pytest
from support import layers
from support.functions import Functions, package, receive
from support.waiting import until

pytestmark = pytest.mark.machines

ACCOUNT = "777700007777"
UTC = datetime.timezone.utc

# Tells a queue of each event, with the times at which the handler came and went.
TELL = """
import json, os, time, boto3
sqs = boto3.client("sqs")
INBOX = sqs.get_queue_url(QueueName=os.environ["INBOX"])["QueueUrl"]
def handler(event, context):
    began = time.time()
    time.sleep(float(os.environ.get("PAUSE", "0")))
    told = {"event": event, "began": began, "ended": time.time()}
    sqs.send_message(QueueUrl=INBOX, MessageBody=json.dumps(told))
    is_bad = lambda r: "bad" in r["body"] and r["attributes"]["ApproximateReceiveCount"] == "1"
    bad = [r["messageId"] for r in event.get("Records", []) if is_bad(r)]
    return {"batchItemFailures": [{"itemIdentifier": one} for one in bad]}
"""


class Lab(Functions):
    def __init__(self, region):
        super().__init__(region, ACCOUNT)
        self.sqs = region.client("sqs", ACCOUNT)
        sdk = self.client.publish_layer_version(LayerName="sdk", Content={"ZipFile": layers.python()})
        self.sdk = sdk["LayerVersionArn"]

    def teller(self, name, timeout=15, **variables):
        """A function that tells the queue of its name what it was given; the queue's URL."""
        inbox = self.sqs.create_queue(QueueName=f"of-{name}")["QueueUrl"]
        variables = {"INBOX": f"of-{name}"} | variables
        self.make(
            name, code=TELL, Layers=[self.sdk], MemorySize=1769, Timeout=timeout, Environment={"Variables": variables}
        )
        # What comes first is not slow.
        self.invoke(name, {"Records": []})
        receive(self.sqs, inbox)
        return inbox

    def source(self, name, function, attributes=None, **parameters):
        """A queue that feeds the function; its URL and the mapping's id."""
        fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        made = self.sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "15"} | fifo | (attributes or {}))
        arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"
        mapping = self.client.create_event_source_mapping(EventSourceArn=arn, FunctionName=function, **parameters)
        uuid = mapping["UUID"]
        until(
            lambda: self.client.get_event_source_mapping(UUID=uuid)["State"] == "Enabled", "it is enabled", timeout=30
        )
        return made["QueueUrl"], uuid

    def told(self, inbox, records):
        """What a function told, until it has told of so many records."""
        found = []

        def came():
            asked = self.sqs.receive_message(QueueUrl=inbox, WaitTimeSeconds=1, MaxNumberOfMessages=10)
            for message in asked.get("Messages", []):
                found.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=inbox, ReceiptHandle=message["ReceiptHandle"])
            return sum(len(one["event"]["Records"]) for one in found) >= records

        until(came, f"{records} records are told of", timeout=60)
        return sorted(found, key=lambda one: one["began"])


@pytest.fixture(scope="module")
def lab(running):
    return Lab(running)


def bodies(told):
    return [record["body"] for one in told for record in one["event"]["Records"]]


def send(lab, url, texts, **parameters):
    for first in range(0, len(texts), 10):
        entries = [{"Id": str(n), "MessageBody": text} | parameters for n, text in enumerate(texts[first : first + 10])]
        assert not lab.sqs.send_message_batch(QueueUrl=url, Entries=entries).get("Failed")


def test_an_alias_divides_what_comes_between_two_versions(lab):
    lab.make("divided", code="def handler(event, context):\n    return context.function_version\n")
    for _ in range(2):
        lab.client.publish_version(FunctionName="divided")
        code = "def handler(event, context):\n    return context.function_version + ''\n"
        lab.settled("divided")
        lab.client.update_function_code(FunctionName="divided", ZipFile=package(index=code))
        lab.settled("divided")
    weights = {"AdditionalVersionWeights": {"2": 0.3}}
    lab.client.create_alias(FunctionName="divided", Name="live", FunctionVersion="1", RoutingConfig=weights)
    for version in "12":
        lab.settled("divided", Qualifier=version)
    answers = [lab.invoke("divided", Qualifier="live") for _ in range(300)]
    assert all(one["ExecutedVersion"] == one["Payload"] for one in answers)
    second = sum(one["ExecutedVersion"] == "2" for one in answers)
    # 90 are expected; beyond these bounds lies one run in a million.
    assert 50 <= second <= 130


def test_a_batch_is_as_large_as_said_or_as_old(lab):
    inbox = lab.teller("batches")
    url, _ = lab.source("batched", "batches", BatchSize=20, MaximumBatchingWindowInSeconds=2)
    send(lab, url, [str(number) for number in range(50)])
    told = lab.told(inbox, 50)
    assert sorted(map(int, bodies(told))) == list(range(50))
    sizes = [len(one["event"]["Records"]) for one in told]
    assert max(sizes) == 20 and len(sizes) <= 5, sizes
    # One alone waits for others as long as the window lasts.
    sent = time.time()
    send(lab, url, ["alone"])
    [one] = lab.told(inbox, 1)
    assert one["began"] - sent > 1.5
    record = one["event"]["Records"][0]
    assert record["eventSource"] == "aws:sqs" and record["awsRegion"] == "us-east-1"
    assert record["eventSourceARN"] == f"arn:aws:sqs:us-east-1:{ACCOUNT}:batched"
    assert {"ApproximateReceiveCount", "SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp"} <= record[
        "attributes"
    ].keys()


def test_only_what_failed_of_a_batch_comes_again(lab):
    inbox = lab.teller("partial", timeout=6)
    responses = ["ReportBatchItemFailures"]
    url, _ = lab.source("halves", "partial", {"VisibilityTimeout": "6"}, FunctionResponseTypes=responses, BatchSize=4)
    send(lab, url, ["good 1", "bad 2", "good 3", "bad 4"])
    told = lab.told(inbox, 6)
    assert sorted(bodies(told)) == ["bad 2", "bad 2", "bad 4", "bad 4", "good 1", "good 3"]
    counts = {
        record["attributes"]["ApproximateReceiveCount"]
        for one in told
        for record in one["event"]["Records"]
        if "good" in record["body"]
    }
    assert counts == {"1"}


def test_groups_come_in_order_and_one_batch_at_a_time(lab):
    inbox = lab.teller("ordered", PAUSE="0.05")
    url, _ = lab.source("line.fifo", "ordered", BatchSize=3)
    for number in range(12):
        for group in ("a", "b", "c"):
            text = f"{group} {number}"
            lab.sqs.send_message(
                QueueUrl=url, MessageBody=text, MessageGroupId=group, MessageDeduplicationId=text.replace(" ", "-")
            )
    told = lab.told(inbox, 36)
    for group in ("a", "b", "c"):
        seen = [text for text in bodies(told) if text.startswith(group)]
        assert seen == [f"{group} {number}" for number in range(12)]
        spans = [(one["began"], one["ended"]) for one in told if any(text.startswith(group) for text in bodies([one]))]
        assert all(first[1] <= second[0] for first, second in zip(spans, spans[1:], strict=False)), (
            "two batches of a group at once"
        )


def test_filters_let_through_what_they_want(lab):
    inbox = lab.teller("sieved")
    patterns = [{"body": {"kind": ["tea"], "cups": [{"numeric": [">", 2]}]}}, {"body": ["plain"]}]
    criteria = {"Filters": [{"Pattern": json.dumps(one)} for one in patterns]}
    url, _ = lab.source("sieve", "sieved", FilterCriteria=criteria)
    wanted = [json.dumps({"kind": "tea", "cups": 3}), "plain"]
    send(lab, url, [json.dumps({"kind": "tea", "cups": 2}), json.dumps({"kind": "milk", "cups": 9}), "other", *wanted])
    assert sorted(bodies(lab.told(inbox, 2))) == sorted(wanted)
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    # What nobody wants is deleted.
    until(
        lambda: set(lab.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"].values()) == {"0"},
        "nothing is left",
    )


def test_no_more_run_at_once_than_said(lab):
    inbox = lab.teller("few", PAUSE="0.7")
    url, _ = lab.source("crowd", "few", BatchSize=1, ScalingConfig={"MaximumConcurrency": 2})
    send(lab, url, [str(number) for number in range(8)])
    told = lab.told(inbox, 8)
    moments = sorted([(one["began"], 1) for one in told] + [(one["ended"], -1) for one in told])
    running, most = 0, 0
    for _, change in moments:
        running += change
        most = max(most, running)
    assert most == 2


def events_of(lab, inbox):
    return json.loads(receive(lab.sqs, inbox)["Body"])["event"]


def test_a_rule_tells_a_function_that_lets_it(lab, running):
    events = running.client("events", ACCOUNT)
    inbox = lab.teller("ruled")
    arn = events.put_rule(
        Name="told", EventPattern=json.dumps({"source": ["shop"], "detail": {"sum": [{"numeric": [">", 10]}]}})
    )["RuleArn"]
    function = lab.client.get_function_configuration(FunctionName="ruled")["FunctionArn"]
    events.put_targets(Rule="told", Targets=[{"Id": "1", "Arn": function}])
    permission = {"FunctionName": "ruled", "StatementId": "events", "Action": "lambda:InvokeFunction"}
    lab.client.add_permission(**permission, Principal="events.amazonaws.com", SourceArn=arn)
    entry = {"Source": "shop", "DetailType": "Order"}
    answer = events.put_events(Entries=[entry | {"Detail": json.dumps({"sum": total})} for total in (5, 50)])
    event = events_of(lab, inbox)
    assert (event["id"], event["detail"], event["detail-type"]) == (
        answer["Entries"][1]["EventId"],
        {"sum": 50},
        "Order",
    )


def test_a_schedule_calls_a_function_by_its_role(lab, running):
    scheduler, iam = running.client("scheduler", ACCOUNT), running.client("iam", ACCOUNT)
    inbox = lab.teller("scheduled")
    function = lab.client.get_function_configuration(FunctionName="scheduled")["FunctionArn"]
    trust = {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="scheduler", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    allow = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": function}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_role_policy(RoleName="scheduler", PolicyName="invoke", PolicyDocument=policy)
    at = datetime.datetime.now(UTC) + datetime.timedelta(seconds=4)
    scheduler.create_schedule(
        Name="once",
        ScheduleExpression=f"at({at:%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": function, "RoleArn": role, "Input": '{"wake": "up"}'},
    )
    assert events_of(lab, inbox) == {"wake": "up"}


def test_a_log_group_is_read_by_a_function(lab, running):
    logs = running.client("logs", ACCOUNT)
    inbox = lab.teller("reader")
    function = lab.client.get_function_configuration(FunctionName="reader")["FunctionArn"]
    logs.create_log_group(logGroupName="/shop")
    logs.create_log_stream(logGroupName="/shop", logStreamName="till")
    lab.client.add_permission(
        FunctionName="reader",
        StatementId="logs",
        Action="lambda:InvokeFunction",
        Principal="logs.amazonaws.com",
        SourceArn=f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/shop:*",
    )
    logs.put_subscription_filter(
        logGroupName="/shop", filterName="errors", filterPattern="ERROR", destinationArn=function
    )
    now = int(time.time() * 1000)
    texts = ["all is well", "ERROR no tea", "ERROR no milk"]
    logs.put_log_events(
        logGroupName="/shop",
        logStreamName="till",
        logEvents=[{"timestamp": now + n, "message": text} for n, text in enumerate(texts)],
    )
    # *CloudWatch Logs User Guide, Subscription filters with AWS Lambda*: base64 of gzip of JSON.
    event = events_of(lab, inbox)
    data = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
    assert (data["messageType"], data["owner"], data["logGroup"], data["logStream"]) == (
        "DATA_MESSAGE",
        ACCOUNT,
        "/shop",
        "till",
    )
    assert data["subscriptionFilters"] == ["errors"]
    assert [(one["timestamp"], one["message"]) for one in data["logEvents"]] == [
        (now + 1, texts[1]),
        (now + 2, texts[2]),
    ]
    assert all(one["id"] for one in data["logEvents"])
