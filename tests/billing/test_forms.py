"""The forms in which a bill is printed."""

import json

from support.bills import PERIOD, launch


def test_a_flag_asks_for_json_as_it_does_elsewhere(region):
    moved = region("none", "--test-clock")
    launch(moved.client("ec2"))
    moved.advance_clock(3600)
    answers = [moved.command("bill", *PERIOD, *form) for form in (["--json"], ["--format", "json"])]
    keys = [[line["key"] for line in json.loads(answer.stdout)["lines"]] for answer in answers]
    assert keys[0] == keys[1] and ["AmazonEC2", "On-Demand"] in keys[0]
    refused = moved.command("bill", *PERIOD, "--json", "--format", "csv")
    assert refused.returncode == 2 and "--format" in refused.stderr
