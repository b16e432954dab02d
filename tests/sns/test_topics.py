"""Topics and their attributes."""

import json

import pytest
from support.refusal import refusal

NOBODY = "arn:aws:sns:us-east-1:{}:nobody"


def test_a_topic_is_made_once_and_is_the_answer_from_then_on(sns, account):
    arn = sns.create_topic(Name="news")["TopicArn"]
    assert arn == f"arn:aws:sns:us-east-1:{account}:news"
    assert sns.create_topic(Name="news")["TopicArn"] == arn
    assert [topic["TopicArn"] for topic in sns.list_topics()["Topics"]] == [arn]


@pytest.mark.parametrize("name", ["", "a b", "é", "a.fifo", "x" * 257])
def test_names_are_letters_digits_and_dashes(sns, name):
    assert refusal(sns.create_topic, Name=name) == "InvalidParameter"


def test_fifo_topics_say_so_twice(sns):
    assert refusal(sns.create_topic, Name="a", Attributes={"FifoTopic": "true"}) == "InvalidParameter"
    arn = sns.create_topic(Name="a.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    attributes = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    assert (attributes["FifoTopic"], attributes["ContentBasedDeduplication"]) == ("true", "false")
    assert refusal(sns.set_topic_attributes, TopicArn=arn, AttributeName="FifoTopic", AttributeValue="false") == (
        "InvalidParameter"
    )


def test_a_topic_that_is_another_is_refused(sns):
    sns.create_topic(Name="news", Attributes={"DisplayName": "One"}, Tags=[{"Key": "k", "Value": "v"}])
    assert sns.create_topic(Name="news", Attributes={"DisplayName": "One"})["TopicArn"]
    with pytest.raises(sns.exceptions.InvalidParameterException, match="already exists with different attributes"):
        sns.create_topic(Name="news", Attributes={"DisplayName": "Two"})
    with pytest.raises(sns.exceptions.InvalidParameterException, match="already exists with different tags"):
        sns.create_topic(Name="news", Tags=[{"Key": "k", "Value": "w"}])


def test_attributes_are_what_was_set_and_what_follows(lab, sns, account):
    arn = lab.topic(DisplayName="News")
    attributes = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    assert attributes["TopicArn"] == arn
    assert attributes["Owner"] == account
    assert attributes["DisplayName"] == "News"
    counts = ("SubscriptionsConfirmed", "SubscriptionsPending", "SubscriptionsDeleted")
    assert [attributes[name] for name in counts] == ["0", "0", "0"]
    assert json.loads(attributes["Policy"])["Statement"][0]["Resource"] == arn
    assert json.loads(attributes["EffectiveDeliveryPolicy"])["http"]["defaultHealthyRetryPolicy"]["numRetries"] == 3

    ended = lab.subscribe(arn, lab.queue("a"))
    lab.subscribe(arn, lab.queue("b"))
    sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="me@example.com")
    sns.unsubscribe(SubscriptionArn=ended)
    attributes = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    assert [attributes[name] for name in counts] == ["1", "1", "1"]


def test_attributes_are_set_and_taken_away(lab, sns):
    arn = lab.topic()

    def change(name, value):
        sns.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=value)
        return sns.get_topic_attributes(TopicArn=arn)["Attributes"].get(name)

    assert change("DisplayName", "x") == "x"
    assert change("DisplayName", "") == ""
    assert change("SignatureVersion", "2") == "2"
    assert change("TracingConfig", "PassThrough") == "PassThrough"
    assert change("SQSSuccessFeedbackSampleRate", "50") == "50"
    retries = {"http": {"defaultHealthyRetryPolicy": {"minDelayTarget": 1, "maxDelayTarget": 2, "numRetries": 5}}}
    assert json.loads(change("DeliveryPolicy", json.dumps(retries)))["http"]
    effective = sns.get_topic_attributes(TopicArn=arn)["Attributes"]["EffectiveDeliveryPolicy"]
    assert json.loads(effective)["http"]["defaultHealthyRetryPolicy"]["numRetries"] == 5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Colour", "red"),
        ("DisplayName", "x" * 101),
        ("SignatureVersion", "3"),
        ("TracingConfig", "Maybe"),
        ("Policy", "{"),
        ("Policy", '{"Statement":[]}'),
        ("DeliveryPolicy", "{"),
        ("KmsMasterKeyId", "alias/aws/sns"),
        ("ContentBasedDeduplication", "true"),
        ("ArchivePolicy", '{"MessageRetentionPeriod":"30"}'),
        ("HTTPSuccessFeedbackSampleRate", "101"),
    ],
)
def test_what_an_attribute_may_not_be_is_refused(lab, sns, name, value):
    arn = lab.topic()
    assert refusal(sns.set_topic_attributes, TopicArn=arn, AttributeName=name, AttributeValue=value) == "InvalidParameter"
    if name != "ContentBasedDeduplication":
        assert refusal(sns.create_topic, Name="other", Attributes={name: value}) == "InvalidParameter"


def test_a_topic_that_does_not_exist_is_not_found(sns, account):
    nobody = NOBODY.format(account)
    assert refusal(sns.get_topic_attributes, TopicArn=nobody) == "NotFound"
    assert refusal(sns.set_topic_attributes, TopicArn=nobody, AttributeName="DisplayName", AttributeValue="x") == "NotFound"
    assert refusal(sns.list_subscriptions_by_topic, TopicArn=nobody) == "NotFound"
    assert refusal(sns.publish, TopicArn=nobody, Message="m") == "NotFound"
    assert refusal(sns.subscribe, TopicArn=nobody, Protocol="sms", Endpoint="+15555550100") == "NotFound"


def test_what_is_no_topic_is_an_invalid_parameter(sns, account):
    for arn in ["news", "arn:aws:sqs:us-east-1:1:news", f"arn:aws:sns:eu-west-1:{account}:news", f"{NOBODY.format(account)}:x"]:
        code = refusal(sns.delete_topic, TopicArn=arn)
        assert code in ("InvalidParameter", "AuthorizationError"), arn
    assert refusal(sns.get_topic_attributes, TopicArn="news") == "InvalidParameter"


def test_deleting_a_topic_ends_its_subscriptions_and_may_be_repeated(lab, sns):
    arn = lab.topic()
    subscription = lab.subscribe(arn, lab.queue())
    sns.subscribe(TopicArn=arn, Protocol="sms", Endpoint="+15555550100")
    sns.delete_topic(TopicArn=arn)
    sns.delete_topic(TopicArn=arn)
    assert sns.list_topics()["Topics"] == []
    assert sns.list_subscriptions()["Subscriptions"] == []
    assert refusal(sns.get_subscription_attributes, SubscriptionArn=subscription) == "NotFound"
    lab.topic()
    assert sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"] == []


def test_lists_have_pages_of_a_hundred(sns):
    made = {sns.create_topic(Name=f"t{number}")["TopicArn"] for number in range(105)}
    first = sns.list_topics()
    assert len(first["Topics"]) == 100
    second = sns.list_topics(NextToken=first["NextToken"])
    assert "NextToken" not in second
    assert {topic["TopicArn"] for topic in first["Topics"] + second["Topics"]} == made
    assert refusal(sns.list_topics, NextToken="made-up") == "InvalidParameter"


def test_tags_come_and_go(sns, account):
    arn = sns.create_topic(Name="news", Tags=[{"Key": "a", "Value": "1"}])["TopicArn"]
    sns.tag_resource(ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "3"}])
    tags = sns.list_tags_for_resource(ResourceArn=arn)["Tags"]
    assert tags == [{"Key": "a", "Value": "3"}, {"Key": "b", "Value": "2"}]
    sns.untag_resource(ResourceArn=arn, TagKeys=["a", "c"])
    assert sns.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]

    many = [{"Key": f"k{number}", "Value": ""} for number in range(50)]
    assert refusal(sns.tag_resource, ResourceArn=arn, Tags=many) == "TagLimitExceeded"
    assert refusal(sns.tag_resource, ResourceArn=arn, Tags=[{"Key": "aws:x", "Value": ""}]) == "InvalidParameter"
    nobody = NOBODY.format(account)
    assert refusal(sns.tag_resource, ResourceArn=nobody, Tags=many[:1]) == "ResourceNotFound"
    assert refusal(sns.untag_resource, ResourceArn=nobody, TagKeys=["a"]) == "ResourceNotFound"
    assert refusal(sns.list_tags_for_resource, ResourceArn=nobody) == "ResourceNotFound"


def test_a_data_protection_policy_may_ask_for_nothing(lab, sns, account):
    arn = lab.topic()
    assert sns.get_data_protection_policy(ResourceArn=arn).get("DataProtectionPolicy", "") == ""
    empty = json.dumps({"Name": "none", "Version": "2021-06-01", "Statement": []})
    sns.put_data_protection_policy(ResourceArn=arn, DataProtectionPolicy=empty)
    assert sns.get_data_protection_policy(ResourceArn=arn)["DataProtectionPolicy"] == empty
    asking = json.dumps({"Name": "x", "Version": "2021-06-01", "Statement": [{"Operation": {"Deny": {}}}]})
    for policy in (asking, "{"):
        assert refusal(sns.put_data_protection_policy, ResourceArn=arn, DataProtectionPolicy=policy) == "InvalidParameter"
        assert refusal(sns.create_topic, Name="other", DataProtectionPolicy=policy) == "InvalidParameter"
    assert refusal(sns.get_data_protection_policy, ResourceArn=NOBODY.format(account)) == "NotFound"
