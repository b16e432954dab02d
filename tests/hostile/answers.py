"""What any answer must be, whatever was asked: AWS's, in the caller's protocol, and well-formed."""

import json
import xml.etree.ElementTree as ElementTree

# The one refusal of these operations that AWS answers with a status of its own fault, because capacity is.
FAULTS_OF_THE_REGION = {"InsufficientInstanceCapacity"}
JSON_SERVICES = {"ssm", "sqs"}


def wrong_with(service, status, headers, body):
    """Why this is no legal answer, or None. A request that does not tell its service is answered in any protocol."""
    if service is None:
        legal = [wrong_with(one, status, headers, body) for one in ("ec2", "sts", "ssm")]
        return None if None in legal else legal[0]
    try:
        code = error_code(service, status, body)
    except (ValueError, KeyError, AttributeError, ElementTree.ParseError) as error:
        return f"not {service}'s form: {error!r}"
    if not (headers.get("x-amzn-requestid") or headers.get("x-amz-request-id")) and service in JSON_SERVICES:
        return "no request id"
    if status >= 500 and code not in FAULTS_OF_THE_REGION:
        return f"{code} with status {status}"
    if status != 200 and status < 400:
        return f"status {status}"
    return None


def error_code(service, status, body):
    """The error's code, None for a success. Raises if the answer does not have the protocol's form."""
    if service in JSON_SERVICES:
        answer = json.loads(body)
        return answer["__type"].rsplit("#", 1)[-1] if status != 200 else None
    # The parser refuses control characters, bare ampersands and whatever else is not XML.
    root = ElementTree.fromstring(body.decode("utf-8"))
    if status == 200:
        if not root.tag.endswith("Response"):
            raise ValueError(f"a success called {root.tag}")
        return None
    if service == "ec2":
        if root.findtext("RequestID") is None:
            raise ValueError("no request id")
        return _text(root, "Errors/Error/Code", "Errors/Error/Message")
    space = root.tag.split("}")[0] + "}" if root.tag.startswith("{") else ""
    if root.findtext(f"{space}RequestId") is None:
        raise ValueError("no request id")
    return _text(root, f"{space}Error/{space}Code", f"{space}Error/{space}Message")


def _text(root, code, message):
    if not root.findtext(code) or root.findtext(message) is None:
        raise ValueError(f"an error without code or message: {ElementTree.tostring(root)[:300]!r}")
    return root.findtext(code)
