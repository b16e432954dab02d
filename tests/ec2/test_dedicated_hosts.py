"""Dedicated Hosts and Dedicated Instances: allocated, filled, modified and released, and everything that is refused."""

import uuid

import pytest
from support.refusal import refusal
from support.waiting import QUICKLY, until

NOWHERE = "h-0123456789abcdef0"
ZONE = "us-east-1a"


class Estate:
    """One account's hosts and instances."""

    def __init__(self, region, account):
        self.ec2 = region.client("ec2", account)
        found = self.ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "name", "Values": ["freehold-minimal-*"]}])
        self.image = found["Images"][0]["ImageId"]

    def allocate(self, **options):
        options = {"InstanceFamily": "m5", "AvailabilityZone": ZONE, "Quantity": 1} | options
        if "InstanceType" in options:
            del options["InstanceFamily"]
        return self.ec2.allocate_hosts(**options)["HostIds"]

    def host(self, host):
        return self.ec2.describe_hosts(HostIds=[host])["Hosts"][0]

    def run(self, count=1, kind="m5.large", **placement):
        placement = {"Tenancy": "host"} | placement
        made = self.ec2.run_instances(
            ImageId=self.image,
            InstanceType=kind,
            MinCount=count,
            MaxCount=count,
            Placement=placement,
            ClientToken=uuid.uuid4().hex,
        )["Instances"]
        ids = [one["InstanceId"] for one in made]
        self.ec2.get_waiter("instance_running").wait(InstanceIds=ids, **QUICKLY)
        return ids

    def instance(self, instance):
        return self.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]

    def reach(self, instance, state):
        until(lambda: self.instance(instance)["State"]["Name"] == state, f"{instance} is {state}")

    def stop(self, instance):
        self.ec2.stop_instances(InstanceIds=[instance], Force=True)
        self.reach(instance, "stopped")

    def start(self, instance):
        self.ec2.start_instances(InstanceIds=[instance])
        self.reach(instance, "running")

    def placement(self, instance):
        return self.instance(instance)["Placement"]


@pytest.fixture
def estate(freehold, account):
    return Estate(freehold, account)


def test_a_host_is_what_its_family_s_server_is(estate):
    tags = [{"ResourceType": "dedicated-host", "Tags": [{"Key": "team", "Value": "blue"}]}]
    (host,) = estate.allocate(TagSpecifications=tags, AutoPlacement="off", ClientToken="one")
    assert estate.allocate(TagSpecifications=tags, AutoPlacement="off", ClientToken="one") == [host]
    assert refusal(estate.allocate, AutoPlacement="on", ClientToken="one") == "IdempotentParameterMismatch"
    shown = estate.host(host)
    properties = {"Cores": 48, "Sockets": 2, "TotalVCpus": 96, "InstanceFamily": "m5"}
    assert shown["HostProperties"] == properties
    assert (shown["State"], shown["AutoPlacement"], shown["AllowsMultipleInstanceTypes"]) == ("available", "off", "on")
    assert (shown["HostRecovery"], shown["HostMaintenance"], shown["Instances"]) == ("off", "off", [])
    assert (shown["AvailabilityZone"], shown["AvailabilityZoneId"]) == (ZONE, "use1-az1")
    assert shown["Tags"] == [{"Key": "team", "Value": "blue"}] and shown["ClientToken"] == "one"
    capacity = {one["InstanceType"]: one for one in shown["AvailableCapacity"]["AvailableInstanceCapacity"]}
    assert capacity["m5.large"] == {"InstanceType": "m5.large", "AvailableCapacity": 48, "TotalCapacity": 48}
    assert capacity["m5.24xlarge"]["TotalCapacity"] == 1 and "m5.metal" not in capacity


def test_what_is_on_a_host_takes_its_vcpus(estate):
    (host,) = estate.allocate()
    large, other = estate.run(2, HostId=host)
    (huge,) = estate.run(kind="m5.12xlarge", HostId=host)
    shown = estate.host(host)
    assert {one["InstanceId"] for one in shown["Instances"]} == {large, other, huge}
    assert {one["InstanceType"] for one in shown["Instances"]} == {"m5.large", "m5.12xlarge"}
    assert shown["AvailableCapacity"]["AvailableVCpus"] == 96 - 4 - 48
    assert refusal(estate.run, kind="m5.12xlarge", HostId=host) == "InsufficientCapacityOnHost"
    assert refusal(estate.run, kind="r5.large", HostId=host) == "IncompatibleHostRequirements"
    assert estate.placement(large) == {
        "AvailabilityZone": ZONE,
        "AvailabilityZoneId": "use1-az1",
        "GroupName": "",
        "Tenancy": "host",
        "HostId": host,
        "Affinity": "default",
    }
    found = estate.ec2.describe_instances(Filters=[{"Name": "host-id", "Values": [host]}])["Reservations"]
    assert {one["InstanceId"] for page in found for one in page["Instances"]} == {large, other, huge}
    estate.stop(huge)
    assert estate.host(host)["AvailableCapacity"]["AvailableVCpus"] == 92


def test_a_host_for_one_type_takes_no_other(estate):
    (host,) = estate.allocate(InstanceType="m5.4xlarge")
    shown = estate.host(host)
    assert shown["HostProperties"]["InstanceType"] == "m5.4xlarge" and shown["AllowsMultipleInstanceTypes"] == "off"
    (capacity,) = shown["AvailableCapacity"]["AvailableInstanceCapacity"]
    assert capacity == {"InstanceType": "m5.4xlarge", "AvailableCapacity": 6, "TotalCapacity": 6}
    assert refusal(estate.run, kind="m5.large", HostId=host) == "IncompatibleHostRequirements"
    estate.run(kind="m5.4xlarge", HostId=host)
    changed = estate.ec2.modify_hosts(HostIds=[host], InstanceFamily="m5", AutoPlacement="off")
    assert (changed["Successful"], changed["Unsuccessful"]) == ([host], [])
    assert estate.host(host)["AutoPlacement"] == "off"
    estate.run(kind="m5.large", HostId=host)


def test_instances_that_name_no_host_go_where_auto_placement_is_on(estate):
    assert refusal(estate.run) == "UnavailableHostRequirements"
    (closed,) = estate.allocate(AutoPlacement="off", AvailabilityZone="us-east-1b")
    assert refusal(estate.run) == "UnavailableHostRequirements"
    (open_one,) = estate.allocate(AvailabilityZone="us-east-1c")
    (instance,) = estate.run()
    assert estate.placement(instance)["HostId"] == open_one
    assert estate.placement(instance)["AvailabilityZone"] == "us-east-1c"
    assert estate.host(closed)["Instances"] == []


def test_affinity_brings_an_instance_back_to_its_host(estate):
    first, second = estate.allocate(InstanceType="m5.24xlarge", Quantity=2)
    (bound,) = estate.run(kind="m5.24xlarge", HostId=first, Affinity="host")
    assert estate.placement(bound)["Affinity"] == "host"
    estate.stop(bound)
    estate.run(kind="m5.24xlarge", HostId=first)
    assert refusal(estate.ec2.start_instances, InstanceIds=[bound]) == "InsufficientCapacityOnHost"
    estate.ec2.modify_instance_placement(InstanceId=bound, Affinity="default")
    estate.start(bound)
    assert estate.placement(bound)["HostId"] == second


def test_a_stopped_instance_is_moved_to_another_host_and_off_hosts(estate):
    first, second = estate.allocate(Quantity=2)
    (instance,) = estate.run(HostId=first)
    move = estate.ec2.modify_instance_placement
    assert refusal(move, InstanceId=instance, HostId=second) == "InvalidInstanceState"
    estate.stop(instance)
    assert move(InstanceId=instance, HostId=second, Affinity="host")["Return"]
    estate.start(instance)
    placement = estate.placement(instance)
    assert (placement["HostId"], placement["Affinity"]) == (second, "host")
    estate.stop(instance)
    assert move(InstanceId=instance, Tenancy="dedicated")["Return"]
    estate.start(instance)
    placement = estate.placement(instance)
    assert placement["Tenancy"] == "dedicated" and "HostId" not in placement
    estate.stop(instance)
    (elsewhere,) = estate.allocate(AvailabilityZone="us-east-1b")
    (others,) = estate.allocate(InstanceFamily="r5")
    for refused, arguments in [
        ("MissingParameter", {}),
        ("InvalidParameterValue", {"Tenancy": "host", "Affinity": "strong"}),
        ("InvalidParameterValue", {"Tenancy": "lonely"}),
        ("InvalidParameterCombination", {"Affinity": "host"}),
        ("InvalidParameterCombination", {"Tenancy": "default", "HostId": first}),
        ("InvalidHostID.NotFound", {"HostId": NOWHERE}),
        ("InvalidHostID.Malformed", {"HostId": "h-nonsense"}),
        ("ZonesMismatched", {"HostId": elsewhere}),
        ("IncompatibleHostRequirements", {"HostId": others}),
        ("UnsupportedOperation", {"GroupName": "near"}),
    ]:
        assert refusal(move, InstanceId=instance, **arguments) == refused, arguments
    assert refusal(move, InstanceId="i-0123456789abcdef0", Tenancy="host") == "InvalidInstanceID.NotFound"


def test_a_t3_instance_stays_on_hosts_or_off_them(estate):
    (host,) = estate.allocate(InstanceFamily="t3")
    (instance,) = estate.run(kind="t3.nano", HostId=host)
    credits = estate.ec2.describe_instance_credit_specifications(InstanceIds=[instance])
    assert credits["InstanceCreditSpecifications"][0]["CpuCredits"] == "standard"
    estate.stop(instance)
    move = estate.ec2.modify_instance_placement
    assert refusal(move, InstanceId=instance, Tenancy="default") == "InvalidRequest"


def test_a_host_is_released_when_nothing_runs_on_it(estate):
    occupied, empty = estate.allocate(Quantity=2)
    (instance,) = estate.run(HostId=occupied)
    answer = estate.ec2.release_hosts(HostIds=[occupied, empty, NOWHERE])
    assert answer["Successful"] == [empty]
    errors = {one["ResourceId"]: one["Error"] for one in answer["Unsuccessful"]}
    assert errors[occupied]["Code"] == "Client.InvalidHost.Occupied"
    assert errors[occupied]["Message"] == f"Dedicated host '{occupied}' cannot be released as it is occupied."
    assert errors[NOWHERE]["Code"] == "Client.InvalidHostID.NotFound"
    shown = estate.host(empty)
    assert shown["State"] == "released" and "ReleaseTime" in shown and "AvailableCapacity" not in shown
    (again,) = estate.ec2.release_hosts(HostIds=[empty])["Unsuccessful"]
    assert again["Error"]["Code"] == "Client.InvalidHostState"
    assert refusal(estate.run, HostId=empty) == "InvalidHostState"
    estate.stop(instance)
    assert estate.ec2.release_hosts(HostIds=[occupied])["Successful"] == [occupied]
    assert refusal(estate.ec2.start_instances, InstanceIds=[instance]) == "UnavailableHostRequirements"
    assert refusal(estate.ec2.release_hosts, HostIds=[]) == "MissingParameter"


def test_hosts_are_found_by_filters_and_in_pages(estate):
    hosts = estate.allocate(Quantity=3) + estate.allocate(InstanceType="r5.large", Quantity=3, AutoPlacement="off")
    everything = estate.ec2.describe_hosts()["Hosts"]
    assert {one["HostId"] for one in everything} == set(hosts)

    def found(name, value):
        filters = [{"Name": name, "Values": [value]}]
        return {one["HostId"] for one in estate.ec2.describe_hosts(Filter=filters)["Hosts"]}

    assert found("auto-placement", "off") == found("instance-type", "r5.large") == set(hosts[3:])
    assert found("state", "available") == found("availability-zone", ZONE) == set(hosts)
    pages = estate.ec2.get_paginator("describe_hosts").paginate(PaginationConfig={"PageSize": 5})
    assert [len(page["Hosts"]) for page in pages] == [5, 1]
    describe = estate.ec2.describe_hosts
    assert refusal(describe, HostIds=[NOWHERE]) == "InvalidHostID.NotFound"
    assert refusal(describe, HostIds=["h-x"]) == "InvalidHostID.Malformed"
    assert refusal(describe, MaxResults=501) == "InvalidParameterValue"
    assert refusal(describe, HostIds=hosts, MaxResults=5) == "InvalidParameterCombination"
    assert refusal(describe, Filter=[{"Name": "colour", "Values": ["red"]}]) == "InvalidParameterValue"
    estate.ec2.create_tags(Resources=[hosts[0]], Tags=[{"Key": "Name", "Value": "first"}])
    assert found("tag:Name", "first") == {hosts[0]}


@pytest.mark.parametrize(
    ("refused", "arguments"),
    [
        ("InvalidInstanceFamily", {"InstanceFamily": "t2"}),
        ("InvalidInstanceFamily", {"InstanceFamily": "zz9"}),
        ("InvalidHostConfiguration", {"InstanceType": "t2.micro"}),
        ("InvalidParameterValue", {"InstanceType": "m5.huge"}),
        ("InvalidAvailabilityZone", {"AvailabilityZone": "us-east-1z"}),
        ("InvalidQuantity", {"Quantity": 0}),
        ("HostLimitExceeded", {"Quantity": 1001}),
        ("InvalidParameterValue", {"AutoPlacement": "maybe"}),
        ("UnsupportedOperation", {"HostRecovery": "on"}),
        ("UnsupportedOperation", {"HostMaintenance": "on"}),
        ("UnsupportedOperation", {"OutpostArn": "arn:aws:outposts:us-east-1:1:outpost/op-1"}),
    ],
)
def test_a_host_that_there_is_not_is_refused(estate, refused, arguments):
    assert refusal(estate.allocate, **arguments) == refused


def test_a_host_of_two_kinds_or_none_is_refused(estate):
    allocate = estate.ec2.allocate_hosts
    both = {"InstanceFamily": "m5", "InstanceType": "m5.large"}
    assert refusal(allocate, AvailabilityZone=ZONE, Quantity=1, **both) == "InvalidParameterCombination"
    assert refusal(allocate, AvailabilityZone=ZONE, Quantity=1) == "MissingParameter"
    assert refusal(allocate, InstanceFamily="m5", Quantity=1) == "MissingParameter"


def test_a_host_is_modified_only_into_what_its_server_and_its_instances_allow(estate):
    modify = estate.ec2.modify_hosts
    (host,) = estate.allocate()
    estate.run(HostId=host)
    for code, change in [
        ("Client.InvalidHost.Occupied", {"InstanceType": "m5.xlarge"}),
        ("Client.InvalidHostConfiguration", {"InstanceType": "r5.large"}),
        ("Client.InvalidHostConfiguration", {"InstanceFamily": "r5"}),
    ]:
        (item,) = modify(HostIds=[host], **change)["Unsuccessful"]
        assert (item["ResourceId"], item["Error"]["Code"]) == (host, code)
    assert modify(HostIds=[host], InstanceType="m5.large")["Successful"] == [host]
    (item,) = modify(HostIds=[NOWHERE], AutoPlacement="on")["Unsuccessful"]
    assert item["Error"]["Code"] == "Client.InvalidHostID.NotFound"
    assert refusal(modify, HostIds=[host]) == "MissingParameter"
    assert refusal(modify, HostIds=[host], HostRecovery="on") == "UnsupportedOperation"
    assert refusal(modify, HostIds=[host], AutoPlacement="maybe") == "InvalidParameterValue"


def test_placements_that_do_not_go_together_are_refused(estate):
    (host,) = estate.allocate()
    for refused, placement in [
        ("InvalidParameterCombination", {"Tenancy": "default", "HostId": host}),
        ("InvalidParameterCombination", {"Tenancy": "dedicated", "Affinity": "host"}),
        ("InvalidParameterValue", {"Tenancy": "lonely"}),
        ("InvalidAffinity", {"Affinity": "strong"}),
        ("InvalidHostID.NotFound", {"HostId": NOWHERE}),
        ("ZonesMismatched", {"HostId": host, "AvailabilityZone": "us-east-1b"}),
    ]:
        assert refusal(estate.run, **placement) == refused, placement
    spot = {"ImageId": estate.image, "InstanceType": "m5.large", "MinCount": 1, "MaxCount": 1}
    spot |= {"InstanceMarketOptions": {"MarketType": "spot"}, "Placement": {"Tenancy": "host"}}
    assert refusal(estate.ec2.run_instances, **spot) == "InvalidParameterCombination"


def test_a_host_of_one_account_is_nobody_elses(estate, freehold):
    (host,) = estate.allocate()
    other = Estate(freehold, "999988887777")
    assert refusal(other.host, host=host) == "InvalidHostID.NotFound"
    assert refusal(other.run, HostId=host) == "InvalidHostID.NotFound"


def test_a_template_may_ask_for_a_host(estate):
    (host,) = estate.allocate()
    placement = {"Tenancy": "host", "HostId": host, "Affinity": "host"}
    template = estate.ec2.create_launch_template(
        LaunchTemplateName="own",
        LaunchTemplateData={"ImageId": estate.image, "InstanceType": "m5.large", "Placement": placement},
    )["LaunchTemplate"]["LaunchTemplateId"]
    (version,) = estate.ec2.describe_launch_template_versions(LaunchTemplateId=template)["LaunchTemplateVersions"]
    assert version["LaunchTemplateData"]["Placement"] == placement
    (made,) = estate.ec2.run_instances(MinCount=1, MaxCount=1, LaunchTemplate={"LaunchTemplateId": template})["Instances"]
    assert made["Placement"]["HostId"] == host and made["Placement"]["Affinity"] == "host"


def test_a_dedicated_instance_is_one_without_a_host(estate):
    (instance,) = estate.run(Tenancy="dedicated")
    placement = estate.placement(instance)
    assert placement["Tenancy"] == "dedicated" and "HostId" not in placement and "Affinity" not in placement
