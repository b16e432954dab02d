"""A full disk: calls are refused in AWS's words, nothing that was acknowledged is lost, and writing works again when there is
room. The disk is a tmpfs of the test's own, so this needs root."""

import contextlib
import os
import subprocess

import pytest
from botocore.exceptions import ClientError
from support.region import Region
from support.waiting import until


@pytest.fixture
def small_disk(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m,mode=0700", "freehold-test", tmp_path], check=True)
    try:
        yield tmp_path
    finally:
        subprocess.run(["umount", "--lazy", tmp_path], check=True)


def fill(path):
    """Takes all room that there is."""
    with (path / "filler").open("ab", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(b"x" * 4096)


def refused_key_pair(ec2, name):
    """The code that making a key pair is refused with; None if it is made."""
    try:
        ec2.create_key_pair(KeyName=name, KeyType="ed25519")
    except ClientError as refused:
        return refused.response["Error"]["Code"], refused.response["ResponseMetadata"]["HTTPStatusCode"]
    return None


def names(ec2):
    return {pair["KeyName"] for pair in ec2.describe_key_pairs()["KeyPairs"]}


def test_a_full_disk_is_a_clear_error_and_loses_nothing(small_disk):
    region = Region(data=small_disk)
    region.start()
    try:
        ec2 = region.client("ec2")
        acknowledged = set()

        def make():
            name = f"key-{len(acknowledged)}-{make.turn}"
            make.turn += 1
            refused = refused_key_pair(ec2, name)
            if refused is None:
                acknowledged.add(name)
            return refused

        make.turn = 0
        assert make() is None
        fill(small_disk)
        # What is written goes into room that the file has already, until there is none.
        refused = until(make, "a write is refused", timeout=60, every=0)
        assert refused == ("Unavailable", 503)
        # Reading goes on, and so does refusing in other protocols' words.
        assert names(ec2) == acknowledged
        assert region.client("sts").get_caller_identity()["Account"] == "000000000000"
        with pytest.raises(ClientError) as role:
            region.client("iam").create_role(RoleName="r" * 60, AssumeRolePolicyDocument='{"Version":"2012-10-17","Statement":[]}')
        assert role.value.response["Error"]["Code"] in ("ServiceFailure", "MalformedPolicyDocument")
        # Killed with its disk full, it starts and knows all that it said yes to.
        region.kill()
        (small_disk / "filler").unlink()
        region.start()
        ec2 = region.client("ec2")
        assert names(ec2) == acknowledged
        assert make() is None
        fill(small_disk)
        until(make, "a write is refused again", timeout=60, every=0)
        # And without a restart it writes again as soon as there is room.
        (small_disk / "filler").unlink()
        until(lambda: make() is None, "a write is accepted", timeout=30)
        assert names(ec2) == acknowledged
        assert "panic" not in region.log_text()
    finally:
        region.stop()


def test_a_region_that_finds_its_disk_full_says_so_in_one_line(small_disk):
    from support.region import run

    fill(small_disk)
    refused = run("up", "--data-dir", small_disk / "data", "--machines", "none", "--listen", "127.0.0.1:0")
    assert refused.returncode == 1
    last = refused.stderr.strip().splitlines()[-1]
    assert "full" in last or "No space left" in last, refused.stderr
    assert "panic" not in refused.stderr
