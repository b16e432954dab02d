"""Addresses that functions are told from outside."""

import pytest

pytestmark = pytest.mark.machines

ASK = """
import urllib.error, urllib.request
def handler(event, context):
    try:
        return urllib.request.urlopen(event["url"], timeout=5).status
    except urllib.error.HTTPError as error:
        return error.code
"""


def test_the_address_of_a_queue_is_good_inside_of_a_function(runner, running):
    """SDKs for JavaScript ask the address of a queue, whatever endpoint they are given."""
    url = running.client("sqs", runner.account).create_queue(QueueName="inside")["QueueUrl"]
    assert url.startswith(running.endpoint) and not running.endpoint.endswith(":4566")
    runner.make("asks", code=ASK)
    # The region answers: nobody signed.
    assert runner.invoke("asks", {"url": url})["Payload"] in (400, 403)
