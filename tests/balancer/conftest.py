"""Fixtures of the balancer's tests, which run the data plane without any control plane."""

import contextlib
import shutil
import subprocess

import pytest

from balancer.node import Node, forward, group, listener, rule, target
from balancer.targets import Http
from support.region import free_port


@pytest.fixture
def node():
    """Starts nodes that end with the test. A node must never have panicked."""
    made = []

    def make(*arguments, **options):
        made.append(Node(*arguments, **options))
        return made[-1].start()

    yield make
    logs = []
    for one in made:
        with contextlib.suppress(subprocess.TimeoutExpired):
            one.stop()
        if one.process.poll() is None:
            one.process.kill()
        logs.append(one.log())
        shutil.rmtree(one.directory, ignore_errors=True)
    assert not [log for log in logs if "panicked" in log]


@pytest.fixture
def http_targets():
    """Makes HTTP targets that end with the test. None may have heard what is not a request."""
    made = []

    def make(*arguments, **options):
        made.append(Http(*arguments, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()
    assert not [wrong for one in made for wrong in one.wrong]


@pytest.fixture
def one(node, http_targets):
    """A node that forwards to one HTTP target: (node, port, target)."""
    behind = http_targets()
    port = free_port()
    made = node([listener(port, rule(forward("g")))], [group("g", [target(behind.port)])])
    return made, port, behind
