"""Listeners, their certificates and what they negotiate."""

from elb.conftest import answer, forward
from support.refusal import refusal


def test_a_listener_is_the_same_when_it_is_asked_for_again(lab, elb):
    balancer = lab.balancer()["LoadBalancerArn"]
    arn = lab.listener(balancer)
    assert arn.startswith(balancer.replace(":loadbalancer/", ":listener/"))
    assert lab.listener(balancer) == arn
    asked = {"LoadBalancerArn": balancer, "Protocol": "HTTP", "Port": 80}
    assert refusal(elb.create_listener, **asked, DefaultActions=[answer("404")]) == "DuplicateListener"
    [found] = elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
    assert (found["Port"], found["Protocol"]) == (80, "HTTP")
    assert found["DefaultActions"][0]["FixedResponseConfig"]["StatusCode"] == "200"
    assert elb.describe_listeners(ListenerArns=[arn])["Listeners"] == [found]
    elb.delete_listener(ListenerArn=arn)
    assert refusal(elb.describe_listeners, ListenerArns=[arn]) == "ListenerNotFound"
    assert refusal(elb.delete_listener, ListenerArn=arn) == "ListenerNotFound"
    assert refusal(elb.modify_listener, ListenerArn=arn, Port=81) == "ListenerNotFound"
    nobody = lab.arn("loadbalancer/app/web/0123456789abcdef")
    assert refusal(elb.describe_listeners, LoadBalancerArn=nobody) == "LoadBalancerNotFound"
    assert refusal(elb.describe_listeners) == "ValidationError"


def test_protocols_belong_to_types_of_balancers(lab, elb):
    web, net = lab.balancer()["LoadBalancerArn"], lab.network()["LoadBalancerArn"]

    def code(balancer, protocol, action):
        asked = {"LoadBalancerArn": balancer, "Protocol": protocol, "Port": 80, "DefaultActions": [action]}
        return refusal(elb.create_listener, **asked)

    assert code(web, "TCP", answer()) == "UnsupportedProtocol"
    assert code(net, "HTTP", answer()) == "UnsupportedProtocol"
    assert code(net, "QUIC", answer()) == "UnsupportedProtocol"
    assert code(net, "TCP", answer()) == "InvalidLoadBalancerAction"
    assert code(net, "TCP", forward(lab.group("http"))) == "IncompatibleProtocols"
    assert code(web, "HTTP", forward(lab.group("tcp", "TCP"))) == "IncompatibleProtocols"
    assert code(web, "HTTP", forward(lab.group("grpc", ProtocolVersion="GRPC"))) == "InvalidConfigurationRequest"
    assert code(web, "HTTP", forward(lab.arn("targetgroup/x/0123456789abcdef"))) == "TargetGroupNotFound"
    lab.listener(net, protocol="TCP", actions=[forward(lab.group("tcp", "TCP"))])


def test_actions_that_there_are_not_are_refused_by_name(lab, elb):
    asked = {"LoadBalancerArn": lab.balancer()["LoadBalancerArn"], "Protocol": "HTTP", "Port": 80}
    oidc = {
        "Type": "authenticate-oidc",
        "Order": 1,
        "AuthenticateOidcConfig": dict.fromkeys(
            ["Issuer", "AuthorizationEndpoint", "TokenEndpoint", "UserInfoEndpoint", "ClientId"], "https://example.com"
        ),
    }
    code = refusal(elb.create_listener, **asked, DefaultActions=[oidc, answer() | {"Order": 2}])
    assert code == "InvalidConfigurationRequest"
    loop = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301"}}
    assert refusal(elb.create_listener, **asked, DefaultActions=[loop]) == "InvalidLoadBalancerAction"
    mutual = {"Mode": "verify"}
    code = refusal(elb.create_listener, **asked, DefaultActions=[answer()], MutualAuthentication=mutual)
    assert code == "InvalidConfigurationRequest"


def test_a_group_serves_one_balancer(lab, elb):
    group = lab.group()
    one, other = lab.balancer("one")["LoadBalancerArn"], lab.balancer("other")["LoadBalancerArn"]
    lab.listener(one, actions=[forward(group)])
    asked = {"LoadBalancerArn": other, "Protocol": "HTTP", "Port": 80, "DefaultActions": [forward(group)]}
    assert refusal(elb.create_listener, **asked) == "TargetGroupAssociationLimit"
    assert elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]["LoadBalancerArns"] == [one]


def test_a_secure_listener_has_certificates(lab, elb):
    balancer, first, second = lab.balancer()["LoadBalancerArn"], lab.certificate(), lab.certificate("b.example.com")
    asked = {"LoadBalancerArn": balancer, "Protocol": "HTTPS", "Port": 443, "DefaultActions": [answer()]}
    named = [{"CertificateArn": first}]
    missing = [{"CertificateArn": first[:-12] + "0" * 12}]
    assert refusal(elb.create_listener, **asked) == "ValidationError"
    assert refusal(elb.create_listener, **asked, Certificates=missing) == "CertificateNotFound"
    assert refusal(elb.create_listener, **asked, Certificates=named, SslPolicy="x") == "SSLPolicyNotFound"
    arn = lab.listener(balancer, port=443, protocol="HTTPS", Certificates=named)
    [found] = elb.describe_listeners(ListenerArns=[arn])["Listeners"]
    assert (found["SslPolicy"], found["Certificates"]) == ("ELBSecurityPolicy-2016-08", named)

    more = [{"CertificateArn": second}]
    added = elb.add_listener_certificates(ListenerArn=arn, Certificates=more)["Certificates"]
    assert added == [{"CertificateArn": second, "IsDefault": False}]
    assert refusal(elb.add_listener_certificates, ListenerArn=arn, Certificates=missing) == "CertificateNotFound"
    shown = elb.describe_listener_certificates(ListenerArn=arn)["Certificates"]
    assert {one["CertificateArn"]: one["IsDefault"] for one in shown} == {first: True, second: False}
    code = refusal(elb.remove_listener_certificates, ListenerArn=arn, Certificates=named)
    assert code == "OperationNotPermitted"
    elb.modify_listener(ListenerArn=arn, Certificates=more)
    shown = elb.describe_listener_certificates(ListenerArn=arn)["Certificates"]
    assert shown == [{"CertificateArn": second, "IsDefault": True}]
    elb.remove_listener_certificates(ListenerArn=arn, Certificates=named)
    nobody = arn[:-16] + "0" * 16
    assert refusal(elb.describe_listener_certificates, ListenerArn=nobody) == "ListenerNotFound"


def test_a_listener_is_modified(lab, elb):
    balancer = lab.balancer()["LoadBalancerArn"]
    arn = lab.listener(balancer)
    lab.listener(balancer, port=81)
    assert refusal(elb.modify_listener, ListenerArn=arn, Port=81) == "DuplicateListener"
    [found] = elb.modify_listener(ListenerArn=arn, Port=82, DefaultActions=[answer("503")])["Listeners"]
    assert (found["Port"], found["DefaultActions"][0]["FixedResponseConfig"]["StatusCode"]) == (82, "503")
    certificate = [{"CertificateArn": lab.certificate()}]
    [found] = elb.modify_listener(ListenerArn=arn, Protocol="HTTPS", Certificates=certificate)["Listeners"]
    assert (found["Protocol"], found["Certificates"]) == ("HTTPS", certificate)
    [found] = elb.modify_listener(ListenerArn=arn, Protocol="HTTP")["Listeners"]
    assert "SslPolicy" not in found


def test_attributes_of_listeners(lab, elb):
    group = lab.group("tcp", "TCP")
    arn = lab.listener(lab.network()["LoadBalancerArn"], protocol="TCP", actions=[forward(group)])
    seconds = {"Key": "tcp.idle_timeout.seconds", "Value": "60"}
    assert elb.modify_listener_attributes(ListenerArn=arn, Attributes=[seconds])["Attributes"] == [seconds]
    assert elb.describe_listener_attributes(ListenerArn=arn)["Attributes"] == [seconds]
    wrong = [seconds | {"Value": "59"}]
    assert refusal(elb.modify_listener_attributes, ListenerArn=arn, Attributes=wrong) == "ValidationError"
    nobody = arn[:-16] + "0" * 16
    assert refusal(elb.describe_listener_attributes, ListenerArn=nobody) == "ListenerNotFound"


def test_policies_tell_what_is_negotiated(elb):
    pages = [elb.describe_ssl_policies(PageSize=10)]
    while marker := pages[-1].get("NextMarker"):
        pages.append(elb.describe_ssl_policies(PageSize=10, Marker=marker))
    names = [policy["Name"] for page in pages for policy in page["SslPolicies"]]
    assert len(names) == len(set(names)) and "ELBSecurityPolicy-TLS13-1-2-2021-06" in names
    [strict] = elb.describe_ssl_policies(Names=["ELBSecurityPolicy-TLS13-1-3-2021-06"])["SslPolicies"]
    assert strict["SslProtocols"] == ["TLSv1.3"]
    assert refusal(elb.describe_ssl_policies, Names=["x"]) == "SSLPolicyNotFound"
