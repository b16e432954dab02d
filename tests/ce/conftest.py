"""What the tests of Cost Explorer share: an account of a region of the test's own. Accounts of a region share what they
buy, so that tests in one region would pay for each other."""

import pytest
from support.books import Books


@pytest.fixture
def books(region, account):
    return Books(region("none", "--test-clock"), account)
