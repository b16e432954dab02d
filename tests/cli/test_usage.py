"""What the command line takes, and what it says about the rest. Wrong usage ends with 2, failure with 1."""

import pytest
from support.region import run

COMMANDS = ["up", "down", "status", "env", "doctor", "demo", "reset", "logs", "spot", "image"]


def test_help_names_every_command():
    shown = run("--help")
    assert shown.returncode == 0
    for command in COMMANDS:
        assert f"\n  {command} " in shown.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    shown = run(command, "--help")
    assert shown.returncode == 0
    assert "Usage: freehold " + command in shown.stdout


def test_the_version_is_printed():
    assert run("--version").stdout.startswith("freehold 0.")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["sideways"],
        ["up", "--sideways"],
        ["up", "extra"],
        ["up", "--machines", "hamsters"],
        ["up", "--listen", "4566"],
        ["up", "--listen", "localhost"],
        ["up", "--public-pool", "198.18.0.1/16"],
        ["up", "--public-pool", "10.0.0.0/31"],
        ["up", "--cpu-overcommit", "0"],
        ["up", "--memory-overcommit", "lots"],
        ["logs"],
        ["image"],
        ["image", "build", "windows"],
        ["image", "import"],
        ["status", "--json", "--json"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(arguments, tmp_path):
    refused = run(*arguments, env={"FREEHOLD_DATA_DIR": str(tmp_path / "data")})
    assert refused.returncode == 2, refused.stderr
    assert refused.stdout == ""
    assert refused.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", [["status"], ["status", "--json"], ["logs", "i-0123456789abcdef0"]], ids=" ".join)
def test_what_needs_something_that_is_not_there_ends_with_1(command, tmp_path):
    refused = run(*command, "--data-dir", tmp_path)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert len(refused.stderr.splitlines()) == 1
