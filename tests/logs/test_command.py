"""`freehold logs`: a group or a function as its users follow it."""

import subprocess
import time

import pytest
from support.region import binary
from support.waiting import until


@pytest.fixture
def written(freehold):
    """A function's group with two old lines and a new one. The command acts in the default account."""
    logs = freehold.client("logs")
    group = f"/aws/lambda/{time.time_ns()}"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")

    def put(message, ago=0.0):
        event = {"timestamp": int((time.time() - ago) * 1000), "message": message}
        logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=[event])

    put("long ago\n", 3000)
    put("REPORT now")
    return group, put


def lines(output):
    return [line.split(" ", 1)[1] for line in output.splitlines()]


def test_a_function_or_a_group_is_read_since_a_time(freehold, written):
    group, _ = written
    for name in (group, group.removeprefix("/aws/lambda/")):
        assert lines(freehold.command("logs", name).stdout) == ["REPORT now"]
        assert lines(freehold.command("logs", name, "--since", "1h").stdout) == ["long ago", "REPORT now"]
        assert lines(freehold.command("logs", name, "--since", "1h", "--filter", "-REPORT").stdout) == ["long ago"]
    missing = freehold.command("logs", "nothing")
    assert missing.returncode == 1 and "no log group nothing" in missing.stderr
    wrong = freehold.command("logs", group, "--filter", "a.b")
    assert wrong.returncode == 1 and "InvalidParameterException" in wrong.stderr
    machine = freehold.command("logs", "i-0123456789abcdef0", "--follow")
    assert machine.returncode == 1 and "--follow" in machine.stderr


def test_what_comes_is_followed(freehold, written):
    group, put = written
    command = [binary(), "logs", "--data-dir", freehold.data, group, "--follow"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as following:
        try:
            assert "REPORT now" in following.stdout.readline()
            put("one")
            assert following.stdout.readline().endswith(" one\n")
            # Of another stream it may come later than what is newer.
            put("late", ago=2)
            put("two")
            rest = {following.stdout.readline().split(" ", 1)[1] for _ in range(2)}
            assert rest == {"late\n", "two\n"}
        finally:
            following.terminate()
    until(lambda: following.poll() is not None, "the command ends when it is told to")
