"""Target groups, their health checks and attributes."""

from elb.conftest import forward
from support.refusal import refusal


def test_a_group_has_defaults_and_is_the_same_when_it_is_asked_for_again(lab, elb):
    arn = lab.group()
    assert arn.startswith(lab.arn("targetgroup/servers/"))
    assert lab.group() == arn
    [found] = elb.describe_target_groups(Names=["servers"])["TargetGroups"]
    assert (found["HealthCheckPath"], found["Matcher"], found["HealthCheckPort"]) == ("/", {"HttpCode": "200"}, "traffic-port")
    assert (found["TargetType"], found["ProtocolVersion"], found["LoadBalancerArns"]) == ("instance", "HTTP1", [])
    asked = {"Name": "servers", "Protocol": "HTTP", "Port": 81, "VpcId": lab.vpc}
    assert refusal(elb.create_target_group, **asked) == "DuplicateTargetGroupName"
    elb.delete_target_group(TargetGroupArn=arn)
    elb.delete_target_group(TargetGroupArn=arn)
    assert refusal(elb.describe_target_groups, TargetGroupArns=[arn]) == "TargetGroupNotFound"
    assert refusal(elb.describe_target_groups, Names=["servers"]) == "TargetGroupNotFound"


def test_what_cannot_be_a_group_is_refused(lab, elb):
    asked = {"Name": "g", "Protocol": "HTTP", "Port": 80, "VpcId": lab.vpc}
    for more, code in [
        ({"Name": "a_b"}, "ValidationError"),
        ({"Protocol": "GENEVE"}, "UnsupportedProtocol"),
        ({"VpcId": "vpc-0123456789abcdef0"}, "ValidationError"),
        ({"TargetType": "alb"}, "InvalidConfigurationRequest"),
        ({"TargetType": "lambda"}, "ValidationError"),
        ({"ProtocolVersion": "HTTP3"}, "ValidationError"),
        ({"IpAddressType": "ipv6"}, "InvalidConfigurationRequest"),
        ({"HealthCheckProtocol": "TCP"}, "ValidationError"),
        ({"HealthCheckIntervalSeconds": 5, "HealthCheckTimeoutSeconds": 5}, "ValidationError"),
        ({"Matcher": {"HttpCode": "600"}}, "ValidationError"),
    ]:
        assert refusal(elb.create_target_group, **asked | more) == code, more


def test_a_group_in_use_stays(lab, elb):
    group, balancer = lab.group(), lab.balancer()["LoadBalancerArn"]
    listener = lab.listener(balancer, actions=[forward(group)])
    assert refusal(elb.delete_target_group, TargetGroupArn=group) == "ResourceInUse"
    [found] = elb.describe_target_groups(LoadBalancerArn=balancer)["TargetGroups"]
    assert found["TargetGroupArn"] == group
    elb.delete_listener(ListenerArn=listener)
    elb.delete_target_group(TargetGroupArn=group)


def test_groups_come_in_pages(lab, elb):
    arns = sorted(lab.group(name) for name in "abc")
    pages = elb.get_paginator("describe_target_groups").paginate(PaginationConfig={"PageSize": 2})
    assert [one["TargetGroupArn"] for page in pages for one in page["TargetGroups"]] == arns


def test_health_checks_are_modified(lab, elb):
    arn = lab.group()
    [found] = elb.modify_target_group(
        TargetGroupArn=arn, HealthCheckPath="/ok", HealthCheckPort="8080", Matcher={"HttpCode": "200-299"}
    )["TargetGroups"]
    assert (found["HealthCheckPath"], found["HealthCheckPort"], found["Matcher"]["HttpCode"]) == ("/ok", "8080", "200-299")
    assert refusal(elb.modify_target_group, TargetGroupArn=arn, HealthCheckPath="ok") == "ValidationError"
    nobody = lab.arn("targetgroup/x/0123456789abcdef")
    assert refusal(elb.modify_target_group, TargetGroupArn=nobody) == "TargetGroupNotFound"


def test_attributes_of_groups(lab, elb):
    arn = lab.group()

    def modify(**values):
        wanted = [{"Key": key.replace("__", "."), "Value": value} for key, value in values.items()]
        return {"TargetGroupArn": arn, "Attributes": wanted}

    found = elb.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
    assert {"Key": "deregistration_delay.timeout_seconds", "Value": "300"} in found
    found = elb.modify_target_group_attributes(**modify(slow_start__duration_seconds="30"))["Attributes"]
    assert {"Key": "slow_start.duration_seconds", "Value": "30"} in found
    for wrong, code in [
        (modify(slow_start__duration_seconds="29"), "ValidationError"),
        (modify(no__such="1"), "ValidationError"),
        (modify(load_balancing__algorithm__type="least_outstanding_requests"), "InvalidConfigurationRequest"),
        (modify(stickiness__type="app_cookie", stickiness__enabled="true"), "InvalidConfigurationRequest"),
        (modify(load_balancing__algorithm__anomaly_mitigation="on"), "InvalidConfigurationRequest"),
    ]:
        assert refusal(elb.modify_target_group_attributes, **wrong) == code
    nobody = lab.arn("targetgroup/x/0123456789abcdef")
    assert refusal(elb.describe_target_group_attributes, TargetGroupArn=nobody) == "TargetGroupNotFound"


def test_groups_of_functions_have_neither_ports_nor_network_balancers(lab, elb):
    [group] = elb.create_target_group(Name="f", TargetType="lambda")["TargetGroups"]
    arn = group["TargetGroupArn"]
    assert not {"Protocol", "Port", "VpcId", "HealthCheckProtocol", "HealthCheckPort"} & set(group)
    assert (group["HealthCheckEnabled"], group["HealthCheckIntervalSeconds"], group["HealthCheckTimeoutSeconds"]) == (False, 35, 30)
    attributes = {one["Key"]: one["Value"] for one in elb.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]}
    assert attributes["lambda.multi_value_headers.enabled"] == "false"
    wanted = [{"Key": "lambda.multi_value_headers.enabled", "Value": "true"}]
    elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=wanted)
    [group] = elb.modify_target_group(TargetGroupArn=arn, HealthCheckEnabled=True, HealthCheckPath="/up")["TargetGroups"]
    assert (group["HealthCheckEnabled"], group["HealthCheckPath"]) == (True, "/up")
    elb.modify_target_group(TargetGroupArn=arn, HealthCheckEnabled=False)
    for wrong in [{"HealthCheckProtocol": "HTTP"}, {"HealthCheckPort": "80"}]:
        assert refusal(elb.modify_target_group, TargetGroupArn=arn, **wrong) == "ValidationError"
        assert refusal(elb.create_target_group, Name="g", TargetType="lambda", **wrong) == "ValidationError"
    network = lab.network()["LoadBalancerArn"]
    listener = {"LoadBalancerArn": network, "Protocol": "TCP", "Port": 80, "DefaultActions": [forward(arn)]}
    assert refusal(elb.create_listener, **listener) == "InvalidConfigurationRequest"
