"""Sample functions as users write them, packed as users pack them, in every kind of runtime that there is."""

import base64
import json
import pathlib
import re

import pytest
from support import layers
from support.cli import cli
from support.functions import Functions, zipped
from support.waiting import until

pytestmark = pytest.mark.machines

ACCOUNT = "777700001111"
SAMPLES = pathlib.Path(__file__).parent / "samples"
# *Developer guide, Using Lambda environment variables: Defined runtime environment variables*.
SET_BY_AWS = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "LAMBDA_TASK_ROOT": "/var/task",
    "LAMBDA_RUNTIME_DIR": "/var/runtime",
    "TZ": ":UTC",
    "LANG": "en_US.UTF-8",
    "STAGE": "sample",
}


class Lab(Functions):
    """An account with a queue, and a role that may send to it and nothing else."""

    def __init__(self, region):
        super().__init__(region, ACCOUNT)
        self.sqs = region.client("sqs", ACCOUNT)
        self.logs = region.client("logs", ACCOUNT)
        self.queue = self.sqs.create_queue(QueueName="orders")["QueueUrl"]
        self.sender = self.make_role("sender", actions=["sqs:SendMessage", "sqs:GetQueueUrl"])

    def sample(self, name, handler, code, runtime, **parameters):
        variables = {"Variables": {"STAGE": "sample", "QUEUE_URL": self.queue}}
        made = {"Runtime": runtime, "Handler": handler, "MemorySize": 256, "Timeout": 20, "Environment": variables}
        return self.make(name, code, Role=self.sender, **(made | parameters))

    def layer(self, name, content):
        return self.client.publish_layer_version(LayerName=name, Content={"ZipFile": content})["LayerVersionArn"]

    def answer(self, name, payload=None, **parameters):
        """What a function that does not fail answers."""
        found = self.invoke(name, payload or {}, **parameters)
        assert "FunctionError" not in found, found["Payload"]
        return found["Payload"]

    def sent(self):
        """The message that a function has sent, which is taken."""
        [message] = self.sqs.receive_message(QueueUrl=self.queue, WaitTimeSeconds=5)["Messages"]
        self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return message["MessageId"], message["Body"]


@pytest.fixture(scope="module")
def lab(running):
    return Lab(running)


@pytest.fixture(scope="module")
def python(lab):
    """Functions of one package, each with another handler of it."""
    code = zipped({"": SAMPLES / "python"})
    note = lab.layer("note", zipped({"note.txt": "from a layer", "same.txt": "of the first"}))
    other = lab.layer("other", zipped({"same.txt": "of the second"}))
    for handler in ("describe", "environment", "files"):
        lab.sample(f"py-{handler}", f"app.{handler}", code, "python3.11", Layers=[note, other])
    lab.sample("py-patient", "app.patient", code, "python3.11", Timeout=3)
    sdk = lab.layer("sdk", layers.python())
    lab.sample("py-orders", "handlers/orders.create", code, "python3.11", Layers=[sdk])
    return lab


@pytest.fixture(scope="module")
def node(lab, node_runtime):
    code = zipped({"": SAMPLES / "node"})
    for handler in ("describe", "files", "fail", "pieces"):
        lab.sample(f"js-{handler}", f"index.{handler}", code, node_runtime)
    return lab


@pytest.fixture(scope="module")
def commonjs(lab, node_runtime):
    code = zipped({"": SAMPLES / "commonjs"})
    layer = lab.layer("node-sdk", layers.node())
    for handler in ("later", "fail", "send"):
        lab.sample(f"cjs-{handler}", f"index.{handler}", code, node_runtime, Layers=[layer])
    return lab


@pytest.fixture(scope="module")
def rust(lab, bootstrap):
    note = lab.layer("rust-note", zipped({"note": "from a layer"}))
    lab.sample("rust", "any", zipped({"bootstrap": bootstrap}), "provided.al2023", Layers=[note])
    return lab


def test_python_is_told_who_it_is(python):
    context = base64.b64encode(json.dumps({"custom": {"screen": "small"}}).encode()).decode()
    called = python.invoke("py-describe", {"name": "world"}, ClientContext=context, LogType="Tail")
    found = called["Payload"]
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:py-describe"
    assert found["event"] == {"name": "world"} and found["greeting"] == "good morning, world"
    assert (found["function_name"], found["function_version"]) == ("py-describe", "$LATEST")
    assert (found["invoked_function_arn"], found["memory_limit_in_mb"]) == (arn, "256")
    assert found["aws_request_id"] == called["ResponseMetadata"]["RequestId"]
    assert found["log_group_name"] == "/aws/lambda/py-describe"
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", found["log_stream_name"])
    assert found["client_context"] == {"screen": "small"}
    assert 0 < found["remaining"] <= 20_000
    log = base64.b64decode(called["LogResult"]).decode()
    # As AWS's client for Python writes what goes through `logging`.
    assert re.search(rf"\[INFO\]\t[-\dT:.]+Z\t{found['aws_request_id']}\tasked for ", log)


def test_a_version_and_an_alias_are_named_as_they_were_called(python):
    python.client.publish_version(FunctionName="py-describe")
    python.settled("py-describe", Qualifier="1")
    python.client.create_alias(FunctionName="py-describe", Name="live", FunctionVersion="1")
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:py-describe"
    for qualifier in ("1", "live"):
        found = python.answer("py-describe", Qualifier=qualifier)
        assert (found["function_version"], found["invoked_function_arn"]) == ("1", f"{arn}:{qualifier}")
        assert "[1]" in found["log_stream_name"]


def test_an_environment_is_kept_between_invocations(python):
    first, second = (python.answer("py-describe", Qualifier="$LATEST") for _ in range(2))
    assert (first["started"], first["log_stream_name"]) == (second["started"], second["log_stream_name"])
    assert first["aws_request_id"] != second["aws_request_id"]


def test_python_has_the_variables_that_aws_sets(python):
    found = python.answer("py-environment")
    named = {"AWS_LAMBDA_FUNCTION_NAME": "py-environment", "_HANDLER": "app.environment"}
    expected = SET_BY_AWS | named | {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.11"}
    assert {name: found.get(name) for name in expected} == expected
    assert found["AWS_LAMBDA_LOG_GROUP_NAME"] == "/aws/lambda/py-environment"
    assert found["AWS_LAMBDA_LOG_STREAM_NAME"].startswith("20")
    assert found["AWS_ACCESS_KEY_ID"].startswith("ASIA") and found["AWS_SESSION_TOKEN"]
    assert (found["cwd"], found["_X_AMZN_TRACE_ID"][:5]) == ("/var/task", "Root=")
    # Nothing of the program that started it.
    assert not [name for name in found if name.startswith(("FREEHOLD", "CARGO", "PYTEST"))]


def test_python_writes_to_tmp_and_nowhere_else(python):
    first = python.answer("py-files", {"write": "one"})
    assert (first["before"], python.answer("py-files", {"write": "two"})["before"]) == (None, "one")
    places = {"/var/task/app.py", "/var/task/new", "/opt/new", "/usr/new", "/new", "/var/runtime/new"}
    assert first["refused"] == dict.fromkeys(places, "Read-only file system")
    assert first["room"] >= 500 << 20
    # *Developer guide, Layers*: of files with the same name, the later layer's is there.
    assert first["layer"] == {"/opt/note.txt": "from a layer", "/opt/same.txt": "of the second"}


def test_python_knows_how_much_time_is_left(python):
    found = python.answer("py-patient", {"leave": 1500})
    assert 2000 < found["first"] <= 3000 and 0 < found["last"] <= 1500 and found["falls"]


def test_python_calls_the_region_as_its_role_may(python):
    found = python.answer("py-orders", {"order": "tea"})
    assert (found["id"], "tea") == python.sent()
    assert found["refused"] == "AccessDenied"
    assert found["who"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/sender/py-orders"


def test_node_is_told_who_it_is(node, node_runtime):
    called = node.invoke("js-describe", {"a": 1}, LogType="Tail")
    found = called["Payload"]
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:js-describe"
    assert (found["event"], found["greeting"]) == ({"a": 1}, "good morning, module")
    assert (found["functionName"], found["functionVersion"]) == ("js-describe", "$LATEST")
    assert (found["invokedFunctionArn"], found["memoryLimitInMB"]) == (arn, "256")
    assert found["awsRequestId"] == called["ResponseMetadata"]["RequestId"]
    assert found["logGroupName"] == "/aws/lambda/js-describe" and "[$LATEST]" in found["logStreamName"]
    assert 0 < found["remaining"] <= 20_000
    named = {"AWS_LAMBDA_FUNCTION_NAME": "js-describe", "AWS_EXECUTION_ENV": f"AWS_Lambda_{node_runtime}"}
    expected = SET_BY_AWS | named
    assert {name: found["environment"].get(name) for name in expected} == expected
    log = base64.b64decode(called["LogResult"]).decode()
    assert re.search(rf"[-\dT:.]+Z\t{found['awsRequestId']}\tINFO\tasked for", log)


def test_node_writes_to_tmp_and_nowhere_else(node):
    first = node.answer("js-files", {"write": "one"})
    assert (first["before"], node.answer("js-files", {"write": "two"})["before"]) == (None, "one")
    assert first["refused"] == dict.fromkeys(("/var/task/new", "/opt/new", "/new"), "EROFS")


def test_node_throws(node):
    found = node.invoke("js-fail", {"message": "no tea"})
    assert found["FunctionError"] == "Unhandled"
    error = found["Payload"]
    assert (error["errorType"], error["errorMessage"]) == ("OrderError", "no tea")
    assert error["trace"][0] == "OrderError: no tea" and "/var/task/index.mjs" in error["trace"][1]


def test_node_answers_by_callback(commonjs):
    assert commonjs.answer("cjs-later", {"a": 1}) == {"name": "cjs-later", "event": {"a": 1}}
    found = commonjs.invoke("cjs-fail", {"message": "too many"})
    assert found["FunctionError"] == "Unhandled"
    assert (found["Payload"]["errorType"], found["Payload"]["errorMessage"]) == ("RangeError", "too many")


def test_node_calls_the_region_as_its_role_may(commonjs):
    found = commonjs.answer("cjs-send", {"order": "coffee"})
    assert (found["id"], "coffee") == commonjs.sent()
    assert found["refused"] == "AccessDenied"


def test_python_has_the_sdk_without_bringing_it(lab, clients):
    if not (clients / "python3.11" / "boto3").is_dir():
        pytest.skip("boto3 could not be had for the runtime")
    code = "import boto3\ndef handler(event, context):\n    return boto3.client('sts').get_caller_identity()['Arn']\n"
    lab.sample("py-bare", "index.handler", zipped({"index.py": code}), "python3.11")
    assert lab.answer("py-bare") == f"arn:aws:sts::{ACCOUNT}:assumed-role/sender/py-bare"


SEND = """
import { SQSClient, SendMessageCommand } from "@aws-sdk/client-sqs";
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
export const handler = async (event) => {
  const command = new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: event.order });
  return (await sqs.send(command)).MessageId;
};
"""


def test_node_has_the_sdk_without_bringing_it(lab, clients, node_runtime):
    if not (clients / node_runtime / "node_modules" / "@aws-sdk" / "client-sqs").is_dir():
        pytest.skip("the SDK could not be had for the runtime")
    lab.sample("mjs-bare", "index.handler", zipped({"index.mjs": SEND}), node_runtime)
    assert (lab.answer("mjs-bare", {"order": "milk"}), "milk") == lab.sent()


@pytest.mark.parametrize("place", ["nodejs", "nodejs/node{major}"])
def test_es_modules_of_a_layer_are_found(lab, node_runtime, place):
    major = node_runtime.removeprefix("nodejs").removesuffix(".x")
    place = place.format(major=major)
    tools = {f"{place}/node_modules/tools/{name}": text for name, text in TOOLS.items()}
    layer = lab.layer(place.replace("/", "-"), zipped(tools))
    code = 'import { answer } from "tools";\nexport const handler = async () => answer;\n'
    name = f"mjs-{place.replace('/', '-')}"
    lab.sample(name, "index.handler", zipped({"index.mjs": code}), node_runtime, Layers=[layer])
    assert lab.answer(name) == 42


TOOLS = {
    "package.json": '{"name": "tools", "type": "module", "exports": "./index.js"}',
    "index.js": "export const answer = 42;\n",
}


def stream(lab, **payload):
    answer = lab.client.invoke_with_response_stream(
        FunctionName="js-pieces", Payload=json.dumps(payload), LogType="Tail"
    )
    events = list(answer["EventStream"])
    chunks = [event["PayloadChunk"]["Payload"] for event in events if "PayloadChunk" in event]
    return answer, chunks, events[-1]["InvokeComplete"]


def test_node_streams(node):
    answer, chunks, complete = stream(node, count=4, pause=250)
    assert b"".join(chunks) == b"piece 0\npiece 1\npiece 2\npiece 3\n"
    assert len(chunks) >= 2, "it comes as it is made"
    # What carries the pieces, not what is in them (*API reference, InvokeWithResponseStream: Response syntax*).
    assert answer["ResponseStreamContentType"] == "application/vnd.amazon.eventstream"
    assert "ErrorCode" not in complete
    log = base64.b64decode(complete["LogResult"]).decode()
    assert "START RequestId" in log and "REPORT RequestId" in log


def test_a_stream_that_fails_says_so_at_its_end(node):
    _, chunks, complete = stream(node, count=2, pause=20, fail="broken pot")
    assert b"".join(chunks).startswith(b"piece 0\npiece 1\n")
    assert complete["ErrorCode"] == "Unhandled" and "broken pot" in complete["ErrorDetails"]


def test_who_does_not_want_a_stream_gets_it_whole(node):
    answer = node.client.invoke(FunctionName="js-pieces", Payload=json.dumps({"count": 2, "pause": 1}))
    assert answer["Payload"].read() == b"piece 0\npiece 1\n"


def test_rust_is_told_who_it_is(rust):
    called = rust.invoke("rust", {"a": 1})
    found = called["Payload"]
    assert found["event"] == {"a": 1}
    assert found["requestId"] == called["ResponseMetadata"]["RequestId"]
    assert found["arn"] == f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:rust"
    assert (found["function"], found["version"], found["memory"]) == ("rust", "$LATEST", 256)
    environment = rust.answer("rust", {"do": "environment"})
    expected = SET_BY_AWS | {"AWS_LAMBDA_FUNCTION_NAME": "rust", "_HANDLER": "any"}
    assert {name: environment.get(name) for name in expected} == expected
    # *Defined runtime environment variables*: not defined for OS-only runtimes.
    assert "AWS_EXECUTION_ENV" not in environment


def test_rust_writes_to_tmp_and_nowhere_else(rust):
    found = rust.answer("rust", {"do": "files", "write": "one"})
    assert found == {"tmp": "one", "layer": "from a layer", "code": "read-only filesystem or storage medium"}


def test_rust_calls_the_region_as_its_role_may(rust):
    sent = rust.answer("rust", {"do": "send", "queue": rust.queue, "body": "water"})
    assert sent["status"] == 200
    assert (sent["body"]["MessageId"], "water") == rust.sent()
    refused = rust.answer("rust", {"do": "delete", "queue": rust.queue})
    assert refused["status"] in (400, 403) and "AccessDenied" in refused["body"]["__type"]


def test_rust_fails(rust):
    found = rust.invoke("rust", {"fail": "no water"})
    assert found["FunctionError"] == "Unhandled"
    assert found["Payload"]["errorMessage"] == "no water"


def test_the_cli_makes_calls_and_follows_a_function(lab, running, tmp_path):
    aws = cli(running, ACCOUNT)
    (tmp_path / "package.zip").write_bytes(zipped({"": SAMPLES / "python"}))
    made = aws(
        *("lambda", "create-function", "--function-name", "by-cli", "--runtime", "python3.11"),
        *("--handler", "app.describe", "--role", lab.sender, "--zip-file", f"fileb://{tmp_path}/package.zip"),
    )
    assert made.returncode == 0, made.stderr
    assert aws("lambda", "wait", "function-active-v2", "--function-name", "by-cli").returncode == 0
    invoked = aws(
        *("lambda", "invoke", "--function-name", "by-cli", "--payload", '{"name": "cli"}', "--log-type", "Tail"),
        *("--query", "LogResult", "--output", "text", str(tmp_path / "out")),
    )
    assert invoked.returncode == 0, invoked.stderr
    answer = json.loads((tmp_path / "out").read_text())
    assert answer["greeting"] == "good morning, cli"
    tail = base64.b64decode(invoked.stdout).decode()
    assert f"START RequestId: {answer['aws_request_id']} Version: $LATEST" in tail and "asked for" in tail

    def logged():
        read = aws("logs", "filter-log-events", "--log-group-name", "/aws/lambda/by-cli", "--query", "events[].message")
        lines = json.loads(read.stdout)
        return lines if any(line.startswith("REPORT") for line in lines) else None

    lines = until(logged, "the CLI reads what was written", timeout=60)
    kinds = [re.search(r"INIT_START|START|asked for|END|REPORT", line).group() for line in lines]
    assert kinds == ["INIT_START", "START", "asked for", "END", "REPORT"]
    failed = aws("lambda", "invoke", "--function-name", "by-cli", "--payload", "[]", str(tmp_path / "out"))
    assert failed.returncode == 0 and json.loads(failed.stdout)["FunctionError"] == "Unhandled"
    assert json.loads((tmp_path / "out").read_text())["errorType"] == "AttributeError"
    assert aws("lambda", "delete-function", "--function-name", "by-cli").returncode == 0
