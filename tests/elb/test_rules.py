"""Rules, their conditions and priorities."""

import pytest
from elb.conftest import answer, forward, on_path
from support.refusal import refusal


@pytest.fixture
def listener(lab):
    return lab.listener(lab.balancer()["LoadBalancerArn"])


def test_rules_come_by_priority_with_the_default_last(lab, elb, listener):
    second, first = lab.rule(listener, 100), lab.rule(listener, 20, "/b")
    pages = elb.get_paginator("describe_rules").paginate(ListenerArn=listener, PaginationConfig={"PageSize": 1})
    rules = [rule for page in pages for rule in page["Rules"]]
    assert [rule["RuleArn"] for rule in rules][:2] == [first, second]
    assert [(rule["Priority"], rule["IsDefault"]) for rule in rules] == [("20", False), ("100", False), ("default", True)]
    assert rules[0]["Conditions"][0]["PathPatternConfig"]["Values"] == ["/b"]
    assert elb.describe_rules(RuleArns=[second])["Rules"][0]["Priority"] == "100"
    asked = {"ListenerArn": listener, "Priority": 20, "Conditions": [on_path("/c")], "Actions": [answer()]}
    assert refusal(elb.create_rule, **asked) == "PriorityInUse"
    elb.delete_rule(RuleArn=first)
    assert refusal(elb.delete_rule, RuleArn=first) == "RuleNotFound"
    assert refusal(elb.describe_rules, RuleArns=[first]) == "RuleNotFound"
    assert refusal(elb.describe_rules) == "ValidationError"


def test_the_default_rule_goes_with_its_listener_only(elb, listener):
    default = elb.describe_rules(ListenerArn=listener)["Rules"][-1]["RuleArn"]
    assert refusal(elb.delete_rule, RuleArn=default) == "OperationNotPermitted"
    assert refusal(elb.modify_rule, RuleArn=default, Actions=[answer()]) == "OperationNotPermitted"
    pair = [{"RuleArn": default, "Priority": 1}]
    assert refusal(elb.set_rule_priorities, RulePriorities=pair) == "OperationNotPermitted"


def test_priorities_change_places(lab, elb, listener):
    one, two = lab.rule(listener, 1), lab.rule(listener, 2)
    pairs = [{"RuleArn": one, "Priority": 2}, {"RuleArn": two, "Priority": 1}]
    elb.set_rule_priorities(RulePriorities=pairs)
    rules = elb.describe_rules(ListenerArn=listener)["Rules"]
    assert [rule["RuleArn"] for rule in rules[:2]] == [two, one]
    clash = [{"RuleArn": one, "Priority": 1}]
    assert refusal(elb.set_rule_priorities, RulePriorities=clash) == "PriorityInUse"


def test_conditions_and_actions_of_every_kind_are_kept(lab, elb, listener):
    conditions = [
        {"Field": "host-header", "HostHeaderConfig": {"Values": ["*.example.com"]}},
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "User-Agent", "Values": ["*curl*"]}},
        {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "1"}]}},
        {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET"]}},
        {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}},
    ]
    groups = [{"TargetGroupArn": lab.group(name), "Weight": weight} for name, weight in [("a", 3), ("b", 1)]]
    sticky = {"Enabled": True, "DurationSeconds": 60}
    weighted = {
        "Type": "forward",
        "ForwardConfig": {"TargetGroups": groups, "TargetGroupStickinessConfig": sticky},
    }
    asked = {"ListenerArn": listener, "Priority": 1, "Conditions": conditions, "Actions": [weighted]}
    [rule] = elb.create_rule(**asked)["Rules"]
    shown = [{key: value for key, value in one.items() if key != "Values"} for one in rule["Conditions"]]
    assert shown == conditions
    assert rule["Actions"][0]["ForwardConfig"] == weighted["ForwardConfig"]
    redirect = {
        "Type": "redirect",
        "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"},
    }
    [rule] = elb.modify_rule(RuleArn=rule["RuleArn"], Actions=[redirect], Conditions=[on_path("/x")])["Rules"]
    assert rule["Actions"][0]["RedirectConfig"]["Path"] == "/#{path}"
    assert [one["Field"] for one in rule["Conditions"]] == ["path-pattern"]


def test_what_cannot_be_a_rule_is_refused(lab, elb, listener):
    def code(conditions=None, actions=None, **more):
        asked = {"ListenerArn": listener, "Priority": 1} | more
        return refusal(
            elb.create_rule, **asked, Conditions=conditions or [on_path("/a")], Actions=actions or [answer()]
        )

    assert code([on_path("/a b")]) == "ValidationError"
    assert code([{"Field": "path-pattern", "Values": [f"/{n}" for n in range(6)]}]) == "ValidationError"
    regex = {"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["^/a"]}}
    assert code([regex]) == "InvalidConfigurationRequest"
    rewrite = {"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": [{"Regex": "a", "Replace": "b"}]}}
    assert code(Transforms=[rewrite]) == "InvalidConfigurationRequest"
    assert code(actions=[forward(lab.arn("targetgroup/x/0123456789abcdef"))]) == "TargetGroupNotFound"
    assert code(ListenerArn=listener[:-16] + "0" * 16) == "ListenerNotFound"
    many = [{"TargetGroupArn": lab.group(f"g{n}")} for n in range(6)]
    assert code(actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": many}}]) == "TooManyTargetGroups"
    tcp = lab.group("tcp", "TCP")
    flows = lab.listener(lab.network()["LoadBalancerArn"], protocol="TCP", actions=[forward(tcp)])
    assert code(ListenerArn=flows) == "InvalidConfigurationRequest"
    nobody = lab.rule(listener, 9)[:-16] + "0" * 16
    assert refusal(elb.modify_rule, RuleArn=nobody, Actions=[answer()]) == "RuleNotFound"


def test_a_balancer_has_a_hundred_rules(lab, elb, listener):
    for priority in range(1, 101):
        lab.rule(listener, priority)
    asked = {"ListenerArn": listener, "Priority": 101, "Conditions": [on_path("/c")], "Actions": [answer()]}
    assert refusal(elb.create_rule, **asked) == "TooManyRules"
