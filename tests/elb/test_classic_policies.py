"""Policies of classic load balancers: stickiness, what is negotiated, the proxy protocol."""

import pytest
from support.refusal import refusal

WEB = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstanceProtocol": "HTTP", "InstancePort": 80}
MAIL = {"Protocol": "TCP", "LoadBalancerPort": 25, "InstanceProtocol": "TCP", "InstancePort": 25}
NONE = {"LoadBalancerName": "none"}


@pytest.fixture
def classic(freehold, account):
    return freehold.client("elb", account=account)


@pytest.fixture
def web(lab, classic):
    """A balancer of web and of mail, for calls that name it."""
    classic.create_load_balancer(LoadBalancerName="web", Listeners=[WEB, MAIL], Subnets=lab.subnets[:1])
    return {"LoadBalancerName": "web"}


def shown(classic):
    return classic.describe_load_balancers()["LoadBalancerDescriptions"][0]


def attribute(name, value):
    return [{"AttributeName": name, "AttributeValue": value}]


def test_stickiness_is_of_one_kind_and_of_http(classic, web):
    by_app, by_balancer = classic.create_app_cookie_stickiness_policy, classic.create_lb_cookie_stickiness_policy
    by_app(PolicyName="app", CookieName="SESSION", **web)
    by_balancer(PolicyName="own", CookieExpirationPeriod=60, **web)
    by_balancer(PolicyName="browser", **web)
    policies = shown(classic)["Policies"]
    assert policies["AppCookieStickinessPolicies"] == [{"PolicyName": "app", "CookieName": "SESSION"}]
    own = [{"PolicyName": "own", "CookieExpirationPeriod": 60}, {"PolicyName": "browser"}]
    assert policies["LBCookieStickinessPolicies"] == own
    assert refusal(by_app, PolicyName="own", CookieName="S", **web) == "DuplicatePolicyName"
    assert refusal(by_balancer, PolicyName="app", **web) == "DuplicatePolicyName"
    assert refusal(by_app, PolicyName="bad", CookieName="a b", **web) == "InvalidConfigurationRequest"
    put = classic.set_load_balancer_policies_of_listener
    put(LoadBalancerPort=80, PolicyNames=["own"], **web)
    assert [one["PolicyNames"] for one in shown(classic)["ListenerDescriptions"]] == [[], ["own"]]
    assert refusal(put, LoadBalancerPort=80, PolicyNames=["own", "app"], **web) == "InvalidConfigurationRequest"
    assert refusal(put, LoadBalancerPort=25, PolicyNames=["own"], **web) == "InvalidConfigurationRequest"
    assert refusal(put, LoadBalancerPort=80, PolicyNames=["none"], **web) == "PolicyNotFound"
    assert refusal(put, LoadBalancerPort=81, PolicyNames=["own"], **web) == "ListenerNotFound"
    delete = classic.delete_load_balancer_policy
    assert refusal(delete, PolicyName="own", **web) == "InvalidConfigurationRequest"
    put(LoadBalancerPort=80, PolicyNames=[], **web)
    delete(PolicyName="own", **web)
    assert len(shown(classic)["Policies"]["LBCookieStickinessPolicies"]) == 1


def test_policies_of_all_types_are_told(classic, web):
    create, read = classic.create_load_balancer_policy, classic.describe_load_balancer_policies
    kinds = {
        "ssl": ("SSLNegotiationPolicyType", "Reference-Security-Policy", "ELBSecurityPolicy-TLS-1-2-2017-01"),
        "proxy": ("ProxyProtocolPolicyType", "ProxyProtocol", "true"),
        "app": ("AppCookieStickinessPolicyType", "CookieName", "SESSION"),
        "own": ("LBCookieStickinessPolicyType", "CookieExpirationPeriod", "60"),
    }
    for name, (kind, key, value) in kinds.items():
        create(PolicyName=name, PolicyTypeName=kind, PolicyAttributes=attribute(key, value), **web)
        (told,) = read(PolicyNames=[name], **web)["PolicyDescriptions"]
        assert told["PolicyTypeName"] == kind
        assert told["PolicyAttributeDescriptions"][0] == attribute(key, value)[0]
    assert [policy["PolicyName"] for policy in read(**web)["PolicyDescriptions"]] == list(kinds)
    assert "ELBSecurityPolicy-2016-08" in [policy["PolicyName"] for policy in read()["PolicyDescriptions"]]
    assert refusal(read, PolicyNames=["none"], **web) == "PolicyNotFound"
    types = classic.describe_load_balancer_policy_types
    assert {one["PolicyTypeName"] for one in types()["PolicyTypeDescriptions"]} == {kind for kind, *_ in kinds.values()}
    assert refusal(types, PolicyTypeNames=["NoPolicyType"]) == "PolicyTypeNotFound"


def test_what_there_is_not_is_refused_by_name(classic, web):
    create = classic.create_load_balancer_policy
    assert refusal(create, PolicyName="a", PolicyTypeName="NoPolicyType", **web) == "PolicyTypeNotFound"
    for kind in ("PublicKeyPolicyType", "BackendServerAuthenticationPolicyType"):
        assert refusal(create, PolicyName="a", PolicyTypeName=kind, **web) == "InvalidConfigurationRequest"
    asked = {"PolicyName": "a", "PolicyTypeName": "SSLNegotiationPolicyType"} | web
    wrong = attribute("Protocol-SSLv3", "true")
    assert refusal(create, PolicyAttributes=wrong, **asked) == "InvalidConfigurationRequest"
    assert refusal(create, **asked | NONE) == "LoadBalancerNotFound"


def test_the_proxy_protocol_is_of_an_instance_port(classic, web):
    put = classic.set_load_balancer_policies_for_backend_server
    proxy = {"PolicyTypeName": "ProxyProtocolPolicyType", "PolicyAttributes": attribute("ProxyProtocol", "true")}
    classic.create_load_balancer_policy(PolicyName="proxy", **proxy, **web)
    put(InstancePort=25, PolicyNames=["proxy"], **web)
    assert shown(classic)["BackendServerDescriptions"] == [{"InstancePort": 25, "PolicyNames": ["proxy"]}]
    assert refusal(put, InstancePort=26, PolicyNames=["proxy"], **web) == "InvalidConfigurationRequest"
    assert refusal(put, InstancePort=25, PolicyNames=["none"], **web) == "PolicyNotFound"
    put(InstancePort=25, PolicyNames=[], **web)
    assert shown(classic)["BackendServerDescriptions"] == []
