"""Requests as botocore signs them and answers as they are on the wire, with what differs from run to run made stable."""

import http.client
import json
import re
import urllib.parse
import xml.dom.minidom

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

VERSIONS = {"ec2": "2016-11-15", "sts": "2011-06-15", "iam": "2010-05-08"}
HEADERS = ("content-type", "x-amzn-errortype", "cache-control", "strict-transport-security", "vary")

# What is replaced, in this order, and by what name. Equal values get equal numbers, in order of appearance.
UNSTABLE = [
    ("uuid", r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"),
    ("time", r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"),
    ("time", r"\b20\d\d-\d\d-\d\d \d\d:\d\d:\d\d(?: GMT)?"),
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
    (r"(<keyMaterial>)[^<]*", r"\1[private key]"),
    (r"(<keyFingerprint>)[^<]*", r"\1[fingerprint]"),
]


def send(endpoint, service, parameters, *, key="test", secret="test", change=lambda request: None):
    """One signed call. Parameters of SSM are its JSON with the operation as "Action". (status, headers, body)"""
    parameters = dict(parameters)
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    if service == "ssm":
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"AmazonSSM.{parameters.pop('Action')}"}
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
