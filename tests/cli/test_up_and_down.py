"""Starting and ending a control plane."""

import json
import os
import pathlib
import signal
import socket
import subprocess

from support.region import binary, run
from support.waiting import until


def one_line(text):
    lines = [line for line in text.splitlines() if line]
    assert len(lines) == 1, text
    return lines[0]


def alive(pid):
    """Whether the process runs; one that ended and that nobody has asked about yet does not."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def up(data, *arguments):
    return run("up", "--data-dir", data, "--machines", "none", *arguments)


def test_it_serves_and_says_what_machines_it_uses(region):
    here = region()
    health = here.get("/_freehold/health")
    assert health["machines"] == "none"
    assert health["version"]
    assert "machines: none: " in here.log_text()


def test_detach_returns_when_it_serves_and_down_ends_it(tmp_path):
    started = up(tmp_path, "--listen", "127.0.0.1:0", "--detach")
    try:
        assert started.returncode == 0, started.stderr
        assert started.stdout == ""
        record = json.loads((tmp_path / "freehold.pid").read_text())
        assert record["endpoint"] in started.stderr
        # It answers at once, and it is a session of its own.
        status = json.loads(run("status", "--data-dir", tmp_path, "--json").stdout)
        assert status["pid"] == record["pid"]
        assert os.getsid(record["pid"]) == record["pid"]
    finally:
        ended = run("down", "--data-dir", tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert not (tmp_path / "freehold.pid").exists()
    assert not alive(record["pid"])


def test_down_without_a_region_is_no_failure(tmp_path):
    ended = run("down", "--data-dir", tmp_path)
    assert ended.returncode == 0
    assert "no control plane runs" in one_line(ended.stderr)


def test_a_signal_ends_it_in_order(region):
    here = region()
    here.process.send_signal(signal.SIGTERM)
    assert here.process.wait(timeout=30) == 0
    assert not (here.data / "freehold.pid").exists()


def test_a_taken_port_is_one_clear_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = "127.0.0.1:%d" % other.getsockname()[1]
        for arguments in (["--listen", address], ["--listen", address, "--detach"]):
            refused = up(tmp_path, *arguments)
            assert refused.returncode == 1
            assert f"{address} is taken by another program" in one_line(refused.stderr)


def test_a_second_region_on_the_same_data_is_refused(region):
    here = region()
    for arguments in ([], ["--detach"]):
        refused = up(here.data, "--listen", "127.0.0.1:0", *arguments)
        assert refused.returncode == 1
        line = one_line(refused.stderr)
        assert "a region already runs on" in line
        assert here.endpoint in line
    assert here.get("/_freehold/health")


def test_it_starts_again_after_a_kill(region):
    here = region()
    first = here.process.pid
    here.kill()
    assert (here.data / "freehold.pid").exists()
    # The record names a process that is gone: nobody is told to end in its place.
    assert "no control plane runs" in here.command("down").stderr
    here.start()
    assert here.process.pid != first
    assert here.status()["pid"] == here.process.pid


def test_a_pid_file_of_another_process_ends_nobody(tmp_path):
    sleeper = subprocess.Popen(["sleep", "600"])
    try:
        record = {"pid": sleeper.pid, "start_time": 1, "endpoint": "http://127.0.0.1:1", "listen": "127.0.0.1:1"}
        (tmp_path / "freehold.pid").write_text(json.dumps(record | {"version": "0"}))
        assert run("down", "--data-dir", tmp_path).returncode == 0
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


def test_damaged_state_is_named_and_kept(region):
    here = region()
    here.stop()
    state = max((here.data / "state").iterdir(), key=lambda file: file.stat().st_size)
    damaged = b"not a database" * 1000
    state.write_bytes(damaged)
    refused = up(here.data, "--listen", "127.0.0.1:0")
    assert refused.returncode == 1
    assert "damaged" in refused.stderr.splitlines()[-1]
    assert str(state.parent) in refused.stderr.splitlines()[-1]
    assert state.read_bytes() == damaged


def test_a_data_directory_that_cannot_be_made_is_one_clear_line(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    refused = up(file / "below")
    assert refused.returncode == 1
    assert "cannot be made" in one_line(refused.stderr)


def test_data_is_readable_by_its_owner_only(tmp_path):
    data = tmp_path / "data"
    assert up(data, "--listen", "127.0.0.1:0", "--detach").returncode == 0
    try:
        assert data.stat().st_mode & 0o777 == 0o700
        assert (data / "root-key.json").stat().st_mode & 0o777 == 0o600
    finally:
        run("down", "--data-dir", data)


def test_two_regions_run_side_by_side(region):
    first, second = region(), region()
    assert first.endpoint != second.endpoint
    assert first.status()["data_dir"] != second.status()["data_dir"]


def test_a_closed_terminal_does_not_end_a_detached_region(tmp_path):
    shell = subprocess.Popen(
        [binary(), "up", "--detach", "--machines", "none", "--listen", "127.0.0.1:0", "--data-dir", tmp_path],
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )
    assert shell.wait(timeout=60) == 0
    try:
        try:
            os.killpg(shell.pid, signal.SIGHUP)
        except ProcessLookupError:
            pass
        until(lambda: run("status", "--data-dir", tmp_path).returncode == 0, "the region answers")
    finally:
        run("down", "--data-dir", tmp_path)
