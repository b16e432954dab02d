"""Lifecycle hooks: instances are held until somebody lets them go, or time is up."""

import json

from support.refusal import refusal
from support.waiting import until

INVALID = "ValidationError"
LAUNCHING, TERMINATING = "autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"


def put(fleet, group, transition, name="hook", **options):
    fleet.autoscaling.put_lifecycle_hook(
        AutoScalingGroupName=group, LifecycleHookName=name, LifecycleTransition=transition, **options
    )


def complete(fleet, group, instance, result, name="hook"):
    fleet.autoscaling.complete_lifecycle_action(
        AutoScalingGroupName=group, LifecycleHookName=name, InstanceId=instance, LifecycleActionResult=result
    )


def test_an_instance_waits_on_its_way_in_and_out(fleet):
    group = fleet.group(0)
    put(fleet, group, LAUNCHING, "in")
    put(fleet, group, TERMINATING, "out")
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=1)
    (waiting,) = fleet.until_state(group, "Pending:Wait")
    assert fleet.activity(group, "Launching")["StatusCode"] == "MidLifecycleAction"
    complete(fleet, group, waiting["InstanceId"], "CONTINUE", "in")
    fleet.until_serving(group, 1)

    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=0)
    fleet.until_state(group, "Terminating:Wait")
    assert fleet.state(waiting["InstanceId"]) == "running"
    complete(fleet, group, waiting["InstanceId"], "ABANDON", "out")
    fleet.until_serving(group, 0)


def test_who_abandons_a_launch_ends_it(fleet):
    group = fleet.group(1, LifecycleHookSpecificationList=[{"LifecycleHookName": "hook", "LifecycleTransition": LAUNCHING}])
    (waiting,) = fleet.until_state(group, "Pending:Wait")
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=0)
    until(lambda: fleet.state(waiting["InstanceId"]) == "terminated", "it is terminated")
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=1)
    (waiting,) = fleet.until_state(group, "Pending:Wait")
    complete(fleet, group, waiting["InstanceId"], "ABANDON")
    until(lambda: fleet.state(waiting["InstanceId"]) == "terminated", "it is terminated")
    told = [one for one in fleet.activities(group) if waiting["InstanceId"] in one["Description"]]
    assert {one["StatusCode"] for one in told if one["Description"].startswith("Launching")} == {"Cancelled"}


def test_time_answers_for_who_does_not(moved):
    group = moved.group(0)
    put(moved, group, LAUNCHING, HeartbeatTimeout=60, DefaultResult="CONTINUE")
    moved.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=1)
    (waiting,) = moved.until_state(group, "Pending:Wait")
    moved.region.advance_clock(40)
    beat = {"AutoScalingGroupName": group, "LifecycleHookName": "hook", "InstanceId": waiting["InstanceId"]}
    moved.autoscaling.record_lifecycle_action_heartbeat(**beat)
    moved.region.advance_clock(40)
    assert len(moved.instances(group, "Pending:Wait")) == 1
    moved.region.advance_clock(21)
    moved.until_serving(group, 1)
    assert refusal(moved.autoscaling.record_lifecycle_action_heartbeat, **beat) == INVALID


def test_a_queue_is_asked_with_a_token(fleet):
    sqs = fleet.region.client("sqs", fleet.account)
    url = sqs.create_queue(QueueName=fleet.name)["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:{fleet.account}:{fleet.name}"
    group = fleet.group(0)
    role = f"arn:aws:iam::{fleet.account}:role/hooks"
    put(fleet, group, LAUNCHING, NotificationTargetARN=arn, RoleARN=role, NotificationMetadata="meta")

    def letter(which):
        def received():
            for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", []):
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                body = json.loads(message["Body"])
                if which(body):
                    return body
            return None

        return until(received, "a letter")

    letter(lambda body: body.get("Event") == "autoscaling:TEST_NOTIFICATION")
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=1)
    asked = letter(lambda body: "LifecycleActionToken" in body)
    (waiting,) = fleet.until_state(group, "Pending:Wait")
    assert asked["EC2InstanceId"] == waiting["InstanceId"] and asked["NotificationMetadata"] == "meta"
    assert (asked["LifecycleTransition"], asked["Origin"], asked["Destination"]) == (LAUNCHING, "EC2", "AutoScalingGroup")
    fleet.autoscaling.complete_lifecycle_action(
        AutoScalingGroupName=group,
        LifecycleHookName="hook",
        LifecycleActionToken=asked["LifecycleActionToken"],
        LifecycleActionResult="CONTINUE",
    )
    fleet.until_serving(group, 1)


def test_hooks_are_kept_changed_and_deleted(fleet):
    group = fleet.group(0)
    put(fleet, group, LAUNCHING, HeartbeatTimeout=100)
    describe = fleet.autoscaling.describe_lifecycle_hooks
    (hook,) = describe(AutoScalingGroupName=group)["LifecycleHooks"]
    assert (hook["HeartbeatTimeout"], hook["GlobalTimeout"], hook["DefaultResult"]) == (100, 10000, "ABANDON")
    fleet.autoscaling.put_lifecycle_hook(AutoScalingGroupName=group, LifecycleHookName="hook", DefaultResult="CONTINUE")
    (hook,) = describe(AutoScalingGroupName=group)["LifecycleHooks"]
    assert (hook["HeartbeatTimeout"], hook["DefaultResult"], hook["LifecycleTransition"]) == (100, "CONTINUE", LAUNCHING)

    # What a launching hook holds when it goes is abandoned.
    fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=1)
    (held,) = fleet.until_state(group, "Pending:Wait")
    fleet.autoscaling.delete_lifecycle_hook(AutoScalingGroupName=group, LifecycleHookName="hook")
    until(lambda: fleet.state(held["InstanceId"]) == "terminated", "it is terminated")
    fleet.until_serving(group, 1)
    assert refusal(fleet.autoscaling.delete_lifecycle_hook, AutoScalingGroupName=group, LifecycleHookName="hook") == INVALID
    assert refusal(describe, AutoScalingGroupName="missing") == INVALID


def test_what_a_hook_cannot_be_is_refused(fleet):
    group = fleet.group(0)

    def wrong(**options):
        options = {"LifecycleTransition": LAUNCHING} | options
        return refusal(fleet.autoscaling.put_lifecycle_hook, AutoScalingGroupName=group, LifecycleHookName="h", **options)

    assert wrong(LifecycleTransition="autoscaling:LUNCH") == INVALID
    assert wrong(HeartbeatTimeout=1) == INVALID
    assert wrong(DefaultResult="MAYBE") == INVALID
    assert wrong(NotificationTargetARN="arn:aws:lambda:us-east-1:111122223333:function:f") == INVALID
    call = {"AutoScalingGroupName": group, "LifecycleHookName": "h", "InstanceId": "i-00000000000000000"}
    assert refusal(fleet.autoscaling.complete_lifecycle_action, LifecycleActionResult="CONTINUE", **call) == INVALID
