"""What tests of Certificate Manager begin with."""

import pytest
from support import tls


@pytest.fixture
def acm(freehold, account):
    return freehold.client("acm", account=account)


@pytest.fixture(scope="session")
def pair():
    """A certificate for www.example.com and its key."""
    return tls.self_signed()


@pytest.fixture
def imported(acm, pair):
    """The ARN of a certificate that was imported."""
    return acm.import_certificate(Certificate=pair[0], PrivateKey=pair[1])["CertificateArn"]


@pytest.fixture
def nobody(account):
    """An ARN of the right form that names nothing."""
    return f"arn:aws:acm:us-east-1:{account}:certificate/00000000-0000-4000-8000-000000000000"
