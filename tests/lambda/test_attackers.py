"""A function that attacks: others' code and files, the host, other sandboxes, the region, and whatever can be used up.

Each attempt is made by real code in a real sandbox (samples/attacker.py). What came of it is printed as a table at the
end of the run, and asserted. After each of them the region answers and a neighbour works.
"""

import contextlib
import http.server
import json
import os
import pathlib
import socket
import subprocess
import threading
import time

import pytest
from support import layers
from support.functions import Functions, zipped
from support.waiting import until

pytestmark = pytest.mark.machines

ACCOUNT, VICTIM = "777700004444", "777700005555"
ATTACKER = pathlib.Path(__file__).parent / "samples" / "attacker.py"
SECRET = "secret-of-the-neighbour"
NO_ENTRY = {"refused": "ENOENT"}
FORBIDDEN = {"refused": "EPERM"}
DENIED = {"refused": "EACCES"}
READ_ONLY = {"refused": "EROFS"}
# Not all kernels have these.
KERNEL = None


class Lab:
    """An attacker, a neighbour in another account, and a record of what came of attempts."""

    def __init__(self, region):
        self.region = region
        self.functions = Functions(region, ACCOUNT)
        self.victims = Functions(region, VICTIM)
        self.table = []
        weak = self.functions.make_role("attacker", actions=None)
        layer = self.functions.client.publish_layer_version(LayerName="sdk", Content={"ZipFile": layers.python()})
        code = zipped({"attacker.py": ATTACKER})
        usual = {"Handler": "attacker.handler", "Role": weak, "Layers": [layer["LayerVersionArn"]]}
        self.functions.make("attacker", code, MemorySize=512, Timeout=30, **usual)
        self.functions.make("bomber", code, MemorySize=1024, Timeout=30, **usual)
        self.functions.make("short", code, MemorySize=256, Timeout=4, **usual)
        victim = zipped({"attacker.py": ATTACKER, f"{SECRET}.py": f"SECRET = '{SECRET}'\n"})
        self.victims.make("victim", victim, Handler="attacker.handler", Timeout=60, MemorySize=512)
        self.victim("write", path=f"/tmp/{SECRET}")

    def victim(self, attempt, **arguments):
        found = self.victims.invoke("victim", {"attempt": attempt, "with": arguments})
        assert "FunctionError" not in found, found["Payload"]
        return found["Payload"]["result"]

    def tries(self, attempt, function="attacker", **arguments):
        """What came of an attempt: a result, a refusal, or the error that the function ended with."""
        found = self.functions.invoke(function, {"attempt": attempt, "with": arguments})
        came = found["Payload"] if "FunctionError" not in found else {"ended": found["Payload"]["errorType"]}
        shown = " ".join([attempt, *(f"{key}={value}" for key, value in arguments.items())])
        self.table.append((shown, json.dumps(came)))
        return came

    def assert_nothing_is_the_matter(self):
        assert self.region.get("/_freehold/health")
        assert self.victim("read", path=f"/tmp/{SECRET}") == "was here"


@pytest.fixture(scope="module")
def lab(running, request):
    made = Lab(running)
    yield made
    reporter = request.config.pluginmanager.get_plugin("terminalreporter")
    reporter.write_line("\nattempts of a function, and what came of them:")
    for shown, came in made.table:
        reporter.write_line(f"  {shown[:78]:<78}  {came[:200]}")


@pytest.fixture(autouse=True)
def everybody_else_goes_on(lab):
    yield
    lab.assert_nothing_is_the_matter()


# Files.


@pytest.mark.parametrize(
    ("attempt", "arguments", "came"),
    [
        ("read", {"path": "{data}/state/state.db"}, NO_ENTRY),
        ("read", {"path": "{data}/root-key.json"}, NO_ENTRY),
        ("listing", {"path": "{data}/functions/revisions"}, NO_ENTRY),
        ("listing", {"path": "/root"}, NO_ENTRY),
        ("listing", {"path": "/home"}, NO_ENTRY),
        ("listing", {"path": "/sys"}, NO_ENTRY),
        ("read", {"path": "/etc/shadow"}, NO_ENTRY),
        ("read", {"path": "/etc/ssh/sshd_config"}, NO_ENTRY),
        ("read", {"path": "/proc/1/environ"}, DENIED),
        ("listing", {"path": "/proc/1/root"}, DENIED),
        ("listing", {"path": "/proc/1/cwd"}, DENIED),
        ("listing", {"path": "/proc/1/fd"}, DENIED),
        ("read", {"path": "/proc/1/mem"}, DENIED),
        ("read", {"path": "/proc/kcore"}, KERNEL),
        ("read", {"path": "/proc/kmsg"}, KERNEL),
        ("write", {"path": "/proc/sysrq-trigger"}, KERNEL),
        ("write", {"path": "/proc/sys/kernel/core_pattern"}, DENIED),
        ("write", {"path": "/proc/self/oom_score_adj"}, {"refused": "EINVAL"}),
        ("write", {"path": "/var/task/attacker.py"}, READ_ONLY),
        ("write", {"path": "/opt/python/x"}, READ_ONLY),
        ("write", {"path": "/usr/bin/x"}, READ_ONLY),
        ("write", {"path": "/etc/passwd"}, READ_ONLY),
        ("write", {"path": "/dev/x"}, READ_ONLY),
        ("read", {"path": "/dev/mem"}, NO_ENTRY),
        ("read", {"path": "/dev/vda"}, NO_ENTRY),
        ("read", {"path": "/dev/loop0"}, NO_ENTRY),
        ("device", {"kind": "block", "major": 7, "minor": 0}, FORBIDDEN),
        ("device", {"kind": "block", "major": 8, "minor": 0}, FORBIDDEN),
        ("device", {"kind": "character", "major": 1, "minor": 1}, FORBIDDEN),
    ],
    ids=lambda value: value.get("path") if isinstance(value, dict) else None,
)
def test_what_is_not_its_own_is_not_there(lab, attempt, arguments, came):
    arguments = {
        name: value.format(data=lab.region.data) if isinstance(value, str) else value
        for name, value in arguments.items()
    }
    found = lab.tries(attempt, **arguments)
    assert found == came if came else found in (NO_ENTRY, FORBIDDEN, DENIED)


def test_nothing_of_the_neighbour_can_be_found(lab):
    assert lab.tries("find", name=SECRET) == {"result": []}
    assert lab.tries("find_through_processes", name=SECRET)["result"]["found"] == []
    assert lab.tries("read", path="/proc/self/environ")["result"]
    assert lab.tries("read", path=f"/tmp/{SECRET}") == NO_ENTRY


def test_there_are_few_devices(lab):
    found = set(lab.tries("devices")["result"])
    assert found <= {"fd", "full", "null", "random", "stderr", "stdin", "stdout", "urandom", "zero"}


# Processes.


def test_no_others_are_to_be_seen(lab):
    victim, own = lab.victim("own"), lab.tries("own")["result"]
    assert victim["user"] != own["user"] and own["user"] != 0 and victim["address"] != own["address"]
    found = lab.tries("processes")["result"]
    # Its init, which it cannot touch, and itself.
    assert [one["user"] for one in found if one["pid"] == 1] == [0]
    assert {one["user"] for one in found if one["pid"] != 1} == {own["user"]}
    assert len(found) < 10


def test_a_neighbour_in_the_middle_of_something_is_not_reached(lab):
    came = []
    thread = threading.Thread(target=lambda: came.append(lab.victim("listen", port=8080, seconds=3)))
    thread.start()
    time.sleep(0.5)
    assert lab.tries("kill_all") == {"result": []}
    thread.join()
    assert came[0]["came"] == 0


@pytest.mark.parametrize(
    ("attempt", "arguments", "came"),
    [
        ("trace", {"pid": 1}, FORBIDDEN),
        ("peek", {"pid": 1}, FORBIDDEN),
        ("memory", {"pid": 1}, DENIED),
        ("join", {"pid": 1}, DENIED),
        ("become_root", {}, FORBIDDEN),
        ("mount", {}, FORBIDDEN),
        ("bind", {}, FORBIDDEN),
        ("remount", {}, FORBIDDEN),
        ("separate", {"flags": 0x10000000}, FORBIDDEN),
        ("separate", {"flags": 0x00020000}, FORBIDDEN),
        ("separate", {"flags": 0x40000000}, FORBIDDEN),
        ("clone_user_namespace", {}, FORBIDDEN),
        ("leave_root", {}, FORBIDDEN),
        ("key", {}, FORBIDDEN),
        ("keyring", {}, FORBIDDEN),
        ("program", {}, FORBIDDEN),
        ("raw", {}, FORBIDDEN),
        ("packet", {}, FORBIDDEN),
        ("simple", {"name": "perf_event_open"}, FORBIDDEN),
        ("simple", {"name": "userfaultfd"}, FORBIDDEN),
        ("simple", {"name": "open_by_handle_at"}, FORBIDDEN),
        ("simple", {"name": "pidfd_getfd"}, FORBIDDEN),
        ("simple", {"name": "kexec_load"}, FORBIDDEN),
        ("simple", {"name": "init_module"}, FORBIDDEN),
        ("simple", {"name": "fsopen"}, FORBIDDEN),
        ("simple", {"name": "io_uring_setup"}, {"refused": "ENOSYS"}),
    ],
    ids=lambda value: (
        "-".join(str(one) for one in value.values()) if isinstance(value, dict) and "refused" not in value else None
    ),
)
def test_the_kernel_does_nothing_for_it(lab, attempt, arguments, came):
    assert lab.tries(attempt, **arguments) == came


def test_nobody_becomes_another(lab):
    found = lab.tries("set_user_ids")["result"]
    assert found == {"privileges": "1", "capabilities": True, "became": False}


# The network.


@contextlib.contextmanager
def listening(address):
    """A server of the host's own, which is really there: a test of what is not reached needs something to reach."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer((address, 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        with socket.create_connection(("127.0.0.1" if address == "0.0.0.0" else address, port), timeout=5):
            yield port
        server.shutdown()


def addresses():
    """The host's own, but for its loopback."""
    listed = json.loads(subprocess.check_output(["ip", "-j", "-4", "address"]))
    found = [one["local"] for link in listed for one in link["addr_info"]]
    return [one for one in found if not one.startswith("127.")]


def assert_not_reached(came):
    assert came.keys() == {"refused"} and came["refused"] in (
        "timed out",
        "ECONNREFUSED",
        "EHOSTUNREACH",
        "ENETUNREACH",
    ), came


def test_the_host_is_not_reached(lab):
    region = int(lab.region.endpoint.rsplit(":", 1)[1])
    with listening("0.0.0.0") as port:
        for address in ["127.0.0.1", lab.tries("gateway")["result"], *addresses()[:3]]:
            assert_not_reached(lab.tries("connect", host=address, port=port))
            # On its own loopback that port is another door to the region's API for guests: see below.
            if address != "127.0.0.1":
                assert_not_reached(lab.tries("connect", host=address, port=region))


def test_a_neighbour_that_listens_is_not_reached(lab):
    came, own = [], lab.victim("own")["address"]
    thread = threading.Thread(target=lambda: came.append(lab.victim("listen", port=8080, seconds=4)))
    thread.start()
    time.sleep(0.5)
    assert_not_reached(lab.tries("connect", host=own, port=8080))
    thread.join()
    assert came == [{"came": 0, "address": own}]


def test_the_metadata_of_a_cloud_is_not_reached(lab):
    address = "169.254.169.254"
    is_new = address not in addresses()
    if is_new:
        subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
    try:
        with listening(address) as port:
            assert_not_reached(lab.tries("connect", host=address, port=port))
            assert_not_reached(lab.tries("connect", host=address, port=80))
    finally:
        if is_new:
            subprocess.run(["ip", "address", "del", f"{address}/32", "dev", "lo"], check=True)


# The region, by both of its doors: where functions are told, and at the port that clients of the host know.


@pytest.fixture(params=["told", "known"])
def door(lab, request):
    port = lab.region.endpoint.rsplit(":", 1)[1]
    return None if request.param == "told" else f"http://127.0.0.1:{port}"


def test_without_credentials_the_region_does_nothing(lab, door):
    form = {"content-type": "application/x-www-form-urlencoded"}
    asked = {"method": "POST", "body": "Action=GetCallerIdentity&Version=2011-06-15", "headers": form}
    came = lab.tries("request", door=door, **asked)["result"]
    assert came["status"] == 403 and "MissingAuthenticationToken" in came["body"]
    listed = lab.tries("request", path="/2015-03-31/functions", door=door)["result"]
    assert listed["status"] == 403 and "Functions" not in listed["body"]


def test_credentials_of_developers_are_worth_nothing(lab, door):
    for key in ("test", VICTIM, "000000000000"):
        came = lab.tries("as_somebody", key=key, door=door)["result"]
        assert came in ("InvalidClientTokenId", "UnrecognizedClientException"), came


def test_a_role_without_permissions_may_nothing(lab):
    for service, operation, arguments in (
        ("sqs", "list_queues", {}),
        ("sns", "list_topics", {}),
        ("sts", "assume_role", {"RoleArn": f"arn:aws:iam::{VICTIM}:role/function", "RoleSessionName": "other"}),
    ):
        came = lab.tries("as_itself", service=service, operation=operation, **arguments)["result"]
        assert came in ("AccessDenied", "AccessDeniedException", "AuthorizationError"), came


def test_what_only_the_hosts_owner_may_is_not_there(lab, door):
    for method, path in (("GET", "/_freehold/status"), ("POST", "/_freehold/clock"), ("GET", "/_freehold/health")):
        body = "{}" if method == "POST" else None
        came = lab.tries("request", path=path, method=method, body=body, door=door)["result"]
        assert came["status"] in (403, 404), came


# What can be used up.


def test_a_fork_bomb_stays_inside(lab):
    came = lab.tries("forks", function="bomber", most=5000)
    found = came.get("result")
    # *Developer guide, Lambda quotas*: 1,024 processes and threads. Memory may end it before.
    if found:
        assert found["why"] == "EAGAIN" and 50 < found["children"] < 1024
    else:
        assert came["ended"] in ("Runtime.OutOfMemory", "Sandbox.Timedout")
    before = len(os.listdir("/proc"))
    assert lab.tries("fork_bomb", function="short")["ended"] in (
        "Sandbox.Timedout",
        "Runtime.OutOfMemory",
        "Runtime.ExitError",
    )
    until(lambda: len(os.listdir("/proc")) < before + 50, "its processes are gone")
    assert lab.tries("own", function="short")["result"]


def test_a_memory_bomb_stays_inside(lab):
    for bomb, arguments in (("memory_bomb", {}), ("shared_memory", {"mib": 700})):
        came = lab.tries(bomb, **arguments)
        assert came.get("ended") in ("Runtime.OutOfMemory", "Runtime.ExitError"), came
        assert lab.tries("own")["result"]


def test_a_disk_bomb_stays_inside(lab):
    room = os.statvfs(lab.region.data)
    places = ["/tmp", "/", "/dev", "/dev/shm", "/run", "/var/tmp", "/var/task", "/opt"]
    found = lab.tries("disk_bomb", places=places)["result"]
    tmp = found.pop("/tmp")
    assert tmp["why"] == "ENOSPC" and 512 <= tmp["mib"] < 560
    for place, came in found.items():
        assert came["mib"] == 0 and came["why"] in ("EROFS", "ENOENT", "EACCES"), (place, came)
    # It is full for this environment, and for nobody else.
    assert lab.victim("disk_bomb", places=["/tmp"])["/tmp"]["mib"] >= 510
    assert room.f_bavail


def test_a_file_bomb_stays_inside(lab):
    found = lab.tries("inode_bomb", function="bomber", most=200_000)
    assert found.get("result", {}).get("why") in ("ENOSPC", None)


def test_a_descriptor_bomb_stays_inside(lab):
    found = lab.tries("descriptor_bomb")["result"]
    # *Developer guide, Lambda quotas: File descriptors*: 1,024.
    assert found["why"] == "EMFILE" and 1000 < found["open"] < 1024


def test_a_log_bomb_is_written_down_and_hurts_nobody(lab):
    assert lab.tries("log_bomb", mib=8) == {"result": "written"}
