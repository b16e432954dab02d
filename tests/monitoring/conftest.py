"""What the tests of CloudWatch share: a client of an account of the test's own, and a region whose clock can be moved."""

import pytest


@pytest.fixture
def cloudwatch(freehold, account):
    return freehold.client("cloudwatch", account)


@pytest.fixture
def moved(region):
    """A region whose clock the test moves, with a client: (region, client)."""
    made = region("none", "--test-clock")
    return made, made.client("cloudwatch")
