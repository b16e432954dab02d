"""Instances of a test's own, and what can be seen of them from outside and inside."""

import contextlib
import pathlib
import socket
import subprocess
import tempfile
import urllib.request
import uuid

from support.waiting import until


class Lab:
    """A key pair and a client of one account in a region with machines; ends everything it launched."""

    def __init__(self, region, account=None):
        self.region = region
        self.ec2 = region.client("ec2", account)
        self.name = f"lab-{uuid.uuid4().hex[:8]}"
        self.folder = tempfile.TemporaryDirectory(prefix="freehold-lab-")
        self.key = pathlib.Path(self.folder.name) / "key.pem"
        self.ids = []
        self.groups = []
        material = self.ec2.create_key_pair(KeyName=self.name, KeyType="ed25519")["KeyMaterial"]
        self.key.touch(mode=0o600)
        self.key.write_text(material)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.ExitStack() as ending:
            ending.callback(self.folder.cleanup)
            ending.callback(lambda: self.ec2.delete_key_pair(KeyName=self.name))
            for group in self.groups:
                # Last in, first out: all rules go first, for groups that name each other cannot be deleted.
                ending.callback(lambda group=group: self.ec2.delete_security_group(GroupId=group))
            for group in self.groups:
                ending.callback(lambda group=group: self.clear(group))
            ending.callback(lambda: self.ids and self.terminate(*self.ids))

    def image(self):
        found = self.ec2.describe_images(
            Owners=["amazon"], Filters=[{"Name": "name", "Values": ["freehold-minimal-*"]}]
        )["Images"]
        return found[0]["ImageId"]

    def default_subnets(self):
        """The default subnets by zone: an instance that names no subnet is launched into the first."""
        found = self.ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
        return sorted(found, key=lambda subnet: subnet["AvailabilityZone"])

    def group(self, *ingress, vpc=None):
        """A security group with these ingress permissions."""
        arguments = {"VpcId": vpc} if vpc else {}
        name = f"{self.name}-{len(self.groups)}"
        made = self.ec2.create_security_group(GroupName=name, Description="lab", **arguments)["GroupId"]
        self.groups.append(made)
        if ingress:
            self.ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=list(ingress))
        return made

    def clear(self, group):
        """Takes all rules out of the group."""
        now = self.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
        if now["IpPermissions"]:
            self.ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=now["IpPermissions"])
        if now["IpPermissionsEgress"]:
            self.ec2.revoke_security_group_egress(GroupId=group, IpPermissions=now["IpPermissionsEgress"])

    def launch(self, user_data="", **options):
        """Launches an instance and waits until it runs."""
        options = {"InstanceType": "t3.nano", "KeyName": self.name, "ImageId": None} | options
        options["ImageId"] = options["ImageId"] or self.image()
        if user_data:
            options["UserData"] = user_data
        made = self.ec2.run_instances(MinCount=1, MaxCount=1, ClientToken=uuid.uuid4().hex, **options)
        instance = made["Instances"][0]["InstanceId"]
        self.ids.append(instance)
        return self.until(instance, "running")

    def describe(self, instance):
        return self.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]

    def until(self, instance, state, timeout=240):
        """Waits for a state; the instance's description then."""

        def reached():
            now = self.describe(instance)
            if now["State"]["Name"] == "terminated" and state != "terminated":
                raise AssertionError(f"{instance} is terminated: {now.get('StateReason')}\n{self.region.log_text()}")
            return now if now["State"]["Name"] == state else None

        return until(reached, f"{instance} is {state}", timeout=timeout)

    def terminate(self, *instances):
        self.ec2.terminate_instances(InstanceIds=list(instances))
        for instance in instances:
            self.until(instance, "terminated")
            self.ids = [one for one in self.ids if one != instance]

    def attempt(self, address, command):
        """One attempt of `run`."""
        options = ["BatchMode=yes", "IdentitiesOnly=yes", "ConnectTimeout=5", "LogLevel=ERROR"]
        options += ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null"]
        arguments = [word for option in options for word in ("-o", option)]
        return subprocess.run(
            ["ssh", "-i", self.key, *arguments, f"root@{address}", command],
            capture_output=True,
            text=True,
            timeout=30,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def run(self, address, command, timeout=180):
        """Runs a command inside as soon as the server takes the key; the finished process. 255 is ssh's own failure."""

        def answered():
            done = self.attempt(address, command)
            if done.returncode == 255:
                raise ValueError(done.stderr)
            return done

        return until(answered, f"SSH to {address}", timeout=timeout, every=0.2)

    def ssh(self, address, command, timeout=180):
        """The same with a command that succeeds; what it printed."""
        done = self.run(address, command, timeout)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def metadata(self, instance, path):
        """What the instance reads about itself, or nothing."""
        address = self.describe(instance)["PublicIpAddress"]
        return self.ssh(address, f"wget -qO- http://169.254.169.254/latest/meta-data/{path} || true")


def tcp(port, to=None, **peer):
    """An ingress permission for TCP; from anywhere unless a peer is named."""
    return rule("tcp", port, to or port, **peer)


def rule(protocol, start=-1, end=-1, cidr=None, group=None):
    """A permission in the API's form."""
    permission = {"IpProtocol": protocol}
    if protocol != "-1":
        permission |= {"FromPort": start, "ToPort": end}
    if group:
        return permission | {"UserIdGroupPairs": [{"GroupId": group}]}
    return permission | {"IpRanges": [{"CidrIp": cidr or "0.0.0.0/0"}]}


def page(address, port=80, timeout=120):
    """The page at `/`, as soon as there is one."""

    def fetched():
        with urllib.request.urlopen(f"http://{address}:{port}/", timeout=2) as answer:
            return answer.read().decode()

    return until(fetched, f"a page at {address}:{port}", timeout=timeout)


def tcp_passes(address, port, timeout=0.5):
    """Whether TCP packets get there: a connection, or a refusal by the machine itself."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(timeout)
        try:
            probe.connect((address, port))
            return True
        except ConnectionRefusedError:
            return True
        except OSError:
            return False


def udp_passes(address, port, timeout=0.5):
    """Whether UDP packets get there: nothing listens, so the machine answers that the port is unreachable."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(timeout)
        probe.connect((address, port))
        try:
            probe.send(b"?")
            probe.recv(1)
            return True
        except ConnectionRefusedError:
            return True
        except OSError:
            return False


def ping_passes(address):
    """Whether an ICMP echo is answered."""
    done = subprocess.run(["ping", "-c", "1", "-W", "1", address], capture_output=True, check=False)
    return done.returncode == 0
