"""Subscriptions: which endpoints there may be, and what they may be set to."""

import json

import pytest
from sns.receiver import follow
from support.refusal import refusal
from support.waiting import until

PHONE = "+15555550100"


def test_a_queue_of_the_account_is_told_at_once(lab, sns, account):
    topic, queue = lab.topic(), lab.queue()
    arn = lab.subscribe(topic, queue)
    assert arn.startswith(f"{topic}:")
    listed = {
        "SubscriptionArn": arn,
        "Owner": account,
        "Protocol": "sqs",
        "Endpoint": queue,
        "TopicArn": topic,
    }
    assert sns.list_subscriptions()["Subscriptions"] == [listed]
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == [listed]
    attributes = lab.attributes(arn)
    assert attributes["PendingConfirmation"] == "false"
    assert attributes["ConfirmationWasAuthenticated"] == "true"
    assert attributes["SubscriptionPrincipal"] == f"arn:aws:iam::{account}:root"


def test_an_endpoint_is_subscribed_once(lab, sns):
    topic, queue = lab.topic(), lab.queue()
    first = lab.subscribe(topic, queue, RawMessageDelivery="true")
    assert lab.subscribe(topic, queue) == first
    assert lab.subscribe(topic, queue, RawMessageDelivery="true") == first
    with pytest.raises(sns.exceptions.InvalidParameterException, match="already exists with different attributes"):
        lab.subscribe(topic, queue, RawMessageDelivery="false")
    sns.publish(TopicArn=topic, Message="once")
    assert lab.bodies(queue) == ["once"]


@pytest.mark.parametrize(
    ("protocol", "endpoint"),
    [
        ("fax", "+1"),
        ("", "x"),
        ("http", "https://127.0.0.1/"),
        ("http", "127.0.0.1"),
        ("https", "http://127.0.0.1/"),
        ("email", "me"),
        ("sms", "phone"),
        ("sqs", "http://127.0.0.1/queue"),
        ("sqs", ""),
        ("lambda", "arn:aws:sqs:us-east-1:1:q"),
        ("application", "arn:aws:sns:us-east-1:1:app/GCM/a"),
        ("firehose", "arn:aws:firehose:us-east-1:1:deliverystream/d"),
    ],
)
def test_an_endpoint_is_what_its_protocol_says(lab, sns, protocol, endpoint):
    topic = lab.topic()
    assert refusal(sns.subscribe, TopicArn=topic, Protocol=protocol, Endpoint=endpoint) == "InvalidParameter"


def test_people_wait_until_they_say_yes(lab, sns):
    topic = lab.topic()
    made = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="me@example.com")
    assert made["SubscriptionArn"] == "pending confirmation"
    assert [one["SubscriptionArn"] for one in sns.list_subscriptions()["Subscriptions"]] == ["PendingConfirmation"]
    again = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="me@example.com", ReturnSubscriptionArn=True)
    arn = again["SubscriptionArn"]
    assert lab.attributes(arn)["PendingConfirmation"] == "true"
    sns.publish(TopicArn=topic, Message="too early")

    mail = until(lambda: len(lab.outbox("email")) == 2 and lab.outbox("email"), "both questions are in the outbox")
    link = next(line for line in mail[-1]["message"].splitlines() if line.startswith("http"))
    status, body = follow(link)
    assert (status, arn in body) == (200, True)
    assert lab.attributes(arn)["ConfirmationWasAuthenticated"] == "false"
    sns.publish(TopicArn=topic, Message="hello", Subject="Greetings")
    mail = until(lambda: len(lab.outbox("email")) == 3 and lab.outbox("email"), "the message is in the outbox")
    assert (mail[-1]["to"], mail[-1]["subject"]) == ("me@example.com", "Greetings")
    assert mail[-1]["message"].startswith("hello")

    link = mail[-1]["message"].split()[-1]
    assert follow(link)[0] == 200
    assert sns.list_subscriptions()["Subscriptions"] == []


def test_a_token_is_of_one_topic_and_good_for_three_days(clocked_lab):
    lab = clocked_lab
    topic, other = lab.topic(), lab.topic("other")
    receiver = lab.receiver()
    lab.sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=receiver.url)
    token = until(lambda: receiver.confirmations, "the endpoint is asked")[0].message["Token"]
    assert refusal(lab.sns.confirm_subscription, TopicArn=topic, Token="guess") == "InvalidParameter"
    assert refusal(lab.sns.confirm_subscription, TopicArn=other, Token=token) == "InvalidParameter"
    nobody = f"arn:aws:sns:us-east-1:{lab.account}:nobody"
    assert refusal(lab.sns.confirm_subscription, TopicArn=nobody, Token=token) == "NotFound"
    lab.region.advance_clock(3 * 86_400)
    assert refusal(lab.sns.confirm_subscription, TopicArn=topic, Token=token) == "InvalidParameter"
    until(lambda: not lab.sns.list_subscriptions()["Subscriptions"], "what nobody confirmed is forgotten")


def test_confirming_twice_is_confirming_once(lab, sns):
    topic, receiver = lab.topic(), lab.receiver()
    arn = lab.hook(topic, receiver)
    token = receiver.confirmations[0].message["Token"]
    assert sns.confirm_subscription(TopicArn=topic, Token=token)["SubscriptionArn"] == arn
    assert lab.attributes(arn)["ConfirmationWasAuthenticated"] == "true"


def test_a_link_ends_a_subscription_unless_it_was_said_to_need_a_signature(lab, sns):
    topic, receiver = lab.topic(), lab.receiver()
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=receiver.url)
    token = until(lambda: receiver.confirmations, "the endpoint is asked")[0].message["Token"]
    confirmed = sns.confirm_subscription(TopicArn=topic, Token=token, AuthenticateOnUnsubscribe="true")
    sns.publish(TopicArn=topic, Message="m")
    link = until(lambda: receiver.notifications, "the message arrives")[0].message["UnsubscribeURL"]
    with pytest.raises(OSError, match="403"):
        follow(link)
    assert lab.attributes(confirmed["SubscriptionArn"])
    sns.unsubscribe(SubscriptionArn=confirmed["SubscriptionArn"])
    sns.unsubscribe(SubscriptionArn=confirmed["SubscriptionArn"])
    assert sns.list_subscriptions()["Subscriptions"] == []


def test_attributes_are_set_one_by_one(lab, sns):
    topic, queue = lab.topic(), lab.queue()
    arn = lab.subscribe(topic, queue)

    def change(name, value):
        sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName=name, AttributeValue=value)
        return lab.attributes(arn).get(name)

    assert change("RawMessageDelivery", "true") == "true"
    policy = json.dumps({"colour": ["red"]})
    assert change("FilterPolicy", policy) == policy
    assert lab.attributes(arn)["FilterPolicyScope"] == "MessageAttributes"
    assert change("FilterPolicyScope", "MessageBody") == "MessageBody"
    assert change("FilterPolicy", "{}") is None
    redrive = json.dumps({"deadLetterTargetArn": lab.queue("dead")})
    assert change("RedrivePolicy", redrive) == redrive
    assert change("RedrivePolicy", "") is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Colour", "red"),
        ("RawMessageDelivery", "maybe"),
        ("FilterPolicy", "{"),
        ("FilterPolicy", '{"a":{"b":["c"]}}'),
        ("FilterPolicyScope", "Everything"),
        ("RedrivePolicy", "{"),
        ("RedrivePolicy", '{"deadLetterTargetArn":"dead"}'),
        ("RedrivePolicy", '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:999999999999:dead"}'),
        ("DeliveryPolicy", '{"healthyRetryPolicy":{"numRetries":1}}'),
        ("SubscriptionRoleArn", "arn:aws:iam::999999999999:role/r"),
        ("ReplayPolicy", "{}"),
    ],
)
def test_what_an_attribute_may_not_be_is_refused(lab, sns, name, value):
    topic, queue = lab.topic(), lab.queue()
    assert refusal(lab.subscribe, topic=topic, queue=queue, **{name: value}) == "InvalidParameter"
    change = {"SubscriptionArn": lab.subscribe(topic, queue), "AttributeName": name, "AttributeValue": value}
    assert refusal(sns.set_subscription_attributes, **change) == "InvalidParameter"


def test_delivery_policies_are_for_web_servers(lab, sns):
    arn = lab.hook(lab.topic(), lab.receiver())
    policy = {"healthyRetryPolicy": {"minDelayTarget": 1, "maxDelayTarget": 1, "numRetries": 7}}
    change = {"SubscriptionArn": arn, "AttributeName": "DeliveryPolicy"}
    sns.set_subscription_attributes(**change, AttributeValue=json.dumps(policy))
    effective = json.loads(lab.attributes(arn)["EffectiveDeliveryPolicy"])
    assert effective["healthyRetryPolicy"]["numRetries"] == 7
    assert refusal(sns.set_subscription_attributes, **change, AttributeValue="{") == "InvalidParameter"


def test_what_is_no_subscription_is_not_found_or_no_arn(lab, sns):
    nobody = f"{lab.topic()}:00000000-0000-4000-8000-000000000000"
    change = {"AttributeName": "RawMessageDelivery", "AttributeValue": "true"}
    assert refusal(sns.get_subscription_attributes, SubscriptionArn=nobody) == "NotFound"
    assert refusal(sns.set_subscription_attributes, SubscriptionArn=nobody, **change) == "NotFound"
    for arn in ("PendingConfirmation", lab.topic()):
        assert refusal(sns.get_subscription_attributes, SubscriptionArn=arn) == "InvalidParameter"
        assert refusal(sns.set_subscription_attributes, SubscriptionArn=arn, **change) == "InvalidParameter"
        assert refusal(sns.unsubscribe, SubscriptionArn=arn) == "InvalidParameter"


def test_lists_have_pages_of_a_hundred(lab, sns):
    topic = lab.topic()
    for number in range(101):
        sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint=f"+1555555{number:04}")
    for call, about in ((sns.list_subscriptions, {}), (sns.list_subscriptions_by_topic, {"TopicArn": topic})):
        first = call(**about)
        second = call(**about, NextToken=first["NextToken"])
        assert (len(first["Subscriptions"]), len(second["Subscriptions"])) == (100, 1)
        assert refusal(call, **about, NextToken="made-up") == "InvalidParameter"


def test_a_topic_has_two_hundred_filters_at_most(lab, sns):
    topic = lab.topic()
    policy = {"FilterPolicy": json.dumps({"a": ["b"]})}
    for number in range(200):
        sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint=f"+1555555{number:04}", Attributes=policy)
    one_more = {"TopicArn": topic, "Protocol": "sms", "Endpoint": PHONE}
    assert refusal(sns.subscribe, **one_more, Attributes=policy) == "FilterPolicyLimitExceeded"
    arn = sns.subscribe(**(one_more | {"Endpoint": "+15555559999"}))["SubscriptionArn"]
    change = {"SubscriptionArn": arn, "AttributeName": "FilterPolicy", "AttributeValue": policy["FilterPolicy"]}
    assert refusal(sns.set_subscription_attributes, **change) == "FilterPolicyLimitExceeded"
