"""Connections that say nothing."""

import contextlib
import resource
import socket
import time


@contextlib.contextmanager
def idle_connections(port, count):
    """Each has made one request, and keeps still."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            one.sendall(b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n")
            assert one.recv(65536).startswith(b"HTTP/1.1 200")
        time.sleep(1)
        yield
