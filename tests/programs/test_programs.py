"""Programs of others, as they are: Celery, sqs-consumer, the SDK for JavaScript, the AWS CLI."""

import json
import os
import pathlib
import signal
import subprocess
import uuid

from support.region import REPOSITORY
from support.waiting import until

HERE = pathlib.Path(__file__).parent
TASKS = 1000


def environment(freehold, **more):
    return {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "AWS_ENDPOINT_URL": freehold.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    } | more


def node(script, *arguments):
    """A script beside the packages that it imports."""
    place = REPOSITORY / ".venv" / "node"
    (place / script).write_text((HERE / script).read_text())
    return ["node", place / script, *arguments]


def ended(process, what):
    """Ends a program as its user would, and returns what it printed."""
    process.send_signal(signal.SIGTERM)
    try:
        return process.communicate(timeout=60)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError(f"{what} did not end:\n{process.communicate()[0]}") from None


def test_celery_runs_a_thousand_tasks_with_four_workers(freehold, tmp_path):
    notes = tmp_path / "notes"
    notes.touch()
    broker = freehold.endpoint.replace("http://", "sqs://test:test@")
    env = environment(freehold, BROKER=broker, NOTES=str(notes))
    python = REPOSITORY / ".venv" / "programs" / "bin" / "python"
    queue = f"celery-{uuid.uuid4().hex[:8]}"
    send = f"import tasks\nfor number in range({TASKS}): tasks.note.apply_async((number,), queue={queue!r})\n"
    options = {"cwd": HERE, "env": env | {"PYTHONDONTWRITEBYTECODE": "1"}, "text": True}
    sent = subprocess.run([python, "-c", send], capture_output=True, timeout=120, check=False, **options)
    assert sent.returncode == 0, sent.stderr
    arguments = ["-m", "celery", "-A", "tasks", "worker", "--concurrency=4", "-Q", queue, "--without-gossip", "--without-mingle"]
    worker = subprocess.Popen([python, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    try:
        until(lambda: len(set(notes.read_text().split())) == TASKS, "all tasks ran", timeout=120)
    finally:
        said = ended(worker, "celery")
    assert sorted(map(int, notes.read_text().split())) == list(range(TASKS)), said
    left = freehold.client("sqs").get_queue_attributes(
        QueueUrl=f"{freehold.endpoint}/000000000000/{queue}", AttributeNames=["All"]
    )["Attributes"]
    assert [left["ApproximateNumberOfMessages"], left["ApproximateNumberOfMessagesNotVisible"]] == ["0", "0"], said


def test_sqs_consumer_drains_a_queue(freehold, tmp_path):
    sqs = freehold.client("sqs")
    url = sqs.create_queue(QueueName=f"drained-{uuid.uuid4().hex[:8]}")["QueueUrl"]
    bodies = [f"message {number}" for number in range(200)]
    for start in range(0, len(bodies), 10):
        entries = [{"Id": str(at), "MessageBody": body} for at, body in enumerate(bodies[start : start + 10])]
        assert "Failed" not in sqs.send_message_batch(QueueUrl=url, Entries=entries)
    complaints = (tmp_path / "complaints").open("w+")
    program = subprocess.Popen(
        node("drain.mjs", url), env=environment(freehold), stdout=subprocess.PIPE, stderr=complaints, text=True
    )

    def is_empty():
        shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return shown["ApproximateNumberOfMessages"] == shown["ApproximateNumberOfMessagesNotVisible"] == "0"

    try:
        until(is_empty, "the queue is empty", timeout=60)
    finally:
        said = ended(program, "sqs-consumer")
    complaints.seek(0)
    assert sorted(said.split("\n")[:-1]) == sorted(bodies), complaints.read()


def test_the_sdk_for_javascript_sends_receives_and_publishes(freehold):
    done = subprocess.run(
        node("aws_sdk.mjs"), env=environment(freehold), capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout) == (0, "all is well\n"), done.stderr


def test_the_aws_cli_sends_and_receives(aws, freehold):
    def sqs(*arguments):
        # Version 1 sends SQS's commands to an old address of AWS unless the command line itself says otherwise.
        return aws("sqs", *arguments, "--endpoint-url", freehold.endpoint)

    name = f"cli-{uuid.uuid4().hex[:8]}"
    made = sqs("create-queue", "--queue-name", name, "--attributes", "VisibilityTimeout=5")
    assert made.returncode == 0, made.stderr
    url = json.loads(made.stdout)["QueueUrl"]
    sent = sqs("send-message", "--queue-url", url, "--message-body", "from a terminal")
    assert sent.returncode == 0, sent.stderr
    got = json.loads(sqs("receive-message", "--queue-url", url, "--wait-time-seconds", "2").stdout)["Messages"][0]
    assert (got["Body"], got["MessageId"]) == ("from a terminal", json.loads(sent.stdout)["MessageId"])
    gone = sqs("delete-message", "--queue-url", url, "--receipt-handle", got["ReceiptHandle"])
    assert gone.returncode == 0, gone.stderr
    refused = sqs("get-queue-url", "--queue-name", f"{name}-not")
    assert refused.returncode != 0
    assert "AWS.SimpleQueueService.NonExistentQueue" in refused.stderr
