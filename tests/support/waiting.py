"""Waiting for conditions, never for time."""

import time

# For boto3's waiters, which else pause for 15 seconds: `wait(InstanceIds=[…], **QUICKLY)`.
QUICKLY = {"WaiterConfig": {"Delay": 0.1, "MaxAttempts": 1200}}


def until(condition, what, timeout=60.0, every=0.05):
    """Calls `condition` until it answers something true, and returns that. What it raises counts as not yet."""
    deadline = time.monotonic() + timeout
    last = None
    while True:
        try:
            last = condition()
            if last:
                return last
        except AssertionError:
            raise
        except Exception as error:  # noqa: BLE001: any refusal is "not yet" until the deadline
            last = error
        if time.monotonic() >= deadline:
            raise TimeoutError(f"{what}: not within {timeout:g} s; last: {last!r}")
        time.sleep(every)
