"""A dependency, installed beside the function as `pip install --target` does, with data of its own."""

import importlib.resources
import json

WORDS = json.loads(importlib.resources.files(__name__).joinpath("words.json").read_text())


def greet(name):
    return f"{WORDS['hello']}, {name}"
