"""The servers: Freehold, and MiniStack with the executor that it has by default."""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
import uuid

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, EndpointConnectionError
from ports import free_port

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
EVENT = b"{}"
# One CPU (*Developer guide, Configure Lambda function memory*): with less, what is measured is how the function waits for its
# share of one. MiniStack gives it all there are.
MEMORY_MIB = 1769
# AWS's runtime interface clients, installed once.
CLIENTS = REPOSITORY / ".venv/lambda"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


class Server:
    """A server for the length of a `with`."""

    RUNTIMES = ("python", "nodejs", "provided")

    def __init__(self, place):
        self.place = place
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def __enter__(self):
        log = open(self.place / f"{type(self).__name__}.log", "ab")  # noqa: SIM115: belongs to the process
        self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, env=os.environ | self.environment())
        log.close()
        self.client = self.service("lambda")
        self.until_answers()
        role = f"bench-{uuid.uuid4().hex[:8]}"
        made = self.service("iam").create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(TRUST))
        self.role = made["Role"]["Arn"]
        return self

    def until_answers(self):
        deadline = time.monotonic() + 60
        while True:
            try:
                return self.client.list_functions()
            except (EndpointConnectionError, ClientError, OSError):
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.05)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=10)
        self.process.kill()
        self.process.wait()

    def environment(self):
        return {}

    def service(self, name):
        return boto3.client(
            name,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"max_attempts": 0}, max_pool_connections=256, read_timeout=60),
        )

    def create(self, function):
        name = f"bench-{uuid.uuid4().hex[:8]}"
        self.client.create_function(
            FunctionName=name,
            Runtime=function.runtime,
            Handler=function.handler,
            Role=self.role,
            Code={"ZipFile": function.zip()},
            MemorySize=MEMORY_MIB,
            Timeout=30,
        )
        self.client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
        return name

    def delete(self, name):
        self.client.delete_function(FunctionName=name)

    def invoke(self, name):
        answer = self.client.invoke(FunctionName=name, Payload=EVENT)
        said = answer["Payload"].read()
        assert answer["StatusCode"] == 200 and "FunctionError" not in answer, said

    def invoke_at_once(self, name, count):
        with concurrent.futures.ThreadPoolExecutor(count) as pool:
            list(pool.map(lambda _: self.invoke(name), range(count)))

    def invocation(self, name):
        """An invocation, signed, as a script for wrk."""
        request = AWSRequest("POST", f"{self.url}/2015-03-31/functions/{name}/invocations", data=EVENT)
        SigV4Auth(Credentials("test", "test"), "lambda", "us-east-1").add_auth(request)
        lines = [f'wrk.method = "POST"\nwrk.path = "/2015-03-31/functions/{name}/invocations"\nwrk.body = "{EVENT.decode()}"']
        lines += [f"wrk.headers[{json.dumps(key)}] = {json.dumps(value)}" for key, value in request.headers.items()]
        return "\n".join(lines) + "\n"


class Freehold(Server):
    def __init__(self, place):
        super().__init__(place)
        self.program = os.environ.get("FREEHOLD_BIN", REPOSITORY / "target/release/freehold")
        self.data = tempfile.mkdtemp(prefix="region-", dir=place)

    def command(self):
        listen = f"127.0.0.1:{self.port}"
        return [self.program, "up", "--data-dir", self.data, "--listen", listen, "--machines", "container", "--no-hosts-file"]

    def environment(self):
        return {"FREEHOLD_LOG": "error", "FREEHOLD_LAMBDA_CLIENTS": str(CLIENTS)}

    def __enter__(self):
        if not CLIENTS.exists():
            subprocess.run([self.program, "lambda", "runtimes", "install", "--into", CLIENTS], check=True)
        return super().__enter__()

    def __exit__(self, *exception):
        super().__exit__(*exception)
        subprocess.run([self.program, "down", "--machines", "--data-dir", self.data], check=False, capture_output=True)
        shutil.rmtree(self.data, ignore_errors=True)

    def memory_mib(self):
        """The proportional share of all that belongs to the region."""
        total = 0
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                ours = self.data.encode() in (folder / "cmdline").read_bytes() or "freehold" in (folder / "cgroup").read_text()
                if ours:
                    lines = (folder / "smaps_rollup").read_text().splitlines()
                    total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return total / 1024


class MiniStack(Server):
    RUNTIMES = ("python",)

    def command(self):
        return [REPOSITORY / ".venv/peers/ministack/bin/ministack"]

    def environment(self):
        return {"MINISTACK_HOST": "127.0.0.1", "GATEWAY_PORT": str(self.port), "LOG_LEVEL": "WARNING"}

    def until_answers(self):
        super().until_answers()
        urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=10).close()


ALL = {"freehold": Freehold, "ministack": MiniStack}
