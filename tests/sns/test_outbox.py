"""SMS and mobile push: kept and shown, never pretended to be delivered."""

import json
import re

import pytest
from support.refusal import refusal
from support.waiting import until

PHONE = "+15555550100"
NOBODY = "arn:aws:sns:us-east-1:{}:{}"


@pytest.fixture
def application(sns):
    made = sns.create_platform_application(Name="app", Platform="GCM", Attributes={"PlatformCredential": "secret"})
    return made["PlatformApplicationArn"]


def test_sms_are_in_the_outbox(lab, sns):
    sent = sns.publish(PhoneNumber=PHONE, Message="hello")["MessageId"]
    (message,) = lab.outbox("sms")
    assert (message["to"], message["message"], message["message_id"]) == (PHONE, "hello", sent)
    topic = lab.topic()
    sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint=PHONE)
    sns.publish(TopicArn=topic, Message="news")
    messages = until(lambda: len(lab.outbox("sms")) == 2 and lab.outbox("sms"), "the message is in the outbox")
    assert (messages[1]["message"], messages[1]["topic"]) == ("news", topic)
    assert lab.outbox("push") == []
    for phone in ("15555550100", "+1", "me"):
        assert refusal(sns.publish, PhoneNumber=phone, Message="m") == "InvalidParameter"


def test_a_command_shows_the_outbox(lab, sns):
    sns.publish(PhoneNumber=PHONE, Message="hello\nthere")
    shown = lab.region.command("logs", "sms")
    assert f"account {lab.account} to {PHONE}\n    hello\n    there\n" in shown.stdout, shown
    assert lab.region.command("logs", "email").returncode == 0


def test_sms_attributes_are_kept(sns):
    sns.set_sms_attributes(attributes={"DefaultSMSType": "Transactional", "DefaultSenderID": "Freehold"})
    sns.set_sms_attributes(attributes={"MonthlySpendLimit": "1"})
    assert sns.get_sms_attributes()["attributes"] == {
        "DefaultSMSType": "Transactional",
        "DefaultSenderID": "Freehold",
        "MonthlySpendLimit": "1",
    }
    assert sns.get_sms_attributes(attributes=["DefaultSMSType"])["attributes"] == {"DefaultSMSType": "Transactional"}
    for name, value in (("DefaultSMSType", "Loud"), ("DefaultSenderID", "123"), ("Colour", "red")):
        assert refusal(sns.set_sms_attributes, attributes={name: value}) == "InvalidParameter"
    assert refusal(sns.get_sms_attributes, attributes=["Colour"]) == "InvalidParameter"


def test_nobody_is_opted_out(sns):
    assert sns.check_if_phone_number_is_opted_out(phoneNumber=PHONE)["isOptedOut"] is False
    sns.opt_in_phone_number(phoneNumber=PHONE)
    assert sns.list_phone_numbers_opted_out()["phoneNumbers"] == []
    assert sns.list_origination_numbers()["PhoneNumbers"] == []
    assert refusal(sns.check_if_phone_number_is_opted_out, phoneNumber="me") == "InvalidParameter"
    assert refusal(sns.opt_in_phone_number, phoneNumber="me") == "InvalidParameter"
    assert refusal(sns.list_phone_numbers_opted_out, nextToken="made-up") == "InvalidParameter"
    assert refusal(sns.list_origination_numbers, NextToken="made-up") == "InvalidParameter"


def test_a_number_is_verified_with_the_password_in_the_outbox(lab, sns):
    assert sns.get_sms_sandbox_account_status()["IsInSandbox"] is False
    sns.create_sms_sandbox_phone_number(PhoneNumber=PHONE)
    password = re.search(r"\d{6}", lab.outbox("sms")[-1]["message"])[0]
    wrong = "000000" if password != "000000" else "111111"
    verify = {"PhoneNumber": PHONE, "OneTimePassword": wrong}
    assert refusal(sns.verify_sms_sandbox_phone_number, **verify) == "VerificationException"
    assert sns.list_sms_sandbox_phone_numbers()["PhoneNumbers"] == [{"PhoneNumber": PHONE, "Status": "Pending"}]
    sns.verify_sms_sandbox_phone_number(PhoneNumber=PHONE, OneTimePassword=password)
    assert sns.list_sms_sandbox_phone_numbers()["PhoneNumbers"] == [{"PhoneNumber": PHONE, "Status": "Verified"}]
    assert refusal(sns.create_sms_sandbox_phone_number, PhoneNumber=PHONE) == "UserError"
    assert refusal(sns.list_sms_sandbox_phone_numbers, NextToken="made-up") == "InvalidParameter"
    sns.delete_sms_sandbox_phone_number(PhoneNumber=PHONE)
    assert refusal(sns.delete_sms_sandbox_phone_number, PhoneNumber=PHONE) == "ResourceNotFound"
    assert refusal(sns.verify_sms_sandbox_phone_number, **verify) == "ResourceNotFound"


def test_devices_are_kept_and_what_is_sent_to_them_is_recorded(lab, sns, application):
    device = sns.create_platform_endpoint(PlatformApplicationArn=application, Token="t", CustomUserData="me")
    arn = device["EndpointArn"]
    assert arn.startswith(application.replace(":app/", ":endpoint/") + "/")
    attributes = {"Token": "t", "Enabled": "true", "CustomUserData": "me"}
    assert sns.get_endpoint_attributes(EndpointArn=arn)["Attributes"] == attributes
    listed = sns.list_endpoints_by_platform_application(PlatformApplicationArn=application)["Endpoints"]
    assert listed == [{"EndpointArn": arn, "Attributes": attributes}]

    message = json.dumps({"default": "d", "GCM": '{"data":1}'})
    sns.publish(TargetArn=arn, Message=message, MessageStructure="json")
    assert [(one["to"], one["message"]) for one in lab.outbox("push")] == [(arn, '{"data":1}')]
    topic = lab.topic()
    sns.subscribe(TopicArn=topic, Protocol="application", Endpoint=arn)
    sns.publish(TopicArn=topic, Message="news")
    until(lambda: [one["message"] for one in lab.outbox("push")] == ['{"data":1}', "news"], "the message is recorded")

    sns.set_endpoint_attributes(EndpointArn=arn, Attributes={"Enabled": "false"})
    assert refusal(sns.publish, TargetArn=arn, Message="m") == "EndpointDisabled"
    sns.delete_endpoint(EndpointArn=arn)
    sns.delete_endpoint(EndpointArn=arn)
    assert refusal(sns.publish, TargetArn=arn, Message="m") == "InvalidParameter"
    assert refusal(sns.get_endpoint_attributes, EndpointArn=arn) == "NotFound"
    assert refusal(sns.set_endpoint_attributes, EndpointArn=arn, Attributes={"Enabled": "true"}) == "NotFound"


def test_a_device_is_registered_once(sns, application):
    one = {"PlatformApplicationArn": application, "Token": "t"}
    arn = sns.create_platform_endpoint(**one)["EndpointArn"]
    assert sns.create_platform_endpoint(**one)["EndpointArn"] == arn
    with pytest.raises(sns.exceptions.InvalidParameterException, match=f"Endpoint {arn} already exists"):
        sns.create_platform_endpoint(**one, CustomUserData="other")
    for change in ({"Token": ""}, {"Attributes": {"Colour": "red"}}, {"CustomUserData": "x" * 2049}):
        assert refusal(sns.create_platform_endpoint, **(one | change)) == "InvalidParameter"
    assert refusal(sns.set_endpoint_attributes, EndpointArn=arn, Attributes={"Enabled": "maybe"}) == "InvalidParameter"


def test_applications_are_made_changed_and_deleted(sns, account, application):
    arn = application
    assert arn == f"arn:aws:sns:us-east-1:{account}:app/GCM/app"
    assert sns.get_platform_application_attributes(PlatformApplicationArn=arn)["Attributes"] == {"Enabled": "true"}
    rate = {"SuccessFeedbackSampleRate": "10"}
    sns.set_platform_application_attributes(PlatformApplicationArn=arn, Attributes=rate)
    listed = {"PlatformApplicationArn": arn, "Attributes": {"Enabled": "true"} | rate}
    assert sns.list_platform_applications()["PlatformApplications"] == [listed]
    sns.create_platform_endpoint(PlatformApplicationArn=arn, Token="t")
    sns.delete_platform_application(PlatformApplicationArn=arn)
    sns.delete_platform_application(PlatformApplicationArn=arn)
    assert sns.list_platform_applications()["PlatformApplications"] == []
    calls = {
        sns.get_platform_application_attributes: {},
        sns.set_platform_application_attributes: {"Attributes": rate},
        sns.list_endpoints_by_platform_application: {},
        sns.create_platform_endpoint: {"Token": "t"},
    }
    for call, more in calls.items():
        assert refusal(call, PlatformApplicationArn=arn, **more) == "NotFound"
        assert refusal(call, PlatformApplicationArn="app", **more) == "InvalidParameter"


def test_applications_have_a_platform_a_name_and_a_credential(sns):
    good = {"Name": "app", "Platform": "GCM", "Attributes": {"PlatformCredential": "secret"}}
    for change in (
        {"Platform": "PIGEON"},
        {"Name": ""},
        {"Name": "a b"},
        {"Attributes": {"SuccessFeedbackSampleRate": "10"}},
        {"Attributes": good["Attributes"] | {"Colour": "red"}},
        {"Attributes": good["Attributes"] | {"EventEndpointCreated": "arn:aws:sns:us-east-1:1:t"}},
    ):
        assert refusal(sns.create_platform_application, **(good | change)) == "InvalidParameter", change
    assert refusal(sns.list_platform_applications, NextToken="made-up") == "InvalidParameter"
    assert refusal(sns.delete_platform_application, PlatformApplicationArn="app") == "InvalidParameter"
    assert refusal(sns.delete_endpoint, EndpointArn="device") == "InvalidParameter"
    assert refusal(sns.get_endpoint_attributes, EndpointArn="device") == "InvalidParameter"


def test_the_newest_thousand_are_kept(lab, sns):
    for number in range(1003):
        sns.publish(PhoneNumber=PHONE, Message=str(number))
    assert [message["message"] for message in lab.outbox()] == [str(number) for number in range(3, 1003)]
