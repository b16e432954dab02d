"""Tags of everything that has an ARN."""

import pytest
from support.refusal import refusal


@pytest.fixture
def arns(lab, elb):
    balancer = lab.balancer(Tags=[{"Key": "new", "Value": "1"}])["LoadBalancerArn"]
    listener = lab.listener(balancer)
    default = elb.describe_rules(ListenerArn=listener)["Rules"][0]["RuleArn"]
    return [balancer, listener, lab.rule(listener, 1), default, lab.group()]


def tags(elb, arns):
    found = elb.describe_tags(ResourceArns=arns)["TagDescriptions"]
    return {one["ResourceArn"]: {tag["Key"]: tag["Value"] for tag in one["Tags"]} for one in found}


def test_tags_come_and_go(elb, arns):
    elb.add_tags(ResourceArns=arns, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    elb.remove_tags(ResourceArns=arns, TagKeys=["b", "none"])
    wanted = {arn: {"a": "1"} for arn in arns}
    wanted[arns[0]]["new"] = "1"
    assert tags(elb, arns) == wanted


def test_tags_have_rules(elb, arns):
    twice = [{"Key": "a", "Value": "1"}] * 2
    assert refusal(elb.add_tags, ResourceArns=arns[:1], Tags=twice) == "DuplicateTagKeys"
    many = [{"Key": f"k{number}", "Value": ""} for number in range(51)]
    assert refusal(elb.add_tags, ResourceArns=arns[:1], Tags=many) == "TooManyTags"
    reserved = [{"Key": "aws:a", "Value": ""}]
    assert refusal(elb.add_tags, ResourceArns=arns[:1], Tags=reserved) == "ValidationError"


def test_who_names_nothing_is_told_so(lab, elb):
    one = [{"Key": "a", "Value": "1"}]
    for resource, code in [
        ("loadbalancer/app/x/0123456789abcdef", "LoadBalancerNotFound"),
        ("listener/app/x/0123456789abcdef/0123456789abcdef", "ListenerNotFound"),
        ("listener-rule/app/x/0123456789abcdef/0123456789abcdef/0123456789abcdef", "RuleNotFound"),
        ("targetgroup/x/0123456789abcdef", "TargetGroupNotFound"),
        ("x", "ValidationError"),
    ]:
        arns = [lab.arn(resource)]
        assert refusal(elb.describe_tags, ResourceArns=arns) == code
        assert refusal(elb.add_tags, ResourceArns=arns, Tags=one) == code
        assert refusal(elb.remove_tags, ResourceArns=arns, TagKeys=["a"]) == code
