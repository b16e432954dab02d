"""Network balancers: TCP and UDP flows."""

import collections
import contextlib
import socket
import struct
import threading

import pytest

from balancer.node import forward, group, listener, rule, target
from balancer.targets import Target
from support.region import free_port


def echo(connection):
    while data := connection.recv(65536):
        connection.sendall(data)


@pytest.fixture
def tcp(node):
    """A node before targets that do what `serve` says: (node, port, targets)."""
    made = []

    def make(serve, count=1, listener_options=(), **options):
        behind = [Target(serve) for _ in range(count)]
        made.extend(behind)
        port = free_port()
        one = listener(port, rule(forward("g")), protocol="Tcp", **dict(listener_options))
        groups = [group("g", [target(it.port) for it in behind], **({"protocol": "Tcp"} | options))]
        return node([one], groups, kind="Network"), port, behind

    yield make
    for one in made:
        one.close()


def connect(port, host="127.0.0.1", source=None):
    return socket.create_connection((host, port), timeout=30, source_address=source)


def test_bytes_pass_both_ways_and_halves_close_one_by_one(tcp):
    def serve(connection):
        total = 0
        while data := connection.recv(65536):
            total += len(data)
        connection.sendall(str(total).encode())

    made, port, _ = tcp(serve)
    with connect(port) as client:
        for _ in range(300):
            client.sendall(b"x" * 100_000)
        client.shutdown(socket.SHUT_WR)
        assert client.recv(100) == b"30000000"
        assert client.recv(1) == b""
    made.wait_for(lambda it: it["counters"]["processed_bytes"] >= 30_000_000, "the bytes are counted")


def test_what_passes_is_what_was_sent(tcp):
    _, port, _ = tcp(echo)
    sent = bytes(range(256)) * 40_000
    with connect(port) as client:
        threading.Thread(target=client.sendall, args=(sent,)).start()
        received = bytearray()
        while len(received) < len(sent):
            received += client.recv(1 << 16)
        assert bytes(received) == sent


def test_flows_spread_over_targets_and_are_counted(tcp):
    made, port, behind = tcp(echo, count=3)
    clients = [connect(port) for _ in range(60)]
    for client in clients:
        client.sendall(b"x")
        assert client.recv(1) == b"x"
    assert all(len(it.connections) > 3 for it in behind)
    made.wait_for(lambda it: it["counters"]["active_flow_count"] == 60, "the flows are counted")
    assert sum(one["active"] for one in made.status()["targets"]) == 60
    for client in clients:
        client.close()
    made.wait_for(lambda it: it["counters"]["active_flow_count"] == 0, "the flows have ended")


def test_a_sticky_source_stays(tcp):
    _, port, behind = tcp(echo, count=3, stickiness="SourceIp")
    for _ in range(20):
        with connect(port) as client:
            client.sendall(b"x")
            assert client.recv(1) == b"x"
    assert sorted(len(it.connections) > 0 for it in behind) == [False, False, True]


def test_proxy_protocol_tells_where_a_flow_came_from(tcp):
    heads = []

    def serve(connection):
        heads.append(connection.recv(28, socket.MSG_WAITALL))
        echo(connection)

    _, port, _ = tcp(serve, proxy_protocol_v2=True)
    with connect(port) as client:
        client.sendall(b"hello")
        assert client.recv(5) == b"hello"
        own = client.getsockname()[1]
    # Others may be there: those of the connections that tried whether the node listens.
    assert all(head[:16] == b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c" for head in heads)
    ends = [struct.unpack("!4s4sHH", head[16:]) for head in heads]
    assert (b"\x7f\0\0\1", b"\x7f\0\0\1", own, port) in ends


def test_an_idle_flow_ends(tcp):
    _, port, _ = tcp(echo, listener_options={"tcp_idle_timeout_seconds": 1})
    with connect(port) as client:
        client.sendall(b"x")
        assert client.recv(1) == b"x"
        assert client.recv(1) == b""


def test_a_dead_target_is_passed_over(node):
    alive = Target(echo)
    port = free_port()
    targets = [target(alive.port), target(free_port())]
    node([listener(port, rule(forward("g")), protocol="Tcp")], [group("g", targets, protocol="Tcp")], kind="Network")
    for _ in range(20):
        with connect(port) as client:
            client.sendall(b"x")
            assert client.recv(1) == b"x"
    alive.close()


def test_without_targets_a_client_is_turned_away(node):
    port = free_port()
    made = node([listener(port, rule(forward("g")), protocol="Tcp")], [group("g", [], protocol="Tcp")], kind="Network")
    with connect(port) as client:
        assert client.recv(1) == b""
    made.wait_for(lambda it: it["counters"]["rejected_connection_count"] >= 1, "it is counted")


def test_the_clients_address_is_preserved_or_a_problem_is_told(tcp):
    seen = []

    def serve(connection):
        seen.append(connection.getpeername()[0])
        echo(connection)

    made, port, _ = tcp(serve, preserve_client_ip=True)
    with connect(port, source=("127.0.0.77", 0)) as client:
        client.sendall(b"x")
        assert client.recv(1) == b"x"
    # Health checks come from elsewhere, and may come in between.
    if "127.0.0.77" not in seen:
        made.wait_for(lambda it: any("preserve_client_ip" in one for one in it["problems"]), "the problem is told")


class Datagrams:
    """A UDP server that answers with its own name and what it got."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.clients = collections.Counter()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                data, client = self.socket.recvfrom(65536)
            except OSError:
                return
            if client is None:
                return
            self.clients[client] += 1
            self.socket.sendto(b"%d " % self.port + data, client)

    def close(self):
        # Wakes the thread, which would otherwise read on from whatever gets the descriptor's number next.
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RD)
        self.thread.join()
        self.socket.close()


@pytest.mark.parametrize("protocol", ["Udp", "TcpUdp"])
def test_datagrams_of_a_client_go_to_one_target_and_come_back(node, protocol):
    behind = [Datagrams() for _ in range(3)]
    port = free_port()
    groups = [group("g", [target(it.port) for it in behind], protocol="Udp")]
    made = node([listener(port, rule(forward("g")), protocol=protocol)], groups, kind="Network")
    answers = collections.Counter()
    for _ in range(30):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(0.2)
            client.connect(("127.0.0.1", port))
            names = {exchange(client, b"ping %d" % n) for n in range(5)}
            assert len(names) == 1
            answers[names.pop()] += 1
    assert len(answers) == 3
    counted = made.wait_for(lambda it: it["counters"]["udp"]["new_flow_count"] >= 30, "the flows are counted")["counters"]
    assert counted["new_flow_count"] >= counted["udp"]["new_flow_count"] >= counted["udp"]["active_flow_count"]
    # Five pings and what came back, each time.
    assert counted["processed_bytes"] >= counted["udp"]["processed_bytes"] >= 30 * 5 * 2 * len("ping 0")
    assert counted["tls"] == {"new_flow_count": 0, "active_flow_count": 0, "processed_bytes": 0}
    for one in behind:
        one.close()


def exchange(client, data):
    """The name of who answered. Datagrams may get lost."""
    for _ in range(50):
        client.send(data)
        try:
            name, _, rest = client.recv(65536).partition(b" ")
        except (TimeoutError, ConnectionRefusedError):
            continue
        if rest == data:
            return name
    raise TimeoutError(data)
