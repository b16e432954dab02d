"""What an enemy does below requests: framing that is wrong, bodies that never come, garbage. Each connection ends by itself
or is answered with a 4xx, and the region still serves."""

import http.client
import socket

import pytest
from hostile.answers import error_code
from hostile.raw import Connection, head, signed_headers

pytestmark = pytest.mark.timeout(300)

FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
CALL = b"Action=GetCallerIdentity&Version=2011-06-15"


def statuses(region, sent, then=b"", finish=True):
    """Sends bytes on a new connection and reads all that comes back: the statuses of the answers, in order."""
    connection = Connection(region.endpoint)
    connection.open()
    found = []
    try:
        connection.socket.sendall(sent)
        if then:
            connection.socket.sendall(then)
        if finish:
            connection.socket.shutdown(socket.SHUT_WR)
        while connection.socket is not None:
            found.append(connection.receive()[0])
    except (ConnectionError, http.client.HTTPException, OSError):
        pass
    finally:
        connection.close()
    return found


def good(region, body=CALL):
    host = Connection(region.endpoint).host
    return head(signed_headers(host, "sts", body, key="test", headers=FORM), len(body)) + body


def chunked(region, chunks):
    """A signed request whose body comes in these chunks, whatever they are."""
    host = Connection(region.endpoint).host
    signed = signed_headers(host, "sts", CALL, key="test", headers=FORM)
    lines = [f"{name}: {value}" for name, value in signed.items()]
    return "\r\n".join(["POST / HTTP/1.1", *lines, "transfer-encoding: chunked", "", ""]).encode() + chunks


@pytest.fixture(autouse=True)
def still_serves(freehold):
    yield
    assert statuses(freehold, good(freehold))[:1] == [200]


def test_a_body_in_chunks_is_read(freehold):
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (CALL[:7], CALL[7:])) + b"0\r\n\r\n"
    assert statuses(freehold, chunked(freehold, chunks)) == [200]


@pytest.mark.parametrize(
    "chunks",
    [
        b"zz\r\n",
        b"-1\r\nx\r\n",
        b"ffffffffffffffffffff\r\nx",
        b"5\r\nabcdefgh\r\n",
        b"5\r\nab",
        b"\r\n\r\n",
        b"1;" + b"x" * 100_000 + b"\r\na\r\n0\r\n\r\n",
        b"1\r\na\r\n" * 10 + b"0\r\nTrailer: \0\r\n\r\n",
    ],
)
def test_chunks_that_are_wrong_are_refused(freehold, chunks):
    assert all(400 <= status < 500 for status in statuses(freehold, chunked(freehold, chunks)))


def test_chunks_without_end_are_refused_at_the_limit(freehold):
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    assert statuses(freehold, chunked(freehold, chunk * 64), finish=False)[:1] in ([413], [])


@pytest.mark.parametrize(
    "lines",
    [
        ["content-length: 5", "content-length: 6"],
        ["content-length: -1"],
        ["content-length: 99999999999999999999999"],
        ["content-length: five"],
        ["content-length: 43", "transfer-encoding: chunked"],
        ["transfer-encoding: gzip, identity"],
        ["x" * 70_000 + ": y"],
        [f"x-{n}: y" for n in range(1000)],
        ["no colon"],
        [": no name"],
        ["name : space"],
        ["x: a\0b"],
    ],
)
def test_heads_that_are_wrong_are_refused(freehold, lines):
    sent = "\r\n".join(["POST / HTTP/1.1", f"host: {Connection(freehold.endpoint).host}", *lines, "", ""]).encode()
    assert all(400 <= status < 500 for status in statuses(freehold, sent + CALL))


@pytest.mark.parametrize(
    "garbage",
    [b"\0" * 4096, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xff" * 500, b"GET\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
     b"GET / HTTP/9.9\r\n\r\n", b"A" * 200_000, b"\r\n" * 50_000, b"GET http://x:99999/ HTTP/1.1\r\n\r\n", b"OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n",
     b"CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n", b"GET /../../etc/passwd HTTP/1.1\r\nhost: x\r\n\r\n", b"GET /%00%ff?%zz HTTP/1.1\r\n\r\n"],
)  # fmt: skip
def test_garbage_is_refused(freehold, garbage):
    assert all(400 <= status < 500 for status in statuses(freehold, garbage))


def test_garbage_after_a_request_does_not_spoil_its_answer(freehold):
    found = statuses(freehold, good(freehold), then=b"\0garbage\r\n\r\n")
    assert found[:1] == [200]
    assert all(400 <= status < 500 for status in found[1:])


def test_requests_that_come_together_are_answered_in_order(freehold):
    unsigned = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n"
    found = statuses(freehold, good(freehold) + unsigned + good(freehold))
    assert found[0] == 200 and 400 <= found[1] < 500 and found[2] == 200


def test_a_body_that_ends_early_is_no_request(freehold):
    whole = good(freehold)
    for missing in (1, len(CALL)):
        assert all(400 <= status < 500 for status in statuses(freehold, whole[:-missing]))


def test_a_body_that_does_not_come_is_given_up(freehold):
    """The one wait here is the region's own limit for bodies."""
    connection = Connection(freehold.endpoint, timeout=120)
    connection.open()
    connection.socket.sendall(good(freehold)[: -len(CALL)])
    status, _, body = connection.receive()
    connection.close()
    assert status == 408
    assert error_code("sts", status, body) == "RequestTimeout"


def test_many_half_requests_do_not_keep_others_waiting(freehold):
    half = good(freehold)[:-5]
    waiting = [Connection(freehold.endpoint) for _ in range(300)]
    try:
        for connection in waiting:
            connection.open().sendall(half)
        assert statuses(freehold, good(freehold)) == [200]
    finally:
        for connection in waiting:
            connection.close()
