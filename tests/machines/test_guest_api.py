"""The region's API from inside an instance: signed calls are answered, with addresses that work there."""

import json
import re

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from support.instances import Lab, tcp

pytestmark = pytest.mark.machines

HOST = "http://api.freehold.internal"


@pytest.fixture(scope="module")
def guest(machines):
    """Calls an address from inside an instance: guest(url) is what the call printed."""
    with Lab(machines) as lab:
        instance = lab.launch("#!/bin/sh\n", SecurityGroupIds=[lab.group(tcp(22))])
        lab.ssh(instance["PublicIpAddress"], "true")

        def call(url):
            return lab.run(instance["PublicIpAddress"], f"wget -qO- '{url}' 2>&1; true").stdout

        yield call


def signed(query, key, secret, path="/"):
    request = AWSRequest("GET", f"{HOST}{path}?{query}&Version=2012-11-05")
    SigV4QueryAuth(Credentials(key, secret), "sqs", "us-east-1").add_auth(request)
    return request.url


def root(machines):
    record = json.loads((machines.data / "root-key.json").read_text())
    return record["access_key_id"], record["secret_access_key"]


def test_a_queues_address_works_inside_and_outside(machines, guest):
    keys = root(machines)
    made = guest(signed("Action=CreateQueue&QueueName=inside", *keys))
    url = re.search(r"<QueueUrl>(.*)</QueueUrl>", made)[1]
    assert url == f"{HOST}/000000000000/inside"
    sent = guest(signed("Action=SendMessage&MessageBody=hello", *keys, path=url.removeprefix(HOST)))
    assert "<MessageId>" in sent
    assert machines.client("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"] == "hello"


def test_development_credentials_mean_nothing_inside(guest):
    # The client of the minimal image shows no body of a refusal, but its status.
    assert "403" in guest(signed("Action=ListQueues", "test", "test"))
