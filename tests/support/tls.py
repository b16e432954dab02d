"""Keys, certificates and authorities of a test's own, by openssl."""

import pathlib
import subprocess
import tempfile


def openssl(*arguments, text=None):
    ran = subprocess.run(["openssl", *map(str, arguments)], input=text, capture_output=True, check=True, timeout=120)
    return ran.stdout


def self_signed(name="www.example.com", *, kind=("rsa", "rsa_keygen_bits:2048"), days=30, names=None):
    """A certificate that nobody else signed, and its key: PEM."""
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = pathlib.Path(folder, "key.pem"), pathlib.Path(folder, "certificate.pem")
        openssl("genpkey", "-algorithm", kind[0], "-pkeyopt", kind[1], "-out", key)
        extension = "subjectAltName=" + ",".join(f"DNS:{one}" for one in names or [name])
        openssl(
            "req", "-x509", "-new", "-key", key, "-out", certificate, "-days", days, "-subj", f"/CN={name}", "-addext", extension
        )
        return certificate.read_bytes(), key.read_bytes()


def signed(name="www.example.com"):
    """A certificate, its key, and the authority that signed it: PEM."""
    authority, authority_key = self_signed("Test Authority", names=["ca.example.com"])
    with tempfile.TemporaryDirectory() as folder:
        at = lambda file: pathlib.Path(folder, file)  # noqa: E731
        at("ca.pem").write_bytes(authority)
        at("ca.key").write_bytes(authority_key)
        openssl("genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048", "-out", at("key.pem"))
        openssl("req", "-new", "-key", at("key.pem"), "-subj", f"/CN={name}", "-out", at("request.pem"))
        openssl(
            "x509", "-req", "-in", at("request.pem"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial",
            "-days", 30, "-out", at("certificate.pem"),
        )  # fmt: skip
        return at("certificate.pem").read_bytes(), at("key.pem").read_bytes(), authority
