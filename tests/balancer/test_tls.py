"""TLS: certificates by name, versions by policy, what targets hear of it, and TLS towards targets."""

import ssl

import pytest

from balancer.certificates import Certificate
from balancer.client import Raw
from balancer.node import fixed, forward, group, listener, rule, target
from balancer.targets import Http
from support.region import free_port


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    place = tmp_path_factory.mktemp("certificates")
    names = [("default.example",), ("one.example", "also.example"), ("*.wild.example",)]
    return [Certificate(place, *names[0]), Certificate(place, *names[1], kind="rsa"), Certificate(place, *names[2])]


@pytest.fixture
def secure(node, certificates):
    def make(*rules, groups=(), policy=None, protocol="Https", **attributes):
        port = free_port()
        chains = [one.config() for one in certificates]
        one = listener(port, *rules, protocol=protocol, certificates=chains, ssl_policy=policy)
        return node([one], groups, **attributes), port

    return make


def test_the_certificate_is_chosen_by_name(secure, certificates):
    _, port = secure(rule(fixed(200, "x")))
    default, one, wild = certificates
    for certificate, name in [(default, "default.example"), (one, "one.example"), (one, "also.example"), (wild, "a.wild.example")]:
        with Raw(port, context=certificate.context(), name=name) as raw:
            assert raw.get(host=name).status == 200
    with pytest.raises(ssl.SSLCertVerificationError):
        Raw(port, context=default.context(), name="one.example")


@pytest.mark.parametrize(
    ("policy", "versions"),
    [
        ("ELBSecurityPolicy-2016-08", {"TLSv1.2"}),
        ("ELBSecurityPolicy-TLS13-1-2-2021-06", {"TLSv1.2", "TLSv1.3"}),
        ("ELBSecurityPolicy-TLS13-1-3-2021-06", {"TLSv1.3"}),
    ],
)
def test_the_policy_decides_about_versions(secure, certificates, policy, versions):
    made, port = secure(rule(fixed(200, "x")), policy=policy)
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = certificates[0].context()
        context.minimum_version = context.maximum_version = version
        name = version.name.replace("_", ".")
        if name in versions:
            with Raw(port, context=context, name="default.example") as raw:
                assert raw.get().status == 200
        else:
            with pytest.raises(ssl.SSLError):
                Raw(port, context=context, name="default.example")
    failed = 2 - len(versions)
    made.wait_for(lambda it: it["counters"]["client_tls_negotiation_error_count"] >= failed, "the failure is counted")


def test_a_target_hears_of_the_clients_tls(secure, certificates, http_targets):
    behind = http_targets()
    _, port = secure(rule(forward("g")), groups=[group("g", [target(behind.port)])], tls_headers=True)
    with Raw(port, context=certificates[0].context(), name="default.example") as raw:
        raw.get("/", "X-Amzn-Tls-Version: forged")
    heard = behind.heard[-1]
    assert heard.all("x-amzn-tls-version") == ["TLSv1.3"]
    assert heard.get("x-amzn-tls-cipher-suite").startswith("TLS_AES_")
    assert (heard.get("x-forwarded-proto"), heard.get("x-forwarded-port")) == ("https", str(port))


def test_a_target_may_speak_tls_with_any_certificate(node, certificates):
    context = certificates[2].server()
    behind = Http()
    plain = behind.serve

    def serve(connection):
        with context.wrap_socket(connection, server_side=True) as secured:
            plain(secured)

    behind.serve = serve
    port = free_port()
    check = {"enabled": True, "protocol": "Https"}
    made = node([listener(port, rule(forward("g")))], [group("g", [target(behind.port)], check=check, protocol="Https")])
    made.wait_for(lambda it: it["targets"][0]["state"] == "Healthy", "the target is healthy")
    with Raw(port) as raw:
        assert [raw.get().status for _ in range(20)] == [200] * 20
    behind.close()


def test_large_bodies_pass_in_tls(secure, certificates, http_targets):
    behind = http_targets(lambda heard: heard.body or b"")
    from balancer.targets import answer

    behind.reply = lambda heard: answer(heard.body)
    _, port = secure(rule(forward("g")), groups=[group("g", [target(behind.port)])])
    body = bytes(range(256)) * 4000
    with Raw(port, context=certificates[0].context(), name="default.example") as raw:
        raw.send(f"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        assert raw.read().body == body


def test_a_tls_listener_of_a_network_balancer_decrypts(node, certificates, http_targets):
    behind = http_targets()
    port = free_port()
    chains = [certificates[0].config()]
    one = listener(port, rule(forward("g")), protocol="Tls", certificates=chains, alpn_policy="HTTP1Only")
    made = node([one], [group("g", [target(behind.port)], protocol="Tcp")], kind="Network")
    context = certificates[0].context("h2", "http/1.1")
    with Raw(port, context=context, name="default.example") as raw:
        assert raw.socket.selected_alpn_protocol() == "http/1.1"
        assert raw.get().status == 200
        counted = made.wait_for(lambda it: it["counters"]["tls"]["active_flow_count"] == 1, "the flow is counted")
        assert counted["counters"]["tls"]["processed_bytes"] > 0
