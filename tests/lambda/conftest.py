"""What the tests of Lambda share."""

import os
import pathlib
import subprocess

import pytest
from support.functions import Functions
from support.region import REPOSITORY, Region


@pytest.fixture
def functions(freehold, account):
    return Functions(freehold, account)


@pytest.fixture
def lam(functions):
    return functions.client


@pytest.fixture(scope="session")
def clients(tmp_path_factory):
    """AWS's runtime interface client for Python, in a directory that regions find: one that is there, or a new one."""
    if "FREEHOLD_LAMBDA_CLIENTS" not in os.environ:
        into = tmp_path_factory.mktemp("clients")
        with Region() as region:
            installed = region.command("lambda", "runtimes", "install", "--into", str(into), timeout=600)
        if installed.returncode:
            pytest.skip(f"the runtime interface clients cannot be had: {installed.stderr}")
        os.environ["FREEHOLD_LAMBDA_CLIENTS"] = str(into)
    return pathlib.Path(os.environ["FREEHOLD_LAMBDA_CLIENTS"].split(":")[0])


@pytest.fixture(scope="session")
def running(clients, host_is_left_clean):
    """A region whose functions run."""
    with Region("container") as region:
        yield region


@pytest.fixture(scope="session")
def runner(running):
    """An account of that region with the function `f`, whose event says what it does."""
    functions = Functions(running, "333344445555")
    functions.make(code=CODE, Environment={"Variables": {"STAGE": "test"}}, Timeout=5)
    return functions


@pytest.fixture(scope="session")
def node_runtime(clients):
    """The Node.js of this host that has a client."""
    found = sorted(path.name for path in clients.glob("nodejs*"))
    if not found:
        pytest.skip("this host has no Node.js that functions could run on")
    return found[-1]


@pytest.fixture(scope="session")
def bootstrap():
    """The path of the sample function in Rust, built where it is not yet."""
    built = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")) / "debug" / "bootstrap"
    sources = [path for path in (pathlib.Path(__file__).parent / "rust").rglob("*") if path.is_file()]
    if not built.exists() or built.stat().st_mtime < max(path.stat().st_mtime for path in sources):
        subprocess.run(["cargo", "build", "--quiet", "--package", "sample-function"], cwd=REPOSITORY, check=True)
    return built


CODE = """
import json, os, sys, time
def handler(event, context):
    what = (event or {}).get("do")
    if what == "raise":
        raise ValueError("no such thing")
    if what == "sleep":
        time.sleep(event["seconds"])
    if what == "exit":
        sys.exit(1)
    print("hello from", context.function_name)
    return {
        "event": event,
        "id": context.aws_request_id,
        "arn": context.invoked_function_arn,
        "version": context.function_version,
        "memory": context.memory_limit_in_mb,
        "left": context.get_remaining_time_in_millis(),
        "stage": os.environ.get("STAGE"),
        "key": os.environ.get("AWS_ACCESS_KEY_ID", "")[:4],
    }
"""
