"""The protocol of older clients: forms in, XML out; and what JSON answers carry for clients that came from there."""

import http.client
import json
import urllib.parse
import xml.etree.ElementTree

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

NAMESPACE = "{http://queue.amazonaws.com/doc/2012-11-05/}"
FORM = "application/x-www-form-urlencoded; charset=utf-8"


def post(endpoint, path, body, headers, account):
    request = AWSRequest("POST", endpoint + path, headers=headers, data=body)
    SigV4Auth(Credentials(account, "test"), "sqs", "us-east-1").add_auth(request)
    prepared = request.prepare()
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(endpoint).netloc, timeout=30)
    connection.request("POST", path, body=prepared.body, headers=dict(prepared.headers))
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text


@pytest.fixture
def query(freehold, account):
    """One call by form: query("SendMessage", "/", MessageBody="x"). (status, root element)"""

    def call(action, path="/", **parameters):
        body = urllib.parse.urlencode({"Action": action, "Version": "2012-11-05"} | parameters)
        status, headers, text = post(freehold.endpoint, path, body, {"Content-Type": FORM}, account)
        assert headers["content-type"].startswith("text/xml")
        return status, xml.etree.ElementTree.fromstring(text)

    return call


def texts(root, name):
    return [element.text for element in root.iter(NAMESPACE + name)]


def test_a_form_makes_a_queue_and_sends_to_its_address(query, account, sqs):
    status, made = query("CreateQueue", QueueName="jobs", **{"Attribute.1.Name": "DelaySeconds", "Attribute.1.Value": "0"})
    assert status == 200
    assert made.tag == NAMESPACE + "CreateQueueResponse"
    path = urllib.parse.urlsplit(texts(made, "QueueUrl")[0]).path
    assert path == f"/{account}/jobs"
    attribute = {
        "MessageAttribute.1.Name": "a",
        "MessageAttribute.1.Value.DataType": "String",
        "MessageAttribute.1.Value.StringValue": "<&>",
    }
    status, sent = query("SendMessage", path, MessageBody="a<b&c", **attribute)
    assert status == 200
    assert len(texts(sent, "MD5OfMessageBody")[0]) == 32
    options = {"AttributeName.1": "All", "MessageAttributeName.1": "All"}
    status, received = query("ReceiveMessage", path, **options)
    assert texts(received, "Body") == ["a<b&c"]
    assert texts(received, "MessageId") == texts(sent, "MessageId")
    assert texts(received, "StringValue") == ["<&>"]
    names = [element.find(NAMESPACE + "Name").text for element in received.iter(NAMESPACE + "Attribute")]
    assert "ApproximateReceiveCount" in names
    status, _ = query("DeleteMessage", path, ReceiptHandle=texts(received, "ReceiptHandle")[0])
    assert status == 200
    status, empty = query("ReceiveMessage", path)
    assert (status, texts(empty, "Message")) == (200, [])


def test_a_form_sends_a_batch_with_partial_failure(query, queue):
    entries = {
        "SendMessageBatchRequestEntry.1.Id": "a",
        "SendMessageBatchRequestEntry.1.MessageBody": "x",
        "SendMessageBatchRequestEntry.2.Id": "b",
        "SendMessageBatchRequestEntry.2.MessageBody": "",
    }
    status, answer = query("SendMessageBatch", QueueUrl=queue, **entries)
    assert status == 200
    good = answer.find(f".//{NAMESPACE}SendMessageBatchResultEntry")
    bad = answer.find(f".//{NAMESPACE}BatchResultErrorEntry")
    assert good.find(NAMESPACE + "Id").text == "a"
    assert [bad.find(NAMESPACE + name).text for name in ("Id", "Code", "SenderFault")] == ["b", "MissingParameter", "true"]


def test_errors_have_the_codes_of_their_protocol(query, freehold, account, queue):
    status, answer = query("SendMessage", QueueUrl=queue + "x", MessageBody="x")
    assert status == 400
    assert texts(answer, "Code") == ["AWS.SimpleQueueService.NonExistentQueue"]
    assert texts(answer, "Type") == ["Sender"]
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.SendMessage"}
    body = json.dumps({"QueueUrl": queue + "x", "MessageBody": "x"})
    status, headers, text = post(freehold.endpoint, "/", body, headers, account)
    assert status == 400
    assert json.loads(text)["__type"] == "com.amazonaws.sqs#QueueDoesNotExist"
    assert headers["x-amzn-query-error"] == "AWS.SimpleQueueService.NonExistentQueue;Sender"


def test_a_stranger_is_refused_in_either_protocol(freehold, queue, account):
    stranger = str(int(account) + 500_000_000_000)
    body = urllib.parse.urlencode({"Action": "SendMessage", "QueueUrl": queue, "MessageBody": "x", "Version": "2012-11-05"})
    status, _, text = post(freehold.endpoint, "/", body, {"Content-Type": FORM}, stranger)
    assert status == 403
    assert "<Code>AccessDenied</Code>" in text
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.SendMessage"}
    body = json.dumps({"QueueUrl": queue, "MessageBody": "x"})
    status, headers, text = post(freehold.endpoint, "/", body, headers, stranger)
    assert status == 403
    assert json.loads(text)["__type"].endswith("#AccessDeniedException")
    assert "no resource-based policy allows the sqs:SendMessage action" in json.loads(text)["message"]
