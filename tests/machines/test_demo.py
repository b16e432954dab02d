"""`freehold demo` as a newcomer runs it: real machines, real traffic, and nothing left behind."""

import re
import subprocess

import pytest
from support.region import binary

pytestmark = pytest.mark.machines


def demo(data, *arguments):
    return subprocess.run(
        [binary(), "--data-dir", str(data), "demo", *arguments], capture_output=True, text=True, timeout=400, check=False
    )


def test_the_fleet_is_built_hurt_loaded_and_removed(tmp_path, host_is_left_clean):
    shown = demo(tmp_path, "--machines", "container")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "Everything worked" in shown.stdout
    answered, servers, failed = map(
        int, re.search(r"(\d+) answered by (\d+) servers, (\d+) not", shown.stdout).groups()
    )
    # Two to begin with, one in the place of the dead one, one for the rush.
    assert servers >= 4
    # What was under way on the server that was killed may be lost, and nothing else.
    assert failed <= 2 < answered, shown.stdout


@pytest.mark.parametrize("machines", ["container", "none"])
def test_one_server_is_shown_from_launch_to_termination(tmp_path, host_is_left_clean, machines):
    shown = demo(tmp_path, "--machines", machines, "--tour", "server")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "nothing is left" in shown.stdout
