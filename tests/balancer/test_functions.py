"""Functions as targets: what a node asks its region for, and what it makes of what comes back."""

import contextlib
import gzip
import json
import shlex
import socket
import struct
import subprocess
import threading
import urllib.parse

import pytest

from balancer.certificates import Certificate
from balancer.client import Raw, get
from balancer.node import forward, group, listener, rule, target
from support.region import free_port
from support.waiting import until

FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:f"


class Functions:
    """The region's end of a node's socket. `answers(event)` returns what the function returns, or a failure's name."""

    def __init__(self, node, answers):
        self.path = node.directory / "functions.sock"
        self.answers, self.asked, self.events, self.checks = answers, [], [], []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen(64)
        self.threads = []
        self._work(self._accept)

    def _work(self, run, *arguments):
        self.threads.append(threading.Thread(target=run, args=arguments, daemon=True))
        self.threads[-1].start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self._work(self._serve, connection)

    def _serve(self, connection):
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as reader:
            ask, event = (json.loads(reader.read(*struct.unpack(">I", reader.read(4)))) for _ in range(2))
            headers = event.get("headers") or event["multiValueHeaders"]
            is_check = "ELB-HealthChecker/2.0" in headers.get("user-agent", "")
            (self.checks if is_check else self.events).append(event)
            self.asked.append(ask)
            returned = self.answers(event)
            failed = isinstance(returned, str)
            parts = [json.dumps({"Failed": returned} if failed else "Returned").encode()]
            parts.append(b"" if failed else returned if isinstance(returned, bytes) else json.dumps(returned).encode())
            connection.sendall(b"".join(struct.pack(">I", len(part)) + part for part in parts))

    def close(self):
        """Nobody listens any more, and what was asked is answered, as often as it is called."""
        if self.listener.fileno() >= 0:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            # The first of them starts the others.
            for thread in self.threads:
                thread.join(timeout=60)


def functions_group(arn="g", **options):
    function = target(0, FUNCTION, address="0.0.0.0", zone="all")
    return group(arn, [function], kind="Lambda", **options)


@pytest.fixture
def function(node):
    """A node before a function: (node, port, its region)."""
    made = []

    def make(answers, action=None, others=(), certificate=None, attributes=None, **options):
        port = free_port()
        secure = {"protocol": "Https", "certificates": [certificate.config()]} if certificate else {}
        one = listener(port, rule(action or forward("g")), **secure)
        before = node([one], [functions_group(**options), *others], **attributes or {})
        made.append(Functions(before, answers))
        return before, port, made[-1]

    yield make
    for one in made:
        one.close()


def hello(event):
    return {"statusCode": 200, "headers": {"content-type": "text/plain"}, "body": "hello"}


def post(raw, path, body, *headers):
    head = [f"POST {path} HTTP/1.1", "Host: h", f"Content-Length: {len(body)}", *headers, "", ""]
    return raw.send("\r\n".join(head).encode() + body).read()


def test_a_request_is_an_event_and_what_is_returned_the_answer(function):
    def answers(event):
        headers = {"Set-Cookie": "a=1", "X-Made": "yes", "Connection": "close"}
        return {"statusCode": 201, "statusDescription": "201 Made it", "headers": headers, "body": "done"}

    _, port, region = function(answers)
    with Raw(port) as raw:
        made = post(raw, "/p%20q?k=1&k=%3F2", b"{}", "Content-Type: application/json", "Cookie: a=1", "Cookie: b=2")
        assert (made.status, made.text, made.get("x-made"), made.cookies()) == (201, "done", "yes", {"a": "1"})
        assert (made.get("content-type"), made.get("server")) == ("application/octet-stream", "awselb/2.0")
        assert made.get("date")
        assert raw.get().status == 201, "the connection goes on"
        head = raw.get(method="HEAD")
        assert (head.status, head.get("content-length")) == (201, "4")
        assert raw.get().status == 201
    event = region.events[0]
    headers = event.pop("headers")
    assert headers.pop("x-amzn-trace-id").startswith("Root=1-")
    assert headers == {
        "host": f"h:{port}",
        "content-length": "2",
        "content-type": "application/json",
        "cookie": "b=2",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-port": str(port),
        "x-forwarded-proto": "http",
    }
    assert event == {
        "requestContext": {"elb": {"targetGroupArn": "g"}},
        "httpMethod": "POST",
        "path": "/p%20q",
        "queryStringParameters": {"k": "%3F2"},
        "body": "{}",
        "isBase64Encoded": False,
    }
    assert region.asked[0] == {"group": "g", "function": FUNCTION}


def test_values_of_one_name_are_kept_where_the_group_says_so(function):
    def answers(event):
        return {"statusCode": 200, "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]}}

    _, port, region = function(answers, multi_value_headers=True)
    found = get(port, "/?k=1&k=2", "X-A: 1", "x-a: 2")
    assert (found.status, found.cookies()) == (200, {"a": "1", "b": "2"})
    [event] = region.events
    assert event["multiValueQueryStringParameters"] == {"k": ["1", "2"]}
    assert event["multiValueHeaders"]["x-a"] == ["1", "2"]
    assert "headers" not in event and "queryStringParameters" not in event


def test_bytes_travel_in_base64(function):
    sent = bytes(range(256))

    def answers(event):
        return {"statusCode": 200, "body": event["body"], "isBase64Encoded": event["isBase64Encoded"]}

    _, port, region = function(answers)
    with Raw(port) as raw:
        assert post(raw, "/", sent, "Content-Type: image/png").body == sent
        packed = gzip.compress(b"text")
        assert post(raw, "/", packed, "Content-Type: text/plain", "Content-Encoding: gzip").body == packed
        chunked = "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
        assert raw.send(chunked + "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n").read().text == "abc"
    assert [event["isBase64Encoded"] for event in region.events] == [True, True, False]


WRONG = [
    (b"no json", "LambdaInvalidResponse"),
    ({"body": "no status"}, "LambdaInvalidResponse"),
    ({"statusCode": 200, "headers": {"x": "a\r\nb: c"}}, "LambdaInvalidResponse"),
    ({"statusCode": 200, "multiValueHeaders": {"x": ["1"]}}, "LambdaInvalidResponse"),
    ({"statusCode": 200, "body": "x" * (1 << 20)}, "LambdaResponseTooLarge"),
    ("Unhandled", "LambdaUnhandled"),
    ("Throttling", "LambdaThrottling"),
    ("AccessDenied", "LambdaAccessDenied"),
    ("ResourceNotFound", "LambdaResourceNotFound"),
    ("ServiceException", "LambdaServiceException"),
]


def lines(place):
    """Lines of the access log by the path of the request, each in its parts."""
    found = {}
    for file in place.rglob("*.log.gz"):
        for line in gzip.decompress(file.read_bytes()).decode().splitlines():
            parts = shlex.split(line)
            found.setdefault(urllib.parse.urlsplit(parts[12].split(" ")[1]).path, []).append(parts)
    return found


@pytest.fixture
def log(tmp_path):
    return {"directory": str(tmp_path), "account": "111122223333", "region": "us-east-1"}


def test_a_function_that_gives_no_answer_is_a_bad_gateway_with_a_reason(function, log, tmp_path):
    def answers(event):
        return hello(event) if event["path"] == "/fine" else WRONG[int(event["path"][1:])][0]

    before, port, _ = function(answers, attributes={"access_log": log})
    with Raw(port) as raw:
        for at in range(len(WRONG)):
            assert raw.get(f"/{at}").status == 502, WRONG[at]
            assert post(raw, f"/{at}", b"x").status == 502, "its body was read, so the connection goes on"
        assert raw.get("/fine").text == "hello"
    everything = 2 * len(WRONG)

    def is_counted(status):
        one = status["groups"][0]
        return one["lambda_user_error"] + one["lambda_internal_error"] == everything

    counted = before.wait_for(is_counted, "failures are counted")["groups"][0]
    assert (counted["lambda_internal_error"], counted["is_function"]) == (2, True)
    assert (counted["request_count"], counted["http_code_target_2xx"]) == (everything + 1, 1)
    assert counted["target_connection_error_count"] == 0
    assert counted["lambda_target_processed_bytes"] > 2 << 20
    before.stop()
    found = lines(tmp_path)
    # Of functions neither an address nor a status is told.
    assert {tuple(parts[at] for at in (4, 9, 25, 26)) for one in found.values() for parts in one} == {("-",) * 4}
    assert [found[f"/{at}"][0][24] for at in range(len(WRONG))] == [reason for _, reason in WRONG]
    assert [parts[24] for parts in found["/fine"]] == ["-"]
    assert all(float(parts[6]) >= 0 for one in found.values() for parts in one)


def test_what_is_no_event_does_not_reach_the_function(function, log, tmp_path):
    before, port, region = function(hello, attributes={"access_log": log})
    with Raw(port) as raw:
        large = f"POST /long HTTP/1.1\r\nHost: h\r\nContent-Length: {(1 << 20) + 1}\r\n\r\n"
        assert raw.send(large).read().status == 413
    with Raw(port) as raw:
        raw.send("POST /chunks HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
        raw.send(b"100000\r\n" + b"x" * (1 << 20) + b"\r\n1\r\nx\r\n")
        assert raw.read().status == 413
    assert get(port, "/upgrade", "Connection: Upgrade", "Upgrade: websocket").status == 400
    assert get(port, "/bytes", "X: \xff").status == 400
    assert region.events == []
    with Raw(port) as raw:
        assert post(raw, "/most", b"x" * (1 << 20)).text == "hello"
    before.stop()
    reasons = {path: parts[24] for path, [parts] in lines(tmp_path).items()}
    assert reasons == {
        "/long": "LambdaRequestTooLarge",
        "/chunks": "LambdaRequestTooLarge",
        "/upgrade": "-",
        "/bytes": "LambdaBadRequest",
        "/most": "-",
    }


def test_http2_clients_have_functions_too(function, tmp_path):
    certificate = Certificate(tmp_path, "h.example")

    def answers(event):
        if event["path"] == "/fail":
            return "Unhandled"
        return {"statusCode": 200, "headers": {"Set-Cookie": "a=1"}, "body": json.dumps(event)}

    _, port, region = function(answers, certificate=certificate)

    def curl(path, *arguments):
        resolve = ["--resolve", f"h.example:{port}:127.0.0.1"]
        command = ["curl", "-s", "--http2", "--cacert", str(certificate.path), *resolve, *arguments]
        return subprocess.run([*command, f"https://h.example:{port}{path}"], capture_output=True, check=True, timeout=60).stdout

    says = ["-w", " %{http_version} %{http_code}"]
    text, version, status = curl("/a?b=c", *says, "-H", "Content-Type: text/plain", "-d", "hi").decode().rsplit(" ", 2)
    event = json.loads(text)
    assert (version, status, event["httpMethod"], event["body"]) == ("2", "200", "POST", "hi")
    assert (event["headers"]["host"], event["headers"]["x-forwarded-proto"]) == (f"h.example:{port}", "https")
    assert b"a=1" in curl("/", "-i")
    assert b"content-length: " in curl("/", "-I")
    assert curl("/fail", *says, "-o", "/dev/null") == b" 2 502"
    large = tmp_path / "large"
    large.write_bytes(b"x" * ((1 << 20) + 1))
    seen = len(region.events)
    assert curl("/", *says, "-o", "/dev/null", "--data-binary", f"@{large}") == b" 2 413"
    chunked = ["-H", "Content-Length:", "-T", str(large)]
    assert curl("/", *says, "-o", "/dev/null", *chunked) == b" 2 413"
    assert len(region.events) == seen


def test_while_the_region_is_away_others_answer(function, http_targets):
    behind = http_targets()
    other = group("other", [target(behind.port)])
    action = forward("g", "other")
    before, port, region = function(hello, action, [other])
    until(lambda: {get(port).text for _ in range(20)} == {"hello", str(behind.port)}, "both groups answer")
    region.close()
    until(lambda: {get(port).status for _ in range(20)} == {200, 502}, "one of them is away")
    region.path.unlink()
    again = Functions(before, hello)
    until(lambda: {get(port).text for _ in range(20)} == {"hello", str(behind.port)}, "both groups answer again")
    again.close()


def test_a_function_is_checked_where_that_is_asked_for(function):
    health = {"status": 200}
    before, port, region = function(
        lambda event: {"statusCode": health["status"]}, check={"enabled": True, "path": "/up?x=1"}
    )
    before.wait_for(lambda it: it["targets"][0]["state"] == "Healthy", "the function is healthy")
    [first, *_] = region.checks
    assert first == {
        "requestContext": {"elb": {"targetGroupArn": "g"}},
        "httpMethod": "GET",
        "path": "/up",
        "queryStringParameters": {"x": "1"},
        "headers": {"user-agent": "ELB-HealthChecker/2.0"},
        "body": "",
        "isBase64Encoded": False,
    }
    health["status"] = 500
    before.wait_for(lambda it: it["targets"][0]["reason"] == "Target.ResponseCodeMismatch", "the function is unhealthy")
    assert get(port).status == 500, "the only target there is gets requests"
    health["status"] = 200
    before.wait_for(lambda it: it["targets"][0]["state"] == "Healthy", "the function is healthy again")
    region.close()
    seen = len(region.checks)
    region.path.unlink()
    again = Functions(before, lambda event: {"statusCode": 200})
    until(lambda: again.checks, "it is checked again")
    assert (before.states()[FUNCTION], len(region.checks)) == (("Healthy", ""), seen)
    again.close()


def test_unless_it_is_asked_for_a_function_is_not_checked(function):
    before, port, region = function(hello)
    assert before.states() == {FUNCTION: ("Unavailable", "Target.HealthCheckDisabled")}
    assert (get(port).status, region.checks) == (200, [])
    before.apply(lambda config: config["target_groups"]["g"].update(targets=[]))
    assert get(port).status == 503


def test_a_client_that_leaves_is_not_waited_for(function):
    waiting, may_end = threading.Event(), threading.Event()

    def answers(event):
        if event["path"] == "/slow":
            waiting.set()
            may_end.wait(60)
        return hello(event)

    before, port, _ = function(answers)
    with Raw(port) as raw:
        raw.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
        assert waiting.wait(30)
        before.wait_for(lambda it: it["targets"][0]["active"] == 1, "the request is under way")
    before.wait_for(lambda it: it["targets"][0]["active"] == 0, "nothing is under way")
    may_end.set()
    assert get(port).text == "hello"


def test_a_deregistered_function_fails_what_is_under_way(function):
    waiting, may_end = threading.Event(), threading.Event()

    def answers(event):
        waiting.set()
        may_end.wait(60)
        return hello(event)

    before, port, _ = function(answers)
    with Raw(port) as raw:
        raw.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert waiting.wait(30)
        before.apply(lambda config: config["target_groups"]["g"].update(targets=[]))
        assert raw.read().status == 502
    may_end.set()
