"""Lists, tags, and certificates that go."""

from support import tls
from support.refusal import refusal


def arns(acm, **asked):
    pages = acm.get_paginator("list_certificates").paginate(**asked, PaginationConfig={"PageSize": 1})
    return [one["CertificateArn"] for page in pages for one in page["CertificateSummaryList"]]


def test_lists_have_rsa_keys_unless_they_are_asked_for_others(acm, imported):
    curve = acm.request_certificate(DomainName="a.example.com", KeyAlgorithm="EC_prime256v1")["CertificateArn"]
    assert arns(acm) == [imported]
    assert arns(acm, Includes={"keyTypes": ["EC_prime256v1"]}) == [curve]
    both = {"keyTypes": ["EC_prime256v1", "RSA_2048"]}
    assert sorted(arns(acm, Includes=both)) == sorted([imported, curve])
    assert arns(acm, Includes=both, SortBy="CREATED_AT", SortOrder="ASCENDING") == [imported, curve]
    assert arns(acm, Includes=both, SortBy="CREATED_AT", SortOrder="DESCENDING") == [curve, imported]
    assert arns(acm, Includes=both | {"extendedKeyUsage": ["TLS_WEB_SERVER_AUTHENTICATION"]}) == [curve]
    assert arns(acm, CertificateStatuses=["EXPIRED"]) == []
    [summary] = acm.list_certificates()["CertificateSummaryList"]
    assert (summary["Type"], summary["InUse"], summary["DomainName"]) == ("IMPORTED", False, "www.example.com")


def test_lists_refuse_what_they_do_not_know(acm):
    assert refusal(acm.list_certificates, NextToken="x") == "InvalidArgsException"
    assert refusal(acm.list_certificates, SortBy="CREATED_AT") == "ValidationException"


def test_tags_come_and_go(acm, imported):
    acm.add_tags_to_certificate(CertificateArn=imported, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    acm.remove_tags_from_certificate(CertificateArn=imported, Tags=[{"Key": "a", "Value": "other"}, {"Key": "b"}])
    assert acm.list_tags_for_certificate(CertificateArn=imported)["Tags"] == [{"Key": "a", "Value": "1"}]
    tag = {"CertificateArn": imported, "Tags": [{"Key": "aws:a", "Value": "1"}]}
    assert refusal(acm.add_tags_to_certificate, **tag) == "InvalidTagException"
    many = [{"Key": f"k{number}", "Value": ""} for number in range(50)]
    assert refusal(acm.add_tags_to_certificate, CertificateArn=imported, Tags=many) == "TooManyTagsException"


def test_what_is_deleted_is_gone(acm, imported):
    acm.delete_certificate(CertificateArn=imported)
    assert arns(acm) == []
    assert refusal(acm.describe_certificate, CertificateArn=imported) == "ResourceNotFoundException"


def test_certificates_are_of_one_account(freehold, imported):
    other = freehold.client("acm", account="999999999999")
    assert refusal(other.get_certificate, CertificateArn=imported) == "ResourceNotFoundException"


def test_who_names_nothing_is_told_so(acm, nobody):
    tags = [{"Key": "a", "Value": "b"}]
    for call, more in [
        (acm.describe_certificate, {}),
        (acm.get_certificate, {}),
        (acm.delete_certificate, {}),
        (acm.list_tags_for_certificate, {}),
        (acm.add_tags_to_certificate, {"Tags": tags}),
        (acm.remove_tags_from_certificate, {"Tags": tags}),
    ]:
        assert refusal(call, CertificateArn=nobody, **more) == "ResourceNotFoundException"
        elsewhere = nobody.replace("us-east-1", "eu-west-1")
        assert refusal(call, CertificateArn=elsewhere, **more) == "InvalidArnException"


def test_a_certificate_in_use_stays(freehold, account, acm, imported):
    elb, ec2 = freehold.client("elbv2", account=account), freehold.client("ec2", account=account)
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"][:2]]
    balancer = elb.create_load_balancer(Name="web", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    answer = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}]
    listener = elb.create_listener(
        LoadBalancerArn=balancer,
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": imported}],
        DefaultActions=answer,
    )["Listeners"][0]["ListenerArn"]
    assert acm.describe_certificate(CertificateArn=imported)["Certificate"]["InUseBy"] == [balancer]
    assert refusal(acm.delete_certificate, CertificateArn=imported) == "ResourceInUseException"
    certificate, key = tls.self_signed()
    acm.import_certificate(Certificate=certificate, PrivateKey=key, CertificateArn=imported)
    elb.delete_listener(ListenerArn=listener)
    acm.delete_certificate(CertificateArn=imported)
