"""A balancer's node as the control plane sees it: a directory with `config.json`, a process, and `status.json`."""

import copy
import itertools
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile

from support.region import REPOSITORY
from support.waiting import until

BINARY = os.environ.get("FREEHOLD_BIN", str(REPOSITORY / "target" / "debug" / "freehold"))

ATTRIBUTES = {
    "idle_timeout_seconds": 60,
    "client_keep_alive_seconds": 3600,
    "http2": True,
    "drop_invalid_header_fields": False,
    "preserve_host_header": False,
    "xff_client_port": False,
    "xff_mode": "Append",
    "desync_mitigation": "Defensive",
    "tls_headers": False,
    "cross_zone": True,
    "access_log": None,
}
HEALTH_CHECK = {
    "enabled": False,
    "protocol": "Http",
    "port": None,
    "path": "/",
    "matcher": "200",
    "interval_seconds": 1,
    "timeout_seconds": 1,
    "healthy_threshold": 2,
    "unhealthy_threshold": 2,
}


def target(port, name=None, address="127.0.0.1", zone="z-a", draining_since=None):
    name = name or f"i-{port}"
    return {"id": name, "address": address, "port": port, "zone": zone, "draining_since": draining_since}


def group(arn, targets, check=None, **changes):
    made = {
        "arn": arn,
        "name": "targetgroup/t/1",
        "protocol": "Http",
        "protocol_version": "Http1",
        "kind": "Ip",
        "targets": targets,
        "algorithm": "RoundRobin",
        "stickiness": None,
        "slow_start_seconds": 0,
        "deregistration_delay_seconds": 300,
        "terminate_connections_after_delay": False,
        "cross_zone": None,
        "preserve_client_ip": False,
        "multi_value_headers": False,
        "proxy_protocol_v2": False,
        "health_check": HEALTH_CHECK | (check or {}),
    }
    unknown = set(changes) - set(made)
    assert not unknown, unknown
    return made | changes


def forward(*arns, weights=None, sticky=None):
    pairs = [[arn, weight] for arn, weight in zip(arns, weights or itertools.repeat(1), strict=False)]
    return {"Forward": {"groups": pairs, "group_stickiness_seconds": sticky}}


def fixed(status, body, kind="text/plain"):
    return {"FixedResponse": {"status": status, "content_type": kind, "body": body}}


def rule(action, *conditions, priority=None):
    return {"arn": "rule", "priority": priority, "conditions": list(conditions), "action": action}


def listener(port, *rules, protocol="Http", **changes):
    made = {
        "arn": "listener",
        "protocol": protocol,
        "port": port,
        "certificates": [],
        "ssl_policy": None,
        "alpn_policy": None,
        "rules": list(rules),
        "tcp_idle_timeout_seconds": 350,
    }
    return made | changes


class Node:
    """A node on loopback. `config` may be changed and `apply`ed while it runs."""

    def __init__(self, listeners, groups=(), kind="Application", addresses=(), workers=2, **attributes):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="freehold-node-"))
        self.workers = workers
        self.process = None
        self.config = {
            "revision": 0,
            "kind": kind,
            "name": "app/test/0123456789abcdef",
            "addresses": [{"zone": zone, "ip": ip} for ip, zone in (addresses or [("127.0.0.1", "z-a")])],
            "attributes": ATTRIBUTES | attributes,
            "listeners": list(listeners),
            "target_groups": {one["arn"]: one for one in groups},
        }

    def start(self):
        self._write()
        log = open(self.directory / "node.log", "ab")  # noqa: SIM115: belongs to the process
        command = [BINARY, "elb-node", "--directory", str(self.directory), "--workers", str(self.workers)]
        self.process = subprocess.Popen(command, stderr=log)
        log.close()
        self.wait_for(lambda status: status["pid"] == self.process.pid, "the node's first status")
        self.wait_until_listening()
        return self

    def wait_until_listening(self):
        for one in self.config["listeners"]:
            if one["protocol"] == "Udp":
                continue
            for address in self.config["addresses"]:
                def connects(at=(address["ip"], one["port"])):
                    socket.create_connection(at, timeout=5).close()
                    return True

                until(connects, f"port {one['port']} answers")

    def _write(self):
        self.config["revision"] += 1
        new = self.directory / "config.json.new"
        new.write_text(json.dumps(self.config))
        new.rename(self.directory / "config.json")

    def apply(self, change):
        """Changes the configuration and waits until it is in force."""
        config = copy.deepcopy(self.config)
        change(config)
        self.config = config
        self._write()
        self.wait_for(lambda status: status["revision"] == self.config["revision"], "the new revision")

    def status(self):
        return json.loads((self.directory / "status.json").read_text())

    def wait_for(self, holds, what, timeout=30):
        def check():
            status = self.status()
            return status if holds(status) else None

        return until(check, what, timeout=timeout)

    def states(self):
        return {one["id"]: (one["state"], one["reason"]) for one in self.status()["targets"]}

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=60)
        return self.process.returncode if self.process else None

    def log(self):
        return (self.directory / "node.log").read_text()
