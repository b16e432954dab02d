//! EC2 Fleets: made, shown, changed and deleted. What becomes of them is the reconciler's.

mod create_fleet;
mod delete_fleets;
mod describe_fleet_history;
mod describe_fleet_instances;
mod describe_fleets;
pub mod lookup;
mod modify_fleet;
pub mod request;
pub mod view;

use freehold_api::ec2::op;

use super::Operations;

pub fn register(operations: Operations) -> Operations {
    operations
        .on(op::CreateFleet, create_fleet::create_fleet)
        .on(op::DeleteFleets, delete_fleets::delete_fleets)
        .on(op::DescribeFleetHistory, describe_fleet_history::describe_fleet_history)
        .on(op::DescribeFleetInstances, describe_fleet_instances::describe_fleet_instances)
        .on(op::DescribeFleets, describe_fleets::describe_fleets)
        .on(op::ModifyFleet, modify_fleet::modify_fleet)
}
