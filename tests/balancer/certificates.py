"""Certificates for tests, made by OpenSSL."""

import pathlib
import ssl
import subprocess


class Certificate:
    def __init__(self, directory, name, *others, kind="ec"):
        self.name = name
        self.path = pathlib.Path(directory) / f"{name.replace('*', 'any')}.pem"
        key = self.path.with_suffix(".key")
        names = ",".join(f"DNS:{one}" for one in (name, *others))
        how = ["-newkey", "rsa:2048"] if kind == "rsa" else ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        command = ["openssl", "req", "-x509", "-nodes", *how, "-keyout", str(key), "-out", str(self.path)]
        command += ["-subj", f"/CN={name}", "-addext", f"subjectAltName={names}", "-days", "3"]
        subprocess.run(command, check=True, capture_output=True)
        self.chain, self.key = self.path.read_text(), key.read_text()
        self.key_path = key

    def config(self):
        return {"arn": f"arn:{self.name}", "chain": self.chain, "private_key": self.key}

    def context(self, *protocols):
        """A client that trusts this certificate and no other."""
        context = ssl.create_default_context(cafile=str(self.path))
        if protocols:
            context.set_alpn_protocols(list(protocols))
        return context

    def server(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path, self.key_path)
        return context
