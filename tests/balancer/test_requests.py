"""What becomes of a request on its way to a target, and of the answer on its way back."""

import gzip
import re
import socket
import threading

import pytest

from balancer.client import Raw, get
from balancer.node import fixed, forward, group, listener, rule, target
from balancer.targets import answer
from support.region import free_port
from support.waiting import until


def test_a_request_reaches_the_target_with_where_it_came_from(one):
    _, port, behind = one
    found = get(port, "/a/b?c=d", "X-Mine: 1", "Cookie: a=b")
    assert (found.status, found.text) == (200, str(behind.port))
    heard = behind.heard[-1]
    assert heard.line == "GET /a/b?c=d HTTP/1.1"
    assert heard.get("host") == f"test.example:{port}"
    assert heard.get("x-forwarded-for") == "127.0.0.1"
    assert heard.get("x-forwarded-proto") == "http"
    assert heard.get("x-forwarded-port") == str(port)
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", heard.get("x-amzn-trace-id"))
    assert (heard.get("x-mine"), heard.get("cookie")) == ("1", "a=b")
    assert any(line.startswith("X-Mine:") for line in heard.lines), "names keep their case"


def test_many_requests_use_one_connection_on_both_sides(one):
    _, port, behind = one
    with Raw(port) as raw:
        for _ in range(50):
            assert raw.get().status == 200
    assert len({id(connection) for connection in behind.connections}) <= 1 + 0 * len(behind.heard)


def test_pipelined_requests_are_answered_in_order(one):
    _, port, behind = one
    behind.reply = lambda heard: heard.path
    with Raw(port) as raw:
        raw.send("".join(f"GET /{n} HTTP/1.1\r\nHost: h\r\n\r\n" for n in range(20)))
        assert [raw.read().text for _ in range(20)] == [f"/{n}" for n in range(20)]


@pytest.mark.parametrize("size", [0, 1, 10_000, 5_000_000])
@pytest.mark.parametrize("chunked", [False, True])
def test_bodies_pass_both_ways(one, size, chunked):
    _, port, behind = one
    behind.reply = lambda heard: answer(heard.body)
    body = bytes(n % 251 for n in range(1000)) * (size // 1000) + b"x" * (size % 1000)
    with Raw(port) as raw:
        threading.Thread(target=_post, args=(raw, body, chunked)).start()
        assert raw.read("POST").body == body
        assert raw.get("/next").status == 200


def _post(raw, body, chunked):
    if not chunked:
        raw.send(f"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        return
    raw.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
    for start in range(0, len(body), 70_001):
        piece = body[start : start + 70_001]
        raw.send(f"{len(piece):x};ext=1\r\n".encode() + piece + b"\r\n")
    raw.send("0\r\nX-Trailer: dropped\r\n\r\n")


def test_an_answer_without_a_length_ends_with_the_targets_connection(one):
    _, port, behind = one
    behind.reply = lambda heard: None

    def serve(connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nuntil the end")

    behind.serve = serve
    with Raw(port) as raw:
        found = raw.get()
        assert (found.text, found.get("transfer-encoding")) == ("until the end", "chunked")
        assert raw.get().text == "until the end"
    with Raw(port) as raw:
        found = raw.send("GET / HTTP/1.0\r\n\r\n").read()
        assert (found.text, found.get("transfer-encoding"), found.get("connection")) == ("until the end", None, "close")


def test_head_and_not_modified_have_no_body(one):
    _, port, behind = one
    behind.reply = lambda heard: b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n" if heard.path == "/304" else b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"
    with Raw(port) as raw:
        assert raw.get(method="HEAD").get("content-length") == "7"
        assert raw.get("/304").status == 304
        assert raw.get(method="HEAD").status == 200


def test_expect_is_answered_at_once_and_not_passed_on(one):
    _, port, behind = one
    behind.reply = lambda heard: heard.body
    behind.reply = lambda heard: answer(heard.body)
    with Raw(port) as raw:
        raw.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert raw.read().status == 100
        assert raw.send("ok").read().text == "ok"
    assert behind.heard[-1].get("expect") is None


def test_hop_by_hop_fields_do_not_pass(one):
    _, port, behind = one
    get(port, "/", "Connection: close, X-Private", "X-Private: 1", "Keep-Alive: 5", "TE: trailers", "Upgrade: h2c")
    heard = behind.heard[-1]
    for name in ("connection", "x-private", "keep-alive", "te", "upgrade"):
        assert heard.get(name) is None, name


def test_a_client_cannot_take_forwarded_fields_away(one):
    _, port, behind = one
    get(port, "/", "Connection: X-Forwarded-For, X-Forwarded-Proto")
    assert behind.heard[-1].get("x-forwarded-for") == "127.0.0.1"


def test_forwarded_for_follows_the_attribute(one):
    made, port, behind = one
    given = "X-Forwarded-For: 1.1.1.1"

    def seen():
        get(port, "/", given)
        return behind.heard[-1].get("x-forwarded-for")

    assert seen() == "1.1.1.1, 127.0.0.1"
    made.apply(lambda it: it["attributes"].update(xff_mode="Preserve"))
    assert seen() == "1.1.1.1"
    made.apply(lambda it: it["attributes"].update(xff_mode="Remove"))
    assert seen() is None
    made.apply(lambda it: it["attributes"].update(xff_mode="Append", xff_client_port=True))
    assert re.fullmatch(r"1\.1\.1\.1, 127\.0\.0\.1:\d+", seen())


def test_a_trace_keeps_its_root(one):
    _, port, behind = one
    get(port, "/", "X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678;Mine=1")
    trace = behind.heard[-1].get("x-amzn-trace-id")
    assert re.fullmatch(r"Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-67891233-abcdef012345678912345678;Mine=1", trace)


def test_the_host_is_preserved_where_it_should_be(one):
    made, port, behind = one
    made.apply(lambda it: it["attributes"].update(preserve_host_header=True))
    get(port)
    assert behind.heard[-1].get("host") == "test.example"


def test_invalid_fields_are_dropped_where_it_is_wanted(one):
    made, port, behind = one
    get(port, "/", "X_Under: 1")
    assert behind.heard[-1].get("x_under") == "1"
    made.apply(lambda it: it["attributes"].update(drop_invalid_header_fields=True))
    get(port, "/", "X_Under: 1", "X-Good: 2")
    assert (behind.heard[-1].get("x_under"), behind.heard[-1].get("x-good")) == (None, "2")


def test_an_idle_connection_is_closed(node):
    port = free_port()
    node([listener(port, rule(fixed(200, "x")))], idle_timeout_seconds=1)
    with Raw(port) as raw:
        assert raw.get().status == 200
        assert raw.is_closed()


def test_an_old_connection_says_goodbye(node):
    port = free_port()
    node([listener(port, rule(fixed(200, "x")))], client_keep_alive_seconds=0)
    with Raw(port) as raw:
        assert raw.get().get("connection") == "close"
        assert raw.is_closed()


def test_an_upgrade_becomes_a_tunnel(one):
    _, port, behind = one

    def serve(connection):
        head = connection.recv(65536)
        assert b"Connection: upgrade\r\n" in head and b"Upgrade: echo\r\n" in head
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nfirst")
        while data := connection.recv(65536):
            connection.sendall(data.upper())
        connection.sendall(b"last")

    behind.serve = serve
    with Raw(port) as raw:
        assert raw.get("/", "Connection: Upgrade", "Upgrade: echo").status == 101
        assert raw.reader.read(5) == b"first"
        raw.send("hello")
        assert raw.reader.read(5) == b"HELLO"
        raw.socket.shutdown(socket.SHUT_WR)
        assert raw.reader.read() == b"last"


def test_access_logs_have_a_line_for_each_request(node, http_targets, tmp_path):
    behind = http_targets()
    port = free_port()
    log = {"directory": str(tmp_path), "account": "123456789012", "region": "us-east-1", "interval_seconds": 1}
    made = node(
        [listener(port, rule(fixed(404, "no"), {"PathPattern": ["/no"]}, priority=7), rule(forward("g")))],
        [group("g", [target(behind.port)])],
        access_log=log,
    )
    get(port, "/yes?a=b", "User-Agent: tester")
    get(port, "/no")
    get(port, "/b\rad")
    until(lambda: len(_lines(tmp_path)) >= 3, "three lines in a file that is finished")
    made.stop()
    yes, no, bad = sorted(_lines(tmp_path), key=lambda line: ["/yes", "/no", "- http"].index(re.search(r"/yes|/no|- http", line)[0]))
    assert yes.startswith("http 20") and f" app/test/0123456789abcdef 127.0.0.1:" in yes
    assert f' 200 200 ' in yes and f'"GET http://test.example:{port}/yes?a=b HTTP/1.1" "tester" - - g "Root=1-' in yes
    assert f'"forward" "-" "-" "127.0.0.1:{behind.port}" "200" "-" "-" TID_' in yes
    assert ' - -1 -1 -1 404 - ' in no and ' 7 20' in no and '"fixed-response"' in no
    assert ' 400 - ' in bad and '"Severe" "BadUri"' in bad


def _lines(directory):
    files = directory.glob("AWSLogs/123456789012/elasticloadbalancing/us-east-1/*/*/*/123456789012_*.log.gz")
    return [line for file in files for line in gzip.decompress(file.read_bytes()).decode().splitlines()]
