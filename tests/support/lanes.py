"""Two processes share a run: what makes machines goes through one of them, for it compares the whole host before and after,
and all else through whichever is free. Files are not taken apart, because tests of one share a region.
"""

import functools
import os
import pathlib

from xdist.scheduler import LoadScopeScheduling

TESTS = pathlib.Path(__file__).resolve().parents[1]
# What pytest-xdist calls this process, and says to whatever that starts.
NAME = "PYTEST_XDIST_WORKER"
COUNT = "PYTEST_XDIST_WORKER_COUNT"


def number():
    """Of this process, from 0, among how many."""
    return int(os.environ.get(NAME, "gw0").removeprefix("gw")), int(os.environ.get(COUNT, "1"))


def is_of_another(environment):
    """Whether a process with this environment (`/proc/PID/environ`) belongs to tests of another process."""
    names = [one.partition(b"=")[2].decode() for one in environment.split(b"\0") if one.startswith(NAME.encode() + b"=")]
    return any(name != os.environ.get(NAME) for name in names)


@functools.cache
def makes_machines(file):
    return "pytest.mark.machines" in (TESTS / file).read_text()


class Lanes(LoadScopeScheduling):
    """Hands out files, and first of all those with machines, as one."""

    def _split_scope(self, nodeid):
        file = nodeid.partition("::")[0]
        return "machines" if makes_machines(file) else file
