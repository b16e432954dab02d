"""Rules, actions and stickiness."""

import queue
import threading

import pytest

from balancer.client import Raw, get
from balancer.node import fixed, forward, group, listener, rule, target
from balancer.targets import answer
from support.region import free_port
from support.waiting import until

MATCHES = [
    ({"HostHeader": ["*.example.com"]}, {"host": "a.EXAMPLE.com"}, {"host": "example.com"}),
    ({"PathPattern": ["/img/*.png", "/x?z"]}, {"path": "/xyz"}, {"path": "/img/a.jpg"}),
    ({"HttpHeader": {"name": "X-Kind", "values": ["big*"]}}, {"headers": ["x-kind: BIGGER"]}, {"headers": ["x-kind: small"]}),
    ({"HttpRequestMethod": ["DELETE"]}, {"method": "DELETE"}, {"method": "GET"}),
    ({"QueryString": [["v", "1*"]]}, {"path": "/?a=b&v=10"}, {"path": "/?v=2"}),
    ({"SourceIp": ["127.0.0.0/8"]}, {}, None),
    ({"SourceIp": ["10.0.0.0/8"]}, None, {}),
]


@pytest.mark.parametrize(("condition", "does", "does_not"), MATCHES)
def test_a_rule_matches_what_its_condition_says(node, condition, does, does_not):
    port = free_port()
    node([listener(port, rule(fixed(201, "rule"), condition, priority=1), rule(fixed(202, "default")))])

    def status(path="/", host="h", method="GET", headers=()):
        return get(port, path, *headers, host=host, method=method).status

    if does is not None:
        assert status(**does) == 201
    if does_not is not None:
        assert status(**does_not) == 202


def test_all_conditions_of_a_rule_must_hold_and_the_first_rule_wins(node):
    port = free_port()
    both = [{"PathPattern": ["/a"]}, {"HttpRequestMethod": ["POST"]}]
    rules = [rule(fixed(201, ""), *both, priority=1), rule(fixed(202, ""), {"PathPattern": ["/a"]}, priority=2)]
    node([listener(port, *rules, rule(fixed(203, "")))])
    assert get(port, "/a", "Content-Length: 0", method="POST").status == 201
    assert get(port, "/a").status == 202
    assert get(port, "/b").status == 203


def test_a_fixed_response_is_as_it_was_written(node):
    port = free_port()
    node([listener(port, rule(fixed(503, '{"sorry":1}', "application/json")))])
    found = get(port)
    assert (found.status, found.text, found.get("content-type")) == (503, '{"sorry":1}', "application/json; charset=utf-8")
    assert found.get("server") == "awselb/2.0"
    with Raw(port) as raw:
        assert raw.get(method="HEAD").get("content-length") == "11"
        raw.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabcde")
        assert raw.read().status == 503
        assert raw.get().status == 503, "the body was read, so the connection goes on"


def test_a_redirect_fills_in_what_the_request_has(node):
    port = free_port()
    to = {"protocol": "HTTPS", "host": "#{host}", "port": "443", "path": "/new/#{path}", "query": "#{query}&x=1", "status": 302}
    made = node([listener(port, rule({"Redirect": to}))])
    found = get(port, "/a/b?c=d", host=f"www.example.com:{port}")
    assert (found.status, found.get("location")) == (302, "https://www.example.com:443/new/a/b?c=d&x=1")
    made.wait_for(lambda it: it["counters"]["http_redirect_count"] == 1, "the redirect is counted")
    assert get(port, "/" + "a" * 9000).status == 507


def test_weights_decide_how_often_a_group_is_chosen(node, http_targets):
    one, other, never = http_targets(), http_targets(), http_targets()
    port = free_port()
    groups = [group(name, [target(it.port)]) for name, it in (("a", one), ("b", other), ("c", never))]
    node([listener(port, rule(forward("a", "b", "c", weights=[3, 1, 0])))], groups)
    with Raw(port) as raw:
        for _ in range(400):
            raw.get()
    assert len(never.heard) == 0
    assert 240 < len(one.heard) < 360, len(one.heard)


def test_round_robin_takes_turns(node, http_targets):
    behind = [http_targets() for _ in range(3)]
    port = free_port()
    node([listener(port, rule(forward("g")))], [group("g", [target(it.port) for it in behind])])
    with Raw(port) as raw:
        for _ in range(30):
            raw.get()
    assert [len(it.heard) for it in behind] == [10, 10, 10]


def test_the_least_busy_target_gets_the_next_request(node, http_targets):
    behind = [http_targets() for _ in range(2)]
    port = free_port()
    targets = [target(it.port) for it in behind]
    node([listener(port, rule(forward("g")))], [group("g", targets, algorithm="LeastOutstandingRequests")], workers=1)
    busy, may_end = queue.SimpleQueue(), threading.Event()

    def reply(heard, own):
        if heard.path == "/hang":
            busy.put(own)
            may_end.wait(60)
        return str(own)

    for it in behind:
        it.reply = lambda heard, own=it.port: reply(heard, own)
    with Raw(port) as hanging, Raw(port) as raw:
        hanging.send("GET /hang HTTP/1.1\r\nHost: h\r\n\r\n")
        stuck = busy.get(timeout=30)
        try:
            assert {raw.get().text for _ in range(10)} == {str(it.port) for it in behind} - {str(stuck)}
        finally:
            may_end.set()
        assert hanging.read().text == str(stuck)


@pytest.fixture
def sticky(node, http_targets):
    """Makes a node before two targets with that stickiness."""

    def make(stickiness, reply=None):
        behind = [http_targets() for _ in range(2)]
        for one in behind:
            one.reply = (lambda heard, it=one: reply(it)) if reply else one.reply
        port = free_port()
        targets = [target(it.port) for it in behind]
        made = node([listener(port, rule(forward("g")))], [group("g", targets, stickiness=stickiness)])
        return made, port, behind

    return make


def test_a_balancer_cookie_keeps_a_client_with_its_target(sticky):
    made, port, _ = sticky({"BalancerCookie": {"duration_seconds": 100}})
    first = get(port)
    cookies = first.cookies()
    assert set(cookies) == {"AWSALB", "AWSALBCORS"}
    cors = next(value for value in first.all("set-cookie") if value.startswith("AWSALBCORS"))
    assert cors.endswith("; Path=/; SameSite=None; Secure") and "Expires=" in cors
    assert {get(port, "/", f"Cookie: AWSALB={cookies['AWSALB']}").text for _ in range(10)} == {first.text}
    assert {get(port, "/", f"Cookie: AWSALBCORS={cookies['AWSALBCORS']}").text for _ in range(10)} == {first.text}
    assert len({get(port, "/", "Cookie: AWSALB=forged").text for _ in range(10)}) == 2
    # The key is in the directory, so that a cookie outlives the process.
    made.stop()
    made.start()
    assert {get(port, "/", f"Cookie: AWSALB={cookies['AWSALB']}").text for _ in range(10)} == {first.text}


def test_a_cookie_of_a_target_that_is_gone_is_replaced(sticky):
    made, port, behind = sticky({"BalancerCookie": {"duration_seconds": 100}})
    first = get(port)
    gone = next(it for it in behind if str(it.port) == first.text)
    made.apply(lambda it: it["target_groups"]["g"].update(targets=[target(one.port) for one in behind if one is not gone]))
    again = get(port, "/", f"Cookie: AWSALB={first.cookies()['AWSALB']}")
    assert again.text != first.text and "AWSALB" in again.cookies()


def test_an_application_cookie_is_followed(sticky):
    reply = lambda it: answer(f"{it.port}", "200 OK", "Set-Cookie: SESSION=abc; Path=/")  # noqa: E731
    _, port, _ = sticky({"ApplicationCookie": {"name": "SESSION", "duration_seconds": 100}}, reply)
    first = get(port)
    cookie = first.cookies()["AWSALBAPP-0"]
    header = f"Cookie: SESSION=abc; AWSALBAPP-0={cookie}"
    assert {get(port, "/", header).text for _ in range(10)} == {first.text}


def test_without_a_session_there_is_no_application_cookie(sticky):
    _, port, _ = sticky({"ApplicationCookie": {"name": "SESSION", "duration_seconds": 100}})
    assert get(port).cookies() == {}


def test_a_client_stays_with_its_target_group(node, http_targets):
    behind = [http_targets() for _ in range(2)]
    port = free_port()
    groups = [group(f"g{n}", [target(it.port)]) for n, it in enumerate(behind)]
    node([listener(port, rule(forward("g0", "g1", sticky=100)))], groups)
    first = get(port)
    assert set(first.cookies()) == {"AWSALBTG", "AWSALBTGCORS"}
    header = f"Cookie: AWSALBTG={first.cookies()['AWSALBTG']}"
    assert {get(port, "/", header).text for _ in range(20)} == {first.text}


def test_a_zone_keeps_its_requests_without_cross_zone(node, http_targets):
    here, there = http_targets(), http_targets()
    port = free_port()
    targets = [target(here.port, zone="z-a"), target(there.port, zone="z-b")]
    addresses = [("127.0.0.1", "z-a"), ("127.0.0.2", "z-b"), ("127.0.0.3", "z-c")]
    node([listener(port, rule(forward("g")))], [group("g", targets, cross_zone=False)], addresses=addresses)

    def texts(host):
        with Raw(port, host) as raw:
            return {raw.get().text for _ in range(10)}

    assert texts("127.0.0.1") == {str(here.port)}
    assert texts("127.0.0.2") == {str(there.port)}
    with Raw(port, "127.0.0.3") as raw:
        assert raw.get().status == 503


def test_rules_that_are_looked_at_are_counted_and_ten_of_each_request_are_free(node):
    port = free_port()
    rules = [rule(fixed(200, ""), {"PathPattern": [f"/{at}"]}, priority=at) for at in range(1, 13)]
    made = node([listener(port, *rules, rule(fixed(404, "")))])
    for path, status in [("/1", 200), ("/11", 200), ("/nowhere", 404)]:
        assert get(port, path).status == status

    def counts():
        counters = made.status()["counters"]
        return counters["rule_evaluations"], counters["paid_rule_evaluations"]

    # The default rule is not counted.
    until(lambda: counts() == (1 + 11 + 12, 1 + 2), "all are counted")
