"""What the tests of the Scheduler share: a client of an account of the test's own, a role, and queues that are told."""

import json

import pytest
from events.conftest import Lab
from support.region import Region

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}

ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


class Desk(Lab):
    """One account of a region: schedules, and queues that they tell."""

    def __init__(self, region, account):
        super().__init__(region, account)
        self.scheduler = region.client("scheduler", account=account)
        self.iam = region.client("iam", account=account)

    def role(self, name="scheduler"):
        try:
            made = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
            self.iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(ALLOW))
            return made["Role"]["Arn"]
        except self.iam.exceptions.EntityAlreadyExistsException:
            return self.iam.get_role(RoleName=name)["Role"]["Arn"]

    def schedule(self, expression, target, name="job", window=None, call=None, **options):
        """Makes a schedule; its ARN."""
        flexible = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": window} if window else {"Mode": "OFF"}
        made = (call or self.scheduler.create_schedule)(
            Name=name,
            ScheduleExpression=expression,
            FlexibleTimeWindow=flexible,
            Target={"RoleArn": self.role()} | target,
            **options,
        )
        return made["ScheduleArn"]


@pytest.fixture
def desk(freehold, account):
    return Desk(freehold, account)


@pytest.fixture(scope="session")
def clocked():
    """A region whose clock can be moved, shared."""
    with Region("none", "--test-clock") as shared:
        yield shared


@pytest.fixture
def moved(clocked, account):
    """The same in the region whose clock can be moved."""
    return Desk(clocked, account)
