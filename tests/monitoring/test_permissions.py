"""Who may: actions of CloudWatch begin with `cloudwatch:`, and alarms are resources."""

import json

from support.metrics import put_alarm
from support.refusal import refusal


def session(freehold, account, *statements):
    """A client of a role that may do this only."""

    def document(*statements):
        return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})

    iam = freehold.client("iam", account)
    trust = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName="agent", AssumeRolePolicyDocument=document(trust))["Role"]
    iam.put_role_policy(RoleName="agent", PolicyName="p", PolicyDocument=document(*statements))
    issued = freehold.client("sts", account).assume_role(RoleArn=role["Arn"], RoleSessionName="agent")["Credentials"]
    keys = {"key": issued["AccessKeyId"], "secret": issued["SecretAccessKey"], "token": issued["SessionToken"]}
    return freehold.client("cloudwatch", **keys)


def test_a_role_may_do_what_its_policy_says_and_no_more(freehold, account, cloudwatch):
    put_alarm(cloudwatch, "mine", TreatMissingData="ignore")
    put_alarm(cloudwatch, "other", TreatMissingData="ignore")
    mine = f"arn:aws:cloudwatch:us-east-1:{account}:alarm:mine"
    agent = session(
        freehold,
        account,
        {"Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*"},
        {"Effect": "Allow", "Action": ["cloudwatch:SetAlarmState", "cloudwatch:DeleteAlarms"], "Resource": mine},
    )
    agent.put_metric_data(Namespace="App", MetricData=[{"MetricName": "m", "Value": 1}])
    agent.set_alarm_state(AlarmName="mine", StateValue="OK", StateReason="x")
    assert refusal(agent.list_metrics) == "AccessDenied"
    assert refusal(agent.set_alarm_state, AlarmName="other", StateValue="OK", StateReason="x") == "AccessDenied"
    assert refusal(agent.delete_alarms, AlarmNames=["mine", "other"]) == "AccessDenied"
    agent.delete_alarms(AlarmNames=["mine"])
