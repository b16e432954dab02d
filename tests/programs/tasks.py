"""A Celery application with one task, which notes in a file that it ran."""

import os

from celery import Celery

app = Celery("tasks", broker=os.environ["BROKER"])
app.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
    broker_transport_options={
        "region": "us-east-1",
        "is_secure": False,
        "polling_interval": 0.05,
        "wait_time_seconds": 5,
        "visibility_timeout": 60,
    },
)


@app.task
def note(number):
    # One short write to the end of a file is not torn, whoever else writes there.
    with open(os.environ["NOTES"], "a", buffering=1) as notes:
        notes.write(f"{number}\n")
