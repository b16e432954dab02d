"""One topic, many subscribers: those that fail delay nobody, and nothing that was acknowledged is lost."""

import json

from sns.conftest import Lab
from support.waiting import until

FEW = json.dumps({"healthyRetryPolicy": {"minDelayTarget": 1, "maxDelayTarget": 1, "numRetries": 1}})


def refuse_topics(lab, queue):
    policy = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage", "Resource": queue}]}
    lab.sqs.set_queue_attributes(QueueUrl=lab.url(queue), Attributes={"Policy": json.dumps(policy)})


def test_subscribers_that_fail_delay_nobody_and_end_in_their_dead_letter_queues(lab, sns):
    topic = lab.topic()
    queues = [lab.queue(f"q{number}") for number in range(10)]
    dead = {name: lab.queue(f"dead-{name}") for name in ("refusing", "hanging", "failing")}
    redrive = {name: json.dumps({"deadLetterTargetArn": arn}) for name, arn in dead.items()}
    for queue in queues[1:]:
        lab.subscribe(topic, queue)
    lab.subscribe(topic, queues[0], RedrivePolicy=redrive["refusing"])
    refuse_topics(lab, queues[0])
    hanging, failing = lab.receiver(None), lab.receiver(500)
    lab.hook(topic, hanging, DeliveryPolicy=FEW, RedrivePolicy=redrive["hanging"])
    lab.hook(topic, failing, DeliveryPolicy=FEW, RedrivePolicy=redrive["failing"])

    sent = [sns.publish(TopicArn=topic, Message=f"m{number}")["MessageId"] for number in range(5)]
    # Queues have the messages when the publisher is answered: nothing is waited for.
    for queue in queues[1:]:
        assert [json.loads(body)["MessageId"] for body in lab.bodies(queue)] == sent
    assert lab.bodies(queues[0]) == []
    assert {json.loads(body)["MessageId"] for body in lab.bodies(dead["refusing"])} == set(sent)
    for name, receiver in (("failing", failing), ("hanging", hanging)):
        kept = lab.wait_for(dead[name], len(sent), timeout=120)
        assert {json.loads(message["Body"])["MessageId"] for message in kept} == set(sent)
        attempts = [post.headers["x-amz-sns-message-id"] for post in receiver.notifications]
        assert {attempts.count(one) for one in sent} == {2}, name


def test_a_queue_that_is_gone_is_dropped_or_kept_as_dead_letter(lab, sns):
    topic, gone, dead, live = lab.topic(), lab.queue("gone"), lab.queue("dead"), lab.queue("live")
    arn = lab.subscribe(topic, gone)
    lab.subscribe(topic, live)
    lab.sqs.delete_queue(QueueUrl=lab.url(gone))
    sns.publish(TopicArn=topic, Message="dropped")
    redrive = json.dumps({"deadLetterTargetArn": dead})
    sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="RedrivePolicy", AttributeValue=redrive)
    sns.publish(TopicArn=topic, Message="kept")
    assert lab.messages(dead) == ["kept"]
    assert lab.messages(live) == ["dropped", "kept"]
    assert "was not delivered" in lab.region.log_text()


def test_functions_that_nobody_runs_fail_for_good(lab, sns):
    topic, dead = lab.topic(), lab.queue("dead")
    redrive = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": dead})}
    function = f"arn:aws:lambda:us-east-1:{lab.account}:function:f"
    stream = f"arn:aws:firehose:us-east-1:{lab.account}:deliverystream/d"
    role = {"SubscriptionRoleArn": f"arn:aws:iam::{lab.account}:role/r"}
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function, Attributes=redrive)
    sns.subscribe(TopicArn=topic, Protocol="firehose", Endpoint=stream, Attributes=redrive | role)
    sns.publish(TopicArn=topic, Message="m")
    assert len(lab.wait_for(dead, 2)) == 2


def test_what_was_acknowledged_is_in_every_queue_after_a_crash(region, account):
    one = region()
    lab = Lab(one, account)
    topic = lab.topic()
    queues = [lab.queue(f"q{number}") for number in range(10)]
    for queue in queues:
        lab.subscribe(topic, queue, RawMessageDelivery="true")
    for number in range(20):
        lab.sns.publish(TopicArn=topic, Message=f"m{number}")
    one.kill()
    one.start()
    for queue in queues:
        assert sorted(lab.bodies(queue)) == sorted(f"m{number}" for number in range(20))
    lab.sns.publish(TopicArn=topic, Message="later")
    assert [lab.bodies(queue) for queue in queues] == [["later"]] * 10


def test_a_crash_amid_publishing_loses_nothing_that_was_acknowledged(region, account):
    import threading

    one = region()
    lab = Lab(one, account)
    topic = lab.topic()
    queues = [lab.queue(f"q{number}") for number in range(3)]
    for queue in queues:
        lab.subscribe(topic, queue, RawMessageDelivery="true")
    acknowledged = []

    def publish(worker):
        client = one.client("sns", account=account)
        for number in range(10_000):
            message = f"{worker}-{number}"
            try:
                client.publish(TopicArn=topic, Message=message)
            except Exception:  # noqa: BLE001: the region was killed
                return
            acknowledged.append(message)

    workers = [threading.Thread(target=publish, args=(worker,)) for worker in range(4)]
    for worker in workers:
        worker.start()
    until(lambda: len(acknowledged) > 100, "some messages are published")
    one.kill()
    for worker in workers:
        worker.join()
    one.start()
    for queue in queues:
        missing = set(acknowledged) - set(lab.bodies(queue))
        assert not missing, f"{len(missing)} of {len(acknowledged)} messages are lost"
