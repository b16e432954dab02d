"""Route tables, their routes and associations, and internet gateways."""

import pytest
from support.refusal import refusal

ANYWHERE = "0.0.0.0/0"


@pytest.fixture
def ec2(freehold, account):
    return freehold.client("ec2", account)


@pytest.fixture
def vpc(ec2):
    return ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]


@pytest.fixture
def table(ec2, vpc):
    return ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]


@pytest.fixture
def gateway(ec2, vpc):
    made = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=vpc)
    return made


def routes(ec2, table):
    (shown,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    return {route["DestinationCidrBlock"]: route for route in shown["Routes"]}


def test_a_route_leads_to_the_gateway_and_nowhere_when_it_is_gone(ec2, vpc, table, gateway):
    assert ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, GatewayId=gateway)["Return"]
    route = routes(ec2, table)[ANYWHERE]
    assert (route["GatewayId"], route["State"], route["Origin"]) == (gateway, "active", "CreateRoute")
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    assert routes(ec2, table)[ANYWHERE]["State"] == "blackhole"


def test_routes_are_deleted_but_not_the_local_one(ec2, table, gateway):
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="192.168.0.0/16", GatewayId=gateway)
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock="192.168.0.0/16")
    assert list(routes(ec2, table)) == ["10.0.0.0/16"]
    assert refusal(ec2.delete_route, RouteTableId=table, DestinationCidrBlock="10.0.0.0/16") == "InvalidParameterValue"


def test_a_route_is_replaced(ec2, table, gateway):
    ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, GatewayId=gateway)
    ec2.replace_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, LocalTarget=True)
    assert routes(ec2, table)[ANYWHERE]["GatewayId"] == "local"


def test_bad_routes_are_refused(ec2, table, gateway):
    there = {"RouteTableId": table, "DestinationCidrBlock": ANYWHERE}
    assert refusal(ec2.create_route, **there) == "MissingParameter"
    assert refusal(ec2.create_route, **there, GatewayId="igw-0123456789abcdef0") == "InvalidInternetGatewayID.NotFound"
    assert refusal(ec2.create_route, **there, NatGatewayId="nat-0123456789abcdef0") == "UnsupportedOperation"
    detached = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    assert refusal(ec2.create_route, **there, GatewayId=detached) == "InvalidParameterValue"
    ec2.create_route(**there, GatewayId=gateway)
    assert refusal(ec2.create_route, **there, GatewayId=gateway) == "RouteAlreadyExists"
    elsewhere = {"RouteTableId": table, "DestinationCidrBlock": "192.168.0.0/16"}
    assert refusal(ec2.replace_route, **elsewhere, GatewayId=gateway) == "InvalidRoute.NotFound"
    assert refusal(ec2.delete_route, **elsewhere) == "InvalidRoute.NotFound"
    bad = {"RouteTableId": table, "DestinationCidrBlock": "300.0.0.0/8"}
    assert refusal(ec2.create_route, **bad, GatewayId=gateway) == "InvalidParameterValue"


def test_a_subnet_has_one_table(ec2, vpc, table):
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    made = ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    assert made["AssociationState"]["State"] == "associated"
    again = ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    assert again["AssociationId"] == made["AssociationId"]
    other = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    assert refusal(ec2.associate_route_table, RouteTableId=other, SubnetId=subnet) == "Resource.AlreadyAssociated"
    assert refusal(ec2.delete_route_table, RouteTableId=table) == "DependencyViolation"
    moved = ec2.replace_route_table_association(AssociationId=made["AssociationId"], RouteTableId=other)
    wanted = [{"Name": "association.subnet-id", "Values": [subnet]}]
    (shown,) = ec2.describe_route_tables(Filters=wanted)["RouteTables"]
    assert shown["RouteTableId"] == other
    ec2.disassociate_route_table(AssociationId=moved["NewAssociationId"])
    ec2.delete_route_table(RouteTableId=other)
    unknown = {"AssociationId": moved["NewAssociationId"]}
    assert refusal(ec2.disassociate_route_table, **unknown) == "InvalidAssociationID.NotFound"


def test_the_main_table_is_replaced_not_removed(ec2, vpc, table):
    wanted = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "association.main", "Values": ["true"]}]
    (main,) = ec2.describe_route_tables(Filters=wanted)["RouteTables"]
    association = main["Associations"][0]["RouteTableAssociationId"]
    assert refusal(ec2.disassociate_route_table, AssociationId=association) == "InvalidParameterValue"
    ec2.replace_route_table_association(AssociationId=association, RouteTableId=table)
    (now,) = ec2.describe_route_tables(Filters=wanted)["RouteTables"]
    assert now["RouteTableId"] == table


def test_a_client_token_makes_one_table(ec2, vpc):
    first = ec2.create_route_table(VpcId=vpc, ClientToken="once")["RouteTable"]["RouteTableId"]
    assert ec2.create_route_table(VpcId=vpc, ClientToken="once")["RouteTable"]["RouteTableId"] == first
    other = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    assert refusal(ec2.create_route_table, VpcId=other, ClientToken="once") == "IdempotentParameterMismatch"


def test_a_gateway_serves_one_vpc(ec2, vpc, gateway):
    attach, other = ec2.attach_internet_gateway, ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    assert refusal(attach, InternetGatewayId=gateway, VpcId=other) == "Resource.AlreadyAssociated"
    second = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    assert refusal(attach, InternetGatewayId=second, VpcId=vpc) == "InvalidParameterValue"
    assert refusal(ec2.delete_internet_gateway, InternetGatewayId=gateway) == "DependencyViolation"
    wanted = [{"Name": "attachment.vpc-id", "Values": [vpc]}]
    (shown,) = ec2.describe_internet_gateways(Filters=wanted)["InternetGateways"]
    assert shown["Attachments"] == [{"State": "available", "VpcId": vpc}]
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    detach = ec2.detach_internet_gateway
    assert refusal(detach, InternetGatewayId=gateway, VpcId=vpc) == "Gateway.NotAttached"
    ec2.delete_internet_gateway(InternetGatewayId=gateway)
    assert refusal(ec2.delete_internet_gateway, InternetGatewayId=gateway) == "InvalidInternetGatewayID.NotFound"
    ec2.get_waiter("internet_gateway_exists").wait(InternetGatewayIds=[second])
