"""boto3 as functions get it: a layer of what the tests themselves use, unchanged, with the services that they need."""

import io
import pathlib
import zipfile

import boto3
import botocore

PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3")
SERVICES = ("sqs", "sns", "lambda", "sts")


def boto_layer():
    """The zip of the layer."""
    site = pathlib.Path(boto3.__file__).parent.parent
    assert pathlib.Path(botocore.__file__).parent.parent == site
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(site / "six.py", "python/six.py")
        for package in PACKAGES:
            for path in sorted((site / package).rglob("*")):
                if path.is_file() and is_needed(path.relative_to(site).parts):
                    archive.write(path, pathlib.PurePosixPath("python") / path.relative_to(site))
    return buffer.getvalue()


def is_needed(parts):
    if "__pycache__" in parts:
        return False
    in_services = parts[1] == "data" and len(parts) > 3
    return not in_services or parts[2] in SERVICES
