"""Certificates that callers bring."""

import pytest
from support import tls
from support.refusal import refusal


def test_an_imported_certificate_is_described(acm, account, imported, pair):
    assert imported.startswith(f"arn:aws:acm:us-east-1:{account}:certificate/")
    found = acm.describe_certificate(CertificateArn=imported)["Certificate"]
    assert (found["Type"], found["Status"], found["DomainName"]) == ("IMPORTED", "ISSUED", "www.example.com")
    assert (found["KeyAlgorithm"], found["SignatureAlgorithm"]) == ("RSA-2048", "SHA256WITHRSA")
    assert (found["InUseBy"], found["Subject"]) == ([], "CN=www.example.com")
    assert found["NotBefore"] < found["NotAfter"]
    got = acm.get_certificate(CertificateArn=imported)
    assert got["Certificate"].encode() == pair[0] and "CertificateChain" not in got


def test_a_chain_must_lead_from_the_certificate_upwards(acm):
    certificate, key, authority = tls.signed()
    arn = acm.import_certificate(Certificate=certificate, PrivateKey=key, CertificateChain=authority)["CertificateArn"]
    assert acm.get_certificate(CertificateArn=arn)["CertificateChain"].encode() == authority
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["Issuer"] == "Test Authority"
    other, _ = tls.self_signed("Other Authority")
    wrong = {"Certificate": certificate, "PrivateKey": key, "CertificateChain": other}
    assert refusal(acm.import_certificate, **wrong) == "ValidationException"


def test_keys_on_curves_are_taken_and_others_refused(acm):
    certificate, key = tls.self_signed(kind=("EC", "ec_paramgen_curve:P-384"))
    arn = acm.import_certificate(Certificate=certificate, PrivateKey=key)["CertificateArn"]
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["KeyAlgorithm"] == "EC-secp384r1"
    certificate, key = tls.self_signed(kind=("EC", "ec_paramgen_curve:P-521"))
    with pytest.raises(acm.exceptions.ClientError, match="key algorithm"):
        acm.import_certificate(Certificate=certificate, PrivateKey=key)


def test_what_does_not_fit_is_refused(acm, pair):
    certificate, key = pair
    _, another = tls.self_signed("b.example.com")
    for wrong in [
        {"Certificate": certificate, "PrivateKey": another},
        {"Certificate": b"nothing", "PrivateKey": key},
        {"Certificate": certificate, "PrivateKey": b"nothing"},
        {"Certificate": certificate + certificate, "PrivateKey": key},
        {"Certificate": certificate, "PrivateKey": key, "CertificateChain": b"nothing"},
    ]:
        assert refusal(acm.import_certificate, **wrong) == "ValidationException"


def test_a_certificate_is_imported_again_in_its_place(acm, imported, pair, nobody):
    certificate, key = tls.self_signed("www.example.com", names=["www.example.com", "example.com"])
    again = {"Certificate": certificate, "PrivateKey": key, "CertificateArn": imported}
    assert acm.import_certificate(**again)["CertificateArn"] == imported
    found = acm.describe_certificate(CertificateArn=imported)["Certificate"]
    assert found["SubjectAlternativeNames"] == ["www.example.com", "example.com"]
    assert refusal(acm.import_certificate, **again | {"CertificateArn": nobody}) == "ResourceNotFoundException"
    assert refusal(acm.import_certificate, **again, Tags=[{"Key": "a", "Value": "b"}]) == "InvalidParameterException"


def test_what_is_over_is_not_taken_and_what_was_taken_ends(region, pair):
    """By the region's clock, which a test can move."""
    later = region("none", "--test-clock")
    acm = later.client("acm")
    arn = acm.import_certificate(Certificate=pair[0], PrivateKey=pair[1])["CertificateArn"]
    later.advance_clock(31 * 24 * 3600)
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "EXPIRED"
    assert refusal(acm.import_certificate, Certificate=pair[0], PrivateKey=pair[1]) == "ValidationException"
