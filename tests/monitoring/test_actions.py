"""What alarms do: topics are told, scaling policies called, instances stopped, terminated and rebooted."""

import json

from support.inbox import Inbox
from support.metrics import MINUTE, dimensions, minute, put_alarm, put_load, until_state
from support.waiting import until


def actions(client, name):
    items = client.describe_alarm_history(AlarmName=name, HistoryItemType="Action")["AlarmHistoryItems"]
    return [(item["HistorySummary"], json.loads(item["HistoryData"])) for item in items]


def test_a_topic_is_told_of_each_transition(freehold, account, cloudwatch):
    inbox = Inbox(freehold, account)
    settings = {"AlarmActions": [inbox.topic], "OKActions": [inbox.topic], "Dimensions": dimensions(Host="a")}
    put_load(cloudwatch, 20, minute() - 2 * MINUTE, Dimensions=dimensions(Host="a"))
    put_alarm(cloudwatch, "high", AlarmDescription="too much", **settings)
    subject, message = inbox.one()
    assert subject == 'ALARM: "high" in US East (N. Virginia)'
    expected = {
        "AlarmName": "high",
        "AlarmDescription": "too much",
        "AWSAccountId": account,
        "NewStateValue": "ALARM",
        "OldStateValue": "INSUFFICIENT_DATA",
        "Region": "US East (N. Virginia)",
        "AlarmArn": f"arn:aws:cloudwatch:us-east-1:{account}:alarm:high",
        "AlarmActions": [inbox.topic],
    }
    assert {name: message[name] for name in expected} == expected
    assert message["NewStateReason"].startswith("Threshold Crossed: 1 out of the last 1 datapoints [20.0 (")
    assert message["Trigger"] == {
        "MetricName": "load",
        "Namespace": "App",
        "StatisticType": "Statistic",
        "Statistic": "AVERAGE",
        "Unit": None,
        "Dimensions": [{"value": "a", "name": "Host"}],
        "Period": 60,
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 10.0,
        "TreatMissingData": "missing",
        "EvaluateLowSampleCountPercentile": "",
    }
    put_load(cloudwatch, 5, minute() - MINUTE, Dimensions=dimensions(Host="a"))
    subject, message = inbox.one()
    assert subject == 'OK: "high" in US East (N. Virginia)' and message["OldStateValue"] == "ALARM"
    until(lambda: len(actions(cloudwatch, "high")) == 2, "both actions are in the history")
    summary, data = actions(cloudwatch, "high")[0]
    assert summary == f"Successfully executed action {inbox.topic}" and data["actionState"] == "Succeeded"


def test_who_is_disabled_tells_nobody(freehold, account, cloudwatch):
    inbox = Inbox(freehold, account)
    put_alarm(cloudwatch, "quiet", AlarmActions=[inbox.topic], ActionsEnabled=False, TreatMissingData="ignore")
    put_alarm(cloudwatch, "loud", AlarmActions=[inbox.topic], TreatMissingData="ignore")
    for name in ["quiet", "loud"]:
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="by hand")
    _, message = inbox.one()
    assert message["AlarmName"] == "loud" and message["NewStateReason"] == "by hand"
    assert inbox.messages() == [] and actions(cloudwatch, "quiet") == []


def test_an_action_in_vain_is_told(cloudwatch, account):
    nowhere = f"arn:aws:sns:us-east-1:{account}:nowhere"
    put_alarm(cloudwatch, "vain", AlarmActions=[nowhere], TreatMissingData="ignore")
    cloudwatch.set_alarm_state(AlarmName="vain", StateValue="ALARM", StateReason="by hand")
    [(summary, data)] = until(lambda: actions(cloudwatch, "vain"), "the action is in the history")
    assert summary == f"Failed to execute action {nowhere}" and "Topic does not exist" in data["error"]


def test_a_policy_that_is_not_there_is_called_in_vain_again_and_again(moved):
    region, client = moved
    policy = "arn:aws:autoscaling:us-east-1:000000000000:scalingPolicy:0:autoScalingGroupName/none:policyName/none"
    put_alarm(client, "grow", AlarmActions=[policy], TreatMissingData="ignore")
    client.set_alarm_state(AlarmName="grow", StateValue="ALARM", StateReason="by hand")
    until(lambda: len(actions(client, "grow")) == 1, "the policy is called")
    summary, data = actions(client, "grow")[0]
    assert summary == f"Failed to execute action {policy}" and data["actionState"] == "Failed"
    for calls in [2, 3]:
        region.advance_clock(61)
        until(lambda calls=calls: len(actions(client, "grow")) == calls, f"the policy is called {calls} times")


def launch(ec2):
    image = ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "name", "Values": ["freehold-minimal-*"]}])["Images"][0]
    made = ec2.run_instances(ImageId=image["ImageId"], InstanceType="t3.nano", MinCount=1, MaxCount=1)["Instances"][0]
    instance = made["InstanceId"]
    until(lambda: state(ec2, instance) == "running", f"{instance} runs")
    return instance


def state(ec2, instance):
    return ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]["State"]["Name"]


def test_instances_are_stopped_rebooted_and_terminated(freehold, account, cloudwatch):
    ec2 = freehold.client("ec2", account)
    instance = launch(ec2)
    metric = {"Namespace": "AWS/EC2", "MetricName": "CPUUtilization", "Dimensions": dimensions(InstanceId=instance)}
    old = f"arn:aws:swf:us-east-1:{account}:action/actions/AWS_EC2.InstanceId.Reboot/1.0"
    for name, action, expected in [
        ("reboot", old, "running"),
        ("stop", "arn:aws:automate:us-east-1:ec2:stop", "stopped"),
        ("terminate", "arn:aws:automate:us-east-1:ec2:terminate", "terminated"),
    ]:
        put_alarm(cloudwatch, name, AlarmActions=[action], TreatMissingData="ignore", Threshold=1000.0, **metric)
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="by hand")
        until(lambda expected=expected: state(ec2, instance) == expected, f"{instance} is {expected}")
        [(summary, _)] = until(lambda name=name: actions(cloudwatch, name), "the action is in the history")
        assert summary == f"Successfully executed action {action}"


def test_an_action_survives_a_kill(region):
    made = region()
    client = made.client("cloudwatch")
    inbox = Inbox(made)
    put_alarm(client, "high", AlarmActions=[inbox.topic], TreatMissingData="ignore")
    client.set_alarm_state(AlarmName="high", StateValue="ALARM", StateReason="by hand")
    made.kill()
    made.start()
    inbox.sqs = made.client("sqs")
    messages = until(inbox.messages, "the topic is told")
    assert {message["NewStateValue"] for _, message in messages} == {"ALARM"}
    until_state(made.client("cloudwatch"), "high", "ALARM")
