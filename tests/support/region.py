"""A region of its own: the real binary on a free port with a data directory of its own."""

import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.request

import boto3
from botocore.config import Config

from support import lanes, leaks
from support.calls import CALLS
from support.waiting import until

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
REGION = "us-east-1"
DEFAULT_ACCOUNT = "000000000000"


def binary():
    """The program under test: $FREEHOLD_BIN, else what `make build` made."""
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
    path = pathlib.Path(os.environ.get("FREEHOLD_BIN", target / "debug" / "freehold"))
    assert path.exists(), f"{path} is missing: run `make build` first, or set FREEHOLD_BIN"
    return path


def run(*arguments, env=None, **options):
    """Runs the program to its end and returns what it said. Never raises for an exit code."""
    options = {"capture_output": True, "text": True, "timeout": 120, "stdin": subprocess.DEVNULL} | options
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    return subprocess.run([binary(), *map(str, arguments)], env=environment | (env or {}), check=False, **options)


# Below the range that clients' own ends come from; each process of a run has its part.
_first, _step = lanes.number()
_ports = iter(random.sample(range(20000 + _first, 32000, _step), 12000 // _step))


def free_port():
    """A port that is free for TCP and UDP: one that a restarted server can always have again, also while clients try to reach
    it. None is told twice, so that nobody of this run opens what a test takes for closed."""
    for port in _ports:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp, contextlib.suppress(OSError):
            tcp.bind(("", port))
            udp.bind(("", port))
            return port
    raise AssertionError("no port is free")


class Region:
    """`freehold up` as a child process. Use as a context manager, or call `start` and `stop`."""

    def __init__(self, machines="none", *arguments, data=None):
        self.machines = machines
        self.arguments = arguments
        self.owns_data = data is None
        self.data = pathlib.Path(data or tempfile.mkdtemp(prefix="freehold-test-"))
        self.log = self.data / "test.log"
        self.listen = f"127.0.0.1:{free_port()}"
        self.endpoint = None
        self.process = None

    def start(self):
        """Starts the control plane and returns when it serves. Started again, it keeps its endpoint."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [binary(), "up", "--data-dir", self.data, "--listen", self.listen, "--machines", self.machines]
                + [str(argument) for argument in self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until(self._serves, f"the region in {self.data} serves", timeout=240, every=0.01)
        self.listen = self.endpoint.removeprefix("http://")
        return self

    def _serves(self):
        if self.process.poll() is not None:
            raise AssertionError(f"freehold up ended with {self.process.returncode}:\n{self.log_text()}")
        record = json.loads((self.data / "freehold.pid").read_text())
        if record["pid"] != self.process.pid:
            return False
        self.endpoint = record["endpoint"]
        return self.get("/_freehold/health")

    def get(self, path):
        """One of the region's own JSON pages."""
        with urllib.request.urlopen(self.endpoint + path, timeout=10) as answer:
            return json.loads(answer.read())

    def status(self):
        return self.get("/_freehold/status")

    def advance_clock(self, seconds):
        """Moves the region's clock forward; the region must run with `--test-clock`."""
        body = json.dumps({"advance_seconds": seconds}).encode()
        request = urllib.request.Request(self.endpoint + "/_freehold/clock", data=body, method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def client(self, service, account=None, key=None, secret="test", token=None, region=REGION, **config):
        """A boto3 client that asks once and does not hide refusals behind retries."""
        client = boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=region,
            aws_access_key_id=key or account or "test",
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(**({"retries": {"total_max_attempts": 1}, "read_timeout": 120} | config)),
        )
        return CALLS.watch(client)

    def command(self, *arguments, **options):
        """Runs a command of the program on this region's data directory."""
        return run(arguments[0], "--data-dir", self.data, *arguments[1:], **options)

    def kill(self):
        """kill -9 of the control plane; what it started goes on."""
        self.process.kill()
        self.process.wait(timeout=30)

    def stop(self):
        """Ends the control plane as a terminal would."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"the region did not end when asked to:\n{self.log_text()}") from None

    def remove(self):
        """Ends the control plane and everything it started, and removes the data directory."""
        try:
            self.stop()
            if self.machines != "none":
                ended = self.command("down", "--machines")
                assert ended.returncode == 0, f"freehold down --machines: {ended.stderr}\n{self.log_text()}"
                leaks.assert_nothing_of(self.data)
        finally:
            if self.owns_data:
                shutil.rmtree(self.data, ignore_errors=True)

    def log_text(self):
        """The end of what the control plane logged."""
        return self.log.read_text(errors="replace")[-8000:] if self.log.exists() else ""

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            if self.process and self.process.poll() is None:
                self.process.kill()
            self.remove()
            raise

    def __exit__(self, *_):
        self.remove()
