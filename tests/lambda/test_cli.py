"""The AWS CLI, as it is."""

import json

from support.functions import HELLO, TRUST


def test_a_function_is_made_and_found_by_the_cli(aws, tmp_path):
    role = aws("iam", "create-role", "--role-name", "cli-function", "--assume-role-policy-document", json.dumps(TRUST))
    assert role.returncode == 0, role.stderr
    (tmp_path / "f.zip").write_bytes(HELLO)
    made = aws(
        *("lambda", "create-function", "--function-name", "cli"),
        *("--runtime", "python3.11", "--handler", "index.handler"),
        *("--role", json.loads(role.stdout)["Role"]["Arn"], "--zip-file", f"fileb://{tmp_path}/f.zip"),
        *("--environment", "Variables={STAGE=cli}", "--tags", "team=a"),
    )
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["State"] == "Pending"
    assert aws("lambda", "wait", "function-active-v2", "--function-name", "cli").returncode == 0
    dry = aws("lambda", "invoke", "--function-name", "cli", "--invocation-type", "DryRun", str(tmp_path / "out"))
    assert json.loads(dry.stdout)["StatusCode"] == 204
    listed = aws("lambda", "list-functions", "--query", "Functions[].FunctionName", "--output", "text")
    assert "cli" in listed.stdout.split()
    assert aws("lambda", "delete-function", "--function-name", "cli").returncode == 0
    gone = aws("lambda", "get-function", "--function-name", "cli")
    assert "Function not found: arn:aws:lambda:us-east-1:" in gone.stderr
