"""wrk, which is somebody else's load generator."""

import dataclasses
import re
import subprocess

UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


@dataclasses.dataclass
class Found:
    requests: int
    rate: float
    p50: float
    p99: float
    failed: int


def wrk(url, connections, seconds, script=None):
    """One thread asks over so many connections, with one request under way on each; `script` is Lua that makes requests."""
    command = ["wrk", "-t", "1", "-c", str(connections), "-d", str(seconds), "--latency"]
    command += (["-s", str(script)] if script else []) + [url]
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
