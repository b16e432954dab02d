"""Tags of groups, notifications to topics, and metrics of groups."""

import json

from support.refusal import refusal
from support.waiting import until

INVALID = "ValidationError"


def tag(group, key, value="v", propagate=False):
    return {"ResourceId": group, "ResourceType": "auto-scaling-group", "Key": key, "Value": value, "PropagateAtLaunch": propagate}


def test_tags_are_set_listed_and_deleted(fleet):
    group = fleet.group(0)
    create, delete, describe = (
        fleet.autoscaling.create_or_update_tags,
        fleet.autoscaling.delete_tags,
        fleet.autoscaling.describe_tags,
    )
    create(Tags=[tag(group, "a"), tag(group, "b", "1", True)])
    create(Tags=[tag(group, "a", "w")])
    shown = {one["Key"]: (one["Value"], one["PropagateAtLaunch"]) for one in describe()["Tags"]}
    assert shown == {"a": ("w", False), "b": ("1", True)}
    found = describe(Filters=[{"Name": "auto-scaling-group", "Values": [group]}, {"Name": "key", "Values": ["b"]}])["Tags"]
    assert [one["Key"] for one in found] == ["b"]
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=1)
    fleet.until_serving(group, 1)
    launched = {one["Key"] for one in fleet.launched(group)[0]["Tags"]}
    assert "b" in launched and "a" not in launched
    delete(Tags=[tag(group, "a", "w")])
    assert [one["Key"] for one in describe()["Tags"]] == ["b"]
    assert refusal(create, Tags=[tag("missing", "a")]) == INVALID
    assert refusal(create, Tags=[tag(group, "aws:a")]) == INVALID
    assert refusal(delete, Tags=[tag("missing", "a")]) == INVALID
    assert refusal(describe, Filters=[{"Name": "colour", "Values": ["red"]}]) == INVALID


def test_users_cannot_mark_instances_as_a_groups(fleet):
    group = fleet.filled(1)
    (instance,) = fleet.serving(group)
    mark = [{"Key": "aws:autoscaling:groupName", "Value": "mine"}]
    assert refusal(fleet.ec2.create_tags, Resources=[instance], Tags=mark) == "InvalidParameterValue"
    assert refusal(fleet.ec2.delete_tags, Resources=[instance], Tags=mark) == "InvalidParameterValue"


def test_a_topic_is_told(fleet):
    sns, sqs = (fleet.region.client(service, fleet.account) for service in ("sns", "sqs"))
    topic = sns.create_topic(Name=fleet.name)["TopicArn"]
    url = sqs.create_queue(QueueName=fleet.name)["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{fleet.account}:{fleet.name}")
    policy = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [policy]})})
    group = fleet.group(0)
    put = fleet.autoscaling.put_notification_configuration
    types = ["autoscaling:EC2_INSTANCE_LAUNCH", "autoscaling:EC2_INSTANCE_TERMINATE"]
    put(AutoScalingGroupName=group, TopicARN=topic, NotificationTypes=types)

    def told(event):
        def received():
            for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", []):
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                envelope = json.loads(message["Body"])
                body = json.loads(envelope["Message"])
                if body["Event"] == event:
                    return envelope["Subject"], body
            return None

        return until(received, event)

    told("autoscaling:TEST_NOTIFICATION")
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=1)
    (instance,) = fleet.until_serving(group, 1)
    subject, body = told(types[0])
    assert subject == f'Auto Scaling: launch for group "{group}"'
    assert (body["EC2InstanceId"], body["StatusCode"], body["AutoScalingGroupName"]) == (instance, "Successful", group)
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=0)
    assert told(types[1])[1]["EC2InstanceId"] == instance

    describe = fleet.autoscaling.describe_notification_configurations
    lines = describe(AutoScalingGroupNames=[group])["NotificationConfigurations"]
    assert sorted(line["NotificationType"] for line in lines) == types
    delete = fleet.autoscaling.delete_notification_configuration
    delete(AutoScalingGroupName=group, TopicARN=topic)
    assert not describe()["NotificationConfigurations"]
    assert refusal(delete, AutoScalingGroupName=group, TopicARN=topic) == INVALID
    assert refusal(describe, AutoScalingGroupNames=["missing"]) == INVALID
    assert refusal(put, AutoScalingGroupName=group, TopicARN=topic, NotificationTypes=["autoscaling:TEA"]) == INVALID


def test_a_group_measures_itself(moved):
    cloudwatch = moved.region.client("cloudwatch", moved.account)
    group = moved.filled(2)
    enable, disable = moved.autoscaling.enable_metrics_collection, moved.autoscaling.disable_metrics_collection
    enable(AutoScalingGroupName=group, Granularity="1Minute", Metrics=["GroupDesiredCapacity", "GroupInServiceInstances"])
    shown = {one["Metric"] for one in moved.describe(group)["EnabledMetrics"]}
    assert shown == {"GroupDesiredCapacity", "GroupInServiceInstances"}

    def listed():
        moved.region.advance_clock(60)
        dimensions = [{"Name": "AutoScalingGroupName", "Value": group}]
        found = cloudwatch.list_metrics(Namespace="AWS/AutoScaling", Dimensions=dimensions)["Metrics"]
        return {metric["MetricName"] for metric in found} == shown

    until(listed, "its metrics are listed")
    disable(AutoScalingGroupName=group)
    assert not moved.describe(group)["EnabledMetrics"]
    assert refusal(enable, AutoScalingGroupName=group, Granularity="1Hour") == INVALID
    assert refusal(disable, AutoScalingGroupName=group, Metrics=["GroupMood"]) == INVALID
