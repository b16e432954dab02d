"""Functions in VPCs, as their owner and EC2 see them. What gets through is in test_vpc_traffic.py."""

import pytest
from support.functions import package
from support.refusal import refusal
from support.waiting import until


class Network:
    """A VPC with two subnets and a group."""

    def __init__(self, region, account, block="10.9.0.0/16"):
        self.ec2 = region.client("ec2", account)
        self.id = self.ec2.create_vpc(CidrBlock=block)["Vpc"]["VpcId"]
        start = block.split(".0.0/")[0]
        self.subnets = [self.subnet(f"{start}.{number}.0/24") for number in (1, 2)]
        self.group = self.make_group("functions")

    def subnet(self, block):
        return self.ec2.create_subnet(VpcId=self.id, CidrBlock=block)["Subnet"]["SubnetId"]

    def make_group(self, name):
        return self.ec2.create_security_group(GroupName=name, Description="x", VpcId=self.id)["GroupId"]

    def config(self, *subnets):
        return {"SubnetIds": list(subnets) or self.subnets, "SecurityGroupIds": [self.group]}

    def interfaces(self):
        filters = [{"Name": "interface-type", "Values": ["lambda"]}, {"Name": "vpc-id", "Values": [self.id]}]
        return self.ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]

    def until_empty(self):
        until(lambda: not self.interfaces(), "the interfaces are gone", timeout=30)


@pytest.fixture
def network(freehold, account):
    return Network(freehold, account)


NOWHERE = {"SubnetIds": [], "SecurityGroupIds": []}


def test_a_function_is_connected_and_says_where(functions, network):
    made = functions.make(VpcConfig=network.config(), wait=False)
    assert made["State"] == "Pending"
    wanted = network.config() | {"VpcId": network.id, "Ipv6AllowedForDualStack": False}
    assert made["VpcConfig"] == wanted
    assert functions.settled("f")["VpcConfig"] == wanted
    assert functions.client.get_function(FunctionName="f")["Configuration"]["VpcConfig"] == wanted
    (listed,) = functions.client.list_functions()["Functions"]
    assert listed["VpcConfig"] == wanted
    functions.make("elsewhere")
    assert "VpcConfig" not in functions.settled("elsewhere")


def test_there_is_one_interface_for_each_subnet_and_set_of_groups(functions, network, account):
    functions.make("first", VpcConfig=network.config())
    found = network.interfaces()
    assert {one["SubnetId"] for one in found} == set(network.subnets) and len(found) == 2
    role = functions.iam.get_role(RoleName="function")["Role"]["RoleId"]
    for one in found:
        assert one["Description"].startswith("AWS Lambda VPC ENI-first-")
        assert one["RequesterManaged"] and one["RequesterId"] == f"{role}:{account}"
        assert one["Status"] == "in-use" and one["OwnerId"] == account
        assert [group["GroupId"] for group in one["Groups"]] == [network.group]
        attachment = one["Attachment"]
        assert attachment["AttachmentId"].startswith("ela-attach-") and attachment["InstanceOwnerId"] == "amazon-aws"
        assert "Association" not in one
    # The same places are shared, others are not.
    other = network.make_group("others")
    functions.make("second", VpcConfig=network.config(network.subnets[0]))
    both = {"SubnetIds": network.subnets[:1], "SecurityGroupIds": [other, network.group]}
    functions.make("third", VpcConfig=both)
    functions.make("fourth", VpcConfig=both | {"SecurityGroupIds": [network.group, other]})
    assert len(network.interfaces()) == 3


def test_interfaces_are_lambdas_alone(functions, network):
    functions.make(VpcConfig=network.config(network.subnets[0]))
    (interface,) = network.interfaces()
    id, ec2 = interface["NetworkInterfaceId"], network.ec2
    assert refusal(ec2.delete_network_interface, NetworkInterfaceId=id) == "InvalidNetworkInterface.InUse"
    attachment = interface["Attachment"]["AttachmentId"]
    assert refusal(ec2.detach_network_interface, AttachmentId=attachment, Force=True) == "OperationNotPermitted"
    other = network.make_group("others")
    change = {"NetworkInterfaceId": id, "Groups": [other]}
    assert refusal(ec2.modify_network_interface_attribute, **change) == "OperationNotPermitted"
    kind = {"SubnetId": network.subnets[0], "InterfaceType": "lambda"}
    assert refusal(ec2.create_network_interface, **kind) == "InvalidParameterValue"
    assert refusal(ec2.delete_security_group, GroupId=network.group) == "DependencyViolation"
    assert refusal(ec2.delete_subnet, SubnetId=network.subnets[0]) == "DependencyViolation"


def test_interfaces_go_with_the_last_function(functions, network):
    functions.make("first", VpcConfig=network.config())
    functions.make("second", VpcConfig=network.config(network.subnets[0]))
    functions.client.delete_function(FunctionName="first")
    until(lambda: len(network.interfaces()) == 1, "the second subnet is free")
    network.ec2.delete_subnet(SubnetId=network.subnets[1])
    functions.client.delete_function(FunctionName="second")
    network.until_empty()
    network.ec2.delete_subnet(SubnetId=network.subnets[0])
    network.ec2.delete_security_group(GroupId=network.group)
    network.ec2.delete_vpc(VpcId=network.id)


def test_a_function_moves_in_and_out(functions, network):
    functions.make()
    lam = functions.client
    changed = lam.update_function_configuration(FunctionName="f", VpcConfig=network.config(network.subnets[0]))
    assert (changed["LastUpdateStatus"], changed["State"]) == ("InProgress", "Active")
    functions.settled("f")
    (first,) = network.interfaces()
    lam.update_function_configuration(FunctionName="f", VpcConfig=network.config(network.subnets[1]))
    functions.settled("f")
    until(lambda: [one["SubnetId"] for one in network.interfaces()] == network.subnets[1:], "it moved")
    # What is not mentioned stays.
    lam.update_function_configuration(FunctionName="f", Timeout=9)
    assert functions.settled("f")["VpcConfig"]["SubnetIds"] == network.subnets[1:]
    lam.update_function_configuration(FunctionName="f", VpcConfig=NOWHERE)
    left = functions.settled("f")["VpcConfig"]
    assert left == NOWHERE | {"VpcId": "", "Ipv6AllowedForDualStack": False}
    network.until_empty()


def test_a_published_version_keeps_its_interfaces(functions, network):
    functions.make(VpcConfig=network.config(network.subnets[0]))
    lam = functions.client
    version = lam.publish_version(FunctionName="f")["Version"]
    functions.settled("f", Qualifier=version)
    lam.update_function_configuration(FunctionName="f", VpcConfig=NOWHERE)
    functions.settled("f")
    assert lam.get_function_configuration(FunctionName="f", Qualifier=version)["VpcConfig"]["VpcId"] == network.id
    assert len(network.interfaces()) == 1
    lam.delete_function(FunctionName="f", Qualifier=version)
    network.until_empty()


def test_new_code_keeps_the_interface(functions, network):
    functions.make(VpcConfig=network.config(network.subnets[0]))
    (before,) = network.interfaces()
    functions.client.update_function_code(FunctionName="f", ZipFile=package(index="def handler(event, context): pass"))
    functions.settled("f")
    (after,) = network.interfaces()
    assert after["NetworkInterfaceId"] == before["NetworkInterfaceId"]


WRONG = {
    "no groups": ({"SubnetIds": ["SUBNET"]}, "SubnetIds and SecurityIds must coexist or be both empty list."),
    "no subnets": ({"SecurityGroupIds": ["GROUP"]}, "SubnetIds and SecurityIds must coexist or be both empty list."),
    "an unknown subnet": (
        {"SubnetIds": ["SUBNET", "subnet-0123456789abcdef0"], "SecurityGroupIds": ["GROUP"]},
        "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. EC2 Error Message: The subnet "
        "ID 'subnet-0123456789abcdef0' does not exist",
    ),
    "an unknown group": (
        {"SubnetIds": ["SUBNET"], "SecurityGroupIds": ["GROUP", "sg-0123456789abcdef0"]},
        "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. EC2 Error Message: The "
        "security group 'sg-0123456789abcdef0' does not exist",
    ),
    "subnets of two VPCs": (
        {"SubnetIds": ["SUBNET", "FAR SUBNET"], "SecurityGroupIds": ["GROUP"]},
        "Subnets are required to be in the same VPC.",
    ),
    "a group of another VPC": (
        {"SubnetIds": ["SUBNET"], "SecurityGroupIds": ["FAR GROUP"]},
        "Security Groups are required to be in the same VPC.",
    ),
    "IPv6": (
        {"SubnetIds": ["SUBNET"], "SecurityGroupIds": ["GROUP"], "Ipv6AllowedForDualStack": True},
        "Ipv6AllowedForDualStack: VPCs of this region have no IPv6.",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_place_for_a_function_is_refused(functions, network, freehold, account, what):
    config, sentence = WRONG[what]
    far = Network(freehold, account, "10.10.0.0/16")
    names = {
        "SUBNET": network.subnets[0],
        "GROUP": network.group,
        "FAR SUBNET": far.subnets[0],
        "FAR GROUP": far.group,
    }
    known = {
        key: [names.get(one, one) for one in value] if isinstance(value, list) else value
        for key, value in config.items()
    }
    with pytest.raises(functions.client.exceptions.InvalidParameterValueException) as refused:
        functions.make(VpcConfig=known)
    assert refused.value.response["Error"]["Message"] == sentence
    assert functions.client.list_functions()["Functions"] == []
    functions.make()
    with pytest.raises(functions.client.exceptions.InvalidParameterValueException) as refused:
        functions.client.update_function_configuration(FunctionName="f", VpcConfig=known)
    assert refused.value.response["Error"]["Message"] == sentence


def test_a_function_has_so_many_subnets_and_groups_and_no_more(functions, network):
    subnets = network.subnets + [network.subnet(f"10.9.{number}.0/24") for number in range(3, 17)]
    groups = [network.group] + [network.make_group(f"g{number}") for number in range(4)]
    functions.make(VpcConfig={"SubnetIds": subnets, "SecurityGroupIds": groups})
    assert len(network.interfaces()) == 16
    for wrong in (
        {"SubnetIds": [*subnets, "subnet-1"], "SecurityGroupIds": groups},
        {"SubnetIds": subnets, "SecurityGroupIds": [*groups, "sg-1"]},
    ):
        assert refusal(functions.make, name="more", VpcConfig=wrong) in (
            "ValidationException",
            "InvalidParameterValueException",
        )


@pytest.mark.parametrize("missing", ["CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface"])
def test_the_role_must_be_allowed_to_make_interfaces(functions, network, missing):
    needed = {"CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface"}
    poor = functions.make_role("poor", [f"ec2:{action}" for action in sorted(needed - {missing})] + ["logs:*"])
    sentence = f"The provided execution role does not have permissions to call {missing} on EC2"
    invalid = functions.client.exceptions.InvalidParameterValueException
    with pytest.raises(invalid, match=sentence):
        functions.make(VpcConfig=network.config(), Role=poor)
    functions.make(Role=poor)
    with pytest.raises(invalid, match=sentence):
        functions.client.update_function_configuration(FunctionName="f", VpcConfig=network.config())
    enough = functions.make_role("enough", [f"ec2:{action}" for action in sorted(needed)])
    functions.client.update_function_configuration(FunctionName="f", VpcConfig=network.config(), Role=enough)
    functions.settled("f")
    with pytest.raises(invalid, match=sentence):
        functions.client.update_function_configuration(FunctionName="f", Role=poor)


def test_a_subnet_without_addresses_is_told(functions, network):
    small = network.subnet("10.9.99.0/28")
    # 16 addresses, of which EC2 keeps five.
    for _ in range(11):
        network.ec2.create_network_interface(SubnetId=small)
    functions.make(VpcConfig=network.config(small), wait=False)
    look = functions.client.get_function_configuration
    until(lambda: look(FunctionName="f")["State"] == "Failed", "the function failed")
    told = look(FunctionName="f")
    assert told["StateReasonCode"] == told["LastUpdateStatusReasonCode"] == "SubnetOutOfIPAddresses"
    assert small in told["StateReason"]
    # Elsewhere it works.
    functions.client.update_function_configuration(FunctionName="f", VpcConfig=network.config(network.subnets[0]))
    functions.settled("f")
    assert len(network.interfaces()) == 1
