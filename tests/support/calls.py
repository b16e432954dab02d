"""Which operations the black-box tests called, and how each was answered: what coverage.py judges.

Only clients of `Region.client` are watched. A call counts as refused if the operation itself refused it: what stands in
front of every operation (signatures, permissions, dry runs) says nothing about this one.
"""

import collections
import pathlib
import tomllib

MODELS = pathlib.Path(__file__).resolve().parents[2] / "models"

IN_FRONT = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthFailure",
        "DryRunOperation",
        "ExpiredToken",
        "ExpiredTokenException",
        "InternalError",
        "InternalFailure",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnauthorizedOperation",
        "UnrecognizedClientException",
    }
)


class Calls:
    """What was answered and what was refused, by (service, operation)."""

    def __init__(self):
        self.answered = set()
        self.refused = collections.defaultdict(set)

    def watch(self, client):
        """Records everything this client is answered from now on."""
        client.meta.events.register("after-call", self._note)
        return client

    def _note(self, http_response, parsed, model, **_):
        operation = (model.service_model.service_name, model.name)
        if http_response.status_code < 300:
            self.answered.add(operation)
            return
        code = parsed.get("Error", {}).get("Code", "")
        if code and code not in IN_FRONT:
            self.refused[operation].add(code)

    def told(self):
        """All of it, for another process."""
        return {
            "answered": sorted(self.answered),
            "refused": [(*operation, sorted(codes)) for operation, codes in self.refused.items()],
        }

    def add(self, told):
        """What another process has seen."""
        self.answered.update(map(tuple, told["answered"]))
        for service, name, codes in told["refused"]:
            self.refused[service, name].update(codes)


CALLS = Calls()


def operations():
    """Everything that the region implements, as (service, operation)."""
    listed = tomllib.loads((MODELS / "operations.toml").read_text())
    return {(service, name) for service, part in listed.items() if isinstance(part, dict) for name in part["operations"]}
