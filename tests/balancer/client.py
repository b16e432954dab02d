"""A client that sends exactly what it is told, and reads what comes."""

import socket


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def text(self):
        return self.body.decode("latin-1")

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def get(self, name):
        return next(iter(self.all(name)), None)

    def cookies(self):
        """Name to value."""
        return dict(value.split(";")[0].split("=", 1) for value in self.all("set-cookie"))


class Raw:
    """One connection."""

    def __init__(self, port, host="127.0.0.1", timeout=30, context=None, name=None):
        self.socket = socket.create_connection((host, port), timeout=timeout)
        if context:
            self.socket = context.wrap_socket(self.socket, server_hostname=name)
        self.reader = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.reader.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode("latin-1"))
        return self

    def get(self, path="/", *headers, method="GET", host="test.example"):
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *headers, "", ""]
        return self.send("\r\n".join(lines)).read(method)

    def read(self, method="GET"):
        """An answer, or nothing if the connection has ended."""
        try:
            line = self.reader.readline()
        except ConnectionResetError:
            return None
        if not line:
            return None
        status = int(line.split(b" ")[1])
        headers = []
        while (line := self.reader.readline().rstrip(b"\r\n")) != b"":
            key, _, value = line.decode("latin-1").partition(":")
            headers.append((key, value.strip()))
        answer = Answer(status, headers, b"")
        if method == "HEAD" or status in (101, 204, 304) or 100 <= status < 200:
            return answer
        if answer.get("transfer-encoding"):
            while size := int(self.reader.readline(), 16):
                answer.body += self.reader.read(size)
                self.reader.readline()
            self.reader.readline()
        elif (length := answer.get("content-length")) is not None:
            answer.body = self.reader.read(int(length))
        else:
            answer.body = self.reader.read()
        return answer

    def is_closed(self):
        """Waits until the other side says something (then it is not) or closes."""
        try:
            return self.reader.read(1) == b""
        except ConnectionResetError:
            return True


def get(port, path="/", *headers, **options):
    with Raw(port) as raw:
        return raw.get(path, *headers, **options)
