"""What a region may leave on a host: compared before and after, nothing may be new."""

import hashlib
import json
import os
import pathlib
import re
import subprocess

from support import lanes
from support.waiting import until


def _lines(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [line.strip() for line in done.stdout.splitlines() if line.strip()]


def _links():
    return {link["ifname"] for link in json.loads(subprocess.check_output(["ip", "-j", "link"]) or b"[]")}


def _rules():
    """Tables, and the rules of tables that are not Freehold's (its own come and go with their table)."""
    listed = subprocess.run(["nft", "-j", "list", "ruleset"], capture_output=True, text=True, check=False)
    found = set()
    for item in json.loads(listed.stdout or "{}").get("nftables", []):
        for kind, value in item.items():
            if kind == "table":
                found.add(f"table {value['family']} {value['name']}")
            elif kind != "metainfo" and not value.get("table", "").startswith("freehold_"):
                value = {key: part for key, part in value.items() if key not in ("handle", "counter")}
                found.add(f"{kind} {json.dumps(value, sort_keys=True)}")
    return found


def _processes():
    """Programs that a region starts, whoever their parent is."""
    ours = ("freehold", "qemu-system", "runc", "dropbear", "busybox")
    found = set()
    for folder in pathlib.Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if lanes.is_of_another((folder / "environ").read_bytes()):
                    continue
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                if " elb-node " in command:
                    # It knows its directory as `.` only.
                    command += f" in {(folder / 'cwd').readlink()}"
            except OSError:
                continue
            program = command.split(" ")[0].rsplit("/", 1)[-1]
            if any(program.startswith(name) for name in ours):
                found.add(f"{folder.name} {command}")
    return found


def _cgroups():
    # Groups of others may vanish while they are listed.
    found = (folder for folder, _, _ in os.walk("/sys/fs/cgroup"))
    return {folder for folder in found if any(word in folder.lower() for word in ("freehold", "/i-0"))}


def _names():
    """Lines of the host's file of names that a region wrote: they are between marks of its own."""
    found, ours = set(), None
    for line in pathlib.Path("/etc/hosts").read_text().splitlines():
        mark = line.split(" ")[1].rstrip(":") if line.startswith("# fh") else None
        ours = mark if mark and not line.endswith(": end") else ours
        if ours:
            found.add(f"{ours} {line}")
        ours = None if mark and line.endswith(": end") else ours
    return found


def snapshot():
    """Names of everything on the host that a region could have made."""
    return {
        "processes": _processes(),
        "mounts": {line.split(" ")[1] for line in pathlib.Path("/proc/self/mounts").read_text().splitlines()},
        "cgroups": _cgroups(),
        "network namespaces": {line.split(" ")[0] for line in _lines("ip", "netns", "list")},
        "links": _links(),
        # Those that a router tells say for how long they hold yet.
        "routes": {re.sub(r" expires \w+", "", line) for line in _lines("ip", "route", "show", "table", "all")},
        "policy rules": set(_lines("ip", "rule", "show")),
        "nft rules": _rules(),
        # On is what a region makes of it; that another one has switched it off again is nobody's leak.
        "forwarding": {pathlib.Path("/proc/sys/net/ipv4/ip_forward").read_text().strip()} - {"0"},
        "names": _names(),
        "loop devices": set(_lines("losetup", "--noheadings", "--output", "NAME,BACK-FILE")),
    }


def new_since(before):
    """What is there now and was not before, by kind."""
    now = snapshot()
    return {kind: sorted(now[kind] - before[kind]) for kind in now if now[kind] - before[kind]}


def of_region(data):
    """What is there of the region that keeps its data in `data`: whatever names its directory, or the tag that names on the
    host are derived from."""
    data = str(data)
    tag = "fh" + hashlib.sha256(data.encode()).hexdigest()[:5]
    now = snapshot()
    now["mounts"] = {line.split(" ")[1] for line in pathlib.Path("/proc/self/mounts").read_text().splitlines() if data in line}
    number = tag.removeprefix("fh")
    # Of functions: their links, the control groups of their sandboxes, and that of their node.
    names = (data, tag, f"freehold_{number}", f"fn{number}", f"fn-{number}-", f"fnode-{number}")
    found = {kind: sorted(one for one in ones if any(name in one for name in names)) for kind, ones in now.items()}
    return {kind: ones for kind, ones in found.items() if ones}


def assert_nothing_of(data, timeout=60):
    """Waits until nothing of the region is on the host any more."""
    try:
        until(lambda: not of_region(data), "everything of the region is gone", timeout=timeout, every=0.2)
    except TimeoutError:
        raise AssertionError(f"left on the host: {json.dumps(of_region(data), indent=2)}") from None


def assert_nothing_new(before, timeout=60):
    """The kernel frees some things a moment later, so this waits for it."""
    try:
        until(lambda: not new_since(before), "everything is gone", timeout=timeout, every=0.2)
    except TimeoutError:
        left = new_since(before)
        raise AssertionError(f"left on the host: {json.dumps(left, indent=2)}") from None
