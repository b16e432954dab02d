"""A real balancer presents what Certificate Manager has: issued by the region's authority, chosen by the client's name, and
another one as soon as it is imported again."""

import contextlib
import socket
import ssl

import pytest
from elb.conftest import answer
from support import tls
from support.instances import Lab as Machines
from support.instances import tcp
from support.waiting import QUICKLY, until

pytestmark = pytest.mark.machines


@pytest.fixture
def secure(machines):
    """A balancer that answers by itself, and what made it: (elb, acm, its listener, its name)."""
    with contextlib.ExitStack() as ending:
        lab = ending.enter_context(Machines(machines))
        elb, acm = machines.client("elbv2"), machines.client("acm")
        subnets = [subnet["SubnetId"] for subnet in lab.default_subnets()[:2]]
        issued = acm.request_certificate(DomainName="www.example.com", KeyAlgorithm="EC_prime256v1")["CertificateArn"]
        ending.callback(lambda: acm.delete_certificate(CertificateArn=issued))
        made = elb.create_load_balancer(Name="secure", Subnets=subnets, SecurityGroups=[lab.group(tcp(443))])
        balancer = made["LoadBalancers"][0]

        def delete():
            elb.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
            of = [{"Name": "group-id", "Values": lab.groups}]
            until(lambda: not lab.ec2.describe_network_interfaces(Filters=of)["NetworkInterfaces"], "nothing is left")

        ending.callback(delete)
        listener = elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTPS",
            Port=443,
            SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06",
            Certificates=[{"CertificateArn": issued}],
            DefaultActions=[answer()],
        )["Listeners"][0]["ListenerArn"]
        elb.get_waiter("load_balancer_available").wait(
            LoadBalancerArns=[balancer["LoadBalancerArn"]], **QUICKLY
        )
        yield elb, acm, listener, balancer["DNSName"]


def presented(host, name, trusted=None):
    """The certificate that a client is shown who asks for the name; None if it is not one that it trusts."""
    context = ssl.create_default_context(cafile=trusted)
    if trusted is None:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with contextlib.suppress(OSError), socket.create_connection((host, 443), timeout=5) as plain:
        with context.wrap_socket(plain, server_hostname=name) as secured:
            return secured.getpeercert(binary_form=True)
    return None


def test_a_balancer_presents_what_certificate_manager_has(machines, secure):
    elb, acm, listener, host = secure
    authority = machines.data / "tls" / "ca.pem"
    until(lambda: presented(host, "www.example.com", authority), "the issued certificate is trusted")

    certificate, key = tls.self_signed("b.example.com", kind=("EC", "ec_paramgen_curve:P-256"))
    imported = acm.import_certificate(Certificate=certificate, PrivateKey=key)["CertificateArn"]
    elb.add_listener_certificates(ListenerArn=listener, Certificates=[{"CertificateArn": imported}])
    first = ssl.PEM_cert_to_DER_cert(certificate.decode())
    until(lambda: presented(host, "b.example.com") == first, "the imported certificate is chosen by name")
    assert presented(host, "www.example.com", authority)

    certificate, key = tls.self_signed("b.example.com", kind=("EC", "ec_paramgen_curve:P-256"))
    acm.import_certificate(Certificate=certificate, PrivateKey=key, CertificateArn=imported)
    second = ssl.PEM_cert_to_DER_cert(certificate.decode())
    until(lambda: presented(host, "b.example.com") == second, "the certificate is replaced at once")
    elb.remove_listener_certificates(ListenerArn=listener, Certificates=[{"CertificateArn": imported}])
    acm.delete_certificate(CertificateArn=imported)
