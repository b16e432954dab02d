"""Who may: plans are resources."""

import json

from support.refusal import refusal


def document(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"} | statement]})


def test_a_role_may_tag_and_return_one_plan_and_no_other(freehold, account, plans):
    mine, other = plans.buy(), plans.buy()
    arn, theirs = (plans.show(plan)["savingsPlanArn"] for plan in (mine, other))
    iam = freehold.client("iam", account)
    trust = document(Principal={"AWS": account}, Action="sts:AssumeRole")
    role = iam.create_role(RoleName="keeper", AssumeRolePolicyDocument=trust)["Role"]
    actions = [f"savingsplans:{name}" for name in ("ListTagsForResource", "TagResource", "ReturnSavingsPlan")]
    policy = document(Action=actions, Resource=arn)
    iam.put_role_policy(RoleName="keeper", PolicyName="p", PolicyDocument=policy)
    issued = freehold.client("sts", account).assume_role(RoleArn=role["Arn"], RoleSessionName="keeper")["Credentials"]
    keys = {"key": issued["AccessKeyId"], "secret": issued["SecretAccessKey"], "token": issued["SessionToken"]}
    keeper = freehold.client("savingsplans", **keys)

    keeper.tag_resource(resourceArn=arn, tags={"a": "b"})
    assert keeper.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "b"}
    denied = "AccessDeniedException"
    assert refusal(keeper.tag_resource, resourceArn=theirs, tags={"a": "b"}) == denied
    assert refusal(keeper.return_savings_plan, savingsPlanId=other) == denied
    assert refusal(keeper.describe_savings_plans_offerings) == denied
    wanted = {"savingsPlanOfferingId": plans.offering(), "commitment": "1"}
    assert refusal(keeper.create_savings_plan, **wanted) == denied
    assert keeper.return_savings_plan(savingsPlanId=mine)["savingsPlanId"] == mine
