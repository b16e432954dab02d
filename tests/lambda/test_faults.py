"""Ways in which functions break: what the caller gets, and what is in the log.

Error types and sentences are those of *Developer guide, Troubleshoot invocation issues in Lambda* and of AWS's runtime
interface clients; the lines of logs are those of *Developer guide, Lambda execution environment lifecycle* and *Using
CloudWatch Logs with Lambda*.
"""

import base64
import json
import re
import threading

import pytest
from support.functions import Functions, zipped
from support.refusal import refusal
from support.waiting import until

pytestmark = pytest.mark.machines

ACCOUNT = "777700002222"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"

PYTHON = """
import os, signal, sys, time

def handler(event, context):
    return DO[event["do"]](event)

def raises(event):
    raise KeyError("no tea")

def writes(event):
    print("to standard output")
    print("to standard error", file=sys.stderr)
    return "done"

def eats(event):
    hoard = []
    while True:
        hoard.append(bytearray(8 << 20))

DO = {
    "answer": lambda event: "here",
    "raise": raises,
    "write": writes,
    "sleep": lambda event: time.sleep(event["seconds"]),
    "exit": lambda event: sys.exit(event["code"]),
    "leave": lambda event: os._exit(event["code"]),
    "crash": lambda event: os.kill(os.getpid(), signal.SIGSEGV),
    "die": lambda event: os.kill(os.getpid(), signal.SIGKILL),
    "eat": eats,
    "set": lambda event: {1, 2},
    "large": lambda event: "x" * event["size"],
}
"""

NODE = """
exports.handler = async (event) => {
  if (event.do === "reject") throw new TypeError("no coffee");
  if (event.do === "exit") process.exit(3);
  if (event.do === "circle") { const circle = {}; circle.self = circle; return circle; }
  return "here";
};
"""


class Faulty(Functions):
    def __init__(self, region):
        super().__init__(region, ACCOUNT)
        self.logs = region.client("logs", ACCOUNT)

    def fails(self, name, payload=None):
        """The error object, the lines of the log's tail, and the answer."""
        found = self.invoke(name, payload or {}, LogType="Tail")
        assert (found["StatusCode"], found.get("FunctionError")) == (200, "Unhandled"), found["Payload"]
        log = base64.b64decode(found["LogResult"]).decode()
        return found["Payload"], log, found["ResponseMetadata"]["RequestId"]

    def lines(self, name, wanted, count=1):
        """All messages of a function's log group, once `count` have what is wanted."""

        def look():
            pages = self.logs.get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{name}")
            found = [event["message"] for page in pages for event in page["events"]]
            return sum(wanted in message for message in found) >= count and found

        return until(look, f"{wanted} is in the log of {name}", timeout=60)


@pytest.fixture(scope="module")
def faulty(running):
    return Faulty(running)


@pytest.fixture(scope="module")
def python(faulty):
    faulty.make("python", code=PYTHON, Timeout=20)
    return faulty


@pytest.fixture(scope="module")
def node(faulty, node_runtime):
    faulty.make("node", zipped({"index.js": NODE}), Runtime=node_runtime)
    return faulty


def report_of(log):
    """The fields of the REPORT line, which are separated by tabs."""
    [line] = re.findall(r"^REPORT .*", log, re.MULTILINE)
    return dict(field.split(": ", 1) for field in line.removeprefix("REPORT ").split("\t") if field.strip())


def assert_frame(log, request, status=None):
    """START, END and REPORT, in this order, of this request; what the REPORT says became of it."""
    texts = (f"START RequestId: {request} ", f"END RequestId: {request}", f"\nREPORT RequestId: {request}")
    start, end, report = (log.index(text) for text in texts)
    assert start < end < report
    fields = report_of(log)
    assert fields["RequestId"] == request
    assert re.fullmatch(r"\d+\.\d\d ms", fields["Duration"]) and re.fullmatch(r"\d+ ms", fields["Billed Duration"])
    assert re.fullmatch(r"\d+ MB", fields["Max Memory Used"])
    assert fields.get("Status") == status, log
    return fields


# What handlers do wrong.


def test_what_a_handler_raises_is_told_with_its_trace(python):
    error, log, request = python.fails("python", {"do": "raise"})
    assert (error["errorType"], error["errorMessage"], error["requestId"]) == ("KeyError", "'no tea'", request)
    assert any('File "/var/task/index.py", line 8, in raises' in frame for frame in error["stackTrace"])
    assert "[ERROR] KeyError: 'no tea'" in log and "Traceback (most recent call last):" in log
    assert assert_frame(log, request, "error")["Error Type"] == "KeyError"


def test_what_a_promise_is_rejected_with_is_told_with_its_trace(node):
    error, log, request = node.fails("node", {"do": "reject"})
    assert (error["errorType"], error["errorMessage"]) == ("TypeError", "no coffee")
    assert error["trace"][0] == "TypeError: no coffee"
    assert re.search(rf"{TIME}\t{request}\tERROR\tInvoke Error \t", log)
    assert assert_frame(log, request, "error")["Error Type"] == "TypeError"


def test_what_is_no_json_is_no_answer(python, node):
    error, log, request = python.fails("python", {"do": "set"})
    assert error["errorType"] == "Runtime.MarshalError"
    assert error["errorMessage"] == "Unable to marshal response: Object of type set is not JSON serializable"
    assert assert_frame(log, request, "error")["Error Type"] == "Runtime.MarshalError"
    error, _, _ = node.fails("node", {"do": "circle"})
    assert error["errorMessage"].startswith("Unable to stringify response body")


@pytest.mark.parametrize(
    ("event", "how"),
    [
        ({"do": "exit", "code": 3}, "Runtime exited with error: exit status 3"),
        ({"do": "leave", "code": 0}, "Runtime exited without providing a reason"),
        ({"do": "crash"}, "Runtime exited with error: signal: segmentation fault"),
        ({"do": "die"}, "Runtime exited with error: signal: killed"),
    ],
    ids=lambda value: value.get("do") if isinstance(value, dict) else None,
)
def test_a_runtime_that_ends_is_an_exit_error(python, event, how):
    error, log, request = python.fails("python", event)
    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"] == f"RequestId: {request} Error: {how}"
    assert f"RequestId: {request} Error: {how}\nRuntime.ExitError" in log
    assert assert_frame(log, request, "error")["Error Type"] == "Runtime.ExitError"
    assert python.invoke("python", {"do": "answer"})["Payload"] == "here"


def test_a_node_that_exits_is_an_exit_error(node):
    error, _, request = node.fails("node", {"do": "exit"})
    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"] == f"RequestId: {request} Error: Runtime exited with error: exit status 3"


def test_rust_that_panics_is_told(faulty, bootstrap):
    faulty.make("panics", zipped({"bootstrap": bootstrap}), Runtime="provided.al2023")
    error, log, request = faulty.fails("panics", {"do": "panic", "message": "no water"})
    assert "no water" in log
    # As AWS's crate words what it catches.
    assert error["errorMessage"] == "Lambda panicked: no water"
    assert_frame(log, request, "error")


# Limits.


def test_who_takes_too_long_is_stopped(faulty):
    faulty.make("slow", code=PYTHON, Timeout=1, MemorySize=192)
    error, log, request = faulty.fails("slow", {"do": "sleep", "seconds": 30})
    assert error["errorType"] == "Sandbox.Timedout"
    assert error["errorMessage"] == f"RequestId: {request} Error: Task timed out after 1.00 seconds"
    assert re.search(rf"^{TIME} {request} Task timed out after 1\.00 seconds", log, re.MULTILINE)
    fields = assert_frame(log, request, "timeout")
    assert (fields["Duration"], fields["Memory Size"]) == ("1000.00 ms", "192 MB")
    # What it was in the middle of is gone, and the next invocation begins anew.
    again = faulty.invoke("slow", {"do": "answer"}, LogType="Tail")
    assert again["Payload"] == "here" and "Init Duration: " in base64.b64decode(again["LogResult"]).decode()


def test_who_takes_too_much_memory_is_killed(python):
    error, log, request = python.fails("python", {"do": "eat"})
    assert error["errorType"] == "Runtime.OutOfMemory"
    assert error["errorMessage"] == f"RequestId: {request} Error: Runtime exited with error: signal: killed"
    assert f"RequestId: {request} Error: Runtime exited with error: signal: killed" in log
    fields = assert_frame(log, request, "error")
    assert (fields["Error Type"], fields["Memory Size"]) == ("Runtime.OutOfMemory", "128 MB")
    assert fields["Max Memory Used"] == "128 MB"
    assert python.invoke("python", {"do": "answer"})["Payload"] == "here"


def test_an_answer_has_six_megabytes(python):
    limit = (6 << 20) + 100
    error, log, request = python.fails("python", {"do": "large", "size": limit})
    # Of the string, and the quotes around it.
    size = limit + 2
    assert error["errorType"] == "Function.ResponseSizeTooLarge"
    assert (
        error["errorMessage"]
        == f"Response payload size ({size} bytes) exceeded maximum allowed payload size ({limit} bytes)."
    )
    assert assert_frame(log, request, "error")["Error Type"] == "Function.ResponseSizeTooLarge"
    assert len(python.invoke("python", {"do": "large", "size": (6 << 20) - 2})["Payload"]) == (6 << 20) - 2


def test_a_request_has_six_megabytes_or_one(python):
    lam = python.client
    event = {"do": "answer", "padding": ""}
    whole = json.dumps(event | {"padding": "x" * ((6 << 20) - len(json.dumps(event)))})
    assert lam.invoke(FunctionName="python", Payload=whole)["Payload"].read() == b'"here"'
    with pytest.raises(lam.exceptions.RequestTooLargeException) as refused:
        lam.invoke(FunctionName="python", Payload=whole + " ")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413
    assert (
        refused.value.response["Error"]["Message"]
        == "Request must be smaller than 6291456 bytes for the InvokeFunction operation"
    )
    one = json.dumps(event | {"padding": "x" * ((1 << 20) - len(json.dumps(event)))})
    assert lam.invoke(FunctionName="python", Payload=one, InvocationType="Event")["StatusCode"] == 202
    with pytest.raises(lam.exceptions.RequestTooLargeException) as refused:
        lam.invoke(FunctionName="python", Payload=one + " ", InvocationType="Event")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413
    sentence = f"{len(one) + 1} byte payload is too large for the Event invocation type (limit 1048576 bytes)"
    assert refused.value.response["Error"]["Message"] == sentence
    assert refusal(lam.invoke, FunctionName="python", Payload="no JSON") == "InvalidRequestContentException"


def at_once(count, call):
    """What `count` calls at the same time come to: answers and errors."""
    answers, errors = [], []

    def one():
        try:
            answers.append(call())
        except Exception as error:  # noqa: BLE001: the test judges it
            errors.append(error)

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers, errors


def assert_throttled(errors, reason):
    for error in errors:
        assert error.response["Error"]["Code"] == "TooManyRequestsException", error
        assert error.response["Error"]["Message"] == "Rate Exceeded."
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 429
        assert (error.response["Reason"], error.response["Type"]) == (reason, "User")


def test_a_function_runs_as_often_as_it_has_reserved(running, bootstrap):
    functions = Functions(running, "777700003333")
    client = running.client("lambda", "777700003333", max_pool_connections=120)
    code = zipped({"bootstrap": bootstrap})
    functions.make("reserved", code, Runtime="provided.al2023", Timeout=60)
    functions.make("other", code, Runtime="provided.al2023", Timeout=60)
    client.put_function_concurrency(FunctionName="reserved", ReservedConcurrentExecutions=3)
    payload = json.dumps({"do": "sleep", "seconds": 3})
    answers, errors = at_once(8, lambda: client.invoke(FunctionName="reserved", Payload=payload)["Payload"].read())
    assert (len(answers), len(errors)) == (3, 5)
    assert_throttled(errors, "ReservedFunctionConcurrentInvocationLimitExceeded")
    # All others share what is left of a thousand, and that is a hundred at least.
    client.put_function_concurrency(FunctionName="reserved", ReservedConcurrentExecutions=900)
    payload = json.dumps({"do": "sleep", "seconds": 8})
    answers, errors = at_once(105, lambda: client.invoke(FunctionName="other", Payload=payload)["Payload"].read())
    assert (len(answers), len(errors)) == (100, 5)
    assert_throttled(errors, "ConcurrentInvocationLimitExceeded")
    cloudwatch = running.client("cloudwatch", "777700003333")

    def measured():
        listed = cloudwatch.list_metrics(Namespace="AWS/Lambda", MetricName="Throttles")["Metrics"]
        return {"reserved", "other"} <= {one["Value"] for metric in listed for one in metric["Dimensions"]}

    until(measured, "throttles are measured")


# Functions that cannot begin.

BROKEN = {
    "no-module": ({"other.py": "x = 1"}, "index.handler"),
    "no-dependency": ({"index.py": "import nothing_like_it\n"}, "index.handler"),
    "syntax": ({"index.py": "def handler(event, context)\n    return 1\n"}, "index.handler"),
    "no-handler": ({"index.py": "def other(event, context):\n    return 1\n"}, "index.handler"),
    "bad-name": ({"index.py": "def handler(event, context):\n    return 1\n"}, "indexhandler"),
    "raises": ({"index.py": "raise RuntimeError('not today')\n"}, "index.handler"),
    "exits": ({"index.py": "import os\nos._exit(7)\n"}, "index.handler"),
}


@pytest.mark.parametrize(
    ("name", "kind", "sentence"),
    [
        ("no-module", "Runtime.ImportModuleError", "Unable to import module 'index': No module named 'index'"),
        (
            "no-dependency",
            "Runtime.ImportModuleError",
            "Unable to import module 'index': No module named 'nothing_like_it'",
        ),
        ("syntax", "Runtime.UserCodeSyntaxError", r"Syntax error in module 'index': .* \(index.py, line 1\)"),
        ("no-handler", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'index'"),
        ("bad-name", "Runtime.MalformedHandlerName", "Bad handler 'indexhandler': not enough values to unpack.*"),
        ("raises", "RuntimeError", "not today"),
        ("exits", "Runtime.ExitError", "RequestId: [-0-9a-f]+ Error: Runtime exited with error: exit status 7"),
    ],
)
def test_python_that_cannot_begin_says_why(faulty, name, kind, sentence):
    files, handler = BROKEN[name]
    faulty.make(f"python-{name}", zipped(files), Handler=handler)
    error, log, request = faulty.fails(f"python-{name}")
    assert error["errorType"] == kind
    assert re.fullmatch(sentence, error["errorMessage"]), error
    if kind != "Runtime.ExitError":
        assert f"[ERROR] {kind}: " in log
    assert assert_frame(log, request, "error")["Error Type"] == kind
    lines = faulty.lines(f"python-{name}", "REPORT RequestId")
    # It is tried twice: by itself, and with the invocation (*Failures during the Init phase*).
    reports = [line for line in lines if line.startswith("INIT_REPORT")]
    phases = [
        re.fullmatch(
            rf"INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: (\w+)\tStatus: error\tError Type: {kind}\s*", line
        )
        for line in reports
    ]
    assert [phase and phase.group(1) for phase in phases] == ["init", "invoke"], reports


@pytest.mark.parametrize(
    ("name", "files", "handler", "kind", "sentence"),
    [
        (
            "no-module",
            {"other.js": ""},
            "index.handler",
            "Runtime.ImportModuleError",
            "Error: Cannot find module 'index'",
        ),
        (
            "no-dependency",
            {"index.js": 'require("nothing-like-it");'},
            "index.handler",
            "Runtime.ImportModuleError",
            "Error: Cannot find module 'nothing-like-it'",
        ),
        (
            "syntax",
            {"index.js": "exports.handler = async ( => 1;"},
            "index.handler",
            "Runtime.UserCodeSyntaxError",
            "SyntaxError: ",
        ),
        (
            "no-handler",
            {"index.js": "exports.other = 1;"},
            "index.handler",
            "Runtime.HandlerNotFound",
            "index.handler is undefined or not exported",
        ),
        (
            "bad-name",
            {"index.js": "exports.handler = 1;"},
            "indexhandler",
            "Runtime.MalformedHandlerName",
            "Bad handler",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "." not in value and " " not in value else "",
)
def test_node_that_cannot_begin_says_why(faulty, node_runtime, name, files, handler, kind, sentence):
    faulty.make(f"node-{name}", zipped(files), Handler=handler, Runtime=node_runtime)
    error, log, request = faulty.fails(f"node-{name}")
    assert error["errorType"] == kind
    assert error["errorMessage"].startswith(sentence), error
    assert "Uncaught Exception" in log and kind in log
    assert assert_frame(log, request, "error")["Error Type"] == kind


@pytest.mark.parametrize(
    ("name", "files", "sentence"),
    [
        (
            "no-bootstrap",
            {"main": "#!/bin/sh\n"},
            "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]",
        ),
        ("no-program", {"bootstrap": "no program"}, "fork/exec /var/task/bootstrap: exec format error"),
        (
            "no-interpreter",
            {"bootstrap": "#!/nowhere/sh\n"},
            "fork/exec /var/task/bootstrap: no such file or directory",
        ),
    ],
)
def test_a_custom_runtime_without_a_program_says_why(faulty, name, files, sentence):
    faulty.make(name, zipped(files), Runtime="provided.al2023", Handler="any")
    error, log, request = faulty.fails(name)
    assert error["errorType"] == "Runtime.InvalidEntrypoint"
    assert error["errorMessage"] == f"RequestId: {request} Error: {sentence}"
    assert f"RequestId: {request} Error: {sentence}\nRuntime.InvalidEntrypoint" in log
    assert assert_frame(log, request, "error")["Error Type"] == "Runtime.InvalidEntrypoint"


def test_an_initialization_has_ten_seconds_and_then_those_of_the_invocation(faulty):
    faulty.make("sleepy", code="import time\ntime.sleep(60)\ndef handler(event, context):\n    return 1\n", Timeout=2)
    error, log, request = faulty.fails("sleepy")
    assert error["errorType"] == "Sandbox.Timedout"
    assert error["errorMessage"] == f"RequestId: {request} Error: Task timed out after 2.00 seconds"
    assert assert_frame(log, request, "timeout")["Duration"] == "2000.00 ms"
    reports = [line for line in faulty.lines("sleepy", "INIT_REPORT", 2) if line.startswith("INIT_REPORT")]
    assert [re.sub(r"\d+\.\d+", "N", line).strip() for line in reports] == [
        "INIT_REPORT Init Duration: N ms\tPhase: init\tStatus: timeout",
        "INIT_REPORT Init Duration: N ms\tPhase: invoke\tStatus: timeout",
    ]
    [first, second] = [float(re.search(r"Duration: ([\d.]+)", line).group(1)) for line in reports]
    assert first >= 10_000 and second >= 2000


# What is in the log of what goes well.


def test_a_log_has_the_lines_that_aws_writes(faulty):
    faulty.make("plain", code=PYTHON)
    first, second = (faulty.invoke("plain", {"do": "write"})["ResponseMetadata"]["RequestId"] for _ in range(2))
    lines = [line.rstrip("\n") for line in faulty.lines("plain", "REPORT RequestId", 2)]
    begun, *rest = lines
    arn = "arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}"
    assert re.fullmatch(rf"INIT_START Runtime Version: python:3\.11\S*\tRuntime Version ARN: {arn}", begun)
    expected = []
    for request, init in ((first, r"Init Duration: \d+\.\d\d ms\t"), (second, "")):
        expected += [
            rf"START RequestId: {request} Version: \$LATEST",
            "to standard output",
            "to standard error",
            rf"END RequestId: {request}",
            rf"REPORT RequestId: {request}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\t"
            rf"Max Memory Used: \d+ MB\t{init}",
        ]
    assert len(rest) == len(expected)
    for line, pattern in zip(rest, expected, strict=True):
        assert re.fullmatch(pattern, line), line


def test_a_log_in_json_has_the_events_that_aws_writes(faulty):
    logging = {"LogFormat": "JSON", "SystemLogLevel": "DEBUG", "ApplicationLogLevel": "INFO"}
    faulty.make("json", code=PYTHON, Timeout=1, LoggingConfig=logging)
    faulty.invoke("json", {"do": "write"})
    faulty.fails("json", {"do": "sleep", "seconds": 9})
    lines = faulty.lines("json", "platform.report", 2)
    events = [json.loads(line) for line in lines if '"platform.' in line]
    by_kind = {}
    for event in events:
        assert re.fullmatch(TIME, event["time"])
        by_kind.setdefault(event["type"], []).append(event["record"])
    order = ["platform.initStart", "platform.initReport", "platform.start", "platform.runtimeDone", "platform.report"]
    assert [kind for kind in by_kind if kind in order] == order
    assert by_kind["platform.initStart"][0]["runtimeVersion"].startswith("python:3.11")
    assert [record["status"] for record in by_kind["platform.report"]] == ["success", "timeout"]
    metrics = by_kind["platform.report"][1]["metrics"]
    assert (metrics["durationMs"], metrics["memorySizeMB"]) == (1000, 128)
