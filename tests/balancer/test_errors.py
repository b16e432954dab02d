"""The balancer's own answers, and what causes each."""

import contextlib
import socket
import threading

import pytest

from balancer.client import Raw, get
from balancer.node import forward, group, listener, rule, target
from support.region import free_port
from support.waiting import until


@pytest.fixture
def before(node):
    """Makes a node before a port: (node, its port)."""

    def make(behind, *groups, **attributes):
        port = free_port()
        groups = groups or [group("g", [target(behind)])]
        return node([listener(port, rule(forward("g")))], groups, **attributes), port

    return make


def page(answer, status, title):
    assert answer.status == status
    assert answer.get("server") == "awselb/2.0" and answer.get("content-type") == "text/html"
    assert f"<center><h1>{title}</h1></center>" in answer.text


def test_no_target_is_503(before):
    _, port = before(0, group("g", []))
    page(get(port), 503, "503 Service Temporarily Unavailable")


def test_a_closed_port_is_502(before):
    made, port = before(free_port())
    page(get(port), 502, "502 Bad Gateway")
    made.wait_for(lambda it: it["groups"][0]["target_connection_error_count"] >= 1, "the failure is counted")
    made.wait_for(lambda it: it["counters"]["http_code_elb_5xx"] >= 1, "the answer is counted")


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200", b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"])
def test_a_target_that_says_nothing_sensible_is_502(one, said):
    _, port, behind = one

    def serve(connection):
        connection.recv(65536)
        connection.sendall(said)

    behind.serve = serve
    page(get(port), 502, "502 Bad Gateway")


def test_a_target_that_takes_too_long_is_504(one):
    made, port, behind = one
    release = threading.Event()
    behind.serve = lambda connection: release.wait(30)
    made.apply(lambda it: it["attributes"].update(idle_timeout_seconds=1))
    page(get(port), 504, "504 Gateway Time-out")
    release.set()


def test_an_answer_that_breaks_off_breaks_the_clients_connection(one):
    _, port, behind = one

    def serve(connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")

    behind.serve = serve
    with Raw(port) as raw:
        assert raw.get().body == b"abc"
        assert raw.is_closed()


def test_a_client_that_leaves_is_460(one, tmp_path):
    made, port, behind = one
    arrived, release = threading.Event(), threading.Event()

    def serve(connection):
        connection.recv(65536)
        arrived.set()
        release.wait(30)

    behind.serve = serve
    before = made.status()["counters"]["http_code_elb_4xx"]
    with Raw(port) as raw:
        raw.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert arrived.wait(10)
    made.wait_for(lambda it: it["counters"]["http_code_elb_4xx"] == before + 1, "the 460 is counted")
    made.wait_for(lambda it: it["targets"][0]["active"] == 0, "nothing is under way")
    release.set()


def test_too_many_forwarders_are_463(one):
    _, port, _ = one
    assert get(port, "/", "X-Forwarded-For: " + ", ".join(["1.1.1.1"] * 30)).status == 200
    assert get(port, "/", "X-Forwarded-For: " + ", ".join(["1.1.1.1"] * 31)).status == 463


@pytest.mark.parametrize("version", ["Http2", "Grpc"])
def test_http1_to_a_group_of_another_version_is_464(before, version):
    port = free_port()
    _, port = before(0, group("g", [target(port)], protocol_version=version))
    assert get(port).status == 464


def test_a_request_that_never_ends_is_408(node):
    port = free_port()
    node([listener(port, rule(forward("g")))], [group("g", [target(1)])], idle_timeout_seconds=1)
    with Raw(port) as raw:
        page(raw.send("GET / HTTP/1.1\r\nHost:").read(), 408, "408 Request Timeout")
        assert raw.is_closed()


def test_a_body_that_never_ends_is_408(node, http_targets):
    port = free_port()
    node([listener(port, rule(forward("g")))], [group("g", [target(http_targets().port)])], idle_timeout_seconds=1)
    with Raw(port) as raw:
        page(raw.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab").read(), 408, "408 Request Timeout")


def test_a_target_may_answer_before_it_has_heard_all(one):
    _, port, behind = one

    def serve(connection):
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig")

    behind.serve = serve
    with Raw(port) as raw:
        threading.Thread(target=_send_much, args=(raw,), daemon=True).start()
        assert raw.read("POST").status == 413


def _send_much(raw):
    with contextlib.suppress(OSError):
        raw.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 50000000\r\n\r\n")
        for _ in range(500):
            raw.send(b"x" * 100_000)


@pytest.mark.parametrize("algorithm", ["RoundRobin", "LeastOutstandingRequests", "WeightedRandom"])
def test_a_dead_target_is_passed_over_before_a_check_notices(node, http_targets, algorithm):
    alive, dead = http_targets(), free_port()
    port = free_port()
    targets = [target(alive.port), target(dead)]
    node([listener(port, rule(forward("g")))], [group("g", targets, algorithm=algorithm)])
    with Raw(port) as raw:
        assert [raw.get().status for _ in range(50)] == [200] * 50


def test_only_dead_targets_are_502(before):
    targets = [target(free_port(), f"i-{n}") for n in range(2)]
    _, port = before(0, group("g", targets, algorithm="LeastOutstandingRequests"))
    assert [get(port).status for _ in range(5)] == [502] * 5


def test_a_target_that_closes_idle_connections_loses_no_request(one):
    _, port, behind = one
    original = behind.serve

    def serve(connection):
        connection.settimeout(0.05)
        with contextlib.suppress(socket.timeout):
            original(connection)

    behind.serve = serve
    with Raw(port) as raw:
        for _ in range(30):
            assert raw.get().status == 200
            until(lambda: True, "a moment")


def test_longest_lines_and_fields(one):
    _, port, _ = one
    assert get(port, "/" + "a" * 16_000).status == 200
    assert get(port, "/" + "a" * 17_000).status == 414
    assert get(port, "/", "X: " + "a" * 16_000).status == 200
    assert get(port, "/", "X: " + "a" * 17_000).status == 400
    assert get(port, "/", *["X: " + "a" * 8_000] * 9).status == 400
