"""Web servers as subscribers: questions, signatures, retries."""

import json

from sns.conftest import Lab
from sns.receiver import follow
from sns.verify import is_signed
from support.refusal import refusal
from support.waiting import until


def policy(**retries):
    defaults = {"minDelayTarget": 1, "maxDelayTarget": 1, "numRetries": 3}
    return json.dumps({"healthyRetryPolicy": defaults | retries})


def test_an_endpoint_is_asked_and_says_yes_with_the_link(lab, sns):
    topic, receiver = lab.topic(), lab.receiver()
    assert sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=receiver.url)["SubscriptionArn"] == "pending confirmation"
    question = until(lambda: receiver.confirmations, "the endpoint is asked")[0]
    assert question.headers["x-amz-sns-topic-arn"] == topic
    assert question.headers["content-type"] == "text/plain; charset=UTF-8"
    assert question.headers["user-agent"] == "Amazon Simple Notification Service Agent"
    message = question.message
    assert message["Type"] == "SubscriptionConfirmation"
    assert message["MessageId"] == question.headers["x-amz-sns-message-id"]
    assert is_signed(message)
    assert not is_signed(message | {"Token": "another"})
    assert follow(message["SubscribeURL"])[0] == 200
    (listed,) = sns.list_subscriptions()["Subscriptions"]
    assert listed["SubscriptionArn"].startswith(f"{topic}:")


def test_notifications_are_signed_and_say_what_they_are(lab, sns):
    topic, receiver = lab.topic(SignatureVersion="2"), lab.receiver()
    arn = lab.hook(topic, receiver)
    sent = sns.publish(TopicArn=topic, Message="hello", Subject="s")
    post = until(lambda: receiver.notifications, "the message arrives")[0]
    assert post.headers["x-amz-sns-subscription-arn"] == arn
    assert post.headers["x-amz-sns-message-id"] == sent["MessageId"]
    assert "x-amz-sns-rawdelivery" not in post.headers
    assert post.message["Message"] == "hello"
    assert is_signed(post.message)
    assert follow(post.message["UnsubscribeURL"])[0] == 200
    assert refusal(sns.get_subscription_attributes, SubscriptionArn=arn) == "NotFound"


def test_raw_messages_are_posted_as_they_are(lab, sns):
    topic, receiver = lab.topic(), lab.receiver()
    request = {"requestPolicy": {"headerContentType": "application/json"}}
    lab.hook(topic, receiver, RawMessageDelivery="true", DeliveryPolicy=json.dumps(request))
    sns.publish(TopicArn=topic, Message='{"a":1}')
    post = until(lambda: receiver.notifications, "the message arrives")[0]
    assert post.body == '{"a":1}'
    assert post.headers["x-amz-sns-rawdelivery"] == "true"
    assert post.headers["content-type"] == "application/json"


def test_what_fails_is_tried_again_until_it_arrives(lab, sns):
    topic, receiver = lab.topic(), lab.receiver()
    lab.hook(topic, receiver, DeliveryPolicy=policy())
    receiver.answer = [500, 429, 200]
    sent = sns.publish(TopicArn=topic, Message="again and again")
    posts = until(lambda: len(receiver.notifications) == 3 and receiver.notifications, "the third attempt")
    assert {post.headers["x-amz-sns-message-id"] for post in posts} == {sent["MessageId"]}


def test_what_gives_up_goes_to_the_dead_letter_queue(lab, sns):
    topic, receiver, dead = lab.topic(), lab.receiver(), lab.queue("dead")
    redrive = json.dumps({"deadLetterTargetArn": dead})
    lab.hook(topic, receiver, DeliveryPolicy=policy(numRetries=2), RedrivePolicy=redrive)
    receiver.answer = 503
    sent = sns.publish(TopicArn=topic, Message="in vain")
    (message,) = lab.wait_for(dead)
    body = json.loads(message["Body"])
    assert (body["MessageId"], body["Message"]) == (sent["MessageId"], "in vain")
    assert len(receiver.notifications) == 3


def test_what_the_endpoint_refuses_is_not_tried_again(lab, sns):
    topic, receiver, dead = lab.topic(), lab.receiver(), lab.queue("dead")
    redrive = json.dumps({"deadLetterTargetArn": dead})
    lab.hook(topic, receiver, DeliveryPolicy=policy(numRetries=50), RedrivePolicy=redrive, RawMessageDelivery="true")
    receiver.answer = 404
    attributes = {"a": {"DataType": "String", "StringValue": "v"}}
    sns.publish(TopicArn=topic, Message="unwanted", MessageAttributes=attributes)
    (message,) = lab.wait_for(dead)
    assert message["Body"] == "unwanted"
    assert message["MessageAttributes"]["a"]["StringValue"] == "v"
    assert len(receiver.notifications) == 1


def test_an_endpoint_that_is_slow_gets_so_many_a_second(lab, sns):
    topic, receiver = lab.topic(), lab.receiver()
    lab.hook(topic, receiver, DeliveryPolicy=json.dumps({"throttlePolicy": {"maxReceivesPerSecond": 5}}))
    for number in range(10):
        sns.publish(TopicArn=topic, Message=str(number))
    until(lambda: len(receiver.notifications) == 10, "all have arrived")
    assert {post.message["Message"] for post in receiver.notifications} == {str(number) for number in range(10)}


def test_what_waits_survives_a_crash(region, account):
    one = region()
    lab = Lab(one, account)
    try:
        topic, receiver = lab.topic(), lab.receiver()
        lab.hook(topic, receiver, DeliveryPolicy=policy(numRetries=100))
        receiver.answer = 500
        lab.sns.publish(TopicArn=topic, Message="patience")
        until(lambda: receiver.notifications, "the first attempt")
        one.kill()
        receiver.answer = 200
        seen = len(receiver.notifications)
        one.start()
        until(lambda: len(receiver.notifications) > seen, "the message is tried again")
        assert receiver.notifications[-1].message["Message"] == "patience"
    finally:
        lab.close()


def test_a_subscription_that_ended_is_not_told_any_more(lab, sns):
    topic, receiver = lab.topic(), lab.receiver()
    arn = lab.hook(topic, receiver, DeliveryPolicy=policy(numRetries=100))
    receiver.answer = 500
    sns.publish(TopicArn=topic, Message="m")
    until(lambda: receiver.notifications, "the first attempt")
    sns.unsubscribe(SubscriptionArn=arn)
    sns.publish(TopicArn=topic, Message="n")
    assert "n" not in {post.message["Message"] for post in receiver.notifications}


def test_whoever_has_the_endpoint_may_have_an_ended_subscription_back(lab, sns):
    topic, receiver = lab.topic(), lab.receiver()
    arn = lab.hook(topic, receiver, RawMessageDelivery="true")
    (listed,) = sns.list_subscriptions()["Subscriptions"]
    follow(f"{lab.region.endpoint}/?Action=Unsubscribe&SubscriptionArn={arn}")
    assert sns.list_subscriptions()["Subscriptions"] == []
    farewell = until(lambda: receiver.of_type("UnsubscribeConfirmation"), "the endpoint is told")[0].message
    assert is_signed(farewell)
    assert follow(farewell["SubscribeURL"])[0] == 200
    assert sns.list_subscriptions()["Subscriptions"] == [listed]
    sns.publish(TopicArn=topic, Message="again")
    assert until(lambda: receiver.notifications, "the message arrives")[0].body == "again"
    # The owner needs no farewell.
    sns.unsubscribe(SubscriptionArn=arn)
    sns.publish(TopicArn=topic, Message="unheard")
    assert len(receiver.of_type("UnsubscribeConfirmation")) == 1
