"""Every operation is called by a test that sees it succeed and by one that sees it refused: judges a run of all tests of the
services, when it has ended well.
"""

import pathlib

from support.calls import operations

TESTS = pathlib.Path(__file__).resolve().parents[1]

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


def missing_files(ran):
    """Files with tests of services that are not among these, whose paths are from the folder of all tests."""
    every = {str(path.relative_to(TESTS)) for service in SERVICES for path in (TESTS / service).glob("test_*.py")}
    return every - ran


def complaints(calls):
    """What is wrong with what was called, a line each."""
    wanted, refused = operations(), calls.refused.keys()
    found = {
        "No test sees these succeed": wanted - calls.answered,
        "No test sees these refuse anything": wanted - refused - NEVER_REFUSED.keys(),
        "These are said never to refuse, and do": NEVER_REFUSED.keys() & refused,
    }
    return [f"{what}: {' '.join(sorted(map(':'.join, ones)))}" for what, ones in found.items() if ones]
