//! Targets of groups, and how they are.

mod deregister_targets;
mod describe_target_health;
mod health;
mod register_targets;
mod resolve;

use std::sync::Arc;

use freehold_api::elbv2::op;
use freehold_wire::Service;

use crate::Elb;

pub(super) fn register(service: Service, elb: &Arc<Elb>) -> Service {
    service
        .on(op::DeregisterTargets, elb, deregister_targets::deregister_targets)
        .on(op::DescribeTargetHealth, elb, describe_target_health::describe_target_health)
        .on(op::RegisterTargets, elb, register_targets::register_targets)
}
