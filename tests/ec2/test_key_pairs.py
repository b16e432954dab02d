"""Key pairs: made, imported, described and deleted."""

import subprocess

import pytest
from support.refusal import refusal


@pytest.fixture
def ec2(freehold, account):
    return freehold.client("ec2", account)


def public_half(private_pem, tmp_path):
    """The public key that ssh-keygen reads out of a private one."""
    file = tmp_path / "key.pem"
    file.write_text(private_pem)
    file.chmod(0o600)
    return subprocess.run(["ssh-keygen", "-y", "-f", file], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("key_type", ["rsa", "ed25519"])
def test_a_made_key_is_one_that_ssh_reads(ec2, tmp_path, key_type):
    made = ec2.create_key_pair(KeyName="mine", KeyType=key_type)
    described = ec2.describe_key_pairs(KeyNames=["mine"], IncludePublicKey=True)["KeyPairs"][0]
    assert described["KeyType"] == key_type
    assert described["KeyFingerprint"] == made["KeyFingerprint"]
    assert "KeyMaterial" not in described
    public = public_half(made["KeyMaterial"], tmp_path)
    assert public.split()[:2] == described["PublicKey"].split()[:2]


@pytest.mark.parametrize("key_type", ["rsa", "ed25519"])
def test_a_key_of_ssh_keygen_is_imported(ec2, tmp_path, key_type):
    file = tmp_path / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", key_type, "-N", "", "-f", file], check=True)
    imported = ec2.import_key_pair(KeyName="theirs", PublicKeyMaterial=(tmp_path / "id.pub").read_bytes())
    if key_type == "ed25519":
        printed = subprocess.run(["ssh-keygen", "-lf", file], check=True, capture_output=True, text=True).stdout
        assert imported["KeyFingerprint"].rstrip("=") == printed.split()[1].removeprefix("SHA256:")
    else:
        assert imported["KeyFingerprint"].count(":") == 15


def test_a_name_is_taken_once(ec2):
    ec2.create_key_pair(KeyName="mine", KeyType="ed25519")
    assert refusal(ec2.create_key_pair, KeyName="mine", KeyType="ed25519") == "InvalidKeyPair.Duplicate"


def test_accounts_do_not_see_each_others_keys(freehold, ec2):
    ec2.create_key_pair(KeyName="mine", KeyType="ed25519")
    other = freehold.client("ec2", "999999999991")
    assert all(pair["KeyName"] != "mine" for pair in other.describe_key_pairs()["KeyPairs"])
    assert refusal(other.describe_key_pairs, KeyNames=["mine"]) == "InvalidKeyPair.NotFound"


def test_keys_are_found_by_filter_tag_and_id(ec2):
    tags = [{"ResourceType": "key-pair", "Tags": [{"Key": "team", "Value": "blue"}]}]
    made = ec2.create_key_pair(KeyName="mine", KeyType="ed25519", TagSpecifications=tags)
    ec2.create_key_pair(KeyName="other", KeyType="ed25519")
    for arguments in (
        {"KeyPairIds": [made["KeyPairId"]]},
        {"Filters": [{"Name": "tag:team", "Values": ["blue"]}]},
        {"Filters": [{"Name": "key-name", "Values": ["mi*"]}]},
        {"Filters": [{"Name": "fingerprint", "Values": [made["KeyFingerprint"]]}]},
    ):
        assert [pair["KeyName"] for pair in ec2.describe_key_pairs(**arguments)["KeyPairs"]] == ["mine"]


def test_a_deleted_key_is_gone_and_deleting_again_succeeds(ec2):
    made = ec2.create_key_pair(KeyName="mine", KeyType="ed25519")
    assert ec2.delete_key_pair(KeyName="mine")["KeyPairId"] == made["KeyPairId"]
    assert ec2.describe_key_pairs()["KeyPairs"] == []
    assert ec2.delete_key_pair(KeyName="mine")["Return"]


def test_bad_requests_for_keys_are_refused(ec2):
    assert refusal(ec2.import_key_pair, KeyName="x", PublicKeyMaterial=b"nonsense") == "InvalidKey.Format"
    assert refusal(ec2.create_key_pair, KeyName="") == "MissingParameter"
    assert refusal(ec2.create_key_pair, KeyName="x", KeyType="dsa") == "InvalidParameterValue"
    assert refusal(ec2.create_key_pair, KeyName="x" * 256) == "InvalidParameterValue"
    assert refusal(ec2.create_key_pair, KeyName="x", KeyFormat="ppk") == "UnsupportedOperation"
    assert refusal(ec2.create_key_pair, KeyName="x", DryRun=True) == "DryRunOperation"
    assert refusal(ec2.delete_key_pair) == "MissingParameter"
    assert refusal(ec2.describe_key_pairs, KeyPairIds=["key-0123456789abcdef0"]) == "InvalidKeyPair.NotFound"
