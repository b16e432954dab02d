"""Health checks: states and reasons, who gets requests meanwhile, and deregistration."""

import socket
import threading

import pytest

from balancer.client import Raw, get
from balancer.node import forward, group, listener, rule, target
from balancer.targets import Http, Target, answer
from support.region import free_port


@pytest.fixture
def checked(node, http_targets):
    """Two targets behind a node that checks them: (node, port, targets)."""

    def make(**check):
        behind = [http_targets() for _ in range(2)]
        port = free_port()
        targets = [target(it.port) for it in behind]
        made = node([listener(port, rule(forward("g")))], [group("g", targets, check={"enabled": True} | check)])
        return made, port, behind

    return make


def state(made, behind, wanted, reason="", timeout=30):
    def holds(status):
        found = next(one for one in status["targets"] if one["port"] == behind.port)
        return (found["state"], found["reason"]) == (wanted, reason)

    return made.wait_for(holds, f"{behind.port} is {wanted} {reason}", timeout=timeout)


def test_a_healthy_target_is_told_as_such(checked):
    made, _, behind = checked()
    for one in behind:
        state(made, one, "Healthy")
    made.wait_for(lambda it: it["groups"][0]["healthy_host_count"] == 2, "both are counted")


def test_a_wrong_code_makes_a_target_unhealthy_and_a_right_one_healthy_again(checked):
    made, port, behind = checked()
    state(made, behind[0], "Healthy")
    state(made, behind[1], "Healthy")
    behind[0].health = "404 Not Found"
    status = state(made, behind[0], "Unhealthy", "Target.ResponseCodeMismatch")
    found = next(one for one in status["targets"] if one["port"] == behind[0].port)
    assert found["description"] == "Health checks failed with these codes: [404]"
    with Raw(port) as raw:
        assert {raw.get().text for _ in range(10)} == {str(behind[1].port)}
    behind[0].health = "200 OK"
    state(made, behind[0], "Healthy")
    with Raw(port) as raw:
        assert len({raw.get().text for _ in range(10)}) == 2


def test_codes_of_success_are_those_of_the_matcher(checked):
    made, _, behind = checked(matcher="200,300-302")
    behind[0].health = "301 Moved Permanently"
    state(made, behind[0], "Healthy")


def test_a_target_that_does_not_answer_times_out(checked):
    made, _, behind = checked(unhealthy_threshold=2)
    state(made, behind[0], "Healthy")
    held = threading.Event()
    behind[0].serve = lambda connection: held.wait(60)
    status = state(made, behind[0], "Unhealthy", "Target.Timeout")
    assert next(one for one in status["targets"] if one["port"] == behind[0].port)["description"] == "Request timed out"
    held.set()


def test_a_closed_port_fails(checked):
    made, _, behind = checked()
    state(made, behind[0], "Healthy")
    behind[0].close()
    state(made, behind[0], "Unhealthy", "Target.FailedHealthChecks")


def test_all_are_tried_when_none_is_healthy(checked):
    made, port, behind = checked()
    for one in behind:
        one.health = "500 Broken"
    for one in behind:
        state(made, one, "Unhealthy", "Target.ResponseCodeMismatch")
    with Raw(port) as raw:
        assert len({raw.get().text for _ in range(10)}) == 2


def test_a_port_that_opens_is_enough_for_tcp(node):
    behind = Target(lambda connection: connection.recv(1))
    port = free_port()
    check = {"enabled": True, "protocol": "Tcp"}
    made = node([listener(port, rule(forward("g")))], [group("g", [target(behind.port)], check=check)])
    state(made, behind, "Healthy")
    behind.close()
    state(made, behind, "Unhealthy", "Target.FailedHealthChecks")


def test_states_that_no_check_decides_about(node, http_targets):
    behind = http_targets()
    port = free_port()
    groups = [
        group("used", [target(behind.port, "i-elsewhere", zone="z-x"), target(behind.port, "i-unchecked")]),
        group("unused", [target(behind.port, "i-unused")], check={"enabled": True}),
        group("draining", [target(behind.port, "i-draining", draining_since=1)], check={"enabled": True}),
    ]
    made = node([listener(port, rule(forward("used", "draining")))], groups)
    wanted = {
        "i-elsewhere": ("Unused", "Target.NotInUse"),
        "i-unchecked": ("Unavailable", "Target.HealthCheckDisabled"),
        "i-unused": ("Unused", "Target.NotInUse"),
        "i-draining": ("Draining", "Target.DeregistrationInProgress"),
    }
    made.wait_for(lambda _: made.states() == wanted, "the states")


def test_a_draining_target_finishes_what_it_has_and_gets_nothing_new(node):
    release, begun = threading.Event(), threading.Event()

    def slow(heard):
        if heard.path == "/slow":
            begun.set()
            release.wait(30)
        return answer("first")

    first, second = Http(slow), Http(lambda heard: answer("second"))
    port = free_port()
    made = node([listener(port, rule(forward("g")))], [group("g", [target(first.port)])])
    with Raw(port) as slow_one:
        slow_one.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
        assert begun.wait(10)
        drained = target(first.port, draining_since=1_700_000_000)
        made.apply(lambda it: it["target_groups"]["g"].update(targets=[drained, target(second.port)]))
        with Raw(port) as raw:
            assert {raw.get().text for _ in range(10)} == {"second"}
        assert next(one["active"] for one in made.status()["targets"] if one["port"] == first.port) == 1
        release.set()
        assert slow_one.read().text == "first"
    first.close()
    second.close()


def test_flows_end_with_the_delay_where_it_is_wanted(node):
    echo = Target(lambda connection: connection.sendall(connection.recv(100)) or connection.recv(100))
    port = free_port()
    options = {"protocol": "Tcp", "terminate_connections_after_delay": True, "deregistration_delay_seconds": 0}
    made = node([listener(port, rule(forward("g")), protocol="Tcp")], [group("g", [target(echo.port)], **options)], kind="Network")
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(b"x")
        assert client.recv(1) == b"x"
        drained = target(echo.port, draining_since=1)
        made.apply(lambda it: it["target_groups"]["g"].update(targets=[drained]))
        assert client.recv(1) == b""
    echo.close()


def test_a_target_that_starts_slowly_gets_few_requests_first(node, http_targets):
    old, new = http_targets(), http_targets()
    new.health = "503 Not Yet"
    port = free_port()
    # With AWS's shortest duration: what is measured is within its first seconds.
    groups = [group("g", [target(old.port), target(new.port)], check={"enabled": True, "healthy_threshold": 1}, slow_start_seconds=900)]
    made = node([listener(port, rule(forward("g")))], groups)
    state(made, new, "Unhealthy", "Target.ResponseCodeMismatch")
    made.apply(lambda it: it["target_groups"]["g"].update(slow_start_seconds=0))
    assert get(port).status == 200
    made.apply(lambda it: it["target_groups"]["g"].update(slow_start_seconds=900))
    new.health = "200 OK"
    state(made, new, "Healthy")
    with Raw(port) as raw:
        for _ in range(200):
            raw.get()
    assert len(new.heard) < 60
