"""Who may: groups and their streams are resources."""

import json
import time

from support.refusal import refusal


def test_a_role_may_write_to_its_group_and_no_other(freehold, account, logs):
    def document(**statement):
        return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"} | statement]})

    iam = freehold.client("iam", account)
    trust = document(Principal={"AWS": account}, Action="sts:AssumeRole")
    role = iam.create_role(RoleName="writer", AssumeRolePolicyDocument=trust)["Role"]
    policy = document(
        Action=["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
        Resource=f"arn:aws:logs:*:{account}:log-group:/mine/*",
    )
    iam.put_role_policy(RoleName="writer", PolicyName="p", PolicyDocument=policy)
    issued = freehold.client("sts", account).assume_role(RoleArn=role["Arn"], RoleSessionName="writer")["Credentials"]
    keys = {"key": issued["AccessKeyId"], "secret": issued["SecretAccessKey"], "token": issued["SessionToken"]}
    writer = freehold.client("logs", **keys)

    writer.create_log_group(logGroupName="/mine/a")
    stream = {"logGroupName": "/mine/a", "logStreamName": "s"}
    writer.create_log_stream(**stream)
    writer.put_log_events(**stream, logEvents=[{"timestamp": int(time.time() * 1000), "message": "m"}])
    arn = f"arn:aws:logs:us-east-1:{account}:log-group:/mine/a"
    assert len(writer.describe_log_streams(logGroupIdentifier=arn)["logStreams"]) == 1

    denied = "AccessDeniedException"
    assert refusal(writer.get_log_events, **stream) == denied
    assert refusal(writer.describe_log_groups) == denied
    assert refusal(writer.create_log_group, logGroupName="/yours") == denied
    logs.create_log_group(logGroupName="/yours")
    assert refusal(writer.create_log_stream, logGroupName="/yours", logStreamName="s") == denied
