"""What the tests of Savings Plans share: an account of the test's own, in a region whose clock can be moved."""

import pytest
from support.plans import Plans
from support.region import Region


@pytest.fixture(scope="session")
def clocked():
    """A region whose clock can be moved, shared."""
    with Region("none", "--test-clock") as shared:
        yield shared


@pytest.fixture
def plans(freehold, account):
    return Plans(freehold, account)


@pytest.fixture
def moved(clocked, account):
    """The same in the region whose clock can be moved."""
    return Plans(clocked, account)
