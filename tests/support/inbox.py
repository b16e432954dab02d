"""A topic that a queue listens to: what services publish, as a test reads it."""

import json

from support.waiting import until


class Inbox:
    """A topic, and a queue that hears what is published there."""

    def __init__(self, region, account=None, name="alarms"):
        self.sqs, sns = region.client("sqs", account), region.client("sns", account)
        self.topic = sns.create_topic(Name=name)["TopicArn"]
        self.queue = self.sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn)
        statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.sqs.set_queue_attributes(QueueUrl=self.queue, Attributes={"Policy": policy})

    def messages(self):
        """What has come since the last call: (subject, message)."""
        found = []
        while got := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for one in got:
                self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=one["ReceiptHandle"])
                body = json.loads(one["Body"])
                found.append((body.get("Subject"), json.loads(body["Message"])))
        return found

    def one(self):
        [found] = until(self.messages, "a message")
        return found
