"""Legal requests to start from: every operation that Freehold has, with parameters made up from AWS's own models."""

import datetime
import json

import botocore.session
from botocore.serialize import create_serializer
from support.region import REPOSITORY

SERVICES = ("ec2", "iam", "ssm", "sts")
MESSAGING = ("sqs", "sns")
# Deep enough for every shape of these services, and an end for shapes that hold themselves.
DEPTH = 5


class Catalogue:
    """All operations, and requests for them from a seeded source of chance. `known` are ids that exist: some of the
    made-up requests name them, so that refusals of later checks are reached too."""

    def __init__(self, dice, known=(), services=SERVICES):
        self.dice = dice
        self.known = list(known)
        session = botocore.session.Session()
        self.operations = []
        self.serializers = {}
        self.targets = {}
        for service in services:
            model = session.get_service_model(service)
            ours = json.loads((REPOSITORY / "models" / f"{service}.json").read_text())["operations"]
            self.serializers[service] = create_serializer(model.metadata["protocol"], include_validation=False)
            self.operations += [(service, model.operation_model(name)) for name in sorted(ours)]

    def draw(self):
        """A request: service, operation, headers, body."""
        service, operation = self.dice.choice(self.operations)
        parameters = self.structure(operation.input_shape, 0) if operation.input_shape else {}
        made = self.serializers[service].serialize_to_request(parameters, operation)
        headers, body = dict(made["headers"]), made["body"]
        if isinstance(body, dict):
            pairs = [(str(name), str(value)) for name, value in body.items()]
            return service, operation.name, {"content-type": "application/x-www-form-urlencoded"}, pairs
        return service, operation.name, headers, json.loads(body or b"{}")

    def structure(self, shape, depth):
        few = 0.35 if depth == 0 else 0.25
        chosen = {}
        for name, member in shape.members.items():
            if name in shape.required_members or self.dice.random() < few:
                if depth < DEPTH and name != "DryRun":
                    chosen[name] = self.value(member, name, depth + 1)
        return chosen

    def value(self, shape, name, depth):
        kind = shape.type_name
        if kind == "structure":
            return self.structure(shape, depth)
        if kind == "list":
            return [self.value(shape.member, name, depth + 1) for _ in range(self.dice.randint(0, 3))]
        if kind == "map":
            return {f"key{n}": self.value(shape.value, name, depth + 1) for n in range(self.dice.randint(0, 2))}
        if kind == "boolean":
            return self.dice.random() < 0.5
        if name == "WaitTimeSeconds":
            # A legal wait would only be waited for.
            return self.dice.choice([0, 0, -1, 21])
        if kind in ("integer", "long"):
            return self.dice.choice([0, 1, 5, 22, 80, 1000, -1])
        if kind in ("float", "double"):
            return self.dice.random() * 100
        if kind == "timestamp":
            return datetime.datetime(2027, 1, 1, tzinfo=datetime.timezone.utc)
        if kind == "blob":
            return b"#!/bin/sh\n"
        return self.string(shape, name)

    def string(self, shape, name):
        if getattr(shape, "enum", None) and self.dice.random() < 0.9:
            return self.dice.choice(shape.enum)
        if "Cidr" in name:
            return self.dice.choice(["10.0.0.0/16", "10.0.1.0/24", "0.0.0.0/0", "192.168.1.7/32"])
        if self.known and name.endswith(("Arn", "Url")) and self.dice.random() < 0.8:
            return self.dice.choice([one for _, one in self.known])
        if self.known and name.endswith(("Id", "Ids", "id")) and self.dice.random() < 0.8:
            stem = name.removesuffix("s").removesuffix("Id").removesuffix("id").lower()
            fitting = [one for word, one in self.known if word and word in stem or stem in word]
            return self.dice.choice(fitting or [one for _, one in self.known])
        return self.dice.choice(["name", "t3.micro", "default", "a value", "10.0.0.9", "-1", "tcp"])
