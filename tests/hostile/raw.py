"""Requests as bytes: signed by hand, so that anything can be signed, and sent over a plain socket, so that anything can
be sent."""

import datetime
import hashlib
import hmac
import http.client
import socket
import urllib.parse

REGION = "us-east-1"


def _mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signed_headers(host, service, body, *, key, headers, secret="test", at=None, query=""):
    """The headers of a POST with this body, signed as Signature Version 4 wants it."""
    at = at or datetime.datetime.now(datetime.timezone.utc)
    stamp, day = at.strftime("%Y%m%dT%H%M%SZ"), at.strftime("%Y%m%d")
    signed = {"host": host, "x-amz-date": stamp} | {name.lower(): value for name, value in headers.items()}
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{' '.join(signed[name].split())}\n" for name in sorted(signed))
    canonical = f"POST\n/\n{query}\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{day}/{REGION}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    secret_key = ("AWS4" + secret).encode()
    for part in (day, REGION, service, "aws4_request"):
        secret_key = _mac(secret_key, part)
    signature = _mac(secret_key, text).hex()
    credential = f"AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return signed | {"authorization": credential}


def head(headers, length, target="/"):
    """The bytes before a body."""
    lines = [f"POST {target} HTTP/1.1"] + [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, f"content-length: {length}", "", ""]).encode("utf-8", "surrogateescape")


class _Kept:
    """What a connection still has to read. `http.client` would close it after each answer and lose what came with it."""

    def __init__(self, connected):
        self.file = connected.makefile("rb")
        self.readline, self.read, self.readinto = self.file.readline, self.file.read, self.file.readinto

    def makefile(self, *_):
        return self

    def flush(self):
        pass

    def close(self):
        pass


class Connection:
    """One connection to the region; opened again when the other side has closed it."""

    def __init__(self, endpoint, timeout=60):
        self.host = urllib.parse.urlsplit(endpoint).netloc
        self.address = tuple(self.host.rsplit(":", 1))
        self.timeout = timeout
        self.socket = None
        self.kept = None

    def open(self):
        if self.socket is None:
            self.socket = socket.create_connection((self.address[0], int(self.address[1])), timeout=self.timeout)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.kept = _Kept(self.socket)
        return self.socket

    def close(self):
        if self.socket is not None:
            self.kept.file.close()
            self.socket.close()
            self.socket = None

    def receive(self):
        """The next answer: status, headers, body. Raises what `http.client` raises for what is no answer."""
        answer = http.client.HTTPResponse(self.kept, method="POST")
        answer.begin()
        body = answer.read()
        if answer.will_close:
            self.close()
        return answer.status, answer.headers, body

    def exchange(self, sent):
        """Sends bytes and returns the answer. A kept connection that had ended is opened once more."""
        for last in (False, True):
            fresh = self.socket is None
            try:
                self.open()
                try:
                    self.socket.sendall(sent)
                except (BrokenPipeError, ConnectionResetError):
                    if not fresh and not last:
                        raise
                    # Refused before all was sent; the answer may be there already.
                return self.receive()
            except (ConnectionError, http.client.BadStatusLine):
                self.close()
                if last or fresh:
                    raise
        raise AssertionError("unreachable")
