"""Fixtures of the black-box tests. A test names what it needs:

freehold   a region whose machines exist in state only, shared by the whole run
account    a new 12-digit account, so that tests of one region do not meet
region     makes regions of a test's own: region(), region("none", "--test-clock")
machines   a region with real machines (containers), shared; needs root
aws        runs the AWS CLI against `freehold`
"""

import contextlib
import itertools
import os
import sys

import pytest

from support import coverage, lanes, leaks
from support.calls import CALLS
from support.cli import cli
from support.region import Region

sys.dont_write_bytecode = True


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="write the golden answers anew instead of comparing")


def pytest_xdist_make_scheduler(config, log):
    return lanes.Lanes(config, log)


def pytest_testnodedown(node, error):
    CALLS.add(getattr(node, "workeroutput", {}).get("calls", {"answered": [], "refused": []}))


# Files of which tests ran, and what is said of the operations that they called.
_ran, _complaints = set(), []


def pytest_runtest_logreport(report):
    _ran.add(report.nodeid.partition("::")[0])


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["calls"] = CALLS.told()
        return
    is_part = config.option.keyword or config.option.markexpr or any("::" in one for one in config.args)
    if exitstatus != pytest.ExitCode.OK or is_part or coverage.missing_files(_ran):
        _complaints.append("Not judged: it is when all tests of all services run and pass.")
        return
    _complaints.extend(coverage.complaints(CALLS))
    if _complaints:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    terminalreporter.section("Every operation is seen to succeed and to be refused")
    for line in _complaints or ["So it is."]:
        terminalreporter.line(line)


@pytest.fixture(scope="session")
def freehold():
    """A region with `--machines none`. Has `.endpoint` and `.client(service, account=None)`."""
    with Region() as shared:
        yield shared


_accounts = itertools.count(100000000001)


@pytest.fixture
def account():
    """An account that no other test has used."""
    return str(next(_accounts))


@pytest.fixture
def region():
    """Makes regions that end with the test."""
    with contextlib.ExitStack() as ending:

        def make(machines="none", *arguments, **options):
            made = Region(machines, *arguments, **options)
            ending.callback(made.remove)
            return made.start()

        yield make


def need_root():
    """Machines need root; everything else about the host is found out by using it."""
    if os.geteuid() != 0:
        pytest.skip("machines need root, and this run has another user")


@pytest.fixture(scope="session")
def host_is_left_clean():
    """Compares the host before and after everything that ran with machines."""
    need_root()
    before = leaks.snapshot()
    yield before
    leaks.assert_nothing_new(before)


@pytest.fixture(scope="session")
def machines(host_is_left_clean):
    """A region whose machines are containers, with the minimal image. Everything is gone at its end."""
    with Region("container") as shared:
        yield shared


@pytest.fixture
def aws(freehold):
    """Runs the AWS CLI as a user would after `eval "$(freehold env)"`: aws("ec2", "describe-regions")."""
    return cli(freehold)
