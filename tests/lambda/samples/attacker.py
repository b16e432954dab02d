"""What somebody does who was let in: each attempt is a function, whose answer or exception is what came of it."""

import ctypes
import errno
import mmap
import os
import pathlib
import signal
import socket
import struct
import subprocess
import time
import urllib.error
import urllib.request

libc = ctypes.CDLL(None, use_errno=True)
# Of x86-64, for calls that the C library has no name for.
CALLS = {
    "add_key": 248,
    "keyctl": 250,
    "bpf": 321,
    "perf_event_open": 298,
    "io_uring_setup": 425,
    "userfaultfd": 323,
    "open_by_handle_at": 304,
    "pidfd_getfd": 438,
    "process_vm_readv": 310,
    "kexec_load": 246,
    "init_module": 175,
    "fsopen": 430,
    "unshare": 272,
    "setns": 308,
}


def handler(event, context):
    attempt = ATTEMPTS[event["attempt"]]
    try:
        return {"result": attempt(**event.get("with", {}))}
    except OSError as error:
        return {"refused": errno.errorcode.get(error.errno, str(error))}


def call(name, *arguments):
    """A system call by its number; what it is refused with is raised."""
    answer = libc.syscall(CALLS[name], *arguments)
    if answer < 0:
        raise OSError(ctypes.get_errno(), name)
    return answer


def checked(answer):
    if answer < 0:
        raise OSError(ctypes.get_errno(), "")
    return answer


# Files.


def read(path):
    return pathlib.Path(path).read_text(errors="replace")[:200]


def write(path):
    pathlib.Path(path).write_text("was here")
    return "written"


def listing(path):
    return sorted(os.listdir(path))[:50]


def find(name):
    """Everything of that name in all that can be seen."""
    found = []
    for root, folders, files in os.walk("/"):
        if root == "/":
            folders[:] = [one for one in folders if one not in ("usr", "proc")]
        found += [os.path.join(root, one) for one in folders + files if name in one]
    return found


def find_through_processes(name):
    """The same in the roots, directories and open files of all processes."""
    found, refused = [], 0
    for number in pids():
        if number == os.getpid():
            continue
        for place in ("root", "cwd", "fd"):
            try:
                found += [one for one in os.listdir(f"/proc/{number}/{place}") if name in one]
            except OSError:
                refused += 1
    return {"found": found, "refused": refused}


def set_user_ids():
    """Programs with which users become others, and whether that would have an effect."""
    status = dict(line.split(":\t", 1) for line in read_all("/proc/self/status").splitlines() if ":\t" in line)
    done = subprocess.run(["/bin/su", "-c", "id", "root"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return {
        "privileges": status["NoNewPrivs"].strip(),
        "capabilities": {status[name].strip() for name in ("CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb")}
        == {"0" * 16},
        "became": "uid=0" in done.stdout,
    }


def read_all(path):
    return pathlib.Path(path).read_text(errors="replace")


def device(kind, major, minor):
    mode = {"block": 0o060666, "character": 0o020666}[kind]
    os.mknod(f"/tmp/{kind}-{major}-{minor}", mode, os.makedev(major, minor))
    return "made"


def devices():
    return sorted(os.listdir("/dev"))


# Processes.


def pids():
    return sorted(int(one) for one in os.listdir("/proc") if one.isdigit())


def processes():
    return [{"pid": number, "user": os.stat(f"/proc/{number}").st_uid} for number in pids()]


def own():
    return {"pid": os.getpid(), "user": os.getuid(), "address": address()}


def kill_all():
    """Everybody whom a signal may reach; none to itself, which would spoil the answer."""
    reached = []
    for number in pids():
        if number != os.getpid():
            try:
                os.kill(number, signal.SIGKILL)
                reached.append(number)
            except PermissionError:
                pass
    return reached


def trace(pid):
    checked(libc.ptrace(16, pid, 0, 0))
    return "attached"


def peek(pid):
    place = ctypes.create_string_buffer(8)
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(place), 8)
    return call("process_vm_readv", pid, ctypes.byref(vector), 1, ctypes.byref(vector), 1, 0)


def memory(pid):
    with open(f"/proc/{pid}/mem", "rb") as file:
        return len(file.read(1))


# The kernel.


def mount():
    checked(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None))
    return "mounted"


def bind():
    checked(libc.mount(b"/", b"/tmp", None, 4096, None))
    return "mounted"


def remount():
    checked(libc.mount(b"none", b"/var/task", None, 32 | 4096, None))
    return "mounted"


def separate(flags):
    return call("unshare", flags)


def join(pid):
    return call("setns", os.open(f"/proc/{pid}/ns/net", os.O_RDONLY), 0)


def leave_root():
    os.chroot("/tmp")
    return "left"


def key():
    return call("add_key", b"user", b"name", b"payload", 7, -3)


def keyring():
    return call("keyctl", 0, -3, 1)


def program():
    return call("bpf", 0, ctypes.create_string_buffer(128), 128)


def simple(name):
    return call(name, 0, 0, 0, 0, 0)


def clone_user_namespace():
    pid = libc.syscall(56, 0x10000000 | signal.SIGCHLD, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    return checked(pid)


def raw():
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    return "opened"


def packet():
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3)
    return "opened"


def become_root():
    os.setuid(0)
    return "root"


# The network.


def address():
    """Its own, where it is connected."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return probe.getsockname()[0]


def connect(host, port, timeout=1.5):
    with socket.create_connection((host, port), timeout=timeout) as found:
        found.settimeout(timeout)
        try:
            return found.recv(100).decode(errors="replace")
        except TimeoutError:
            return "connected"


def gateway():
    """What stands for the next hop."""
    for line in read_all("/proc/net/route").splitlines()[1:]:
        fields = line.split()
        if fields[1] == "00000000":
            return socket.inet_ntoa(struct.pack("<L", int(fields[2], 16)))
    return None


def listen(port, seconds):
    """Waits for whoever comes; how many."""
    with socket.create_server(("0.0.0.0", port)) as server:
        server.settimeout(seconds)
        came = 0
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                server.accept()[0].sendall(b"hello")
                came += 1
            except TimeoutError:
                break
        return {"came": came, "address": address()}


def request(path="/", method="GET", body=None, headers=(), door=None):
    """To the region, as it is."""
    asked = urllib.request.Request(
        (door or os.environ["AWS_ENDPOINT_URL"]) + path, data=body and body.encode(), method=method, headers=dict(headers)
    )
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return {"status": answer.status, "body": answer.read().decode(errors="replace")[:400]}
    except urllib.error.HTTPError as error:
        return {"status": error.code, "body": error.read().decode(errors="replace")[:400]}


def as_somebody(key, secret="test", service="sts", operation="get_caller_identity", door=None, **parameters):
    """A call with credentials that were not given to it."""
    import boto3
    from botocore.exceptions import ClientError

    keys = {"aws_access_key_id": key, "aws_secret_access_key": secret, "aws_session_token": None}
    client = boto3.client(service, endpoint_url=door, **keys)
    try:
        getattr(client, operation)(**parameters)
        return "answered"
    except ClientError as error:
        return error.response["Error"]["Code"]


def as_itself(service, operation, **parameters):
    import boto3
    from botocore.exceptions import ClientError

    try:
        getattr(boto3.client(service), operation)(**parameters)
        return "answered"
    except ClientError as error:
        return error.response["Error"]["Code"]


# Bombs.


def forks(most):
    """Children that wait, as many as there may be."""
    children, why = [], None
    while len(children) < most:
        try:
            pid = os.fork()
        except OSError as error:
            why = errno.errorcode[error.errno]
            break
        if pid == 0:
            signal.pause()
            os._exit(0)
        children.append(pid)
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return {"children": len(children), "why": why}


def fork_bomb():
    """All that there are make more, until the end."""
    while True:
        try:
            os.fork()
        except OSError:
            pass


def memory_bomb():
    hoard = []
    while True:
        hoard.append(mmap.mmap(-1, 16 << 20, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS))
        hoard[-1].write(b"x" * (16 << 20))


def shared_memory(mib):
    """Memory that is in a file that has no name."""
    with os.fdopen(os.memfd_create("hoard"), "wb") as file:
        for _ in range(mib):
            file.write(b"x" * (1 << 20))
    return "kept"


def disk_bomb(places):
    """Fills what can be written to, and says how much that was."""
    found = {}
    for place in places:
        written, why = 0, None
        path = os.path.join(place, "fill")
        try:
            with open(path, "wb", buffering=0) as file:
                block = b"x" * (1 << 20)
                while written < 2048:
                    written += file.write(block) / (1 << 20)
        except OSError as error:
            why = errno.errorcode[error.errno]
        found[place] = {"mib": int(written), "why": why}
    return found


def inode_bomb(most):
    """Empty files, as many as there may be."""
    os.makedirs("/tmp/many", exist_ok=True)
    for number in range(most):
        try:
            os.close(os.open(f"/tmp/many/{number}", os.O_CREAT | os.O_WRONLY))
        except OSError as error:
            return {"files": number, "why": errno.errorcode[error.errno]}
    return {"files": most, "why": None}


def descriptor_bomb():
    held = []
    try:
        while True:
            held.append(os.open("/dev/null", os.O_RDONLY))
    except OSError as error:
        return {"open": len(held), "why": errno.errorcode[error.errno]}
    finally:
        for one in held:
            os.close(one)


def log_bomb(mib):
    line = "x" * 1023
    for _ in range(mib * 1024):
        print(line)
    return "written"


ATTEMPTS = {
    name: one for name, one in globals().items() if callable(one) and getattr(one, "__module__", None) == __name__
}
