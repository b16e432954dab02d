"""Certificates that the region's authority issues."""

import ssl

from support import tls
from support.refusal import refusal


def test_a_request_is_granted_at_once(acm):
    arn = acm.request_certificate(
        DomainName="www.example.com",
        SubjectAlternativeNames=["example.com"],
        ValidationMethod="DNS",
        Tags=[{"Key": "stage", "Value": "test"}],
    )["CertificateArn"]
    acm.get_waiter("certificate_validated").wait(CertificateArn=arn, WaiterConfig={"Delay": 1, "MaxAttempts": 1})
    found = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    assert (found["Type"], found["Status"], found["KeyAlgorithm"]) == ("AMAZON_ISSUED", "ISSUED", "RSA-2048")
    assert found["SubjectAlternativeNames"] == ["www.example.com", "example.com"]
    assert [one["ValidationStatus"] for one in found["DomainValidationOptions"]] == ["SUCCESS", "SUCCESS"]
    assert found["DomainValidationOptions"][0]["ResourceRecord"]["Type"] == "CNAME"
    assert acm.list_tags_for_certificate(CertificateArn=arn)["Tags"] == [{"Key": "stage", "Value": "test"}]


def test_who_trusts_the_authority_trusts_what_it_issues(freehold, acm, tmp_path):
    arn = acm.request_certificate(DomainName="a.example.com", KeyAlgorithm="EC_prime256v1")["CertificateArn"]
    got = acm.get_certificate(CertificateArn=arn)
    authority = (freehold.data / "tls" / "ca.pem").read_text()
    assert ssl.PEM_cert_to_DER_cert(got["CertificateChain"]) == ssl.PEM_cert_to_DER_cert(authority)
    (tmp_path / "ca.pem").write_text(authority)
    (tmp_path / "leaf.pem").write_text(got["Certificate"])
    said = tls.openssl("verify", "-CAfile", tmp_path / "ca.pem", "-verify_hostname", "a.example.com", tmp_path / "leaf.pem")
    assert b"OK" in said


def test_a_token_stands_for_one_request(region):
    later = region("none", "--test-clock")
    acm = later.client("acm")
    asked = {"DomainName": "a.example.com", "KeyAlgorithm": "EC_prime256v1", "IdempotencyToken": "once"}
    first = acm.request_certificate(**asked)["CertificateArn"]
    assert acm.request_certificate(**asked)["CertificateArn"] == first
    assert refusal(acm.request_certificate, **asked | {"DomainName": "b.example.com"}) == "InvalidParameterException"
    later.advance_clock(3601)
    assert acm.request_certificate(**asked)["CertificateArn"] != first


def test_what_cannot_be_asked_for_is_refused(acm, account):
    asked = {"DomainName": "a.example.com", "KeyAlgorithm": "EC_prime256v1"}
    many = [f"n{number}.example.com" for number in range(10)]
    assert refusal(acm.request_certificate, **asked, SubjectAlternativeNames=many) == "LimitExceededException"
    elsewhere = [{"DomainName": "a.example.com", "ValidationDomain": "example.org"}]
    code = refusal(acm.request_certificate, **asked, DomainValidationOptions=elsewhere)
    assert code == "InvalidDomainValidationOptionsException"
    authority = f"arn:aws:acm-pca:us-east-1:{account}:certificate-authority/1"
    for more in [
        {"CertificateAuthorityArn": authority},
        {"Options": {"Export": "ENABLED"}},
        {"ValidationMethod": "HTTP"},
        {"DomainName": "localhost"},
        {"KeyAlgorithm": "RSA_4096"},
    ]:
        assert refusal(acm.request_certificate, **asked | more) == "ValidationException"
