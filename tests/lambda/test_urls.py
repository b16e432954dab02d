"""Functions at addresses of their own."""

import json
import urllib.error
import urllib.request

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

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
