"""What tests of Auto Scaling begin with: a client each, a launch template, and groups that go with the test."""

import pytest
from support.fleet import Fleet


@pytest.fixture
def fleet(freehold, account):
    """Groups of one account in the shared region without machines."""
    with Fleet(freehold, account) as made:
        yield made


@pytest.fixture
def moved(region):
    """The same in a region of the test's own whose clock can be moved: `moved.region.advance_clock(60)`."""
    with Fleet(region("none", "--test-clock"), "111122223333") as made:
        yield made
