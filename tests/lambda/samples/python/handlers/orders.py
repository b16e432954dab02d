"""Calls the region by the SDK, which comes in a layer, with nothing but what the environment says."""

import os

import boto3
from botocore.exceptions import ClientError

sqs = boto3.client("sqs")
QUEUE = os.environ["QUEUE_URL"]


def create(event, context):
    sent = sqs.send_message(QueueUrl=QUEUE, MessageBody=event["order"])
    try:
        sqs.delete_queue(QueueUrl=QUEUE)
        refused = None
    except ClientError as error:
        refused = error.response["Error"]["Code"]
    return {"id": sent["MessageId"], "refused": refused, "who": boto3.client("sts").get_caller_identity()["Arn"]}
