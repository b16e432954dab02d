"""Functions in VPCs, by what gets through: real functions and real instances."""

import json
import signal

import pytest
from support.functions import Functions, package
from support.instances import Lab, tcp
from support.region import Region
from support.waiting import until

pytestmark = [pytest.mark.machines, pytest.mark.timeout(600)]

ACCOUNT = "555566667777"
# Tells who asked.
SERVE = """#!/bin/sh
mkdir -p /srv/www/cgi-bin
printf '#!/bin/sh\\necho\\necho "asked by ${REMOTE_ADDR##*:}"\\n' > /srv/www/cgi-bin/who
chmod +x /srv/www/cgi-bin/who
busybox httpd -p 80 -h /srv/www
busybox httpd -p 81 -h /srv/www
"""
CODE = """
import os, socket, urllib.error, urllib.request
count = 0
def handler(event, context):
    global count
    count += 1
    if "name" in event:
        return socket.gethostbyname(event["name"])
    url = event.get("url") or os.environ["AWS_ENDPOINT_URL"]
    try:
        with urllib.request.urlopen(url, timeout=event.get("timeout", 3)) as answer:
            return {"count": count, "body": answer.read().decode().strip().rstrip("]")}
    except urllib.error.HTTPError as error:
        return {"count": count, "status": error.code}
    except (urllib.error.URLError, TimeoutError) as error:
        return {"count": count, "error": str(error)}
"""


class Place:
    """An instance that serves, in the account's default VPC, and what functions ask of it."""

    def __init__(self, region, account):
        self.lab = Lab(region, account)
        self.ec2 = self.lab.ec2
        self.functions = Functions(region, account)
        self.function_group = self.lab.group()
        self.server_group = self.lab.group(tcp(80, group=self.function_group))
        self.server = self.lab.launch(SERVE, SecurityGroupIds=[self.server_group])
        self.address = self.server["PrivateIpAddress"]
        self.url = f"http://{self.address}/cgi-bin/who"
        self.config = {"SubnetIds": [self.server["SubnetId"]], "SecurityGroupIds": [self.function_group]}
        self.functions.make("inside", code=CODE, VpcConfig=self.config, Timeout=30)
        (interface,) = self.ec2.describe_network_interfaces(
            Filters=[{"Name": "interface-type", "Values": ["lambda"]}]
        )["NetworkInterfaces"]
        self.expected = f"asked by {interface['PrivateIpAddress']}"

    def ask(self, name="inside", **event):
        answer = self.functions.invoke(name, {"url": self.url} | event)
        assert "FunctionError" not in answer, answer["Payload"]
        return answer["Payload"]

    def answers(self, **event):
        """Waits until the server has begun to serve, or rules have come into force."""
        return until(lambda: self.ask(**event).get("body"), "the instance answers", timeout=60)

    def is_silent(self, **event):
        until(lambda: "timed out" in self.ask(timeout=1, **event).get("error", ""), "nobody answers", timeout=30)

    def leave(self):
        for function in self.functions.client.list_functions()["Functions"]:
            self.functions.client.delete_function(FunctionName=function["FunctionName"])
        interfaces = [{"Name": "interface-type", "Values": ["lambda"]}]
        until(
            lambda: not self.ec2.describe_network_interfaces(Filters=interfaces)["NetworkInterfaces"],
            "the interfaces are gone",
            timeout=60,
        )
        self.lab.__exit__()


@pytest.fixture(scope="module")
def place(running):
    place = Place(running, ACCOUNT)
    yield place
    place.leave()


def test_an_instance_sees_a_function_as_its_interface(place):
    assert place.answers() == place.expected
    # Port 81 is served as well, and not opened to the function's group.
    place.is_silent(url=f"http://{place.address}:81/cgi-bin/who")


def test_rules_of_the_instances_group_decide(place):
    place.answers()
    rule = [tcp(80, group=place.function_group)]
    place.ec2.revoke_security_group_ingress(GroupId=place.server_group, IpPermissions=rule)
    place.is_silent()
    place.ec2.authorize_security_group_ingress(GroupId=place.server_group, IpPermissions=rule)
    place.answers()


def test_rules_of_the_functions_group_decide(place):
    place.answers()
    group = place.ec2.describe_security_groups(GroupIds=[place.function_group])["SecurityGroups"][0]
    everything = group["IpPermissionsEgress"]
    place.ec2.revoke_security_group_egress(GroupId=place.function_group, IpPermissions=everything)
    place.is_silent()
    only = [tcp(80, cidr=f"{place.address}/32")]
    place.ec2.authorize_security_group_egress(GroupId=place.function_group, IpPermissions=only)
    place.answers()
    place.ec2.revoke_security_group_egress(GroupId=place.function_group, IpPermissions=only)
    place.ec2.authorize_security_group_egress(GroupId=place.function_group, IpPermissions=everything)
    place.answers()


def test_a_function_of_another_group_is_not_let_in(place):
    place.answers()
    other = place.lab.group()
    config = place.config | {"SecurityGroupIds": [other]}
    place.functions.make("other", code=CODE, VpcConfig=config, Timeout=30)
    place.is_silent(name="other")


def test_functions_outside_of_the_vpc_do_not_reach_it(place):
    place.answers()
    place.functions.make("outside", code=CODE, Timeout=30)
    # Whoever has the address in the world outside may answer; the instance does not.
    answer = place.ask("outside", timeout=2)
    assert not answer.get("body", "").startswith("asked by"), answer
    # Another VPC may even have the same addresses.
    vpc = place.ec2.create_vpc(CidrBlock="172.31.0.0/16")["Vpc"]["VpcId"]
    (block,) = {
        one["CidrBlock"] for one in place.ec2.describe_subnets(SubnetIds=[place.server["SubnetId"]])["Subnets"]
    }
    subnet = place.ec2.create_subnet(VpcId=vpc, CidrBlock=block)["Subnet"]["SubnetId"]
    group = place.ec2.create_security_group(GroupName="x", Description="x", VpcId=vpc)["GroupId"]
    config = {"SubnetIds": [subnet], "SecurityGroupIds": [group]}
    place.functions.make("elsewhere", code=CODE, VpcConfig=config, Timeout=30)
    answer = place.ask("elsewhere", timeout=2)
    assert "body" not in answer and "status" not in answer, answer
    # Nothing of it is left in the way.
    place.functions.client.delete_function(FunctionName="elsewhere")
    until(lambda: deleted(place.ec2.delete_subnet, SubnetId=subnet), "the subnet can be deleted", timeout=60)
    place.ec2.delete_security_group(GroupId=group)
    place.ec2.delete_vpc(VpcId=vpc)


def deleted(call, **arguments):
    """Whether nothing depends on it any more, so that it is gone."""
    try:
        call(**arguments)
    except Exception as error:
        assert error.response["Error"]["Code"] == "DependencyViolation", error
        return False
    return True


def test_there_is_no_way_to_the_world_and_no_metadata(place):
    place.answers()
    public = place.server["PublicIpAddress"]
    for address in (public, "169.254.169.254"):
        answer = place.ask(url=f"http://{address}/", timeout=2)
        assert "body" not in answer and "status" not in answer, (address, answer)


def test_the_regions_api_is_reached_all_the_same(place):
    # Nobody signed that: it is refused by the region, which therefore was asked.
    assert place.ask(url=None)["status"] in (400, 403, 404)


def test_names_of_the_vpc_are_known(place):
    answer = place.functions.invoke("inside", {"name": place.server["PrivateDnsName"]})
    assert answer["Payload"] == place.address


def test_an_environment_outlives_the_control_plane(clients, host_is_left_clean):
    """And nothing is left when both are ended; the region looks for that itself."""
    with Region("container") as region:
        place = Place(region, ACCOUNT)
        assert place.answers() == place.expected
        before = place.ask()["count"]
        region.process.send_signal(signal.SIGKILL)
        region.process.wait()
        region.start()
        place.functions.settled("inside")
        # The same environment, behind the same interface.
        answer = place.ask()
        assert (answer["body"], answer["count"]) == (place.expected, before + 1)
        # Another one joins it there.
        code = CODE + "\n# changed\n"
        place.functions.client.update_function_code(FunctionName="inside", ZipFile=package(index=code))
        place.functions.settled("inside")
        answer = place.ask()
        assert (answer["body"], answer["count"]) == (place.expected, 1), json.dumps(answer)
