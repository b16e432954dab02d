"""A host that lacks something: other users, missing programs, instances that no host could hold. Each is a clear line or AWS's
error, with the reason."""

import os
import pathlib
import shutil
import subprocess

import pytest
from botocore.exceptions import ClientError
from support.region import binary, run
from support.waiting import QUICKLY

NOBODY = 65534


def as_nobody(folder, *arguments):
    """Runs the program as a user without any rights, with its data below a folder that this user has."""
    os.chown(folder, NOBODY, NOBODY)
    program = folder / "freehold"
    if not program.exists():
        shutil.copy(binary(), program)
        program.chmod(0o755)
    # The way to pytest's folders is closed to others.
    for parent in folder.parents:
        if parent != pathlib.Path("/") and parent.stat().st_mode & 0o005 != 0o005:
            parent.chmod(parent.stat().st_mode | 0o055)
    return subprocess.run(
        ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"]},
        check=False,
    )


@pytest.fixture
def nobodys(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("becoming another user needs root")
    return tmp_path


@pytest.mark.parametrize("machines", ["none", "auto"])
def test_a_user_without_rights_gets_a_region_without_machines(nobodys, machines):
    data = nobodys / "data"
    try:
        started = as_nobody(nobodys, "up", "--data-dir", data, "--machines", machines, "--listen", "127.0.0.1:0", "--detach")
        assert started.returncode == 0, started.stderr
        assert "machines: none: " in started.stderr
        if machines == "auto":
            assert "root" in started.stderr.lower()
        status = as_nobody(nobodys, "status", "--data-dir", data, "--json")
        assert status.returncode == 0
    finally:
        assert as_nobody(nobodys, "down", "--data-dir", data).returncode == 0


@pytest.mark.parametrize("machines", ["container", "vm"])
def test_a_user_without_rights_is_told_what_machines_need(nobodys, machines):
    refused = as_nobody(nobodys, "up", "--data-dir", nobodys / "data", "--machines", machines, "--listen", "127.0.0.1:0")
    assert refused.returncode == 1
    assert "root" in refused.stderr.splitlines()[-1].lower()
    assert "panic" not in refused.stderr


@pytest.mark.parametrize(("missing", "machines"), [("runc", "container"), ("nft", "container"), ("qemu-system-x86_64", "vm")])
def test_a_missing_program_is_named(tmp_path, missing, machines):
    if os.geteuid() != 0:
        pytest.skip("machines need root, and this run has another user")
    # Everything that is on the path, but one.
    programs = tmp_path / "bin"
    programs.mkdir()
    for folder in os.environ["PATH"].split(":"):
        for program in pathlib.Path(folder).glob("*"):
            link = programs / program.name
            if program.name != missing and not link.is_symlink():
                link.symlink_to(program)
    data = tmp_path / "data"
    try:
        refused = run(
            "up", "--data-dir", data, "--machines", machines, "--listen", "127.0.0.1:0", "--detach", env={"PATH": str(programs)}, timeout=280
        )
        assert refused.returncode == 1
        assert missing in refused.stderr.splitlines()[-1], refused.stderr
    finally:
        run("down", "--machines", "--data-dir", data)


def code(call, **arguments):
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    return refused.value.response["Error"]["Code"]


def test_what_does_not_exist_is_refused_by_its_own_name(freehold, account):
    ec2 = freehold.client("ec2", account)
    nowhere = "0" * 17
    assert code(ec2.stop_instances, InstanceIds=[f"i-{nowhere}"]) == "InvalidInstanceID.NotFound"
    assert code(ec2.terminate_instances, InstanceIds=["i-x"]) == "InvalidInstanceID.Malformed"
    assert code(ec2.delete_vpc, VpcId=f"vpc-{nowhere}") == "InvalidVpcID.NotFound"
    assert code(ec2.delete_subnet, SubnetId=f"subnet-{nowhere}") == "InvalidSubnetID.NotFound"
    assert code(ec2.delete_security_group, GroupId=f"sg-{nowhere}") == "InvalidGroup.NotFound"
    assert code(ec2.delete_network_interface, NetworkInterfaceId=f"eni-{nowhere}") == "InvalidNetworkInterfaceID.NotFound"
    assert code(ec2.release_address, AllocationId=f"eipalloc-{nowhere}") == "InvalidAllocationID.NotFound"
    assert code(ec2.delete_route_table, RouteTableId=f"rtb-{nowhere}") == "InvalidRouteTableID.NotFound"
    assert code(ec2.delete_internet_gateway, InternetGatewayId=f"igw-{nowhere}") == "InvalidInternetGatewayID.NotFound"
    assert code(ec2.run_instances, ImageId=f"ami-{nowhere}", MinCount=1, MaxCount=1) == "InvalidAMIID.NotFound"


def test_conflicts_with_what_is_are_refused(freehold, account):
    ec2 = freehold.client("ec2", account)
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    assert code(ec2.delete_vpc, VpcId=vpc) == "DependencyViolation"
    default = ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"][0]["GroupId"]
    assert code(ec2.delete_security_group, GroupId=default) == "CannotDelete"
    ec2.create_key_pair(KeyName="twice")
    assert code(ec2.create_key_pair, KeyName="twice") == "InvalidKeyPair.Duplicate"
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    launch = {"ImageId": image, "MinCount": 1, "MaxCount": 1, "InstanceType": "t3.nano"}
    made = ec2.run_instances(**launch, ClientToken="one")["Instances"][0]["InstanceId"]
    assert code(ec2.run_instances, **(launch | {"InstanceType": "t3.micro"}), ClientToken="one") == "IdempotentParameterMismatch"
    ec2.get_waiter("instance_running").wait(InstanceIds=[made], **QUICKLY)
    ec2.modify_instance_attribute(InstanceId=made, DisableApiTermination={"Value": True})
    assert code(ec2.terminate_instances, InstanceIds=[made]) == "OperationNotPermitted"
    resize = {"InstanceId": made, "InstanceType": {"Value": "t3.micro"}}
    assert code(ec2.modify_instance_attribute, **resize) == "IncorrectInstanceState"
