"""Publishing to queues: what arrives, and what is refused."""

import hashlib
import json

import pytest
from sns.verify import is_signed
from support.refusal import refusal


def text(value, data_type="String"):
    return {"DataType": data_type, "StringValue": value}


def test_queues_get_an_envelope(lab, sns):
    topic, queue = lab.topic(), lab.queue()
    subscription = lab.subscribe(topic, queue)
    attributes = {"n": text("1.5", "Number"), "b": {"DataType": "Binary", "BinaryValue": b"\0\xff"}}
    sent = sns.publish(TopicArn=topic, Message='é "x"\n', Subject="Hello", MessageAttributes=attributes)
    (body,) = lab.bodies(queue)
    message = json.loads(body)
    assert message.pop("Timestamp").endswith("Z")
    assert message.pop("UnsubscribeURL").endswith(f"/?Action=Unsubscribe&SubscriptionArn={subscription}")
    assert message == {
        "Type": "Notification",
        "MessageId": sent["MessageId"],
        "TopicArn": topic,
        "Subject": "Hello",
        "Message": 'é "x"\n',
        "MessageAttributes": {
            "n": {"Type": "Number", "Value": "1.5"},
            "b": {"Type": "Binary", "Value": "AP8="},
        },
    }


def test_envelopes_of_queues_are_signed_where_the_owner_asks_for_it(lab, sns):
    queue = lab.queue()
    for version in ("1", "2"):
        topic = lab.topic(f"v{version}", SignatureVersion=version)
        lab.subscribe(topic, queue)
        sns.publish(TopicArn=topic, Message="signed", Subject="s")
        (body,) = lab.bodies(queue)
        message = json.loads(body)
        assert message["SignatureVersion"] == version
        assert is_signed(message)
        assert not is_signed(message | {"Message": "changed"})


def test_raw_messages_are_what_was_published(lab, sns):
    topic, queue = lab.topic(), lab.queue()
    lab.subscribe(topic, queue, RawMessageDelivery="true")
    attributes = {"s": text("v"), "b": {"DataType": "Binary", "BinaryValue": b"\0\xff"}}
    sns.publish(TopicArn=topic, Message="raw", Subject="unseen", MessageAttributes=attributes)
    (message,) = lab.receive(queue)
    assert message["Body"] == "raw"
    assert message["MD5OfBody"] == hashlib.md5(b"raw").hexdigest()
    assert message["MessageAttributes"]["s"]["StringValue"] == "v"
    assert message["MessageAttributes"]["b"]["BinaryValue"] == b"\0\xff"


def test_a_message_may_say_something_else_to_each_protocol(lab, sns):
    topic, queue = lab.topic(), lab.queue()
    lab.subscribe(topic, queue)
    sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+15555550100")
    structure = {"MessageStructure": "json"}
    sns.publish(TopicArn=topic, Message=json.dumps({"default": "d", "sqs": "q"}), **structure)
    assert lab.messages(queue) == ["q"]
    for message in ("{", "[]", '{"sqs":"q"}', '{"default":1}'):
        assert refusal(sns.publish, TopicArn=topic, Message=message, **structure) == "InvalidParameter"
    assert refusal(sns.publish, TopicArn=topic, Message="m", MessageStructure="xml") == "InvalidParameter"


def test_filters_choose_by_attributes_or_body(lab, sns):
    topic = lab.topic()
    queues = {name: lab.queue(name) for name in ("all", "red", "numbers", "body")}
    lab.subscribe(topic, queues["all"])
    lab.subscribe(topic, queues["red"], FilterPolicy=json.dumps({"colour": [{"prefix": "re"}]}))
    lab.subscribe(topic, queues["numbers"], FilterPolicy=json.dumps({"n": [{"numeric": [">", 5]}]}))
    body = json.dumps({"a": {"b": ["c"]}})
    lab.subscribe(topic, queues["body"], FilterPolicy=body, FilterPolicyScope="MessageBody")
    sns.publish(TopicArn=topic, Message="1", MessageAttributes={"colour": text("red")})
    sns.publish(TopicArn=topic, Message="2", MessageAttributes={"n": text("6", "Number"), "colour": text("blue")})
    sns.publish(TopicArn=topic, Message=json.dumps({"a": {"b": "c"}}))
    counts = {name: len(lab.receive(queue)) for name, queue in queues.items()}
    assert counts == {"all": 3, "red": 1, "numbers": 1, "body": 1}


def test_a_changed_filter_holds_for_the_next_message(lab, sns):
    topic, queue = lab.topic(), lab.queue()
    arn = lab.subscribe(topic, queue, FilterPolicy=json.dumps({"a": ["b"]}))
    sns.publish(TopicArn=topic, Message="kept out")
    sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue="{}")
    sns.publish(TopicArn=topic, Message="let in")
    assert lab.messages(queue) == ["let in"]


def test_a_message_has_a_size(lab, sns):
    topic, queue = lab.topic(), lab.queue()
    lab.subscribe(topic, queue, RawMessageDelivery="true")
    sns.publish(TopicArn=topic, Message="é" * (128 * 1024))
    assert [len(body) for body in lab.bodies(queue)] == [128 * 1024]
    assert refusal(sns.publish, TopicArn=topic, Message="x" * (256 * 1024 + 1)) == "InvalidParameter"
    attributes = {"a": text("v")}
    too_long = {"TopicArn": topic, "Message": "x" * (256 * 1024), "MessageAttributes": attributes}
    assert refusal(sns.publish, **too_long) == "InvalidParameter"
    assert refusal(sns.publish, TopicArn=topic, Message="") == "InvalidParameter"


@pytest.mark.parametrize("subject", ["", "x" * 101, "a\nb", "é", " x"])
def test_a_subject_is_a_short_line_of_ascii(lab, sns, subject):
    assert refusal(sns.publish, TopicArn=lab.topic(), Message="m", Subject=subject) == "InvalidParameter"


@pytest.mark.parametrize(
    "attribute",
    [
        {"a": text("")},
        {"a": text("x", "Text")},
        {"a": text("x", "Number")},
        {"a": text("{", "String.Array")},
        {"a": {"DataType": "Binary", "StringValue": "x"}},
        {"a b": text("x")},
        {"aws.a": text("x")},
        {".a": text("x")},
    ],
)
def test_attributes_that_are_none_are_refused(lab, sns, attribute):
    code = refusal(sns.publish, TopicArn=lab.topic(), Message="m", MessageAttributes=attribute)
    assert code == "ParameterValueInvalid"


def test_a_message_goes_to_one_place(lab, sns):
    topic = lab.topic()
    assert sns.publish(TargetArn=topic, Message="m")["MessageId"]
    assert refusal(sns.publish, Message="m") == "InvalidParameter"
    assert refusal(sns.publish, TopicArn=topic, PhoneNumber="+15555550100", Message="m") == "InvalidParameter"
    assert refusal(sns.publish, TopicArn=topic, Message="m", MessageDeduplicationId="d") == "InvalidParameter"


def test_groups_are_passed_on_to_standard_queues(lab, sns):
    topic, queue = lab.topic(), lab.queue()
    lab.subscribe(topic, queue)
    sns.publish(TopicArn=topic, Message="m", MessageGroupId="g")
    (message,) = lab.receive(queue)
    assert message["Attributes"]["MessageGroupId"] == "g"


def entry(number, **more):
    return {"Id": f"e{number}", "Message": f"m{number}"} | more


def test_a_batch_publishes_what_it_may_and_says_what_it_may_not(lab, sns):
    topic, queue = lab.topic(), lab.queue()
    lab.subscribe(topic, queue)
    entries = [entry(0), entry(1, Subject="\n"), entry(2), entry(3, MessageAttributes={"a": text("")})]
    answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    assert [one["Id"] for one in answer["Successful"]] == ["e0", "e2"]
    failed = {one["Id"]: (one["Code"], one["SenderFault"]) for one in answer["Failed"]}
    assert failed == {"e1": ("InvalidParameter", True), "e3": ("ParameterValueInvalid", True)}
    found = {json.loads(body)["MessageId"]: json.loads(body)["Message"] for body in lab.bodies(queue)}
    assert found == {one["MessageId"]: f"m{one['Id'][1:]}" for one in answer["Successful"]}


def test_a_batch_has_a_form(lab, sns):
    topic = lab.topic()

    def code(*entries):
        return refusal(sns.publish_batch, TopicArn=topic, PublishBatchRequestEntries=list(entries))

    assert code() == "EmptyBatchRequest"
    assert code(*map(entry, range(11))) == "TooManyEntriesInBatchRequest"
    assert code(entry(1), entry(1)) == "BatchEntryIdsNotDistinct"
    assert code(entry("a b")) == "InvalidBatchEntryId"
    assert code(entry("x" * 80)) == "InvalidBatchEntryId"
    assert code(*(entry(number, Message="x" * 60_000) for number in range(5))) == "BatchRequestTooLong"
    nobody = f"arn:aws:sns:us-east-1:{lab.account}:nobody"
    assert refusal(sns.publish_batch, TopicArn=nobody, PublishBatchRequestEntries=[entry(1)]) == "NotFound"
