"""The functions that are measured. They do nothing, so that what is measured is the way to them and back."""

import dataclasses
import io
import os
import pathlib
import subprocess
import sys
import time
import zipfile

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
# The oldest that all servers here have.
PYTHON = f"python3.{sys.version_info.minor}"


def node():
    """The runtime of the Node.js that is on the path."""
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    return f"nodejs{said.removeprefix('v').partition('.')[0] or 22}.x"


@dataclasses.dataclass
class Function:
    runtime: str
    handler: str
    files: dict
    # What its interpreter costs when it does nothing.
    bare: list

    def zip(self):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.files.items():
                entry = zipfile.ZipInfo(name)
                entry.external_attr = 0o755 << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, content() if callable(content) else content)
        return packed.getvalue()


def bootstrap():
    """The function in Rust, built where it is not yet."""
    build = ["cargo", "build", "--quiet", "--release", "--package", "sample-function"]
    subprocess.run(build, cwd=REPOSITORY, check=True)
    return (REPOSITORY / "target/release/bootstrap").read_bytes()


ALL = {
    "python": Function(
        PYTHON, "function.handler", {"function.py": "def handler(event, context):\n    return event\n"}, [os.path.realpath(sys.executable), "-c", "pass"]
    ),
    "nodejs": Function(
        node(), "function.handler", {"function.mjs": "export const handler = async (event) => event;\n"}, ["node", "-e", "0"]
    ),
    "provided": Function("provided.al2023", "bootstrap", {"bootstrap": bootstrap}, []),
}


def timed(call):
    began = time.monotonic()
    call()
    return time.monotonic() - began


def seconds_of(command):
    return timed(lambda: subprocess.run(command, check=True, capture_output=True))
