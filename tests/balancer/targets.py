"""Targets that do what a test tells them to."""

import contextlib
import socket
import threading


class Target:
    """A server on loopback. `serve(connection)` is called in a thread for each connection."""

    def __init__(self, serve, host="127.0.0.1", port=0):
        self.listener = socket.create_server((host, port), backlog=1024)
        self.host, self.port = self.listener.getsockname()
        self.serve = serve
        self.connections = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._run, args=(connection,), daemon=True).start()

    def _run(self, connection):
        with contextlib.suppress(OSError), connection:
            self.serve(connection)

    def close(self):
        """Nothing listens any more, and what was open is closed."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for one in self.connections:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class Heard:
    """A request as it arrived: all of its bytes, its head in lines, its body as it was framed."""

    def __init__(self, head, body):
        self.head = head
        self.body = body
        self.lines = head.decode("latin-1").split("\r\n")

    @property
    def line(self):
        return self.lines[0]

    @property
    def path(self):
        return self.line.split(" ")[1]

    def all(self, name):
        pairs = (line.partition(":") for line in self.lines[1:])
        return [value.strip() for key, _, value in pairs if key.lower() == name.lower()]

    def get(self, name):
        return next(iter(self.all(name)), None)


def requests(connection):
    """Requests of a connection, read strictly: what is not exactly one request after another is an error."""
    reader = connection.makefile("rb")
    while True:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = reader.readline()
            if not line:
                assert not head, f"half a head: {head}"
                return
            assert line.endswith(b"\r\n"), f"a line that ends otherwise: {line}"
            head += line
        heard = Heard(head[:-4], b"")
        lengths, codings = heard.all("content-length"), heard.all("transfer-encoding")
        assert len(lengths) + len(codings) <= 1, f"framed twice: {head}"
        if lengths:
            heard.body = reader.read(int(lengths[0]))
        elif codings:
            assert codings == ["chunked"], codings
            heard.body = b"".join(chunks(reader))
        yield heard


def chunks(reader):
    while True:
        size = int(reader.readline().strip(), 16)
        piece = reader.read(size)
        assert reader.read(2) == b"\r\n"
        if size == 0:
            return
        yield piece


def answer(body=b"", status="200 OK", *headers):
    if isinstance(body, str):
        body = body.encode()
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


class Http(Target):
    """Keeps what it heard, and answers with what `reply(heard)` returns: bytes, or a body."""

    def __init__(self, reply=None, host="127.0.0.1", port=0):
        self.heard = []
        self.health = "200 OK"
        self.wrong = []
        self.reply = reply or (lambda heard: f"{self.port}")
        super().__init__(self._serve, host, port)

    def _serve(self, connection):
        try:
            for heard in requests(connection):
                if (heard.get("user-agent") or "").startswith("ELB-HealthChecker"):
                    connection.sendall(answer(b"", self.health))
                    continue
                self.heard.append(heard)
                reply = self.reply(heard)
                if reply is None:
                    return
                connection.sendall(reply if isinstance(reply, bytes) else answer(reply))
        except (AssertionError, ValueError) as error:
            self.wrong.append(error)
