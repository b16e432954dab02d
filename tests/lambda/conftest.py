"""What the tests of Lambda share."""

import pytest
from support.functions import Functions


@pytest.fixture
def functions(freehold, account):
    return Functions(freehold, account)


@pytest.fixture
def lam(functions):
    return functions.client
