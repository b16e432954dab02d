"""A user's own prices."""

import subprocess

import pytest
from support.region import REPOSITORY, Region, binary


def sheet():
    return (REPOSITORY / "crates/billing/data/prices.toml").read_text()


def test_a_file_of_prices_replaces_those_that_come_with_the_program(tmp_path):
    ours = sheet().replace('usd_per_request = "0.0000002"', 'usd_per_request = "0.5"')
    (tmp_path / "prices.toml").write_text(ours)
    with Region("none", data=tmp_path) as own:
        client = own.client("savingsplans", account="111122223333")
        found = client.describe_savings_plans_offering_rates(
            savingsPlanTypes=["Compute"], usageTypes=["Request"], maxResults=1
        )
        assert found["searchResults"][0]["rate"] == "0.5"


@pytest.mark.parametrize("mistake", ["host_factor", "usd_per_request"])
def test_a_file_with_a_mistake_refuses_the_start(tmp_path, mistake):
    (tmp_path / "prices.toml").write_text(sheet().replace(mistake, "somethin_else"))
    command = [binary(), "up", "--data-dir", tmp_path, "--machines", "none", "--listen", "127.0.0.1:0"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode != 0
    assert "prices.toml" in ended.stderr and "somethin_else" in ended.stderr
