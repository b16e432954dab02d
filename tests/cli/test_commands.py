"""The commands beside a running region."""

import json
import subprocess

import boto3
import pytest
from botocore.exceptions import ClientError
from support.region import run


def test_status_shows_the_region(freehold):
    shown = freehold.command("status")
    assert shown.returncode == 0, shown.stderr
    assert freehold.endpoint in shown.stdout
    assert "none" in shown.stdout
    assert "Reconcilers" in shown.stdout
    assert "\x1b[" not in shown.stdout
    assert shown.stderr == ""


def test_status_as_json_has_the_documented_fields(freehold):
    status = json.loads(freehold.command("status", "--json").stdout)
    assert status["endpoint"] == freehold.endpoint
    assert status["machines"]["driver"] == "none"
    assert status["machines"]["reason"]
    assert status["pid"] == freehold.process.pid
    assert status["uptime_seconds"] >= 0
    for field in ("instances", "reconcilers", "unknown_operations", "capacity", "services", "started_at"):
        assert field in status


def test_operations_that_are_not_there_are_counted(freehold, account):
    ec2 = freehold.client("ec2", account)
    for _ in range(2):
        with pytest.raises(ClientError):
            ec2.describe_vpn_connections()
    asked = {(one["service"], one["operation"]): one["count"] for one in freehold.status()["unknown_operations"]}
    assert asked["ec2", "DescribeVpnConnections"] >= 2
    assert "DescribeVpnConnections" in freehold.command("status").stdout


def test_env_is_shell_that_aws_clients_understand(freehold):
    script = 'eval "$1" && printf "%s %s" "$AWS_ENDPOINT_URL" "$AWS_REGION"'
    lines = freehold.command("env").stdout
    said = subprocess.run(["sh", "-c", script, "sh", lines], capture_output=True, text=True, check=True).stdout
    assert said == f"{freehold.endpoint} us-east-1"


def test_env_names_credentials_that_work(freehold):
    variables = json.loads(freehold.command("env", "--json").stdout)
    sts = boto3.client(
        "sts",
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        region_name=variables["AWS_REGION"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )
    assert sts.get_caller_identity()["Account"] == "000000000000"


def test_env_without_a_region_names_the_default_endpoint(tmp_path):
    assert "export AWS_ENDPOINT_URL=http://127.0.0.1:4566\n" in run("env", "--data-dir", tmp_path).stdout


def test_the_aws_cli_works_with_it(aws):
    answered = aws("ec2", "describe-regions", "--query", "Regions[].RegionName", "--output", "text")
    assert answered.returncode == 0, answered.stderr
    assert "us-east-1" in answered.stdout.split()


def test_doctor_says_what_the_host_can_do(tmp_path):
    data = tmp_path / "data"
    shown = run("doctor", "--json", "--data-dir", data)
    assert shown.returncode in (0, 1)
    # Looking makes no data directory.
    assert not data.exists()
    findings = json.loads(shown.stdout)
    assert {"root", "nftables", "runc", "kvm"} <= {one["feature"] for one in findings}
    assert all(one["found"] and one["meaning"] for one in findings)


def test_reset_asks_unless_told_not_to(region):
    here = region()
    here.stop()
    refused = here.command("reset")
    assert refused.returncode == 1
    assert "--yes" in refused.stderr
    assert (here.data / "state").exists()
    done = here.command("reset", "--yes")
    assert done.returncode == 0, done.stderr
    assert not (here.data / "state").exists()


def test_reset_ends_a_running_region_first(region):
    here = region()
    here.client("ec2").create_key_pair(KeyName="doomed", KeyType="ed25519")
    assert here.command("reset", "--yes").returncode == 0
    here.process.wait(timeout=30)
    here.start()
    assert here.client("ec2").describe_key_pairs()["KeyPairs"] == []


def test_reset_leaves_foreign_directories_alone(tmp_path):
    precious = tmp_path / "thesis.txt"
    precious.write_text("years of work")
    refused = run("reset", "--yes", "--data-dir", tmp_path)
    assert refused.returncode == 1
    assert precious.read_text() == "years of work"


def test_state_survives_a_restart(region):
    here = region()
    here.client("ec2").create_key_pair(KeyName="kept", KeyType="ed25519")
    here.stop()
    here.start()
    assert [pair["KeyName"] for pair in here.client("ec2").describe_key_pairs()["KeyPairs"]] == ["kept"]


def test_images_are_listed(tmp_path):
    assert json.loads(run("image", "list", "--json", "--data-dir", tmp_path / "none").stdout) == []
    assert not (tmp_path / "none").exists()


def test_importing_what_is_not_there_is_one_clear_line(tmp_path):
    refused = run("image", "import", tmp_path / "absent.tar", "--data-dir", tmp_path)
    assert refused.returncode == 1
    assert "absent.tar is not a file" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
