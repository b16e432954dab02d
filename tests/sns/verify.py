"""Verifies signatures of messages as the developer guide says, with the certificate that a message names."""

import base64
import hashlib
import ssl
import urllib.request

FIELDS = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
FIELDS["UnsubscribeConfirmation"] = FIELDS["SubscriptionConfirmation"]
HASHES = {"1": hashlib.sha1, "2": hashlib.sha256}
RSA_ENCRYPTION = bytes.fromhex("06092a864886f70d0101010500")


def _length(der, at):
    """A length of DER, and where its contents begin."""
    first = der[at]
    if first < 0x80:
        return first, at + 1
    size = first & 0x7F
    return int.from_bytes(der[at + 1 : at + 1 + size], "big"), at + 1 + size


def _public_key(pem):
    """Modulus and exponent of an RSA certificate."""
    der = ssl.PEM_cert_to_DER_cert(pem)
    at = der.index(RSA_ENCRYPTION) + len(RSA_ENCRYPTION)
    assert der[at] == 0x03  # a bit string that holds a sequence of two integers
    _, at = _length(der, at + 1)
    _, at = _length(der, at + 2)
    numbers = []
    for _ in range(2):
        size, at = _length(der, at + 1)
        numbers.append(int.from_bytes(der[at : at + size], "big"))
        at += size
    return numbers


def is_signed(message):
    """Whether the signature is that of the message."""
    with urllib.request.urlopen(message["SigningCertURL"], timeout=30) as answer:
        modulus, exponent = _public_key(answer.read().decode())
    text = "".join(f"{name}\n{message[name]}\n" for name in FIELDS[message["Type"]] if name in message)
    digest = HASHES[message["SignatureVersion"]](text.encode()).digest()
    signature = int.from_bytes(base64.b64decode(message["Signature"]), "big")
    padded = pow(signature, exponent, modulus).to_bytes((modulus.bit_length() + 7) // 8, "big")
    return padded.startswith(b"\0\1\xff\xff") and padded.endswith(digest)
