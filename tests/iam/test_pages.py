"""Lists of IAM that nobody was promised."""

import pytest
from support.refusal import refusal


@pytest.mark.parametrize("operation", ["list_instance_profiles", "list_roles"])
def test_a_marker_that_was_made_up_is_refused(freehold, account, operation):
    iam = freehold.client("iam", account, parameter_validation=False)
    assert refusal(getattr(iam, operation), Marker="made-up") == "ValidationError"
    assert refusal(getattr(iam, operation), MaxItems=0) == "ValidationError"
