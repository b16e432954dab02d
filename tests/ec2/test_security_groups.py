"""Security groups and their rules, as the API shows them. What they do to packets is tested with machines."""

import pytest
from botocore.exceptions import ClientError
from support.refusal import refusal

ANYWHERE = "0.0.0.0/0"


@pytest.fixture
def ec2(freehold, account):
    return freehold.client("ec2", account)


@pytest.fixture
def vpc(ec2):
    return ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]


@pytest.fixture
def group(ec2, vpc):
    return ec2.create_security_group(GroupName="web", Description="web servers", VpcId=vpc)["GroupId"]


def tcp(port, cidr=ANYWHERE, to=None):
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": to or port, "IpRanges": [{"CidrIp": cidr}]}


def described(ec2, group):
    (found,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    return found


def test_a_new_group_lets_everything_out_and_nothing_in(ec2, group):
    shown = described(ec2, group)
    assert shown["IpPermissions"] == []
    (out,) = shown["IpPermissionsEgress"]
    assert (out["IpProtocol"], out["IpRanges"]) == ("-1", [{"CidrIp": ANYWHERE}])
    assert "FromPort" not in out


def test_the_default_group_lets_its_members_talk(ec2):
    (shown,) = ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"]
    (permission,) = shown["IpPermissions"]
    assert permission["UserIdGroupPairs"][0]["GroupId"] == shown["GroupId"]
    assert refusal(ec2.delete_security_group, GroupId=shown["GroupId"]) == "CannotDelete"


def test_peers_of_one_port_range_are_shown_together(ec2, group):
    permission = tcp(443)
    permission["IpRanges"] = [{"CidrIp": "10.1.0.0/16", "Description": "office"}, {"CidrIp": "10.2.0.0/16"}]
    permission["UserIdGroupPairs"] = [{"GroupId": group}]
    permission["Ipv6Ranges"] = [{"CidrIpv6": "2001:db8::/32"}]
    made = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    assert len(made["SecurityGroupRules"]) == 4
    (shown,) = described(ec2, group)["IpPermissions"]
    assert shown["IpRanges"] == [{"CidrIp": "10.1.0.0/16", "Description": "office"}, {"CidrIp": "10.2.0.0/16"}]
    assert shown["UserIdGroupPairs"][0]["GroupId"] == group
    assert shown["Ipv6Ranges"] == [{"CidrIpv6": "2001:db8::/32"}]


def test_host_bits_of_a_block_are_cleared(ec2, group):
    made = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[tcp(22, "100.68.0.18/18")])
    assert made["SecurityGroupRules"][0]["CidrIpv4"] == "100.68.0.0/18"


def test_the_plain_parameters_make_one_rule(ec2, group):
    ec2.authorize_security_group_ingress(GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp=ANYWHERE)
    (shown,) = described(ec2, group)["IpPermissions"]
    assert (shown["FromPort"], shown["ToPort"]) == (22, 22)


def test_a_rule_exists_once(ec2, group):
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[tcp(22)])
    with pytest.raises(ClientError, match="already exists") as refused:
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[tcp(80), tcp(22)])
    assert refused.value.response["Error"]["Code"] == "InvalidPermission.Duplicate"
    assert len(described(ec2, group)["IpPermissions"]) == 1, "all of a call or nothing"


def test_a_group_has_at_most_sixty_rules_in_a_direction(ec2, group):
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[tcp(port) for port in range(1, 61)])
    more = [tcp(61)]
    code = refusal(ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=more)
    assert code == "RulesPerSecurityGroupLimitExceeded"


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_rules_are_revoked_by_id_and_by_what_they_allow(ec2, group, direction):
    authorize = getattr(ec2, f"authorize_security_group_{direction}")
    revoke = getattr(ec2, f"revoke_security_group_{direction}")
    made = authorize(GroupId=group, IpPermissions=[tcp(22), tcp(80)])["SecurityGroupRules"]
    gone = revoke(GroupId=group, SecurityGroupRuleIds=[made[0]["SecurityGroupRuleId"]])
    assert gone["RevokedSecurityGroupRules"][0]["FromPort"] == 22
    assert revoke(GroupId=group, IpPermissions=[tcp(80)])["Return"]
    assert refusal(revoke, GroupId=group, IpPermissions=[tcp(80)]) == "InvalidPermission.NotFound"
    assert refusal(revoke, GroupId=group, SecurityGroupRuleIds=["sgr-0123456789abcdef0"]) == (
        "InvalidSecurityGroupRuleId.NotFound"
    )


def test_in_the_default_vpc_an_unknown_permission_is_told_not_refused(ec2):
    group = ec2.create_security_group(GroupName="web", Description="d")["GroupId"]
    answer = ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[tcp(80)])
    assert answer["UnknownIpPermissions"][0]["FromPort"] == 80


def test_rules_are_described_one_by_one(ec2, group):
    tags = [{"ResourceType": "security-group-rule", "Tags": [{"Key": "why", "Value": "ssh"}]}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[tcp(22)], TagSpecifications=tags)
    wanted = [{"Name": "group-id", "Values": [group]}]
    rules = ec2.describe_security_group_rules(Filters=wanted)["SecurityGroupRules"]
    assert sorted(rule["IsEgress"] for rule in rules) == [False, True]
    (rule,) = ec2.describe_security_group_rules(Filters=[{"Name": "tag:why", "Values": ["ssh"]}])["SecurityGroupRules"]
    assert ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])["SecurityGroupRules"]
    unknown = ["sgr-0123456789abcdef0"]
    assert refusal(ec2.describe_security_group_rules, SecurityGroupRuleIds=unknown) == (
        "InvalidSecurityGroupRuleId.NotFound"
    )


def test_a_rule_is_modified_in_place(ec2, group):
    (rule,) = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[tcp(22)])["SecurityGroupRules"]
    change = {"IpProtocol": "tcp", "FromPort": 2222, "ToPort": 2222, "CidrIpv4": "10.0.0.0/8", "Description": "moved"}
    named = {"SecurityGroupRuleId": rule["SecurityGroupRuleId"], "SecurityGroupRule": change}
    assert ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=[named])["Return"]
    (permission,) = described(ec2, group)["IpPermissions"]
    assert permission["FromPort"] == 2222
    assert permission["IpRanges"] == [{"CidrIp": "10.0.0.0/8", "Description": "moved"}]


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_descriptions_are_updated(ec2, group, direction):
    authorize = getattr(ec2, f"authorize_security_group_{direction}")
    update = getattr(ec2, f"update_security_group_rule_descriptions_{direction}")
    (rule,) = authorize(GroupId=group, IpPermissions=[tcp(22)])["SecurityGroupRules"]
    permission = tcp(22)
    permission["IpRanges"][0]["Description"] = "first"
    update(GroupId=group, IpPermissions=[permission])
    shown = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])
    assert shown["SecurityGroupRules"][0]["Description"] == "first"
    named = [{"SecurityGroupRuleId": rule["SecurityGroupRuleId"], "Description": "second"}]
    update(GroupId=group, SecurityGroupRuleDescriptions=named)
    shown = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])
    assert shown["SecurityGroupRules"][0]["Description"] == "second"


def test_a_group_that_another_names_is_not_deleted(ec2, vpc, group):
    other = ec2.create_security_group(GroupName="db", Description="d", VpcId=vpc)["GroupId"]
    permission = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}
    ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=[permission])
    assert refusal(ec2.delete_security_group, GroupId=group) == "DependencyViolation"
    ec2.delete_security_group(GroupId=other)
    ec2.delete_security_group(GroupId=group)
    assert refusal(ec2.describe_security_groups, GroupIds=[group]) == "InvalidGroup.NotFound"


@pytest.mark.parametrize(
    "name, value",
    [
        ("group-name", "w?b"),
        ("ip-permission.cidr", "10.9.0.0/16"),
        ("ip-permission.from-port", "8080"),
        ("ip-permission.to-port", "8090"),
        ("ip-permission.protocol", "tcp"),
        ("egress.ip-permission.protocol", "-1"),
        ("description", "web*"),
    ],
)
def test_groups_are_filtered(ec2, vpc, group, name, value):
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[tcp(8080, "10.9.0.0/16", to=8090)])
    wanted = [{"Name": name, "Values": [value]}, {"Name": "vpc-id", "Values": [vpc]}]
    found = [g["GroupId"] for g in ec2.describe_security_groups(Filters=wanted)["SecurityGroups"]]
    assert group in found


def test_groups_come_in_pages(ec2, vpc):
    for number in range(7):
        ec2.create_security_group(GroupName=f"g{number}", Description="d", VpcId=vpc)
    wanted = [{"Name": "vpc-id", "Values": [vpc]}]
    pages = list(ec2.get_paginator("describe_security_groups").paginate(Filters=wanted, PaginationConfig={"PageSize": 5}))
    found = [g["GroupId"] for page in pages for g in page["SecurityGroups"]]
    assert len(pages) == 2 and len(set(found)) == len(found) == 8


@pytest.mark.parametrize(
    "permission, code",
    [
        (tcp(22, "10.0.0.0/33"), "InvalidParameterValue"),
        (tcp(22, "nonsense"), "InvalidParameterValue"),
        (tcp(80, to=22), "InvalidParameterValue"),
        (tcp(70000), "InvalidParameterValue"),
        ({"IpProtocol": "tcp", "IpRanges": [{"CidrIp": ANYWHERE}]}, "InvalidParameterValue"),
        ({"IpProtocol": "warp", "IpRanges": [{"CidrIp": ANYWHERE}]}, "InvalidParameterValue"),
        ({"IpProtocol": "-1"}, "MissingParameter"),
        ({"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-0123456789abcdef0"}]}, "InvalidGroup.NotFound"),
        ({"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": "pl-1"}]}, "UnsupportedOperation"),
    ],
)
def test_bad_permissions_are_refused(ec2, group, permission, code):
    assert refusal(ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=[permission]) == code


def test_bad_requests_for_groups_are_refused(ec2, vpc, group):
    create = ec2.create_security_group
    assert refusal(create, GroupName="web", Description="d", VpcId=vpc) == "InvalidGroup.Duplicate"
    assert refusal(create, GroupName="default", Description="d", VpcId=vpc) == "InvalidParameterValue"
    assert refusal(create, GroupName="sg-web", Description="d", VpcId=vpc) == "InvalidParameterValue"
    assert refusal(create, GroupName="x" * 256, Description="d", VpcId=vpc) == "InvalidParameterValue"
    assert refusal(create, GroupName="x", Description="d", VpcId="vpc-0123456789abcdef0") == "InvalidVpcID.NotFound"
    assert refusal(create, GroupName="x", Description="d", DryRun=True) == "DryRunOperation"
    assert refusal(ec2.delete_security_group) == "MissingParameter"
    assert refusal(ec2.describe_security_groups, GroupIds=["nonsense"]) == "InvalidGroupId.Malformed"
    assert refusal(ec2.describe_security_groups, GroupNames=["nobody"]) == "InvalidGroup.NotFound"
    assert refusal(ec2.authorize_security_group_ingress, GroupId=group) == "MissingParameter"
    assert refusal(ec2.describe_security_groups, GroupIds=[group], MaxResults=5) == "InvalidParameterCombination"
