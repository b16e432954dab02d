"""Signatures, as botocore makes them and as an attacker changes them."""

import datetime
import http.client
import random
import re
import string
import urllib.parse

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

CALL = {"Action": "GetCallerIdentity", "Version": "2011-06-15"}
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
TEST = Credentials("test", "test")


def send(freehold, prepared):
    """Sends exactly these bytes; returns the status and the error's code."""
    url = urllib.parse.urlsplit(prepared.url)
    connection = http.client.HTTPConnection(url.netloc, timeout=30)
    target = url.path + (f"?{url.query}" if url.query else "")
    connection.putrequest(prepared.method, target, skip_host=True, skip_accept_encoding=True)
    headers = {"host": url.netloc} | {name.lower(): value for name, value in prepared.headers.items()}
    body = prepared.body or b""
    body = body.encode() if isinstance(body, str) else body
    headers["content-length"] = str(len(body))
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    code = re.search("<Code>(.*)</Code>", text)
    return answer.status, code and code.group(1)


def signed(freehold, *, method="POST", query="", body=None, headers=FORM, credentials=TEST, presigned=False, service="sts"):
    body = urllib.parse.urlencode(CALL) if body is None else body
    url = freehold.endpoint + "/" + (f"?{query}" if query else "")
    request = AWSRequest(method, url, headers=dict(headers), data=body)
    kind = SigV4QueryAuth if presigned else SigV4Auth
    kind(credentials, service, "us-east-1").add_auth(request)
    return request.prepare()


def test_what_botocore_signs_is_accepted(freehold):
    dice = random.Random(20260301)
    alphabet = string.ascii_letters + string.digits + "-._~ !*'();:@&=+$,/?#[]%é漢"

    def word(least=0):
        return "".join(dice.choice(alphabet) for _ in range(dice.randint(least, 12)))

    for turn in range(200):
        presigned = turn % 2 == 1
        pairs = [(f"X{dice.randint(0, 99)}{word()}", word()) for _ in range(dice.randint(0, 5))]
        query = "&".join(f"{urllib.parse.quote(name, safe='')}={urllib.parse.quote(value, safe='')}" for name, value in pairs)
        if presigned:
            query = "&".join(filter(None, [urllib.parse.urlencode(CALL), query]))
        headers = dict(FORM) | {f"X-Other-{n}": f"  {word(1)}  ".encode("ascii", "ignore").decode() for n in range(dice.randint(0, 3))}
        request = signed(
            freehold,
            method="GET" if presigned else "POST",
            query=query,
            body="" if presigned else None,
            headers={} if presigned else headers,
            presigned=presigned,
        )
        status, code = send(freehold, request)
        # Parameters that the operation does not have are its affair; the signature must be right.
        assert code not in ("SignatureDoesNotMatch", "IncompleteSignature"), (turn, request.url, request.headers)
        assert status in (200, 400), (turn, status, code)


@pytest.mark.parametrize("presigned", [False, True])
def test_what_was_changed_after_signing_is_refused(freehold, presigned):
    def fresh():
        if presigned:
            return signed(freehold, method="GET", query=urllib.parse.urlencode(CALL), body="", headers={}, presigned=True)
        return signed(freehold)

    assert send(freehold, fresh()) == (200, None)
    changed = fresh()
    changed.method = "PUT"
    assert send(freehold, changed) == (403, "SignatureDoesNotMatch")
    changed = fresh()
    changed.body = "Action=GetCallerIdentity&Version=2011-06-15&More=1"
    assert send(freehold, changed) == (403, "SignatureDoesNotMatch")
    changed = fresh()
    changed.url += ("&" if "?" in changed.url else "?") + "More=1"
    assert send(freehold, changed) == (403, "SignatureDoesNotMatch")


def test_a_replayed_request_is_answered_again(freehold):
    request = signed(freehold)
    assert [send(freehold, request) for _ in range(3)] == [(200, None)] * 3


def test_a_request_of_yesterday_is_refused(freehold, monkeypatch):
    import botocore.auth

    yesterday = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
    for name in ("get_current_datetime",):
        if hasattr(botocore.auth, name):
            monkeypatch.setattr(botocore.auth, name, lambda *a, **k: yesterday.replace(tzinfo=None))
    request = signed(freehold)
    stamp = request.headers["X-Amz-Date"]
    stamp = stamp.decode() if isinstance(stamp, bytes) else stamp
    assert stamp.startswith(yesterday.strftime("%Y%m%d"))
    assert send(freehold, request) == (403, "SignatureDoesNotMatch")


def test_a_payload_hash_that_is_not_the_bodys_is_refused(freehold):
    wrong = signed(freehold, headers=FORM | {"X-Amz-Content-SHA256": "0" * 64})
    assert send(freehold, wrong) == (403, "SignatureDoesNotMatch")
    unsigned = signed(freehold, headers=FORM | {"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"})
    assert send(freehold, unsigned) == (200, None)
    streaming = signed(freehold, headers=FORM | {"X-Amz-Content-SHA256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"})
    assert send(freehold, streaming) == (400, "IncompleteSignature")


@pytest.mark.parametrize(
    ("service", "call", "wrong_secret", "wrong_key"),
    [
        ("ec2", "describe_regions", "AuthFailure", "AuthFailure"),
        ("sts", "get_caller_identity", "SignatureDoesNotMatch", "InvalidClientTokenId"),
        ("ssm", "describe_parameters", "InvalidSignatureException", "UnrecognizedClientException"),
    ],
)
def test_each_protocol_has_its_own_words_for_bad_credentials(freehold, service, call, wrong_secret, wrong_key):
    def code(**credentials):
        with pytest.raises(ClientError) as refused:
            getattr(freehold.client(service, **credentials), call)()
        return refused.value.response["Error"]["Code"]

    assert code(secret="wrong") == wrong_secret
    assert code(key="AKIAIOSFODNN7EXAMPLE") == wrong_key
    assert code(token="made-up") == wrong_key


def test_another_region_is_refused(freehold):
    with pytest.raises(ClientError) as refused:
        freehold.client("ssm", region="eu-west-1").describe_parameters()
    assert refused.value.response["Error"]["Code"] == "InvalidSignatureException"
    assert "not 'eu-west-1'" in refused.value.response["Error"]["Message"]


def test_an_operation_that_freehold_lacks_is_counted(freehold):
    with pytest.raises(ClientError) as refused:
        freehold.client("sts").get_federation_token(Name="somebody")
    error = refused.value.response["Error"]
    assert error["Code"] == "InvalidAction"
    assert "GetFederationToken" in error["Message"]
    assert "GetFederationToken" in str(freehold.status())
