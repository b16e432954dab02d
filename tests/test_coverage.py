"""Every operation is called by a test that sees it succeed and by one that sees it refused.

Judges the run that it ends (conftest.py puts it last), so it says something only if all tests of the services ran.
"""

import pathlib

import pytest
from support.calls import CALLS, operations

SERVICES = (
    "acm",
    "autoscaling",
    "ce",
    "ec2",
    "elb",
    "events",
    "iam",
    "lambda",
    "logs",
    "monitoring",
    "pricing",
    "savingsplans",
    "scheduler",
    "sns",
    "sqs",
    "ssm",
    "sts",
)

# Operations that have nothing of their own to refuse, and why.
NEVER_REFUSED = {
    ("autoscaling", "DescribeAccountLimits"): "it has no parameters",
    ("autoscaling", "DescribeAdjustmentTypes"): "it has no parameters",
    ("autoscaling", "DescribeAutoScalingNotificationTypes"): "it has no parameters",
    ("autoscaling", "DescribeLifecycleHookTypes"): "it has no parameters",
    ("autoscaling", "DescribeMetricCollectionTypes"): "it has no parameters",
    ("autoscaling", "DescribeScalingProcessTypes"): "it has no parameters",
    ("autoscaling", "DescribeTerminationPolicyTypes"): "it has no parameters",
    ("lambda", "GetAccountSettings"): "it has no parameters",
    ("sns", "GetSMSSandboxAccountStatus"): "it has no parameters",
    ("sts", "GetCallerIdentity"): "it has no parameters and needs no permission",
}


@pytest.fixture(scope="module", autouse=True)
def everything_ran(request):
    """Skips, and says so, where only a part of the tests was asked for."""
    ran = {item.path for item in request.session.items}
    folder = pathlib.Path(__file__).parent
    missing = [path.name for service in SERVICES for path in (folder / service).glob("test_*.py") if path not in ran]
    options = request.config.option
    if missing or options.keyword or options.markexpr or any("::" in one for one in request.config.args):
        pytest.skip("coverage is judged when all tests of all services run")
    if request.session.testsfailed:
        pytest.skip("coverage is judged when all other tests pass")


def named(operations):
    return " ".join(sorted(f"{service}:{name}" for service, name in operations))


def test_every_operation_is_seen_to_succeed():
    missing = operations() - CALLS.answered
    assert not missing, f"no test sees these succeed: {named(missing)}"


def test_every_operation_is_seen_to_refuse():
    missing = operations() - CALLS.refused.keys() - NEVER_REFUSED.keys()
    assert not missing, f"no test sees these refuse anything: {named(missing)}"


def test_what_is_said_never_to_refuse_does_not():
    refusing = NEVER_REFUSED.keys() & CALLS.refused.keys()
    assert not refusing, f"these do refuse: {named(refusing)}"
