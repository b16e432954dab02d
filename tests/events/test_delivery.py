"""Events on their way to targets."""

import datetime
import json

from support.refusal import refusal
from support.waiting import until

UTC = datetime.timezone.utc


def test_an_event_reaches_the_target_of_a_rule_that_wants_it(lab):
    inbox = lab.queue()
    lab.rule({"source": ["mine"], "detail": {"state": ["on"]}}, targets=[{"Arn": inbox}])
    at = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    lab.put({"state": "off"})
    id = lab.put({"state": "on", "n": 1}, Time=at, Resources=["arn:x"])
    assert lab.told(inbox) == [
        {
            "version": "0",
            "id": id,
            "detail-type": "Something",
            "source": "mine",
            "account": lab.account,
            "time": "2026-01-02T03:04:05Z",
            "region": "us-east-1",
            "resources": ["arn:x"],
            "detail": {"state": "on", "n": 1},
        }
    ]
    assert lab.is_empty(inbox)


def test_entries_are_judged_one_by_one(lab):
    inbox = lab.queue()
    lab.rule({"source": ["mine"]}, targets=[{"Arn": inbox}])
    good = {"Source": "mine", "DetailType": "x", "Detail": "{}"}
    entries = [
        good,
        {"Source": "mine", "DetailType": "x"},
        good | {"Detail": "no JSON"},
        good | {"Source": "aws.mine"},
        good | {"EventBusName": "none"},
        good,
    ]
    answer = lab.events.put_events(Entries=entries)
    codes = [entry.get("ErrorCode") for entry in answer["Entries"]]
    refused = ["InvalidArgument", "MalformedDetail", "NotAuthorizedForSourceException", "InvalidArgument"]
    assert codes == [None, *refused, None] and answer["FailedEntryCount"] == 4
    ids = {entry["EventId"] for entry in answer["Entries"] if "EventId" in entry}
    assert {event["id"] for event in lab.told(inbox, 2)} == ids
    assert refusal(lab.events.put_events, Entries=[good] * 11) == "ValidationException"
    assert refusal(lab.events.put_events, Entries=[good | {"Detail": json.dumps("x" * (1 << 20))}]) == "ValidationException"


def test_a_disabled_rule_tells_nobody(lab):
    inbox, other = lab.queue(), lab.queue("other")
    lab.rule({"source": ["mine"]}, targets=[{"Arn": inbox}])
    lab.rule({"source": ["mine"]}, "second", targets=[{"Arn": other}])
    lab.events.disable_rule(Name="rule")
    lab.put()
    lab.messages(other)
    assert lab.is_empty(inbox)
    lab.events.enable_rule(Name="rule")
    lab.put()
    lab.messages(inbox)


def test_targets_get_what_they_want_of_an_event(lab):
    names = ("constant", "part", "text", "object")
    queues = [lab.queue(name) for name in names]
    paths = {"state": "$.detail.state", "n": "$.detail.n"}
    wanted = [
        {"Input": '{"fixed": true}'},
        {"InputPath": "$.detail"},
        {"InputTransformer": {"InputPathsMap": paths, "InputTemplate": '"it is <state>"'}},
        {"InputTransformer": {"InputPathsMap": paths, "InputTemplate": '{"s": <state>, "n": <n>, "rule": <aws.events.rule-arn>}'}},
    ]
    arn = lab.rule({"source": ["mine"]}, targets=[{"Arn": queue} | one for queue, one in zip(queues, wanted)])
    lab.put({"state": "on", "n": 3})
    told = [lab.told(queue)[0] for queue in queues]
    assert told == [{"fixed": True}, {"state": "on", "n": 3}, "it is on", {"s": "on", "n": 3, "rule": arn}]


def test_a_topic_publishes_what_it_is_told(lab):
    sns = lab.region.client("sns", account=lab.account)
    topic = sns.create_topic(Name="news")["TopicArn"]
    inbox = lab.queue()
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=inbox)
    lab.rule({"source": ["mine"]}, targets=[{"Arn": topic, "InputPath": "$.detail"}])
    lab.put({"n": 1})
    told = lab.told(inbox)[0]
    assert told["TopicArn"] == topic and json.loads(told["Message"]) == {"n": 1}


def test_a_fifo_queue_gets_its_group(lab):
    inbox = lab.queue("inbox.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    lab.rule({"source": ["mine"]}, targets=[{"Arn": inbox, "SqsParameters": {"MessageGroupId": "g"}}])
    lab.put({"n": 1})
    assert lab.messages(inbox)[0]["Attributes"]["MessageGroupId"] == "g"


def test_an_event_goes_to_another_bus_and_to_no_third(lab):
    second = lab.events.create_event_bus(Name="second")["EventBusArn"]
    third = lab.events.create_event_bus(Name="third")["EventBusArn"]
    inbox, dead, last = lab.queue(), lab.queue("dead"), lab.queue("last")
    lab.rule({"source": ["mine"]}, targets=[{"Arn": second}])
    told = [{"Arn": inbox}, {"Arn": third, "DeadLetterConfig": {"Arn": dead}}]
    lab.rule({"source": ["mine"]}, bus="second", targets=told)
    lab.rule({"source": ["mine"]}, bus="third", targets=[{"Arn": last}])
    id = lab.put({"n": 1})
    assert lab.told(inbox)[0]["id"] == id
    message = lab.messages(dead)[0]
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "THIRD_ACCOUNT_HOP_DETECTED"
    assert lab.is_empty(last)


def test_what_cannot_be_told_ends_in_the_dead_letter_queue(lab):
    dead = lab.queue("dead")
    missing = f"arn:aws:sqs:us-east-1:{lab.account}:missing"
    rule = lab.rule({"source": ["mine"]}, targets=[{"Arn": missing, "DeadLetterConfig": {"Arn": dead}}])
    id = lab.put({"n": 1})
    message = lab.messages(dead)[0]
    assert json.loads(message["Body"])["id"] == id
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert (attributes["RULE_ARN"], attributes["TARGET_ARN"], attributes["RETRY_ATTEMPTS"]) == (rule, missing, "0")
    assert attributes["ERROR_CODE"] == "ERROR_FROM_TARGET" and attributes["ERROR_MESSAGE"]


def test_a_queue_that_does_not_let_the_rule_send_gets_nothing(lab):
    inbox, dead = lab.queue(), lab.queue("dead")
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage", "Resource": inbox}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    lab.sqs.set_queue_attributes(QueueUrl=lab.url(inbox), Attributes={"Policy": policy})
    lab.rule({"source": ["mine"]}, targets=[{"Arn": inbox, "DeadLetterConfig": {"Arn": dead}}])
    lab.put()
    lab.messages(dead)
    assert lab.is_empty(inbox)


def test_what_was_acknowledged_is_told_after_a_crash(region, account):
    from events.conftest import Lab

    lab = Lab(region("none"), account)
    inbox = lab.queue()
    lab.rule({"source": ["mine"]}, targets=[{"Arn": inbox}])
    put = {lab.put({"n": number}) for number in range(50)}
    lab.region.kill()
    lab.region.start()
    lab = Lab(lab.region, account)
    seen = set()

    def all_came():
        asked = lab.sqs.receive_message(QueueUrl=lab.url(inbox), MaxNumberOfMessages=10, WaitTimeSeconds=1)
        seen.update(json.loads(message["Body"])["id"] for message in asked.get("Messages", []))
        return seen == put

    until(all_came, "everything that was acknowledged is there")
