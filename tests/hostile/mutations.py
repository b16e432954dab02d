"""What an enemy does to a request. Each mutation takes a source of chance and the parts of a form or a JSON document and
returns bytes; none needs to know the operation."""

import copy
import json
import urllib.parse

# Characters that mean something to XML, JSON, forms, shells, paths, terminals or C.
HOSTILE = [
    "", " ", "\0", "a\0b", "\x01\x02\x1b[31m", "\r\n\r\nHTTP/1.1 200 OK", "<", ">", "&", "]]>", "&amp;", "&#0;", "<!--",
    '"><script>alert(1)</script>', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "'; DROP TABLE rows; --", "$(reboot)", "`reboot`", "../../../../etc/passwd", "%s%n%x", "\u202e\u0000", "\ufffe\uffff",
    "\U0001f600", "é" * 300, "a" * 70000, "\ud7ff\ue000", "\x7f\x80\x9f", "\u2028", "null", "true", "NaN", "Infinity",
    "-0", "0x10", "1e309", "1_000", "9" * 400, "-" + "9" * 30, str(2**31), str(2**63), str(2**64), "-1", "1.5", "٣", "*",
    "?*?*?*" * 50, "[", "(a+)+$", "i-", "i-" + "f" * 17, "vpc-0", "0.0.0.0/33", "::/0", "10.0.0.0/-1", "999.1.1.1/8",
    "2026-13-45T99:99:99Z", "arn:aws:iam::000000000000:role/x", "{}", "[]", "{{", "aws:reserved", "AWS:x",
]
NAMES = [
    "", "Action", "Version", "DryRun", "Filter.1.Name", "Filter.1.Value.1", "Tag.1.Key", "InstanceId.1", "InstanceId.0",
    "InstanceId.-1", "InstanceId.99999999999999999999", "InstanceId.01", ".", "..", "A.", ".1", "MaxResults", "NextToken",
    "Filter", "Filter.1.Filter.1", "member.1", "é", "\0", "X-Amz-Signature", "AWSAccessKeyId", "a" * 3000,
]  # fmt: skip
RAW = [b"", b"%", b"%zz", b"%00", b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80", b"=", b"&&&&", b"&=&=", b"\0" * 64, b"+" * 64]


def encode(pairs):
    return "&".join(
        f"{urllib.parse.quote(name, errors='surrogatepass')}={urllib.parse.quote(value, errors='surrogatepass')}"
        for name, value in pairs
    ).encode()


def form(dice, pairs):
    """A hostile version of a form."""
    pairs = list(pairs)
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        dice.choice(FORM)(dice, pairs)
    return raw(dice, encode(pairs))


def raw(dice, body):
    """Sometimes what no honest encoder would write."""
    chance = dice.random()
    if chance < 0.08:
        return body[: dice.randint(0, len(body))]
    if chance < 0.2:
        at = dice.randint(0, len(body))
        return body[:at] + dice.choice(RAW) + body[at:]
    if chance < 0.25 and body:
        at = dice.randrange(len(body))
        return body[:at] + bytes([body[at] ^ (1 << dice.randrange(8))]) + body[at + 1 :]
    if chance < 0.26:
        return body + b"&P=" + b"x" * dice.choice([1 << 16, 1 << 20, 3 << 20])
    return body


def _spoil_value(dice, pairs):
    at = dice.randrange(len(pairs))
    pairs[at] = (pairs[at][0], dice.choice(HOSTILE))


def _spoil_parameter(dice, pairs):
    """As above, but leaves Action and Version, so that operations get to see it."""
    others = [at for at, (name, _) in enumerate(pairs) if name not in ("Action", "Version")]
    if others:
        at = dice.choice(others)
        pairs[at] = (pairs[at][0], dice.choice(HOSTILE))


def _spoil_name(dice, pairs):
    at = dice.randrange(len(pairs))
    pairs[at] = (dice.choice(NAMES), pairs[at][1])


def _add(dice, pairs):
    pairs.insert(dice.randint(0, len(pairs)), (dice.choice(NAMES), dice.choice(HOSTILE)))


def _twice(dice, pairs):
    name, value = dice.choice(pairs)
    pairs.append((name, dice.choice([value, dice.choice(HOSTILE)])))


def _drop(dice, pairs):
    if len(pairs) > 1:
        del pairs[dice.randrange(len(pairs))]


def _list_of_structure(dice, pairs):
    """A scalar where there is a list or structure, and the other way round."""
    at = dice.randrange(len(pairs))
    name, value = pairs[at]
    pairs[at] = (dice.choice([name + ".1", name + ".Name", name + ".1.1.1", name.split(".")[0], name + "."]), value)


def _index(dice, pairs):
    at = dice.randrange(len(pairs))
    name, value = pairs[at]
    wrong = dice.choice(["0", "2", "-1", "1000000", "4294967296", "99999999999999999999", "x", ""])
    pairs[at] = (name.replace(".1", "." + wrong, 1), value)


def _deep(dice, pairs):
    pairs.append((dice.choice(["Filter", "Tag", "A", "TagSpecification"]) + ".1" * dice.choice([50, 5000]), "x"))


def _many(dice, pairs):
    stem = dice.choice(["Filter.{}.Name", "InstanceId.{}", "TagSpecification.1.Tag.{}.Key", "Nothing.{}", "Tag.{}.Key"])
    pairs.extend((stem.format(n), "x") for n in range(1, dice.choice([60, 300, 5000])))


def _shuffle(dice, pairs):
    dice.shuffle(pairs)


FORM = [
    _spoil_parameter, _spoil_parameter, _spoil_parameter, _spoil_parameter, _spoil_value, _spoil_name, _add, _twice, _drop,
    _list_of_structure, _index, _deep, _many, _shuffle,
]  # fmt: skip

JSON_VALUES = [
    None, True, False, 0, -1, 1.5, 2**31, 2**63, 2**64, 10**400, [], {}, [[]], [None], {"a": None}, [1, "x"], {"": ""},
]  # fmt: skip
JSON_RAW = [
    b"", b" ", b"null", b"[]", b"1", b'"x"', b"{", b"}", b'{"a":}', b"{'a':1}", b"NaN", b'{"a":NaN}', b'{"a":1e999}', b"{}{}",
    b'{"Names":["\\ud800"]}', b'{"Names":["\xff"]}', b'{"Names":["\x00"]}', b'{"Name":"a","Name":"b"}', b"\xef\xbb\xbf{}",
    b"[" * 100000, b'{"a":' * 100000, b'{"Names":' + b"[" * 100000 + b"]" * 100000 + b"}", b'{"MaxResults":1' + b"0" * 10000 + b"}",
]  # fmt: skip


def document(dice, tree):
    """A hostile version of a JSON document."""
    if dice.random() < 0.15:
        return dice.choice(JSON_RAW)
    tree = copy.deepcopy(tree)
    for _ in range(dice.choice([1, 1, 2])):
        places = list(_places(tree))
        if not places or dice.random() < 0.2:
            if isinstance(tree, dict):
                tree[dice.choice([*NAMES, "Name", "Names", "MaxResults"])] = dice.choice([*JSON_VALUES, *HOSTILE])
        else:
            holder, key = dice.choice(places)
            holder[key] = dice.choice([*JSON_VALUES, *HOSTILE])
    return raw(dice, json.dumps(tree, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass"))


def _places(tree):
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in pairs:
        yield tree, key
        yield from _places(value)
