//! Target groups and classic load balancers of groups.

mod attach_load_balancer_target_groups;
mod attach_load_balancers;
mod attach_traffic_sources;
mod change;
mod describe_load_balancer_target_groups;
mod describe_load_balancers;
mod describe_traffic_sources;
mod detach_load_balancer_target_groups;
mod detach_load_balancers;
mod detach_traffic_sources;

use freehold_api::autoscaling::op;

use super::Operations;

pub(super) use change::checked;

pub(super) fn register(operations: Operations) -> Operations {
    operations
        .on(op::AttachLoadBalancerTargetGroups, attach_load_balancer_target_groups::attach_load_balancer_target_groups)
        .on(op::AttachLoadBalancers, attach_load_balancers::attach_load_balancers)
        .on(op::AttachTrafficSources, attach_traffic_sources::attach_traffic_sources)
        .on(
            op::DescribeLoadBalancerTargetGroups,
            describe_load_balancer_target_groups::describe_load_balancer_target_groups,
        )
        .on(op::DescribeLoadBalancers, describe_load_balancers::describe_load_balancers)
        .on(op::DescribeTrafficSources, describe_traffic_sources::describe_traffic_sources)
        .on(op::DetachLoadBalancerTargetGroups, detach_load_balancer_target_groups::detach_load_balancer_target_groups)
        .on(op::DetachLoadBalancers, detach_load_balancers::detach_load_balancers)
        .on(op::DetachTrafficSources, detach_traffic_sources::detach_traffic_sources)
}
