"""TLS on the region's own port, with unmodified clients that trust the region's authority and nothing else."""

import contextlib
import http.client
import json
import socket
import ssl
import urllib.parse

import boto3
import botocore.exceptions
import pytest
from botocore.config import Config
from sns.receiver import Receiver
from support.region import REGION
from support.waiting import until


def authority(region):
    """The file that clients are told to trust, as `freehold status` says it."""
    return region.status()["ca_file"]


def client(region, service, verify, host="127.0.0.1", account="111122223333"):
    port = region.endpoint.rsplit(":", 1)[1]
    return boto3.client(
        service,
        endpoint_url=f"https://{host}:{port}",
        region_name=REGION,
        aws_access_key_id=account,
        aws_secret_access_key="test",
        verify=verify,
        config=Config(retries={"total_max_attempts": 1}),
    )


def fetch(region, url):
    """GET of an https address, verified, as a validator of messages does it."""
    parts = urllib.parse.urlsplit(url)
    context = ssl.create_default_context(cafile=authority(region))
    connection = http.client.HTTPSConnection(parts.hostname, parts.port, context=context, timeout=30)
    try:
        connection.request("GET", parts.path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_clients_that_trust_the_region_are_served_on_its_port(freehold, host):
    sts = client(freehold, "sts", authority(freehold), host)
    assert sts.get_caller_identity()["Account"] == "111122223333"
    # Plain HTTP is there as ever.
    assert freehold.client("sts", account="111122223333").get_caller_identity()["Account"] == "111122223333"


def test_clients_that_do_not_trust_the_region_refuse_it(freehold):
    with pytest.raises(botocore.exceptions.SSLError):
        client(freehold, "sts", True).get_caller_identity()


def test_addresses_in_answers_lead_back_by_tls(freehold):
    sqs = client(freehold, "sqs", authority(freehold))
    url = sqs.create_queue(QueueName="secure")["QueueUrl"]
    assert url.startswith(freehold.endpoint.replace("http:", "https:")), url
    sqs.send_message(QueueUrl=url, MessageBody="whispered")
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "whispered"


def test_the_certificate_of_signatures_is_fetched_by_tls(freehold):
    sns = client(freehold, "sns", authority(freehold))
    topic = sns.create_topic(Name="secure")["TopicArn"]
    with Receiver() as receiver:
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=receiver.url)
        asked = until(lambda: receiver.confirmations, "the endpoint is asked")[0].message
    url = asked["SigningCertURL"]
    assert url.startswith("https://") and url.endswith(".pem"), url
    status, certificate = fetch(freehold, url)
    assert status == 200 and certificate.startswith("-----BEGIN CERTIFICATE-----")
    other = url[: -len("0.pem")] + ("1" if url[-5] == "0" else "0") + ".pem"
    assert fetch(freehold, other)[0] == 404


def test_old_and_broken_handshakes_are_refused_and_the_region_goes_on(freehold):
    host, port = freehold.endpoint.removeprefix("http://").split(":")
    for bytes_sent in [b"\x16", b"\x16\x03\x01\xff\xff" + b"x" * 100, b"\x16" * 70000]:
        answer = b""
        # The region may hang up before it has read everything.
        with socket.create_connection((host, int(port)), timeout=30) as connection, contextlib.suppress(OSError):
            connection.sendall(bytes_sent)
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(1000)
        assert not answer.startswith(b"HTTP"), answer
    assert freehold.get("/_freehold/health")


def test_another_start_keeps_the_authority_and_replaces_what_is_lost(region):
    here = region()
    first = (here.data / "tls" / "ca.pem").read_text()
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in (here.data / "tls").iterdir()} == {
        "ca.key": "0o600",
        "ca.pem": "0o644",
        "server.key": "0o600",
        "server.pem": "0o644",
    }
    here.stop()
    (here.data / "tls" / "server.pem").unlink()
    here.start()
    assert (here.data / "tls" / "ca.pem").read_text() == first
    assert client(here, "sts", str(here.data / "tls" / "ca.pem")).get_caller_identity()
    said = json.loads(here.command("status", "--json").stdout)["ca_file"]
    assert said == str(here.data / "tls" / "ca.pem")
    assert said in here.command("status").stdout
