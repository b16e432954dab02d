"""Changes of the configuration, and the node's end, under load: no request is lost."""

import json
import signal
import threading

from balancer.client import Raw, get
from balancer.node import fixed, forward, group, listener, rule, target
from support.region import free_port
from support.waiting import until


class Load:
    """Clients that keep their connections and ask until they are told to stop. New connections are made all the time too."""

    def __init__(self, port, clients=4):
        self.port = port
        self.ending = threading.Event()
        self.statuses = []
        self.errors = []
        self.threads = [threading.Thread(target=self._run, args=(n % 2 == 0,)) for n in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        until(lambda: len(self.statuses) > 20, "the load begins")
        return self

    def __exit__(self, *_):
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def _run(self, keeps):
        raw = None
        while not self.ending.is_set():
            try:
                raw = raw or Raw(self.port)
                self.statuses.append(raw.get().status)
                if not keeps:
                    raw.close()
                    raw = None
            except Exception as error:  # noqa: BLE001: whatever it is, it is a lost request
                self.errors.append(error)
                raw = None

    def goes_on(self):
        before = len(self.statuses)
        until(lambda: len(self.statuses) > before + 50, "the load goes on")


def test_no_request_is_lost_while_everything_changes(node, http_targets):
    behind = [http_targets() for _ in range(3)]
    port, other = free_port(), free_port()
    made = node([listener(port, rule(forward("g")))], [group("g", [target(it.port) for it in behind])])
    with Load(port) as load:
        for round_ in range(6):
            chosen = [target(it.port) for n, it in enumerate(behind) if n != round_ % 3]
            made.apply(lambda it, chosen=chosen: it["target_groups"]["g"].update(targets=chosen))
            load.goes_on()
            made.apply(lambda it: it["listeners"].append(listener(other, rule(fixed(200, "other")))))
            made.wait_until_listening()
            assert get(other).text == "other"
            made.apply(lambda it: it["listeners"].pop())
            made.apply(lambda it: it["attributes"].update(idle_timeout_seconds=30 + round_))
            load.goes_on()
    assert load.errors == []
    assert set(load.statuses) == {200}


def test_a_listener_that_goes_is_closed(node):
    port, stays = free_port(), free_port()
    listeners = [listener(port, rule(fixed(200, "x"))), listener(stays, rule(fixed(200, "x")))]
    made = node(listeners)
    made.apply(lambda it: it["listeners"].pop(0))

    def refused():
        try:
            get(port)
        except ConnectionError:
            return True
        return False

    until(refused, "the port is closed")
    assert get(stays).status == 200


def test_a_configuration_that_cannot_be_read_changes_nothing_and_is_told(node):
    port = free_port()
    made = node([listener(port, rule(fixed(200, "x")))])
    new = made.directory / "config.json.new"
    new.write_text('{"revision": 7')
    new.rename(made.directory / "config.json")
    made.wait_for(lambda it: any("config.json" in problem for problem in it["problems"]), "the problem is told")
    assert get(port).status == 200
    made.apply(lambda it: None)
    made.wait_for(lambda it: it["problems"] == [], "the problem is gone")


def test_what_cannot_be_served_is_told_and_the_rest_is_served(node):
    port, secret = free_port(), free_port()
    made = node([listener(port, rule(fixed(200, "x")))])
    made.apply(lambda it: it["listeners"].append(listener(secret, rule(fixed(200, "x")), protocol="Https")))
    assert made.status()["problems"] == [f"port {secret}: the listener has no certificate"]
    assert get(port).status == 200


def test_a_node_that_ends_finishes_what_it_has(node, http_targets):
    begun, release = threading.Event(), threading.Event()

    def slow(heard):
        begun.set()
        release.wait(30)
        return "late"

    behind = http_targets(slow)
    port = free_port()
    made = node([listener(port, rule(forward("g")))], [group("g", [target(behind.port)])])
    with Raw(port) as raw, Raw(port) as idle:
        raw.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert begun.wait(10)
        made.process.send_signal(signal.SIGTERM)

        def refused():
            try:
                Raw(port).close()
            except ConnectionError:
                return True
            return False

        until(refused, "nothing more is accepted")
        release.set()
        assert raw.read().text == "late"
        assert idle.is_closed()
    assert made.process.wait(timeout=30) == 0


def test_a_node_that_was_killed_serves_from_its_directory_alone(node, http_targets):
    behind = http_targets()
    port = free_port()
    made = node([listener(port, rule(forward("g")))], [group("g", [target(behind.port)])])
    made.stop(signal.SIGKILL)
    made.start()
    assert get(port).text == str(behind.port)


def test_counters_are_true(one):
    made, port, behind = one
    behind.reply = lambda heard: f"HTTP/1.1 {heard.path[1:]} X\r\nContent-Length: 0\r\n\r\n".encode()
    before = made.status()["counters"]["request_count"]
    with Raw(port) as raw:
        for code in (200, 201, 302, 404, 500, 503, 503):
            raw.get(f"/{code}")

    def holds(status):
        found = status["groups"][0]
        codes = [found[f"http_code_target_{n}xx"] for n in (2, 3, 4, 5)]
        asked = status["counters"]["request_count"] - before
        return (codes, found["response_time_count"], asked) == ([2, 1, 1, 3], 7, 7)

    status = made.wait_for(holds, "codes of targets")
    assert status["counters"]["http_code_elb_5xx"] == 0
    assert 0 < status["groups"][0]["response_time_sum"] < 7 * status["groups"][0]["response_time_max"] + 1e-6
    assert json.loads((made.directory / "status.json").read_text())["pid"] == made.process.pid
