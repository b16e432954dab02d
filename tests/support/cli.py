"""The AWS CLI, as a user runs it after `eval "$(freehold env)"`."""

import os
import subprocess

from support.region import REPOSITORY


def cli(region, account=None):
    """Runs commands in that region: cli(region)("ec2", "describe-regions"). Never raises for an exit code."""
    lines = region.command("env").stdout.splitlines()
    exported = dict(line.removeprefix("export ").split("=", 1) for line in lines if line.startswith("export "))
    exported = {name: value.strip("'\"") for name, value in exported.items()}
    if account:
        exported["AWS_ACCESS_KEY_ID"] = account
    program = REPOSITORY / ".venv" / "aws" / "bin" / "aws"

    def call(*arguments, **options):
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"} | exported
        options = {"capture_output": True, "text": True, "timeout": 120} | options
        return subprocess.run([program, *arguments], env=environment, check=False, **options)

    return call
