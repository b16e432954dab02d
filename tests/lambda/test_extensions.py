"""Extensions: what they are told of their environment, and how it ends."""

import json

import pytest
from support.functions import Functions, package
from support.region import Region
from support.waiting import until
from support.zips import programs

pytestmark = pytest.mark.machines

ACCOUNT = "555566667777"

BOOTSTRAP = """#!/bin/bash
api=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation
[ "$HEEDS" = no ] && trap 'echo runtime goes on' TERM || trap 'echo runtime got SIGTERM; exit 0' TERM
next() {
    curl -sS -D /tmp/head -o /tmp/event "$api/next" &
    until wait $!; do [ -d /proc/$! ] || break; done
}
while next; do
    id=$(grep -i '^lambda-runtime-aws-request-id' /tmp/head | tr -d '\\r' | cut -d' ' -f2)
    echo "function says $(cat /tmp/event)"
    curl -sS -o /dev/null -d '"done"' "$api/$id/response"
done
"""

EXTENSION = """#!/usr/bin/python3
import http.server, json, os, sys, threading, urllib.error, urllib.request

API = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"]

def ask(method, path, body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(API + path, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, json.loads(answer.read() or "null")
    except urllib.error.HTTPError as error:
        return error.code, error.headers, json.loads(error.read() or "null")

def say(*words):
    print(*words, flush=True)

class Sink(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        for event in json.loads(self.rfile.read(int(self.headers["content-length"]))):
            say("HEARD", json.dumps(event))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("sandbox.localdomain", 8080), Sink)
threading.Thread(target=server.serve_forever, daemon=True).start()
name = os.path.basename(sys.argv[0])
_, headers, _ = ask("POST", "/2020-01-01/extension/register", {"events": ["INVOKE", "SHUTDOWN"]},
                    **{"Lambda-Extension-Name": name})
own = {"Lambda-Extension-Identifier": headers["Lambda-Extension-Identifier"]}
wanted = {"schemaVersion": "2022-12-13", "types": ["platform", "function"],
          "buffering": {"maxItems": 1000, "maxBytes": 262144, "timeoutMs": 25},
          "destination": {"protocol": "HTTP", "URI": "http://sandbox.localdomain:8080/sink"}}
say("REFUSED", json.dumps(ask("PUT", "/2022-07-01/telemetry", wanted | {"buffering": {"timeoutMs": 1}}, **own)[::2]))
say("SUBSCRIBED", json.dumps(ask("PUT", "/2022-07-01/telemetry", wanted, **own)[::2]))
while True:
    _, _, event = ask("GET", "/2020-01-01/extension/event/next", **own)
    if event["eventType"] == "SHUTDOWN":
        say("SHUTDOWN", event["shutdownReason"])
        sys.exit(0)
"""


@pytest.fixture(scope="module")
def region(clients, host_is_left_clean):
    """One whose idle environments end soon."""
    with Region("container", "--lambda-idle", "3") as region:
        yield region


@pytest.fixture(scope="module")
def functions(region):
    made = Functions(region, ACCOUNT)
    layer = made.client.publish_layer_version(
        LayerName="watcher", Content={"ZipFile": programs({"extensions/watcher": EXTENSION})}
    )
    made.layer = layer["LayerVersionArn"]
    return made


@pytest.fixture(scope="module")
def logs(region):
    return region.client("logs", ACCOUNT)


def make(functions, name, **parameters):
    code = {"ZipFile": programs({"bootstrap": BOOTSTRAP})}
    functions.make(name, Runtime="provided.al2023", Handler="x", Code=code, Timeout=10, **parameters)


def lines(logs, name, beginning=""):
    try:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{name}")
        messages = [event["message"] for page in pages for event in page["events"]]
    except logs.exceptions.ResourceNotFoundException:
        return []
    return [message for message in messages if message.startswith(beginning)]


def heard(logs, name):
    return [json.loads(line.removeprefix("HEARD ")) for line in lines(logs, name, "HEARD ")]


def test_an_extension_hears_what_platform_and_function_say(functions, logs):
    make(functions, "told", Layers=[functions.layer])
    requests = [functions.invoke("told", {"n": n})["ResponseMetadata"]["RequestId"] for n in (1, 2)]

    def ended():
        events = heard(logs, "told")
        reports = [event for event in events if event["type"] == "platform.report"]
        return events if [event["record"]["requestId"] for event in reports] == requests else None

    # What is said last is brought when the environment ends, if not before.
    events = until(ended, "both reports are heard", timeout=60)
    of = lambda kind: [event["record"] for event in events if event["type"] == kind]  # noqa: E731
    kinds = [event["type"] for event in events]
    order = ["platform.initStart", "platform.telemetrySubscription", "platform.initRuntimeDone", "platform.extension"]
    order += ["platform.initReport", "platform.start", "function", "platform.runtimeDone", "platform.report"]
    assert [kind for kind in dict.fromkeys(kinds)] == order
    assert of("platform.initStart")[0]["functionName"] == "told"
    assert of("platform.telemetrySubscription") == [
        {"name": "watcher", "state": "Subscribed", "types": ["platform", "function"]}
    ]
    assert of("platform.extension") == [{"name": "watcher", "state": "Ready", "events": ["INVOKE", "SHUTDOWN"]}]
    assert of("platform.initRuntimeDone")[0]["status"] == "success"
    assert of("function") == ['function says {"n": 1}', 'function says {"n": 2}']
    assert [record["requestId"] for record in of("platform.start")] == requests
    done = of("platform.runtimeDone")[0]
    assert (done["status"], done["metrics"]["producedBytes"]) == ("success", len('"done"'))
    assert {span["name"] for span in done["spans"]} == {"responseLatency", "responseDuration"}
    assert "Lineage=" in done["tracing"]["value"]
    assert of("platform.report")[0]["metrics"]["memorySizeMB"] == 128
    [refused] = [json.loads(line.removeprefix("REFUSED ")) for line in lines(logs, "told", "REFUSED ")]
    assert refused[0] == 400 and refused[1]["errorType"] == "ValidationError" and "timeoutMs" in refused[1]["errorMessage"]
    assert lines(logs, "told", "SUBSCRIBED ") == ['SUBSCRIBED [200, "OK"]']


def test_a_runtime_with_extensions_is_asked_to_end_before_it_is_killed(functions, logs):
    make(functions, "heeding", Layers=[functions.layer])
    make(functions, "deaf", Layers=[functions.layer], Environment={"Variables": {"HEEDS": "no"}})
    for name in ("heeding", "deaf"):
        functions.invoke(name, {})
    for name, last in (("heeding", "runtime got SIGTERM"), ("deaf", "runtime goes on")):
        until(lambda name=name: lines(logs, name, "SHUTDOWN"), f"{name} ends", timeout=60)
        assert lines(logs, name, "SHUTDOWN") == ["SHUTDOWN spindown"]
        said = [line for line in lines(logs, name) if line == last or line.startswith("SHUTDOWN")]
        assert said == [last, "SHUTDOWN spindown"], name
    # A new environment serves as the old one did.
    assert functions.invoke("heeding", {})["Payload"] == "done"


def test_a_runtime_without_extensions_is_not_asked(functions, logs, region):
    make(functions, "plain")
    functions.invoke("plain", {})
    streams = lambda: logs.describe_log_streams(logGroupName="/aws/lambda/plain")["logStreams"]  # noqa: E731
    until(lambda: lines(logs, "plain", "REPORT"), "the log has come", timeout=30)
    first = streams()

    def another():
        functions.invoke("plain", {})
        until(lambda: lines(logs, "plain", "REPORT"), "the log has come", timeout=30)
        return len(streams()) > len(first)

    # An environment that nobody used for three seconds has ended; the next invocation is another's.
    until(another, "the environment has ended", timeout=60, every=5)
    assert lines(logs, "plain", "runtime") == []


def test_a_time_to_idle_that_is_none_is_refused(tmp_path):
    region = Region("none", data=tmp_path)
    for wrong in ("0", "-1", "soon", "86401"):
        refused = region.command("up", "--machines", "none", f"--lambda-idle={wrong}")
        assert refused.returncode == 2 and "--lambda-idle" in refused.stderr


def test_a_function_keeps_a_layer_that_was_deleted(functions, region):
    client = functions.client
    content = {"ZipFile": package(**{"python/tools": "ANSWER = 42\n"})}
    layer = client.publish_layer_version(LayerName="tools", Content=content)
    arn = layer["LayerVersionArn"]
    code = "import tools\ndef handler(event, context):\n    return tools.ANSWER\n"
    functions.make("user", code=code, Layers=[arn])
    client.delete_layer_version(LayerName="tools", VersionNumber=1)
    assert functions.invoke("user")["Payload"] == 42
    # It can be changed, too, and gets the layer again in its new environments.
    client.update_function_configuration(FunctionName="user", MemorySize=256)
    functions.settled("user")
    client.update_function_code(FunctionName="user", ZipFile=package(index=code + "\n"))
    functions.settled("user")
    client.publish_version(FunctionName="user")
    functions.settled("user", Qualifier="1")
    assert functions.invoke("user")["Payload"] == functions.invoke("user", Qualifier="1")["Payload"] == 42
    assert client.get_function_configuration(FunctionName="user")["Layers"][0]["Arn"] == arn
    layers = region.data / "functions" / "layers"
    before = {path.name for path in layers.iterdir()}
    client.delete_function(FunctionName="user")
    until(lambda: len({path.name for path in layers.iterdir()}) < len(before), "the layer is gone from disk", timeout=60)
