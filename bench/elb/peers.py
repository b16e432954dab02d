"""The servers: two small backends, and the balancers before them, each with its processes' CPU time and memory."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import time

from ports import free_port

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")


def make_certificate(place):
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-subj", "/CN=bench", "-addext", "subjectAltName=DNS:bench", "-days", "2"]
    command += ["-keyout", str(place / "key.pem"), "-out", str(place / "cert.pem")]
    subprocess.run(command, check=True, capture_output=True)
    (place / "both.pem").write_text((place / "cert.pem").read_text() + (place / "key.pem").read_text())


class Server:
    """A program that runs for the length of a `with`, and all processes that it starts."""

    LOADS = ()

    def __init__(self, place):
        self.place = place
        self.ports = {}
        self.process = None

    def command(self):
        raise NotImplementedError

    def __enter__(self):
        log = open(self.place / f"{type(self).__name__}.log", "ab")  # noqa: SIM115: belongs to the process
        self.process = subprocess.Popen(self.command(), stdout=log, stderr=log)
        log.close()
        for port in self.ports.values():
            self._wait(port)
        return self

    def _wait(self, port):
        deadline = time.monotonic() + 10
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.05)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def port(self, load):
        return self.ports[load]

    def url(self, load):
        return f"{'https' if load == 'tls' else 'http'}://127.0.0.1:{self.ports[load]}/"

    def _processes(self):
        """The program and its children."""
        found = [self.process.pid]
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
        return found

    def cpu_seconds(self):
        total = 0
        for pid in self._processes():
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def memory_mib(self):
        total = 0
        for pid in self._processes():
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        return total / 1024


class Nginx(Server):
    LOADS = ("http", "tls")

    def __init__(self, place, backends, workers):
        super().__init__(place)
        self.ports = {"http": free_port(), "tls": free_port()}
        servers = "".join(f"server 127.0.0.1:{port};" for port in backends)
        configuration = f"""
            worker_processes {workers}; daemon off; pid {place}/nginx.pid; error_log {place}/nginx.err;
            worker_rlimit_nofile 65536;
            events {{ worker_connections 16384; }}
            http {{
                access_log off; keepalive_requests 100000000;
                upstream backends {{ {servers} keepalive 128; keepalive_requests 100000000; }}
                server {{
                    listen 127.0.0.1:{self.ports["http"]} reuseport;
                    listen 127.0.0.1:{self.ports["tls"]} ssl reuseport;
                    ssl_certificate {place}/cert.pem; ssl_certificate_key {place}/key.pem;
                    location / {{
                        proxy_pass http://backends; proxy_http_version 1.1; proxy_set_header Connection "";
                        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                    }}
                }}
            }}
        """
        (place / "nginx.conf").write_text(configuration)

    def command(self):
        return ["nginx", "-c", str(self.place / "nginx.conf")]


class Haproxy(Server):
    LOADS = ("http", "tls", "tcp")

    def __init__(self, place, backends, workers):
        super().__init__(place)
        self.ports = {"http": free_port(), "tls": free_port(), "tcp": free_port()}
        servers = "\n".join(f"  server s{port} 127.0.0.1:{port}" for port in backends)
        configuration = f"""
global
  nbthread {workers}
  maxconn 7000
defaults
  timeout connect 5s
  timeout client 300s
  timeout server 300s
frontend http
  mode http
  option forwardfor
  bind 127.0.0.1:{self.ports["http"]}
  bind 127.0.0.1:{self.ports["tls"]} ssl crt {place}/both.pem
  default_backend http
backend http
  mode http
  balance roundrobin
  http-reuse always
{servers}
frontend tcp
  mode tcp
  option splice-auto
  bind 127.0.0.1:{self.ports["tcp"]}
  default_backend tcp
backend tcp
  mode tcp
  balance roundrobin
{servers}
"""
        (place / "haproxy.cfg").write_text(configuration)

    def command(self):
        return ["haproxy", "-f", str(self.place / "haproxy.cfg")]


class Freehold:
    """An application balancer and a network balancer, each a node of its own as in a region."""

    LOADS = ("http", "tls", "tcp")

    def __init__(self, place, backends, workers):
        self.application = FreeholdNode(place, "Application", backends, workers)
        self.network = FreeholdNode(place, "Network", backends, workers)
        self.busy = self.application

    def __enter__(self):
        self.application.__enter__()
        self.network.__enter__()
        return self

    def __exit__(self, *cause):
        self.application.__exit__(*cause)
        self.network.__exit__(*cause)

    def port(self, load):
        return self.application.port(load)

    def url(self, load):
        self.busy = self.network if load == "tcp" else self.application
        return self.busy.url(load)

    def cpu_seconds(self):
        return self.busy.cpu_seconds()

    def memory_mib(self):
        return self.busy.memory_mib()


class FreeholdNode(Server):
    def __init__(self, place, kind, backends, workers):
        super().__init__(place)
        self.directory = place / kind
        self.directory.mkdir(exist_ok=True)
        self.workers = workers
        names = ("http", "tls") if kind == "Application" else ("tcp",)
        self.ports = {name: free_port() for name in names}
        (self.directory / "config.json").write_text(json.dumps(self._configuration(kind, backends)))

    def _configuration(self, kind, backends):
        protocol = "Http" if kind == "Application" else "Tcp"
        return {
            "revision": 1,
            "kind": kind,
            "name": "app/bench/0",
            "addresses": [{"zone": "a", "ip": "127.0.0.1"}],
            "attributes": {
                "idle_timeout_seconds": 300,
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
            },
            "listeners": [self._listener(name) for name in self.ports],
            "target_groups": {"g": self._group(protocol, backends)},
        }

    def _listener(self, name):
        certificate = {
            "arn": "c",
            "chain": (self.place / "cert.pem").read_text(),
            "private_key": (self.place / "key.pem").read_text(),
        }
        forward = {"Forward": {"groups": [["g", 1]], "group_stickiness_seconds": None}}
        return {
            "arn": name,
            "protocol": {"http": "Http", "tls": "Https", "tcp": "Tcp"}[name],
            "port": self.ports[name],
            "certificates": [certificate] if name == "tls" else [],
            "ssl_policy": None,
            "alpn_policy": None,
            "rules": [{"arn": "r", "priority": None, "conditions": [], "action": forward}],
            "tcp_idle_timeout_seconds": 350,
        }

    def _group(self, protocol, backends):
        target = {"address": "127.0.0.1", "zone": "a", "draining_since": None}
        return {
            "arn": "g",
            "name": "targetgroup/g/0",
            "protocol": protocol,
            "protocol_version": "Http1",
            "kind": "Ip",
            "targets": [target | {"id": f"i-{port}", "port": port} for port in backends],
            "algorithm": "RoundRobin",
            "stickiness": None,
            "slow_start_seconds": 0,
            "deregistration_delay_seconds": 300,
            "terminate_connections_after_delay": False,
            "cross_zone": None,
            "preserve_client_ip": False,
            "proxy_protocol_v2": False,
            "health_check": {
                "enabled": True,
                "protocol": protocol,
                "port": None,
                "path": "/",
                "matcher": "200",
                "interval_seconds": 5,
                "timeout_seconds": 2,
                "healthy_threshold": 2,
                "unhealthy_threshold": 2,
            },
        }

    def command(self):
        program = os.environ.get("FREEHOLD_BIN", str(REPOSITORY / "target" / "release" / "freehold"))
        return [program, "elb-node", "--directory", str(self.directory), "--workers", str(self.workers)]

    def __enter__(self):
        (self.directory / "status.json").unlink(missing_ok=True)
        super().__enter__()
        deadline = time.monotonic() + 10
        while True:
            try:
                status = json.loads((self.directory / "status.json").read_text())
                if all(target["state"] == "Healthy" for target in status["targets"]):
                    return self
            except OSError:
                pass
            assert time.monotonic() < deadline, "the targets do not become healthy"
            time.sleep(0.05)


class Backends(Server):
    """Two of them in one nginx with one worker, which answers faster than anything that stands before it."""

    def __init__(self, place):
        super().__init__(place)
        self.numbers = [free_port(), free_port()]
        servers = "".join(
            f"server {{ listen 127.0.0.1:{port}; location / {{ return 200 'hello from {port}\\n'; }} }}"
            for port in self.numbers
        )
        configuration = f"""
            worker_processes 1; daemon off; pid {place}/backends.pid; error_log {place}/backends.err;
            worker_rlimit_nofile 65536;
            events {{ worker_connections 16384; }}
            http {{ access_log off; keepalive_requests 100000000; {servers} }}
        """
        (place / "backends.conf").write_text(configuration)

    def command(self):
        return ["nginx", "-c", str(self.place / "backends.conf")]

    def __enter__(self):
        super().__enter__()
        for port in self.numbers:
            self._wait(port)
        self.ports = self.numbers
        return self


ALL = {"nginx": Nginx, "haproxy": Haproxy, "freehold": Freehold}
