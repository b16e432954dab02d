//! Regions, zones, instance types and offerings, account attributes.

mod describe_account_attributes;
mod describe_availability_zones;
mod describe_instance_type_offerings;
mod describe_instance_types;
mod describe_regions;
mod type_filters;
mod view;

use freehold_api::ec2::op;

use super::Operations;

pub fn register(operations: Operations) -> Operations {
    operations
        .on(op::DescribeAccountAttributes, describe_account_attributes::describe_account_attributes)
        .on(op::DescribeAvailabilityZones, describe_availability_zones::describe_availability_zones)
        .on(op::DescribeInstanceTypeOfferings, describe_instance_type_offerings::describe_instance_type_offerings)
        .on(op::DescribeInstanceTypes, describe_instance_types::describe_instance_types)
        .on(op::DescribeRegions, describe_regions::describe_regions)
}
