//! Spot requests: made, shown and cancelled. What becomes of them is the reconciler's.

mod cancel_spot_instance_requests;
mod describe_spot_instance_requests;
mod describe_spot_price_history;
mod filters;
pub(super) mod launch_specification;
mod request_spot_instances;
mod view;

use freehold_api::ec2::op;

use super::Operations;

pub fn register(operations: Operations) -> Operations {
    operations
        .on(op::CancelSpotInstanceRequests, cancel_spot_instance_requests::cancel_spot_instance_requests)
        .on(op::DescribeSpotInstanceRequests, describe_spot_instance_requests::describe_spot_instance_requests)
        .on(op::DescribeSpotPriceHistory, describe_spot_price_history::describe_spot_price_history)
        .on(op::RequestSpotInstances, request_spot_instances::request_spot_instances)
}
