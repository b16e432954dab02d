"""A corpus of requests that two servers could read in two ways. The target reads strictly and fails its test if what it
hears is not exactly one well-framed request after another; each entry says what becomes of it in each mode."""

import pytest

from balancer.client import Raw
from support.waiting import until

CHUNKED = "Transfer-Encoding: chunked\r\n"
REFUSED = {"Monitor": 400, "Defensive": 400, "Strictest": 400}
# Passed on; the second connection of a pair is closed after it in defensive mode.
AMBIGUOUS = {"Monitor": 200, "Defensive": "200 and close", "Strictest": 400}
ACCEPTABLE = {"Monitor": 200, "Defensive": 200, "Strictest": 400}
FINE = {"Monitor": 200, "Defensive": 200, "Strictest": 200}
UNSUPPORTED = {"Monitor": 501, "Defensive": 501, "Strictest": 501}


def post(fields, body="", line="POST / HTTP/1.1", host="Host: h\r\n"):
    return f"{line}\r\n{host}{fields}\r\n{body}"


SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"
ZERO = "0\r\n\r\n"

CORPUS = {
    # Content-Length against Transfer-Encoding.
    "CL.TE": (post(f"Content-Length: {len(ZERO + SMUGGLED)}\r\n{CHUNKED}", ZERO), AMBIGUOUS),
    "TE.CL": (post(f"{CHUNKED}Content-Length: 4\r\n", ZERO), AMBIGUOUS),
    "TE.CL with a smuggled prefix in a chunk": (
        post(f"Content-Length: 4\r\n{CHUNKED}", f"{len(SMUGGLED):x}\r\n{SMUGGLED}\r\n{ZERO}"),
        AMBIGUOUS,
    ),
    "CL.0": (post("Content-Length: 3\r\n", "abc"), FINE),
    "plain chunks": (post(CHUNKED, "3\r\nabc\r\n0\r\n\r\n"), FINE),
    # Obfuscations of Transfer-Encoding.
    "TE xchunked": (post("Transfer-Encoding: xchunked\r\n"), UNSUPPORTED),
    "TE in quotes": (post('Transfer-Encoding: "chunked"\r\n'), UNSUPPORTED),
    "TE with parameters": (post("Transfer-Encoding: chunked;a=b\r\n"), UNSUPPORTED),
    "TE list": (post("Transfer-Encoding: gzip, chunked\r\n"), UNSUPPORTED),
    "TE chunked twice in a list": (post("Transfer-Encoding: chunked, chunked\r\n"), UNSUPPORTED),
    "TE twice": (post(CHUNKED * 2, ZERO), REFUSED),
    "TE chunked and identity": (post(f"{CHUNKED}Transfer-Encoding: identity\r\n", ZERO), REFUSED),
    "TE identity": (post("Transfer-Encoding: identity\r\nContent-Length: 3\r\n", "abc"), AMBIGUOUS),
    "TE with a space before the colon": (post("Transfer-Encoding : chunked\r\n", ZERO), REFUSED),
    "TE with a tab before the colon": (post("Transfer-Encoding\t: chunked\r\n", ZERO), REFUSED),
    "TE with a vertical tab": (post("Transfer-Encoding:\x0bchunked\r\n", ZERO), UNSUPPORTED),
    "TE with a NUL": (post("Transfer-Encoding: chunked\x00\r\n", ZERO), REFUSED),
    "TE with a control character in its name": (post("Transfer-Encoding\x0b: chunked\r\n", ZERO), REFUSED),
    "TE with an underscore": (post("Transfer_Encoding: chunked\r\n"), AMBIGUOUS),
    "TE behind a bare CR": (post("X: y\rTransfer-Encoding: chunked\r\n", ZERO), REFUSED),
    "TE behind a bare LF": (post("X: y\nTransfer-Encoding: chunked\r\n", ZERO), REFUSED),
    "TE in a folded line": (post("X: y\r\n Transfer-Encoding: chunked\r\n", ZERO), REFUSED),
    "TE value in a folded line": (post("Transfer-Encoding:\r\n chunked\r\n", ZERO), UNSUPPORTED | {}),
    "TE in HTTP/1.0": (post(CHUNKED, ZERO, line="POST / HTTP/1.0"), REFUSED),
    # Obfuscations of Content-Length.
    "CL twice, the same": (post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), AMBIGUOUS),
    "CL twice, different": (post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), REFUSED),
    "CL list": (post("Content-Length: 3, 3\r\n", "abc"), REFUSED),
    "CL with a sign": (post("Content-Length: +3\r\n", "abc"), REFUSED),
    "CL negative": (post("Content-Length: -3\r\n"), REFUSED),
    "CL hexadecimal": (post("Content-Length: 0x3\r\n", "abc"), REFUSED),
    "CL with digits apart": (post("Content-Length: 1 3\r\n", "abc"), REFUSED),
    "CL empty": (post("Content-Length:\r\n"), REFUSED),
    "CL too large": (post("Content-Length: 99999999999999999999\r\n"), REFUSED),
    "CL with a space before the colon": (post("Content-Length : 3\r\n", "abc"), REFUSED),
    "CL with an underscore": (post("Content_Length: 3\r\n"), AMBIGUOUS),
    "CL of GET": (post("Content-Length: 3\r\n", "abc", line="GET / HTTP/1.1"), AMBIGUOUS),
    "CL 0 of GET": (post("Content-Length: 0\r\n", line="GET / HTTP/1.1"), ACCEPTABLE),
    "TE of GET": (post(CHUNKED, ZERO, line="GET / HTTP/1.1"), AMBIGUOUS),
    # Chunks.
    "chunk with a bare LF": (post(CHUNKED, "3\nabc\r\n0\r\n\r\n"), REFUSED),
    "chunk size with a prefix": (post(CHUNKED, "0x3\r\nabc\r\n0\r\n\r\n"), REFUSED),
    "chunk size with a sign": (post(CHUNKED, "+3\r\nabc\r\n0\r\n\r\n"), REFUSED),
    "chunk size too long": (post(CHUNKED, "fffffffffffffffff3\r\nabc\r\n0\r\n\r\n"), REFUSED),
    "chunk with more than its size": (post(CHUNKED, "3\r\nabcd\r\n0\r\n\r\n"), REFUSED),
    "chunk extension with a bare LF": (post(CHUNKED, "3;a\nb\r\nabc\r\n0\r\n\r\n"), REFUSED),
    "chunk extension with a bare CR": (post(CHUNKED, "3;a\rb\r\nabc\r\n0\r\n\r\n"), REFUSED),
    # Lines and fields.
    "bare LF everywhere": ("GET / HTTP/1.1\nHost: h\n\n", REFUSED),
    "a folded line": (post("X: a\r\n b\r\nContent-Length: 0\r\n"), REFUSED),
    "a folded first field": (" X: a\r\n".join(["POST / HTTP/1.1\r\n", "Host: h\r\n\r\n"]), REFUSED),
    "a line of spaces": (post(" \r\nContent-Length: 0\r\n"), REFUSED),
    "a field without a colon": (post("X\r\nContent-Length: 0\r\n"), REFUSED),
    "a field without a name": (post(": x\r\nContent-Length: 0\r\n"), REFUSED),
    "a field with a NUL": (post("X: a\x00b\r\nContent-Length: 0\r\n"), REFUSED),
    "a field that is not ASCII": (post("X: \xe9\r\nContent-Length: 0\r\n"), ACCEPTABLE),
    # Hosts and targets.
    "no host": (post("", host=""), REFUSED),
    "two hosts": (post("Host: i\r\n"), REFUSED),
    "a host with a path": (post("", host="Host: h/x\r\n"), REFUSED),
    "absolute form": (post("Content-Length: 0\r\n", line="POST http://other/x HTTP/1.1"), FINE),
    "absolute form of another scheme": (post("", line="POST ftp://other/x HTTP/1.1"), REFUSED),
    "authority form": (post("", line="CONNECT h:80 HTTP/1.1"), REFUSED),
    "a relative target": (post("", line="POST x HTTP/1.1"), REFUSED),
    "a space in the target": (post("Content-Length: 0\r\n", line="POST /a b HTTP/1.1"), ACCEPTABLE),
    "a control character in the target": (post("Content-Length: 0\r\n", line="POST /a\x01b HTTP/1.1"), AMBIGUOUS),
    "a CR in the target": (post("", line="POST /a\rb HTTP/1.1"), REFUSED),
    "a smuggled line in the target": (post("", line="POST / HTTP/1.1\rX: y HTTP/1.1"), REFUSED),
    # Versions and methods.
    "HTTP/1.9": (post("Content-Length: 0\r\n", line="POST / HTTP/1.9"), ACCEPTABLE),
    "HTTP/0.9": ("GET /\r\n\r\n", REFUSED),
    "HTTP/2.0 in words": (post("", line="POST / HTTP/2.0"), {mode: 505 for mode in REFUSED}),
    "the preface of HTTP/2": ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {mode: 505 for mode in REFUSED}),
    "a method in lower case": (post("Content-Length: 0\r\n", line="post / HTTP/1.1"), FINE),
    "a method that is none": (post("", line="PO(ST / HTTP/1.1"), REFUSED),
    "no method": (post("", line=" / HTTP/1.1"), REFUSED),
    "TRACE": (post("", line="TRACE / HTTP/1.1"), {mode: 405 for mode in REFUSED}),
    "a handshake of TLS": ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", REFUSED),
}
# An empty value with a folded line behind it: the empty value is refused first.
CORPUS["TE value in a folded line"] = (CORPUS["TE value in a folded line"][0], UNSUPPORTED)


@pytest.fixture(params=["Monitor", "Defensive", "Strictest"])
def mode(request, one):
    made, port, behind = one
    made.apply(lambda it: it["attributes"].update(desync_mitigation=request.param))
    return request.param, port, behind


def test_the_corpus(mode):
    name, port, behind = mode
    wrong = {}
    for title, (request, expected) in CORPUS.items():
        wanted = expected[name]
        found = outcome(port, request)
        if found != wanted:
            wrong[title] = (found, wanted)
        assert not behind.wrong, (title, behind.wrong)
        assert not any("smuggled" in heard.line for heard in behind.heard), title
    assert not wrong


def outcome(port, request):
    """The status, and whether the connection goes on to serve an ordinary request."""
    with Raw(port) as raw:
        found = raw.send(request).read()
        if found is None:
            return None
        closes = found.get("connection") == "close"
        if closes:
            assert raw.is_closed()
        else:
            assert raw.get("/after").status == 200
        return "200 and close" if found.status == 200 and closes else found.status


def test_what_follows_an_ambiguous_request_is_not_served(one):
    _, port, behind = one
    with Raw(port) as raw:
        raw.send(post(f"Content-Length: 5\r\n{CHUNKED}", ZERO + SMUGGLED))
        assert raw.read().get("connection") == "close"
        assert raw.is_closed()
    assert [heard.path for heard in behind.heard] == ["/"]


def test_the_targets_connection_ends_with_an_ambiguous_request(one):
    _, port, behind = one
    with Raw(port) as raw:
        raw.send(post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"))
        raw.read()
    before = len(behind.connections)
    with Raw(port) as raw:
        raw.get()
    until(lambda: len(behind.connections) >= before, "a connection")
    assert behind.heard[-1].get("content-length") is None


def test_an_answer_with_two_lengths_is_not_passed_on(one):
    _, port, behind = one
    behind.reply = lambda heard: b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"
    with Raw(port) as raw:
        assert raw.get().status == 502


def test_what_a_target_says_unasked_reaches_nobody(one):
    _, port, behind = one
    extra = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"
    behind.reply = lambda heard: b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + extra
    with Raw(port) as raw:
        assert [raw.get().text for _ in range(10)] == ["ok"] * 10
