//! VPCs, subnets, route tables, internet gateways and access lists.

mod create_vpc;
mod describe_vpcs;
mod view;

use freehold_api::ec2::op;

use super::Operations;

pub fn register(operations: Operations) -> Operations {
    operations.on(op::CreateVpc, create_vpc::create_vpc).on(op::DescribeVpcs, describe_vpcs::describe_vpcs)
}
