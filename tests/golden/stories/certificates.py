"""Certificates."""

NO_CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000000"
CERTIFICATES = [
    (
        "acm_request_certificate",
        "acm",
        {"Action": "RequestCertificate", "DomainName": "www.example.com", "KeyAlgorithm": "EC_prime256v1"},
        {"certificate": "CertificateArn"},
    ),
    (
        "acm_list_certificates",
        "acm",
        {"Action": "ListCertificates", "Includes": {"keyTypes": ["EC_prime256v1"], "exportOption": "DISABLED"}},
        {},
    ),
    (
        "acm_add_tags",
        "acm",
        {"Action": "AddTagsToCertificate", "CertificateArn": "{certificate}", "Tags": [{"Key": "a", "Value": "b"}]},
        {},
    ),
    ("acm_list_tags", "acm", {"Action": "ListTagsForCertificate", "CertificateArn": "{certificate}"}, {}),
    ("error_acm_not_found", "acm", {"Action": "DescribeCertificate", "CertificateArn": NO_CERTIFICATE}, {}),
    ("acm_delete_certificate", "acm", {"Action": "DeleteCertificate", "CertificateArn": "{certificate}"}, {}),
]
