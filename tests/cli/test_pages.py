"""The region's own pages under /_freehold/."""

import datetime
import json
import urllib.error
import urllib.request

import pytest


def ask(region, path, body=None, method=None, headers=None):
    request = urllib.request.Request(region.endpoint + path, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.loads(refusal.read())


def test_health_names_version_driver_and_services(freehold):
    status, health = ask(freehold, "/_freehold/health")
    assert status == 200
    assert health["machines"] == "none"
    assert {"ec2", "iam", "sts", "ssm"} <= set(health["services"])


def test_pages_that_are_not_there_are_404(freehold):
    status, answer = ask(freehold, "/_freehold/nothing")
    assert status == 404
    assert answer["error"]


def test_pages_are_read_only(freehold):
    for path in ("/_freehold/health", "/_freehold/status"):
        assert ask(freehold, path, b"{}", "DELETE")[0] == 405


def test_the_clock_cannot_be_moved_without_test_clock(freehold):
    assert ask(freehold, "/_freehold/clock", b'{"advance_seconds": 1}', "POST")[0] == 404


@pytest.fixture(scope="module")
def clocked():
    from support.region import Region

    with Region("none", "--test-clock") as region:
        yield region


def test_the_clock_moves_forward(clocked):
    before = ask(clocked, "/_freehold/clock")[1]["now"]
    status, after = ask(clocked, "/_freehold/clock", b'{"advance_seconds": 86400}', "POST")
    assert status == 200
    assert after["now"][:10] > before[:10]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"{}", b"[]", b'{"advance_seconds": -1}', b'{"advance_seconds": "1"}', b'{"advance_seconds": 1e99}']
    + [b'{"advance_seconds": 99999999999999}', b'{"advance_seconds": 1, "more": 2}'],
)
def test_a_clock_that_is_asked_for_nonsense_stays(clocked, body):
    status, answer = ask(clocked, "/_freehold/clock", body, "POST")
    assert status == 400
    assert answer["error"]


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}],
    ids=["another name", "a form"],
)
def test_a_page_of_a_stranger_in_a_browser_here_moves_and_reads_nothing(clocked, headers):
    def now():
        return datetime.datetime.fromisoformat(ask(clocked, "/_freehold/clock")[1]["now"])

    before = now()
    for path, body, method in [
        ("/_freehold/clock", b'{"advance_seconds": 86400}', "POST"),
        ("/_freehold/spot", b'{"instance": "i-0123456789abcdef0"}', "POST"),
        ("/_freehold/bill", b"{}", "POST"),
        ("/_freehold/status", None, "GET"),
        ("/_freehold/outbox", None, "GET"),
    ]:
        status, answer = ask(clocked, path, body, method, headers)
        assert status == 403 and answer["error"], path
    assert now() - before < datetime.timedelta(hours=1)
