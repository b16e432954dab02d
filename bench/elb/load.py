"""Load: wrk, which is somebody else's, and connections that say nothing."""

import contextlib
import dataclasses
import re
import resource
import socket
import subprocess
import time

UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


@dataclasses.dataclass
class Found:
    requests: int
    rate: float
    p50: float
    p99: float
    failed: int


def wrk(url, connections, seconds):
    command = ["wrk", "-t", "1", "-c", str(connections), "-d", str(seconds), "--latency", url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def percentile(which):
        number, unit = re.search(rf"^\s+{which}%\s+([\d.]+)(us|ms|s)$", text, re.MULTILINE).groups()
        return float(number) * UNITS[unit]

    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    failed = sum(map(int, broken.groups())) if broken else 0
    return Found(
        requests=int(re.search(r"(\d+) requests in", text).group(1)),
        rate=float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)),
        p50=percentile(50),
        p99=percentile(99),
        failed=failed + (int(refused.group(1)) if refused else 0),
    )


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
