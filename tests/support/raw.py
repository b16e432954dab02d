"""Requests as botocore signs them and answers as they are on the wire, with what differs from run to run made stable."""

import http.client
import json
import re
import urllib.parse
import xml.dom.minidom

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

VERSIONS = {
    "autoscaling": "2011-01-01",
    "ec2": "2016-11-15",
    "elasticloadbalancing": "2015-12-01",
    "iam": "2010-05-08",
    "monitoring": "2010-08-01",
    "sns": "2010-03-31",
    "sqs": "2012-11-05",
    "sts": "2011-06-15",
}
# Prefix of targets and version of JSON, of services that prefer it.
TARGETS = {
    "acm": ("CertificateManager", "1.1"),
    "ce": ("AWSInsightsIndexService", "1.1"),
    "monitoring": ("GraniteServiceVersion20100801", "1.0"),
    "pricing": ("AWSPriceListService", "1.1"),
    "sqs": ("AmazonSQS", "1.0"),
    "ssm": ("AmazonSSM", "1.1"),
}
HEADERS = ("content-type", "x-amzn-errortype", "x-amzn-query-error", "cache-control", "strict-transport-security", "vary")

# What is replaced, in this order, and by what name. Equal values get equal numbers, in order of appearance.
UNSTABLE = [
    ("endpoint", r"\b127\.0\.0\.1:\d+\b"),
    ("uuid", r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"),
    # Before the times: it may look like one of them.
    ("dns", r"(?<=-)\d{10}(?=\.us-east-1\.elb)"),
    ("time", r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"),
    ("time", r"\b20\d\d-\d\d-\d\d \d\d:\d\d:\d\d(?: GMT)?"),
    ("time", r"\b1[7-9]\d{8}(?:\.\d{1,3}|\d{3})?\b"),
    ("id", r"(?<=/)[0-9a-f]{16}\b"),
    ("mac", r"\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b"),
    ("fingerprint", r"\b[0-9a-f]{2}(?::[0-9a-f]{2}){15,}\b"),
    ("dns", r"\b(?:ip|ec2)(?:-\d+){4}(?=\.)"),
    ("address", r"\b\d+\.\d+\.\d+\.\d+\b(?!/)"),
    ("key", r"\b(?:ASIA|AROA|AIPA)[A-Z0-9]{12,}\b"),
]
# Ids of EC2, by their prefix.
ID = re.compile(r"\b([a-z]{1,8}(?:-attach|-assoc)?)-(?:[0-9a-f]{17}|[0-9a-f]{8})\b")
SECRETS = [
    (r"(<SecretAccessKey>)[^<]*", r"\1[secret]"),
    (r"(<SessionToken>)[^<]*", r"\1[token]"),
    (r"(<nextToken>)[^<]*", r"\1[token]"),
    (r"(<ReceiptHandle>|\"ReceiptHandle\": \")[^<\"]*", r"\1[handle]"),
    (r"(<keyMaterial>)[^<]*", r"\1[private key]"),
    (r"(<keyFingerprint>)[^<]*", r"\1[fingerprint]"),
]


def send(endpoint, service, parameters, *, key="test", secret="test", change=lambda request: None):
    """One signed call. Parameters of services that prefer JSON are the JSON with the operation as "Action", unless the service
    is named with the other protocol: "sqs+query". (status, headers, body)"""
    parameters = dict(parameters)
    service, _, protocol = service.partition("+")
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    if service in TARGETS and protocol != "query":
        prefix, version = TARGETS[service]
        headers = {"Content-Type": f"application/x-amz-json-{version}", "X-Amz-Target": f"{prefix}.{parameters.pop('Action')}"}
        body = json.dumps(parameters)
    else:
        body = urllib.parse.urlencode({"Version": VERSIONS[service]} | parameters)
    request = AWSRequest("POST", endpoint + "/", headers=headers, data=body)
    SigV4Auth(Credentials(key, secret), service, "us-east-1").add_auth(request)
    prepared = request.prepare()
    change(prepared)
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(endpoint).netloc, timeout=30)
    connection.request("POST", "/", body=prepared.body, headers=dict(prepared.headers))
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def shown(status, headers, body):
    """The answer as a golden file holds it: status, headers that matter, the indented and stabilised body."""
    lines = [str(status), *(f"{name}: {headers[name]}" for name in HEADERS if name in headers)]
    if "x-amzn-requestid" in headers:
        lines.append(f"x-amzn-requestid: {headers['x-amzn-requestid']}")
    return stable("\n".join(lines) + "\n\n" + indented(body))


def indented(body):
    if body.startswith("<"):
        pretty = xml.dom.minidom.parseString(body).toprettyxml(indent="  ")
        declaration = re.match(r"<\?xml[^>]*\?>", body)
        return (declaration[0] + "\n" if declaration else "") + pretty.split("\n", 1)[1]
    return json.dumps(json.loads(body), indent=2) + "\n" if body else ""


def stable(text):
    """The text with ids, times, addresses and secrets replaced."""
    for pattern, by in SECRETS:
        text = re.sub(pattern, by, text)
    numbers = {}

    def number(name, value):
        known = numbers.setdefault(name, {})
        return f"[{name}-{known.setdefault(value, len(known) + 1)}]"

    for name, pattern in UNSTABLE:
        text = re.sub(pattern, lambda found, name=name: "[time]" if name == "time" else number(name, found[0]), text)
    return ID.sub(lambda found: number(found[1], found[0]), text)
