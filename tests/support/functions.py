"""Functions of Lambda, for tests of whatever invokes them."""

import io
import json
import pathlib
import zipfile

from support.waiting import until

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
RUNTIME = "python3.11"


def package(**files):
    """A zip package: package(index="def handler(event, context): ...") holds index.py."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.py", text)
    return buffer.getvalue()


def zipped(files):
    """A zip of files by their paths in it. Each is text, bytes, or the path of a file or folder to put there."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in sorted(_files(files)):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o755 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content.read_bytes() if isinstance(content, pathlib.Path) else content)
    return buffer.getvalue()


def _files(files):
    for name, content in files.items():
        if isinstance(content, pathlib.Path) and content.is_dir():
            for path in content.rglob("*"):
                if path.is_file() and "__pycache__" not in path.parts:
                    yield str(pathlib.PurePosixPath(name) / path.relative_to(content)), path
        else:
            yield name, content


HELLO = package(index="def handler(event, context):\n    return event\n")


class Functions:
    """A client of Lambda with a role, and what makes functions."""

    def __init__(self, region, account, role="function"):
        self.region, self.account = region, account
        self.client = region.client("lambda", account)
        self.iam = region.client("iam", account)
        self.role = self.make_role(role)

    def make_role(self, name, actions="*"):
        arn = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        if actions:
            statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
            document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            self.iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=document)
        return arn

    def make(self, name="f", code=None, wait=True, **parameters):
        """A function that is active, unless nobody waits for that."""
        parameters = {
            "Runtime": RUNTIME,
            "Handler": "index.handler",
            "Role": self.role,
            "Code": {"ZipFile": package(index=code) if isinstance(code, str) else code or HELLO},
        } | parameters
        made = self.client.create_function(FunctionName=name, **parameters)
        if wait:
            self.settled(name)
        return made

    def let_in(self, service, source, name="f", **parameters):
        """Lets a service invoke the function for one of its resources."""
        self.client.add_permission(
            FunctionName=name,
            StatementId=service.split(".")[0],
            Action="lambda:InvokeFunction",
            Principal=service,
            SourceArn=source,
            **parameters,
        )

    def settled(self, name, **parameters):
        def look():
            found = self.client.get_function_configuration(FunctionName=name, **parameters)
            return found if (found["State"], found["LastUpdateStatus"]) == ("Active", "Successful") else None

        return until(look, f"{name} is active", timeout=60, every=0.05)

    def invoke(self, name="f", payload=None, **parameters):
        answer = self.client.invoke(FunctionName=name, Payload=json.dumps(payload), **parameters)
        return answer | {"Payload": json.loads(answer["Payload"].read() or "null")}


def receive(sqs, url):
    """The next message of a queue, which is deleted."""

    def look():
        found = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1, MessageAttributeNames=["All"]).get("Messages")
        if found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=found[0]["ReceiptHandle"])
        return found and found[0]

    return until(look, "a message comes", timeout=60)
