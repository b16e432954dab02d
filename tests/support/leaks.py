"""What a region may leave on a host: compared before and after, nothing may be new."""

import json
import pathlib
import subprocess

from support.waiting import until


def _lines(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [line.strip() for line in done.stdout.splitlines() if line.strip()]


def _links():
    return {link["ifname"] for link in json.loads(subprocess.check_output(["ip", "-j", "link"]) or b"[]")}


def _rules():
    listed = subprocess.run(["nft", "-j", "list", "ruleset"], capture_output=True, text=True, check=False)
    found = set()
    for item in json.loads(listed.stdout or "{}").get("nftables", []):
        for kind, value in item.items():
            if kind != "metainfo":
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
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            except OSError:
                continue
            program = command.split(" ")[0].rsplit("/", 1)[-1]
            if any(program.startswith(name) for name in ours):
                found.add(f"{folder.name} {command}")
    return found


def _cgroups():
    return {
        str(path)
        for path in pathlib.Path("/sys/fs/cgroup").rglob("*")
        if path.is_dir() and any(word in str(path).lower() for word in ("freehold", "/i-0"))
    }


def snapshot():
    """Names of everything on the host that a region could have made."""
    return {
        "processes": _processes(),
        "mounts": {line.split(" ")[1] for line in pathlib.Path("/proc/self/mounts").read_text().splitlines()},
        "cgroups": _cgroups(),
        "network namespaces": {line.split(" ")[0] for line in _lines("ip", "netns", "list")},
        "links": _links(),
        "routes": set(_lines("ip", "route", "show", "table", "all")),
        "policy rules": set(_lines("ip", "rule", "show")),
        "nft rules": _rules(),
        "forwarding": {pathlib.Path("/proc/sys/net/ipv4/ip_forward").read_text().strip()},
        "loop devices": set(_lines("losetup", "--noheadings", "--output", "NAME,BACK-FILE")),
    }


def new_since(before):
    """What is there now and was not before, by kind."""
    now = snapshot()
    return {kind: sorted(now[kind] - before[kind]) for kind in now if now[kind] - before[kind]}


def assert_nothing_new(before, timeout=20):
    """The kernel frees some things a moment later, so this waits for it."""
    try:
        until(lambda: not new_since(before), "everything is gone", timeout=timeout, every=0.2)
    except TimeoutError:
        left = new_since(before)
        raise AssertionError(f"left on the host: {json.dumps(left, indent=2)}") from None
