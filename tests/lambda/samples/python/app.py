"""What a function sees of the world it runs in."""

import json
import logging
import os
import pathlib
import time

import greetings

logger = logging.getLogger()
logger.setLevel(logging.INFO)
STARTED = time.time()


def describe(event, context):
    logger.info("asked for %s", json.dumps(event))
    return {
        "event": event,
        "greeting": greetings.greet(event.get("name", "nobody")),
        "function_name": context.function_name,
        "function_version": context.function_version,
        "invoked_function_arn": context.invoked_function_arn,
        "memory_limit_in_mb": context.memory_limit_in_mb,
        "aws_request_id": context.aws_request_id,
        "log_group_name": context.log_group_name,
        "log_stream_name": context.log_stream_name,
        "client_context": context.client_context and context.client_context.custom,
        "remaining": context.get_remaining_time_in_millis(),
        "started": STARTED,
    }


def environment(event, context):
    return dict(os.environ) | {"cwd": os.getcwd(), "user": os.getuid()}


def files(event, context):
    note = pathlib.Path("/tmp/note")
    before = note.read_text() if note.exists() else None
    note.write_text(event["write"])
    refused = {}
    for place in ("/var/task/app.py", "/var/task/new", "/opt/new", "/usr/new", "/new", "/var/runtime/new"):
        try:
            pathlib.Path(place).write_text("x")
        except OSError as error:
            refused[place] = error.strerror
    room = os.statvfs("/tmp")
    layer = {str(path): path.read_text() for path in pathlib.Path("/opt").glob("*.txt")}
    return {"before": before, "refused": refused, "layer": layer, "room": room.f_bavail * room.f_frsize}


def patient(event, context):
    """Works until hardly any time is left, as careful functions do."""
    seen = [context.get_remaining_time_in_millis()]
    while seen[-1] > event["leave"]:
        time.sleep(0.02)
        seen.append(context.get_remaining_time_in_millis())
    return {"first": seen[0], "last": seen[-1], "falls": seen == sorted(seen, reverse=True)}
