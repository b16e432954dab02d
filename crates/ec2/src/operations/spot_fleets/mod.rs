//! Spot Fleet requests: the older way to ask for a fleet.

mod cancel_spot_fleet_requests;
mod describe_spot_fleet_instances;
mod describe_spot_fleet_request_history;
mod describe_spot_fleet_requests;
mod modify_spot_fleet_request;
mod request;
mod request_spot_fleet;
mod view;

use freehold_api::ec2::op;

use super::Operations;

pub fn register(operations: Operations) -> Operations {
    operations
        .on(op::CancelSpotFleetRequests, cancel_spot_fleet_requests::cancel_spot_fleet_requests)
        .on(op::DescribeSpotFleetInstances, describe_spot_fleet_instances::describe_spot_fleet_instances)
        .on(
            op::DescribeSpotFleetRequestHistory,
            describe_spot_fleet_request_history::describe_spot_fleet_request_history,
        )
        .on(op::DescribeSpotFleetRequests, describe_spot_fleet_requests::describe_spot_fleet_requests)
        .on(op::ModifySpotFleetRequest, modify_spot_fleet_request::modify_spot_fleet_request)
        .on(op::RequestSpotFleet, request_spot_fleet::request_spot_fleet)
}
