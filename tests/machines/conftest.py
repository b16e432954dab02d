"""Fixtures of the tests with real machines."""

import pytest
from support.instances import Lab
from support.region import Region


@pytest.fixture(scope="module", params=["container", "vm"])
def made_of(request, host_is_left_clean):
    """A region of each kind of machine. Emulated where the host has no KVM that boots."""
    with Region(request.param, "--oversubscribe") as region:
        yield region


@pytest.fixture
def lab(made_of):
    with Lab(made_of) as lab:
        yield lab
