"""What functions use is on the bill, once, whenever the server dies."""

import base64
import json
import re

import pytest
from support.bills import PERIOD
from support.functions import Functions
from support.region import Region
from support.waiting import until

pytestmark = pytest.mark.machines

ACCOUNT = "555566667777"


def test_invocations_are_billed_once_however_the_region_dies(clients, host_is_left_clean):
    with Region("container") as region:
        functions = Functions(region, ACCOUNT)
        functions.make(code="def handler(event, context):\n    return event\n", MemorySize=256)
        gb_seconds = 0
        for round_ in range(3):
            for _ in range(4):
                answer = functions.client.invoke(FunctionName="f", LogType="Tail")
                tail = base64.b64decode(answer["LogResult"]).decode()
                gb_seconds += int(re.search(r"Billed Duration: (\d+) ms", tail)[1]) / 1000 * 256 / 1024
            if round_ < 2:
                region.kill()
                region.start()

        def counted():
            bill = region.command("bill", *PERIOD, "--by", "usage,resource", "--account", ACCOUNT, "--format", "json")
            arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"
            lines = {tuple(line["key"]): float(line["quantity"]) for line in json.loads(bill.stdout)["lines"]}
            return lines.get(("Request", arn)), lines.get(("Lambda-GB-Second", arn))

        until(lambda: counted()[0] == 12, "all invocations are counted")
        assert counted()[1] == pytest.approx(gb_seconds, abs=1e-4)


def test_what_runs_where_an_environment_was_kept_ready_has_a_rate_of_its_own(clients, host_is_left_clean):
    with Region("container") as region:
        functions = Functions(region, ACCOUNT)
        functions.make(code="def handler(event, context):\n    return event\n", MemorySize=256)
        functions.client.publish_version(FunctionName="f")
        version = {"FunctionName": "f", "Qualifier": "1"}
        functions.client.put_provisioned_concurrency_config(**version, ProvisionedConcurrentExecutions=1)
        status = functions.client.get_provisioned_concurrency_config
        until(lambda: status(**version)["Status"] == "READY", "an environment is ready", timeout=60)
        functions.client.invoke(**version)
        functions.client.invoke(FunctionName="f")
        functions.client.delete_provisioned_concurrency_config(**version)

        def counted():
            bill = region.command("bill", *PERIOD, "--by", "usage", "--account", ACCOUNT, "--format", "json")
            return {line["key"][0]: float(line["quantity"]) for line in json.loads(bill.stdout)["lines"]}

        until(lambda: counted().get("Request") == 2, "both invocations are counted")
        found = counted()
        assert found["Lambda-Provisioned-GB-Second"] > 0 and found["Lambda-GB-Second"] > 0
        # However soon it ends, it is paid for by five minutes, which may reach into the next hour.
        assert found["Lambda-Provisioned-Concurrency"] == pytest.approx(300 * 0.25)
