"""Classic load balancers in state: the API of 2012-06-01, whose balancers the newer one does not see."""

import pytest
from support.refusal import refusal
from support.waiting import until

WEB = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstanceProtocol": "HTTP", "InstancePort": 8080}
NONE = {"LoadBalancerName": "none"}


@pytest.fixture
def classic(freehold, account):
    return freehold.client("elb", account=account)


@pytest.fixture
def web(lab, classic):
    """A balancer with one listener in one zone, for calls that name it."""
    classic.create_load_balancer(LoadBalancerName="web", Listeners=[WEB], Subnets=lab.subnets[:1])
    return {"LoadBalancerName": "web"}


def shown(classic, name="web"):
    return classic.describe_load_balancers(LoadBalancerNames=[name])["LoadBalancerDescriptions"][0]


def test_a_balancer_comes_and_goes(lab, classic):
    dns = classic.create_load_balancer(
        LoadBalancerName="web", Listeners=[WEB], Subnets=lab.subnets[1::-1], Tags=[{"Key": "a", "Value": "b"}]
    )["DNSName"]
    assert dns.startswith("web-") and dns.endswith(".us-east-1.elb.amazonaws.com")
    found = shown(classic)
    assert (found["DNSName"], found["Scheme"], found["VPCId"]) == (dns, "internet-facing", lab.vpc)
    assert (found["AvailabilityZones"], found["Subnets"]) == (lab.zones[:2], lab.subnets[:2])
    assert found["ListenerDescriptions"] == [{"Listener": WEB, "PolicyNames": []}]
    assert found["HealthCheck"] == {
        "Target": "TCP:8080",
        "Interval": 30,
        "Timeout": 5,
        "UnhealthyThreshold": 2,
        "HealthyThreshold": 10,
    }
    assert found["SourceSecurityGroup"] == {"OwnerAlias": lab.account, "GroupName": "default"}
    assert len(found["SecurityGroups"]) == 1 and found["Instances"] == []
    classic.delete_load_balancer(LoadBalancerName="web")
    classic.delete_load_balancer(LoadBalancerName="web")
    assert classic.describe_load_balancers()["LoadBalancerDescriptions"] == []
    assert refusal(classic.describe_load_balancers, LoadBalancerNames=["web"]) == "LoadBalancerNotFound"
    assert refusal(classic.delete_load_balancer, LoadBalancerName="") == "ValidationError"


def test_what_is_asked_for_again_is_the_same(lab, classic, web):
    asked = {"Listeners": [WEB], "Subnets": lab.subnets[:1]} | web
    dns = shown(classic)["DNSName"]
    assert classic.create_load_balancer(**asked)["DNSName"] == dns
    assert refusal(classic.create_load_balancer, **asked | {"Scheme": "internal"}) == "DuplicateLoadBalancerName"
    classic.delete_load_balancer(**web)
    assert classic.create_load_balancer(**asked)["DNSName"] != dns


def test_both_versions_of_the_api_have_balancers_of_their_own(lab, elb, classic, web):
    lab.balancer("web")
    assert [one["Type"] for one in elb.describe_load_balancers()["LoadBalancers"]] == ["application"]
    assert len(classic.describe_load_balancers()["LoadBalancerDescriptions"]) == 1
    classic.delete_load_balancer(**web)
    assert len(elb.describe_load_balancers(Names=["web"])["LoadBalancers"]) == 1


def test_what_cannot_be_a_balancer_is_refused(lab, classic):
    def refused(**more):
        asked = {"LoadBalancerName": "web", "Listeners": [WEB], "Subnets": lab.subnets[:1]} | more
        return refusal(classic.create_load_balancer, **asked)

    assert refused(LoadBalancerName="-a") == "ValidationError"
    assert refused(Scheme="outside") == "InvalidScheme"
    assert refused(Subnets=[]) == "ValidationError"
    assert refused(AvailabilityZones=lab.zones[:1]) == "ValidationError"
    assert refused(Subnets=["subnet-0123456789abcdef0"]) == "SubnetNotFound"
    assert refused(SecurityGroups=["sg-0123456789abcdef0"]) == "InvalidSecurityGroup"
    assert refused(Listeners=[WEB | {"Protocol": "UDP"}]) == "UnsupportedProtocol"
    assert refused(Listeners=[WEB | {"InstanceProtocol": "TCP"}]) == "InvalidConfigurationRequest"
    assert refused(Listeners=[WEB | {"Protocol": "HTTPS"}]) == "InvalidConfigurationRequest"
    assert refused(Listeners=[WEB, WEB | {"InstancePort": 81}]) == "DuplicateListener"
    secure = WEB | {"Protocol": "HTTPS", "SSLCertificateId": lab.arn("certificate/none")}
    assert refused(Listeners=[secure]) == "CertificateNotFound"


def test_listeners_come_and_go_with_their_certificates(lab, classic, web):
    old, new = lab.certificate(), lab.certificate()
    secure = {"Protocol": "SSL", "LoadBalancerPort": 443, "InstanceProtocol": "TCP", "InstancePort": 25}
    secure |= {"SSLCertificateId": old}
    for _ in range(2):
        classic.create_load_balancer_listeners(Listeners=[secure], **web)
    assert (
        refusal(classic.create_load_balancer_listeners, Listeners=[WEB | {"InstancePort": 1}], **web)
        == "DuplicateListener"
    )
    listener = shown(classic)["ListenerDescriptions"][1]
    assert listener == {"Listener": secure, "PolicyNames": ["ELBSecurityPolicy-2016-08"]}
    assert shown(classic)["Policies"]["OtherPolicies"] == ["ELBSecurityPolicy-2016-08"]
    users = lab.acm.describe_certificate(CertificateArn=old)["Certificate"]["InUseBy"]
    assert users == [lab.arn("loadbalancer/web")]
    change = classic.set_load_balancer_listener_ssl_certificate
    change(LoadBalancerPort=443, SSLCertificateId=new, **web)
    assert shown(classic)["ListenerDescriptions"][1]["Listener"]["SSLCertificateId"] == new
    assert refusal(change, LoadBalancerPort=444, SSLCertificateId=new, **web) == "ListenerNotFound"
    assert refusal(change, LoadBalancerPort=80, SSLCertificateId=new, **web) == "InvalidConfigurationRequest"
    classic.delete_load_balancer_listeners(LoadBalancerPorts=[443, 444], **web)
    assert len(shown(classic)["ListenerDescriptions"]) == 1
    gone = refusal(classic.delete_load_balancer_listeners, LoadBalancerPorts=[80], **NONE)
    assert gone == "LoadBalancerNotFound"


def test_a_health_check_is_what_it_is_set_to(classic, web):
    check = {"Interval": 6, "Timeout": 3, "UnhealthyThreshold": 3, "HealthyThreshold": 2}
    for target in ["HTTP:80/a?b=c", "HTTPS:443/", "TCP:22", "SSL:443"]:
        asked = check | {"Target": target}
        assert classic.configure_health_check(HealthCheck=asked, **web)["HealthCheck"] == asked
        assert shown(classic)["HealthCheck"] == asked
    for wrong in [{"Target": "HTTP:80"}, {"Target": "ICMP:1"}, {"Timeout": 6}, {"Target": "TCP:0"}]:
        asked = check | {"Target": "TCP:22"} | wrong
        assert refusal(classic.configure_health_check, HealthCheck=asked, **web) == "ValidationError"


def test_instances_are_registered_whatever_they_do(lab, classic, web):
    instance = lab.instance()
    one = {"Instances": [{"InstanceId": instance}]} | web
    assert classic.register_instances_with_load_balancer(**one)["Instances"] == one["Instances"]
    assert shown(classic)["Instances"] == one["Instances"]
    state = classic.describe_instance_health(**web)["InstanceStates"]
    # There is no node without machines, so that nobody has looked at it.
    assert [(it["InstanceId"], it["State"], it["ReasonCode"]) for it in state] == [(instance, "OutOfService", "ELB")]
    lab.ec2.stop_instances(InstanceIds=[instance])

    def stopped():
        (told,) = classic.describe_instance_health(**one)["InstanceStates"]
        return told["ReasonCode"] == "Instance" and told["Description"] == "Instance is in stopped state."

    until(stopped, "the instance is told to be stopped")
    assert classic.deregister_instances_from_load_balancer(**one)["Instances"] == []
    (told,) = classic.describe_instance_health(**one)["InstanceStates"]
    assert told["Description"] == "Instance is not currently registered with the LoadBalancer."
    assert refusal(classic.deregister_instances_from_load_balancer, **one) == "InvalidInstance"
    nobody = {"Instances": [{"InstanceId": "i-0123456789abcdef0"}]} | web
    assert refusal(classic.register_instances_with_load_balancer, **nobody) == "InvalidInstance"
    assert refusal(classic.describe_instance_health, **nobody) == "InvalidInstance"
    classic.register_instances_with_load_balancer(**one)
    lab.ec2.terminate_instances(InstanceIds=[instance])
    until(lambda: shown(classic)["Instances"] == [], "a terminated instance leaves its balancer")


def test_an_instance_drains_for_as_long_as_the_balancer_says(moved):
    classic = moved.region.client("elb", account=moved.account)
    classic.create_load_balancer(LoadBalancerName="web", Listeners=[WEB], Subnets=moved.subnets[:1])
    web = {"LoadBalancerName": "web"}
    draining = {"ConnectionDraining": {"Enabled": True, "Timeout": 120}}
    classic.modify_load_balancer_attributes(LoadBalancerAttributes=draining, **web)
    one = {"Instances": [{"InstanceId": moved.instance()}]} | web
    classic.register_instances_with_load_balancer(**one)
    assert classic.deregister_instances_from_load_balancer(**one)["Instances"] == []
    (told,) = classic.describe_instance_health(**web)["InstanceStates"]
    assert told["Description"] == "Instance deregistration currently in progress."
    moved.region.advance_clock(121)
    assert classic.describe_instance_health(**web)["InstanceStates"] == []


def test_zones_subnets_and_groups_are_changed(lab, classic, web):
    attached = classic.attach_load_balancer_to_subnets(Subnets=lab.subnets[1:2], **web)
    assert attached["Subnets"] == lab.subnets[:2]
    assert refusal(classic.attach_load_balancer_to_subnets, Subnets=["subnet-00000000"], **web) == "SubnetNotFound"
    detached = classic.detach_load_balancer_from_subnets(Subnets=lab.subnets[:1], **web)
    assert detached["Subnets"] == lab.subnets[1:2]
    detach = classic.detach_load_balancer_from_subnets
    for subnets in (lab.subnets[:1], lab.subnets[1:2]):
        assert refusal(detach, Subnets=subnets, **web) == "InvalidConfigurationRequest"
    zones = {"AvailabilityZones": lab.zones[:1]} | web
    assert classic.enable_availability_zones_for_load_balancer(**zones)["AvailabilityZones"] == lab.zones[:2]
    assert shown(classic)["Subnets"] == lab.subnets[:2]
    assert classic.disable_availability_zones_for_load_balancer(**zones)["AvailabilityZones"] == lab.zones[1:2]
    zones["AvailabilityZones"] = lab.zones[1:2]
    assert refusal(classic.disable_availability_zones_for_load_balancer, **zones) == "InvalidConfigurationRequest"
    zones["AvailabilityZones"] = ["us-east-1z"]
    assert refusal(classic.enable_availability_zones_for_load_balancer, **zones) == "ValidationError"
    group = lab.ec2.create_security_group(GroupName="web", Description="web", VpcId=lab.vpc)["GroupId"]
    apply = classic.apply_security_groups_to_load_balancer
    assert apply(SecurityGroups=[group], **web)["SecurityGroups"] == [group]
    assert shown(classic)["SourceSecurityGroup"]["GroupName"] == "web"
    assert refusal(apply, SecurityGroups=["sg-00000000"], **web) == "InvalidSecurityGroup"


def test_attributes_are_all_that_they_are_set_to(classic, web):
    read = classic.describe_load_balancer_attributes
    assert read(**web)["LoadBalancerAttributes"] == {
        "CrossZoneLoadBalancing": {"Enabled": False},
        "AccessLog": {"Enabled": False},
        "ConnectionDraining": {"Enabled": False, "Timeout": 300},
        "ConnectionSettings": {"IdleTimeout": 60},
        "AdditionalAttributes": [{"Key": "elb.http.desyncmitigationmode", "Value": "defensive"}],
    }
    wanted = {
        "CrossZoneLoadBalancing": {"Enabled": True},
        "AccessLog": {"Enabled": True, "S3BucketName": "logs", "EmitInterval": 5, "S3BucketPrefix": "web"},
        "ConnectionDraining": {"Enabled": True, "Timeout": 20},
        "ConnectionSettings": {"IdleTimeout": 5},
        "AdditionalAttributes": [{"Key": "elb.http.desyncmitigationmode", "Value": "strictest"}],
    }
    write = classic.modify_load_balancer_attributes
    assert write(LoadBalancerAttributes=wanted, **web)["LoadBalancerAttributes"] == wanted
    assert read(**web)["LoadBalancerAttributes"] == wanted
    for wrong in [{"ConnectionSettings": {"IdleTimeout": 5000}}, {"AccessLog": {"Enabled": True, "EmitInterval": 6}}]:
        assert refusal(write, LoadBalancerAttributes=wrong, **web) == "ValidationError"
    wrong = {"AdditionalAttributes": [{"Key": "colour", "Value": "red"}]}
    assert refusal(write, LoadBalancerAttributes=wrong, **web) == "LoadBalancerAttributeNotFound"
    assert refusal(read, **NONE) == "LoadBalancerNotFound"


def test_tags_are_added_and_removed(classic, web):
    names = {"LoadBalancerNames": ["web"]}
    classic.add_tags(Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}], **names)
    classic.remove_tags(Tags=[{"Key": "a"}], **names)
    told = classic.describe_tags(**names)["TagDescriptions"]
    assert told == [{"LoadBalancerName": "web", "Tags": [{"Key": "b", "Value": "2"}]}]
    nobody = {"LoadBalancerNames": ["none"]}
    assert refusal(classic.add_tags, Tags=[{"Key": "a", "Value": "1"}], **nobody) == "LoadBalancerNotFound"
    assert refusal(classic.remove_tags, Tags=[{"Key": "a"}], **nobody) == "LoadBalancerNotFound"
    assert refusal(classic.describe_tags, **nobody) == "LoadBalancerNotFound"
    twice = [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]
    assert refusal(classic.add_tags, Tags=twice, **names) == "DuplicateTagKeys"


def test_limits_come_in_pages(classic):
    limits = classic.describe_account_limits(PageSize=1)
    assert limits["Limits"] == [{"Name": "classic-listeners", "Max": "100"}]
    rest = classic.describe_account_limits(Marker=limits["NextMarker"])["Limits"]
    assert [limit["Name"] for limit in rest] == ["classic-load-balancers", "classic-registered-instances"]
    assert refusal(classic.describe_account_limits, Marker="x") == "ValidationError"
