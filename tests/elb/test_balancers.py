"""Load balancers and their attributes."""

import pytest
from support.refusal import refusal
from support.waiting import QUICKLY, until


def test_a_balancer_becomes_active_and_goes(lab, elb):
    made = lab.balancer()
    arn = made["LoadBalancerArn"]
    assert arn.startswith(lab.arn("loadbalancer/app/web/"))
    assert made["State"]["Code"] == "provisioning"
    assert made["DNSName"].startswith("web-") and made["DNSName"].endswith(".us-east-1.elb.amazonaws.com")
    assert (made["Type"], made["Scheme"], made["VpcId"]) == ("application", "internet-facing", lab.vpc)
    assert [zone["ZoneName"] for zone in made["AvailabilityZones"]] == lab.zones[:2]
    assert len(made["SecurityGroups"]) == 1
    elb.get_waiter("load_balancer_exists").wait(Names=["web"], **QUICKLY)
    elb.get_waiter("load_balancer_available").wait(LoadBalancerArns=[arn], **QUICKLY)
    elb.delete_load_balancer(LoadBalancerArn=arn)
    elb.get_waiter("load_balancers_deleted").wait(LoadBalancerArns=[arn], **QUICKLY)
    elb.delete_load_balancer(LoadBalancerArn=arn)
    assert elb.describe_load_balancers()["LoadBalancers"] == []


def test_what_is_asked_for_again_is_the_same(lab, elb):
    first = lab.balancer(Scheme="internal")
    assert first["DNSName"].startswith("internal-web-")
    assert lab.balancer(Scheme="internal")["LoadBalancerArn"] == first["LoadBalancerArn"]
    other = {"Name": "web", "Subnets": lab.subnets[:2]}
    assert refusal(elb.create_load_balancer, **other) == "DuplicateLoadBalancerName"


def test_a_name_is_free_again_when_its_balancer_is_deleted(lab, elb):
    first = lab.balancer()["LoadBalancerArn"]
    elb.delete_load_balancer(LoadBalancerArn=first)
    assert lab.balancer(Scheme="internal")["LoadBalancerArn"] != first


@pytest.mark.parametrize("name", ["-a", "a-", "a_b", "internal-a", "x" * 33])
def test_names_are_letters_digits_and_hyphens(lab, elb, name):
    assert refusal(elb.create_load_balancer, Name=name, Subnets=lab.subnets[:2]) == "ValidationError"


def test_a_balancer_needs_subnets_of_two_zones(lab, elb):
    def code(**asked):
        return refusal(elb.create_load_balancer, **{"Name": "web"} | asked)

    assert code() == "ValidationError"
    assert code(Subnets=lab.subnets[:1]) == "ValidationError"
    assert code(Subnets=["subnet-0123456789abcdef0", lab.subnets[0]]) == "SubnetNotFound"
    assert code(Subnets=[lab.subnets[0]] * 2) == "InvalidConfigurationRequest"
    vpc = lab.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    apart = [
        lab.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=lab.zones[n])["Subnet"]["SubnetId"]
        for n in range(2)
    ]
    assert code(Subnets=apart) == "InvalidSubnet"
    assert code(Subnets=[apart[0], lab.subnets[1]]) == "InvalidConfigurationRequest"
    tiny = lab.ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.9.0/28", AvailabilityZone=lab.zones[1])["Subnet"]["SubnetId"]
    asked = {"Subnets": [apart[0], tiny], "Scheme": "internal"}
    assert elb.create_load_balancer(Name="ok", Subnets=apart, Scheme="internal")["LoadBalancers"]
    group = elb.describe_load_balancers(Names=["ok"])["LoadBalancers"][0]["SecurityGroups"]
    assert code(Subnets=lab.subnets[:2], SecurityGroups=group) == "InvalidSecurityGroup"
    missing = ["sg-0123456789abcdef0"]
    assert code(Subnets=lab.subnets[:2], SecurityGroups=missing) == "InvalidSecurityGroup"
    assert elb.create_load_balancer(Name="small", **asked)["LoadBalancers"]


def test_what_there_is_not_is_refused_by_name(lab, elb):
    for more in [{"IpAddressType": "dualstack"}, {"Type": "gateway"}, {"CustomerOwnedIpv4Pool": "ipv4pool-coip-1"}]:
        asked = {"Name": "web", "Subnets": lab.subnets[:2]} | more
        assert refusal(elb.create_load_balancer, **asked) == "InvalidConfigurationRequest"


def test_a_network_balancer_answers_where_it_is_told_to(lab, elb):
    arn = lab.network("plain")["LoadBalancerArn"]
    assert elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]["DNSName"].endswith(
        ".elb.us-east-1.amazonaws.com"
    )
    address = lab.ec2.allocate_address(Domain="vpc")
    mapping = [{"SubnetId": lab.subnets[0], "AllocationId": address["AllocationId"]}]
    fixed = elb.create_load_balancer(Name="fixed", Type="network", SubnetMappings=mapping)["LoadBalancers"][0]
    elb.get_waiter("load_balancer_available").wait(
        LoadBalancerArns=[fixed["LoadBalancerArn"]], **QUICKLY
    )

    def told():
        found = elb.describe_load_balancers(Names=["fixed"])["LoadBalancers"][0]["AvailabilityZones"][0]
        return found["LoadBalancerAddresses"][0].get("IpAddress") == address["PublicIp"]

    until(told, "the balancer has its address")
    again = {"Name": "other", "Type": "network", "SubnetMappings": mapping}
    assert refusal(elb.create_load_balancer, **again) == "ResourceInUse"
    unknown = [{"SubnetId": lab.subnets[0], "AllocationId": "eipalloc-0123456789abcdef0"}]
    assert refusal(elb.create_load_balancer, **again | {"SubnetMappings": unknown}) == "AllocationIdNotFound"
    both = {"Subnets": lab.subnets[:1]}
    assert refusal(elb.create_load_balancer, **again, **both) == "ValidationError"


def test_balancers_are_found_by_page_name_and_arn(lab, elb):
    arns = {name: lab.balancer(name)["LoadBalancerArn"] for name in ["a", "b", "c"]}
    pages = elb.get_paginator("describe_load_balancers").paginate(PaginationConfig={"PageSize": 2})
    assert sorted(one["LoadBalancerName"] for page in pages for one in page["LoadBalancers"]) == ["a", "b", "c"]
    assert len(elb.describe_load_balancers(Names=["a", "b"])["LoadBalancers"]) == 2
    assert elb.describe_load_balancers(LoadBalancerArns=[arns["c"]])["LoadBalancers"][0]["LoadBalancerName"] == "c"
    nobody = arns["a"][:-1] + ("0" if arns["a"][-1] != "0" else "1")
    assert refusal(elb.describe_load_balancers, Names=["a", "x"]) == "LoadBalancerNotFound"
    assert refusal(elb.describe_load_balancers, LoadBalancerArns=[nobody]) == "LoadBalancerNotFound"
    assert refusal(elb.describe_load_balancers, LoadBalancerArns=["web"]) == "ValidationError"
    assert refusal(elb.describe_load_balancers, Marker="x") == "ValidationError"
    other = lab.region.client("elbv2", account="999999999998")
    assert refusal(other.describe_load_balancers, LoadBalancerArns=[arns["a"]]) == "LoadBalancerNotFound"


def test_attributes_have_defaults_and_bounds(lab, elb):
    arn = lab.balancer()["LoadBalancerArn"]

    def attributes():
        found = elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        return {one["Key"]: one["Value"] for one in found}

    def modify(**values):
        wanted = [{"Key": key.replace("__", "."), "Value": value} for key, value in values.items()]
        return {"LoadBalancerArn": arn, "Attributes": wanted}

    assert attributes()["idle_timeout.timeout_seconds"] == "60"
    elb.modify_load_balancer_attributes(**modify(idle_timeout__timeout_seconds="30", routing__http2__enabled="false"))
    assert (attributes()["idle_timeout.timeout_seconds"], attributes()["routing.http2.enabled"]) == ("30", "false")
    for wrong, code in [
        (modify(idle_timeout__timeout_seconds="4001"), "ValidationError"),
        (modify(no__such="1"), "ValidationError"),
        (modify(waf__fail_open__enabled="true"), "InvalidConfigurationRequest"),
        (modify(access_logs__s3__enabled="true"), "InvalidConfigurationRequest"),
        (modify(access_logs__s3__enabled="true", access_logs__s3__bucket="../x"), "InvalidConfigurationRequest"),
    ]:
        assert refusal(elb.modify_load_balancer_attributes, **wrong) == code
    nobody = lab.arn("loadbalancer/app/web/0123456789abcdef")
    for call in [elb.describe_load_balancer_attributes, elb.modify_load_balancer_attributes]:
        more = {"Attributes": []} if "modify" in call.__name__ else {}
        assert refusal(call, LoadBalancerArn=nobody, **more) == "LoadBalancerNotFound"


def test_a_protected_balancer_is_not_deleted(lab, elb):
    arn = lab.balancer()["LoadBalancerArn"]

    def protect(value):
        elb.modify_load_balancer_attributes(
            LoadBalancerArn=arn, Attributes=[{"Key": "deletion_protection.enabled", "Value": value}]
        )

    protect("true")
    assert refusal(elb.delete_load_balancer, LoadBalancerArn=arn) == "OperationNotPermitted"
    protect("false")
    elb.delete_load_balancer(LoadBalancerArn=arn)


def test_subnets_groups_and_addresses_are_changed(lab, elb):
    arn = lab.balancer()["LoadBalancerArn"]
    zones = elb.set_subnets(LoadBalancerArn=arn, Subnets=lab.subnets[1:3])["AvailabilityZones"]
    assert [zone["SubnetId"] for zone in zones] == lab.subnets[1:3]
    assert refusal(elb.set_subnets, LoadBalancerArn=arn, Subnets=lab.subnets[:1]) == "ValidationError"
    group = lab.ec2.create_security_group(GroupName="g", Description="g", VpcId=lab.vpc)["GroupId"]
    assert elb.set_security_groups(LoadBalancerArn=arn, SecurityGroups=[group])["SecurityGroupIds"] == [group]
    missing = ["sg-0123456789abcdef0"]
    assert refusal(elb.set_security_groups, LoadBalancerArn=arn, SecurityGroups=missing) == "InvalidSecurityGroup"
    plain = lab.network()["LoadBalancerArn"]
    code = refusal(elb.set_security_groups, LoadBalancerArn=plain, SecurityGroups=[group])
    assert code == "InvalidConfigurationRequest"
    assert elb.set_ip_address_type(LoadBalancerArn=arn, IpAddressType="ipv4")["IpAddressType"] == "ipv4"
    code = refusal(elb.set_ip_address_type, LoadBalancerArn=arn, IpAddressType="dualstack")
    assert code == "InvalidConfigurationRequest"


def test_limits_are_told(elb):
    pages = elb.get_paginator("describe_account_limits").paginate(PaginationConfig={"PageSize": 5})
    limits = {one["Name"]: one["Max"] for page in pages for one in page["Limits"]}
    assert (limits["application-load-balancers"], limits["targets-per-target-group"]) == ("50", "1000")
    assert refusal(elb.describe_account_limits, Marker="x") == "ValidationError"
