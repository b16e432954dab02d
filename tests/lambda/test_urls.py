"""Functions at addresses of their own."""

import json
import subprocess
import urllib.error
import urllib.request

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from support.zips import programs

pytestmark = pytest.mark.machines

ECHO = """
import json
def handler(event, context):
    if event["rawPath"] == "/fail":
        raise ValueError("no")
    return {"statusCode": 201, "headers": {"x-answer": "yes"}, "cookies": ["a=1"], "body": json.dumps(event)}
"""


@pytest.fixture(scope="module")
def url(runner):
    runner.make("echo", code=ECHO)
    made = runner.client.create_function_url_config(
        FunctionName="echo", AuthType="NONE", Cors={"AllowOrigins": ["https://a.example"], "AllowMethods": ["GET"]}
    )
    return made["FunctionUrl"]


def ask(url, **options):
    request = urllib.request.Request(url, **options)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def let_everybody(runner):
    runner.client.add_permission(
        FunctionName="echo",
        StatementId="everybody",
        Action="lambda:InvokeFunctionUrl",
        Principal="*",
        FunctionUrlAuthType="NONE",
    )


def test_an_address_answers_whom_the_policy_lets_in(runner, url):
    assert ask(url)[0] == 403
    let_everybody(runner)
    sent = {"Content-Type": "application/json", "Cookie": "c=1"}
    status, headers, body = ask(f"{url}a/b?x=1&x=2", data=b"{}", headers=sent)
    event = json.loads(body)
    assert (status, headers["x-answer"], headers["Set-Cookie"]) == (201, "yes", "a=1")
    assert (event["version"], event["rawPath"], event["rawQueryString"]) == ("2.0", "/a/b", "x=1&x=2")
    assert (event["queryStringParameters"], event["cookies"], event["body"]) == ({"x": "1,2"}, ["c=1"], "{}")
    assert event["requestContext"]["http"]["method"] == "POST"
    told = event["headers"]
    assert (told["x-forwarded-for"], told["x-forwarded-proto"]) == ("127.0.0.1", "http")
    assert told["host"].endswith(f":{told['x-forwarded-port']}")
    assert told["x-amzn-trace-id"] == headers["x-amzn-trace-id"]
    assert headers["x-amzn-requestid"] == event["requestContext"]["requestId"]
    assert ask(f"{url}fail")[0] == 502
    assert ask(url.replace("lambda-url/", "lambda-url/x"))[0] == 403


def test_pages_of_other_origins_are_told(url):
    status, headers, _ = ask(url, method="OPTIONS", headers={"Origin": "https://a.example"})
    assert (status, headers["Access-Control-Allow-Origin"]) == (200, "https://a.example")
    assert ask(url, method="OPTIONS", headers={"Origin": "https://b.example"})[1]["Access-Control-Allow-Origin"] is None


def test_with_iam_an_address_answers_who_signs(runner, url):
    runner.client.update_function_url_config(FunctionName="echo", AuthType="AWS_IAM")
    assert ask(url)[0] == 403
    request = AWSRequest("GET", url)
    SigV4Auth(Credentials("333344445555", "test"), "lambda", "us-east-1").add_auth(request)
    status, _, body = ask(url, headers=dict(request.headers))
    assert status == 201, body
    caller = json.loads(body)["requestContext"]["authorizer"]["iam"]
    assert caller["userArn"] == "arn:aws:iam::333344445555:root"
    stranger = AWSRequest("GET", url)
    SigV4Auth(Credentials("222233334444", "test"), "lambda", "us-east-1").add_auth(stranger)
    assert ask(url, headers=dict(stranger.headers))[0] == 403
    runner.client.update_function_url_config(FunctionName="echo", AuthType="NONE")


def by_host(running, url, path, suffix, *options):
    """What unmodified curl gets that asks for the function's own name, which is led to the region."""
    host = f"{url.rstrip('/').rsplit('/', 1)[1]}.lambda-url.us-east-1.{suffix}"
    port = running.endpoint.rsplit(":", 1)[1]
    command = ["curl", "-sS", "--resolve", f"{host}:{port}:127.0.0.1", "-w", "\n%{http_code}", *options]
    done = subprocess.run([*command, f"http://{host}:{port}{path}"], capture_output=True, text=True, check=True, timeout=60)
    body, status = done.stdout.rsplit("\n", 1)
    return int(status), body


@pytest.mark.parametrize("suffix", ["on.aws", "localhost"])
def test_an_address_is_a_host_too(running, runner, url, suffix):
    status, body = by_host(running, url, "/a/b?x=1", suffix, "-d", "hi")
    event = json.loads(body)
    assert (status, event["rawPath"], event["rawQueryString"], event["isBase64Encoded"]) == (201, "/a/b", "x=1", False)
    assert event["requestContext"]["domainName"].endswith(".lambda-url.us-east-1.on.aws")
    assert by_host(running, url.replace("lambda-url/", "lambda-url/x"), "/", suffix)[0] == 403


def test_a_request_may_have_as_much_as_an_event(running, url, tmp_path):
    small = b"x" * (5 << 20)
    status, _, body = ask(url, data=small, headers={"Content-Type": "text/plain"})
    assert (status, len(json.loads(body)["body"])) == (201, 5 << 20)
    for size in (6 << 20, (6 << 20) + 1):
        large = tmp_path / "large"
        large.write_bytes(b"x" * size)
        status, body = by_host(running, url, "/", "on.aws", "--data-binary", f"@{large}")
        assert (status, "Request must be smaller than 6291456 bytes" in body) == (413, True), body[:200]


STREAMING = """#!/bin/bash
api=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation
while curl -sS -D /tmp/head -o /tmp/event "$api/next"; do
    id=$(grep -i '^lambda-runtime-aws-request-id' /tmp/head | tr -d '\\r' | cut -d' ' -f2)
    kind=application/vnd.awslambda.http-integration-response
    grep -q '"rawPath":"/plain"' /tmp/event && kind=text/x-plain
    {
        [ $kind = text/x-plain ] || { printf '{"statusCode":202,"headers":{"x-a":"b"},"cookies":["c=1"]}'; head -c 8 /dev/zero; }
        echo first
        until [ "$(curl -s -o /dev/null -w '%{http_code}' "$AWS_ENDPOINT_URL/_freehold/lambda-url/$GATE/")" = 200 ]; do sleep 0.1; done
        echo last
    } | curl -sS -o /dev/null -X POST -T - -H "content-type: $kind" \
        -H 'lambda-runtime-function-response-mode: streaming' -H 'transfer-encoding: chunked' "$api/$id/response"
done
"""


def test_a_stream_comes_as_it_is_written(runner):
    client = runner.client
    runner.make("gate", code="def handler(event, context):\n    return {}\n")
    gate = client.create_function_url_config(FunctionName="gate", AuthType="NONE")["FunctionUrl"]
    variables = {"GATE": gate.rstrip("/").rsplit("/", 1)[1]}
    runner.make(
        "streaming",
        code=programs({"bootstrap": STREAMING}),
        Runtime="provided.al2023",
        Environment={"Variables": variables},
        Timeout=60,
    )
    made = client.create_function_url_config(FunctionName="streaming", AuthType="NONE", InvokeMode="RESPONSE_STREAM")
    everybody = {"StatementId": "everybody", "Action": "lambda:InvokeFunctionUrl", "Principal": "*"}
    client.add_permission(FunctionName="streaming", FunctionUrlAuthType="NONE", **everybody)
    with urllib.request.urlopen(made["FunctionUrl"], timeout=60) as answer:
        assert (answer.status, answer.headers["x-a"], answer.headers["set-cookie"]) == (202, "b", "c=1")
        assert answer.readline() == b"first\n"
        # Only what it was told by now lets the function go on.
        client.add_permission(FunctionName="gate", FunctionUrlAuthType="NONE", **everybody)
        assert answer.read() == b"last\n"
    with urllib.request.urlopen(made["FunctionUrl"] + "plain", timeout=60) as answer:
        assert (answer.status, answer.headers["content-type"], answer.read()) == (200, "text/x-plain", b"first\nlast\n")
