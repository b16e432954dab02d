"""Security groups, seen by real packets from the host and from another instance. A packet that gets through is answered
by the machine, with a connection or with a refusal; one that does not is answered by nobody."""

import pytest
from support.instances import Lab, ping_passes, rule, tcp, tcp_passes, udp_passes
from support.waiting import until

pytestmark = pytest.mark.machines


class Range:
    """A target whose group is under test, a prober beside it, and the host."""

    def __init__(self, lab):
        self.lab = lab
        self.prober_group = lab.group(tcp(22))
        self.group = lab.group()
        self.other_group = lab.group()
        self.prober = lab.launch(SecurityGroupIds=[self.prober_group])
        self.target = lab.launch(SecurityGroupIds=[self.group, self.other_group])
        self.prober_address = self.prober["PublicIpAddress"]
        self.private, self.public = self.target["PrivateIpAddress"], self.target["PublicIpAddress"]
        lab.ssh(self.prober_address, "true")

    def allow(self, *permissions, group=None):
        """Makes these the only ingress rules of the group."""
        group = group or self.group
        now = self.lab.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
        if now:
            self.lab.ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=now)
        if permissions:
            self.lab.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=list(permissions))

    def passes(self, source, probe, address=None):
        """Whether a probe (`tcp 80`, `udp 53`, `icmp`) gets from the source to the target."""
        kind, _, port = probe.partition(" ")
        if source == "host":
            address = address or self.public
            if kind == "icmp":
                return ping_passes(address)
            return (tcp_passes if kind == "tcp" else udp_passes)(address, int(port))
        return self.inside(self.prober_address, probe, address or self.private)

    def inside(self, instance, probe, address):
        """The same from inside an instance."""
        kind, _, port = probe.partition(" ")
        if kind == "icmp":
            return self.lab.run(instance, f"ping -c 1 -W 1 {address}").returncode == 0
        assert kind == "tcp", probe
        # The shell stays to tell how the probe ended: cut off by the clock, it is a signal, which ssh cannot tell.
        done = self.lab.run(instance, f"timeout 1 nc {address} {port} </dev/null; echo ended $?")
        assert "ended" in done.stdout, done.stderr
        return "ended 0" in done.stdout or "refused" in done.stderr

    def expect(self, source, probe, is_open):
        word = "open" if is_open else "closed"
        until(lambda: self.passes(source, probe) == is_open, f"{probe} is {word} from the {source}")


@pytest.fixture(scope="module")
def shooting(machines):
    with Lab(machines) as lab:
        yield Range(lab)


# Rules, then what is open and what is closed, as source and probe. In rules and peers, names stand for ids and addresses
# that are known only when the instances run.
RULES = {
    "nothing is allowed": (
        [],
        [],
        ["host tcp 80", "prober tcp 80", "host icmp", "prober icmp", "host udp 53"],
    ),
    "one port from anywhere": (
        [tcp(80)],
        ["host tcp 80", "prober tcp 80"],
        ["host tcp 81", "prober tcp 79", "host icmp", "host udp 80"],
    ),
    "a range of ports, with both its ends": (
        [tcp(8000, 8010)],
        ["host tcp 8000", "prober tcp 8005", "host tcp 8010"],
        ["host tcp 7999", "host tcp 8011", "prober tcp 8011"],
    ),
    "every tcp port": (
        [tcp(0, 65535)],
        ["host tcp 1", "host tcp 65535", "prober tcp 443"],
        ["host icmp", "host udp 53"],
    ),
    "one address": ([tcp(80, cidr="PROBER/32")], ["prober tcp 80"], ["host tcp 80"]),
    "the addresses of the VPC": ([tcp(80, cidr="172.31.0.0/16")], ["prober tcp 80"], ["host tcp 80"]),
    "a network that nobody is in": ([tcp(80, cidr="203.0.113.0/24")], [], ["prober tcp 80", "host tcp 80"]),
    "the halves of all addresses": (
        [tcp(80, cidr="0.0.0.0/1"), tcp(80, cidr="128.0.0.0/1")],
        ["prober tcp 80", "host tcp 80"],
        ["host tcp 81"],
    ),
    "the prober's group": ([tcp(80, group="PROBER")], ["prober tcp 80"], ["host tcp 80", "prober tcp 81"]),
    "the target's own group": ([tcp(80, group="SELF")], [], ["prober tcp 80", "host tcp 80"]),
    "everything from the prober's group": (
        [rule("-1", group="PROBER")],
        ["prober tcp 1234", "prober icmp"],
        ["host tcp 1234", "host icmp", "host udp 1234"],
    ),
    "everything from anywhere": (
        [rule("-1")],
        ["host tcp 1234", "host udp 1234", "host icmp", "prober tcp 1", "prober icmp"],
        [],
    ),
    "all icmp": ([rule("icmp")], ["host icmp", "prober icmp"], ["host tcp 80", "prober tcp 80"]),
    "icmp echo": ([rule("icmp", 8, -1)], ["host icmp", "prober icmp"], ["host tcp 80"]),
    "icmp echo, its one code": ([rule("icmp", 8, 0)], ["host icmp"], ["host tcp 80"]),
    "another icmp than echo": ([rule("icmp", 3, -1)], [], ["host icmp", "prober icmp"]),
    "one udp port": ([rule("udp", 53, 53)], ["host udp 53"], ["host udp 54", "host tcp 53"]),
    "a range of udp ports": (
        [rule("udp", 1000, 2000)],
        ["host udp 1000", "host udp 2000"],
        ["host udp 999", "host udp 2001"],
    ),
    "several rules together": (
        [tcp(80), tcp(443), rule("udp", 53, 53), rule("icmp", 8, -1)],
        ["host tcp 80", "host tcp 443", "host udp 53", "host icmp"],
        ["host tcp 81", "host udp 54"],
    ),
    "a port from one and another from the other": (
        [tcp(80, group="PROBER"), tcp(443, cidr="198.18.0.0/16")],
        ["prober tcp 80", "host tcp 443"],
        ["host tcp 80", "prober tcp 443"],
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_set_lets_through_what_it_says_and_nothing_else(shooting, name):
    rules, is_open, is_closed = RULES[name]

    def known(permission):
        permission = dict(permission)
        names = {"PROBER": shooting.prober_group, "SELF": shooting.group}
        if "UserIdGroupPairs" in permission:
            permission["UserIdGroupPairs"] = [
                {"GroupId": names.get(pair["GroupId"], pair["GroupId"])} for pair in permission["UserIdGroupPairs"]
            ]
        if "IpRanges" in permission:
            permission["IpRanges"] = [
                {"CidrIp": one["CidrIp"].replace("PROBER", shooting.prober["PrivateIpAddress"])}
                for one in permission["IpRanges"]
            ]
        return permission

    shooting.allow(*[known(permission) for permission in rules])
    for probe in is_open:
        shooting.expect(*probe.split(" ", 1), True)
    for probe in is_closed:
        shooting.expect(*probe.split(" ", 1), False)


def test_the_rules_of_two_groups_add_up(shooting):
    shooting.allow(tcp(80))
    shooting.allow(tcp(443), group=shooting.other_group)
    shooting.expect("host", "tcp 80", True)
    shooting.expect("host", "tcp 443", True)
    shooting.allow(group=shooting.other_group)
    shooting.expect("host", "tcp 443", False)
    shooting.expect("host", "tcp 80", True)


def test_leaving_a_group_takes_its_rules_along(shooting):
    shooting.allow()
    shooting.allow(tcp(443), group=shooting.other_group)
    shooting.expect("host", "tcp 443", True)
    change = shooting.lab.ec2.modify_instance_attribute
    change(InstanceId=shooting.target["InstanceId"], Groups=[shooting.group])
    shooting.expect("host", "tcp 443", False)
    change(InstanceId=shooting.target["InstanceId"], Groups=[shooting.group, shooting.other_group])
    shooting.expect("host", "tcp 443", True)
    shooting.allow(group=shooting.other_group)


def test_egress_is_stateful_and_follows_its_rules(shooting):
    lab = shooting.lab
    group = lab.group(tcp(22))
    prober = shooting.prober["PrivateIpAddress"]
    sender = lab.launch(SecurityGroupIds=[group])["PublicIpAddress"]
    lab.ssh(sender, "true")
    lab.ec2.authorize_security_group_ingress(
        GroupId=shooting.prober_group, IpPermissions=[tcp(80, 90, group=group), rule("icmp", group=group)]
    )

    def expect(probe, is_open):
        word = "open" if is_open else "closed"
        until(lambda: shooting.inside(sender, probe, prober) == is_open, f"{probe} is {word} outwards", timeout=15)

    expect("tcp 80", True)
    expect("icmp", True)
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    lab.ec2.revoke_security_group_egress(GroupId=group, IpPermissions=everything)
    # Nothing may leave of its own accord, and answers still do: this goes over SSH.
    expect("tcp 80", False)
    expect("icmp", False)
    lab.ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[tcp(80, group=shooting.prober_group)])
    expect("tcp 80", True)
    expect("tcp 81", False)
    lab.ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[tcp(81, cidr=f"{prober}/32")])
    expect("tcp 81", True)
    expect("icmp", False)
