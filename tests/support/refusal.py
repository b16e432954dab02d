"""What a call is refused with."""

import pytest
from botocore.exceptions import ClientError


def refusal(call, **arguments):
    """The error code that a call is refused with. Fails if it is not."""
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    return refused.value.response["Error"]["Code"]
