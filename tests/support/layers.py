"""Layers as users make them: SDKs in the directories that runtimes look into (*Developer guide, Packaging your layer
content*)."""

import functools
import pathlib

import boto3
from support.functions import zipped
from support.region import REPOSITORY

# Of the SDK for Python, which knows some four hundred.
SERVICES = ("sns", "sqs", "sts")
PACKAGES = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "urllib3", "six.py")


@functools.cache
def python():
    """The SDK for Python, as `pip install --target python boto3` lays it out, with the services that tests call."""
    installed = pathlib.Path(boto3.__file__).parents[1]
    files = {}
    for name in PACKAGES:
        for path in [installed / name] if (installed / name).is_file() else (installed / name).rglob("*"):
            inside = path.relative_to(installed)
            is_other = (
                inside.parts[:2] == ("botocore", "data") and len(inside.parts) > 3 and inside.parts[2] not in SERVICES
            )
            if path.is_file() and not is_other and "__pycache__" not in inside.parts:
                files[f"python/{inside}"] = path
    return zipped(files)


@functools.cache
def node():
    """The SDK for JavaScript, as `npm install` lays it out."""
    return zipped({"nodejs/node_modules": REPOSITORY / ".venv" / "node" / "node_modules"})
