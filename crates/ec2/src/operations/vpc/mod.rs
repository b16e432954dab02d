//! VPCs, subnets, route tables, internet gateways and access lists.

mod associate_route_table;
mod attach_internet_gateway;
mod create_default_subnet;
mod create_default_vpc;
mod create_internet_gateway;
mod create_route;
mod create_route_table;
mod create_subnet;
mod create_vpc;
mod delete_internet_gateway;
mod delete_route;
mod delete_route_table;
mod delete_subnet;
mod delete_vpc;
mod describe_internet_gateways;
mod describe_network_acls;
mod describe_route_tables;
mod describe_subnets;
mod describe_vpc_attribute;
mod describe_vpcs;
mod detach_internet_gateway;
mod disassociate_route_table;
mod modify_subnet_attribute;
mod modify_vpc_attribute;
mod replace_route;
mod replace_route_table_association;
mod route_request;
mod view;

use freehold_api::ec2::op;

use super::Operations;

pub fn register(operations: Operations) -> Operations {
    let operations = operations
        .on(op::CreateVpc, create_vpc::create_vpc)
        .on(op::CreateDefaultVpc, create_default_vpc::create_default_vpc)
        .on(op::DeleteVpc, delete_vpc::delete_vpc)
        .on(op::DescribeVpcs, describe_vpcs::describe_vpcs)
        .on(op::DescribeVpcAttribute, describe_vpc_attribute::describe_vpc_attribute)
        .on(op::ModifyVpcAttribute, modify_vpc_attribute::modify_vpc_attribute)
        .on(op::CreateSubnet, create_subnet::create_subnet)
        .on(op::CreateDefaultSubnet, create_default_subnet::create_default_subnet)
        .on(op::DeleteSubnet, delete_subnet::delete_subnet)
        .on(op::DescribeSubnets, describe_subnets::describe_subnets)
        .on(op::ModifySubnetAttribute, modify_subnet_attribute::modify_subnet_attribute);
    operations
        .on(op::CreateRouteTable, create_route_table::create_route_table)
        .on(op::DeleteRouteTable, delete_route_table::delete_route_table)
        .on(op::DescribeRouteTables, describe_route_tables::describe_route_tables)
        .on(op::CreateRoute, create_route::create_route)
        .on(op::ReplaceRoute, replace_route::replace_route)
        .on(op::DeleteRoute, delete_route::delete_route)
        .on(op::AssociateRouteTable, associate_route_table::associate_route_table)
        .on(op::DisassociateRouteTable, disassociate_route_table::disassociate_route_table)
        .on(op::ReplaceRouteTableAssociation, replace_route_table_association::replace_route_table_association)
        .on(op::CreateInternetGateway, create_internet_gateway::create_internet_gateway)
        .on(op::DeleteInternetGateway, delete_internet_gateway::delete_internet_gateway)
        .on(op::DescribeInternetGateways, describe_internet_gateways::describe_internet_gateways)
        .on(op::AttachInternetGateway, attach_internet_gateway::attach_internet_gateway)
        .on(op::DetachInternetGateway, detach_internet_gateway::detach_internet_gateway)
        .on(op::DescribeNetworkAcls, describe_network_acls::describe_network_acls)
}
