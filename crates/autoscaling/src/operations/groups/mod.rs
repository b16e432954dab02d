//! Groups.

mod create_auto_scaling_group;
mod delete_auto_scaling_group;
mod describe_account_limits;
mod describe_auto_scaling_groups;
mod describe_termination_policy_types;
mod filters;
mod places;
mod set_desired_capacity;
mod settings;
pub(super) mod source;
mod update_auto_scaling_group;

use freehold_api::autoscaling::op;

use super::Operations;

pub(super) fn register(operations: Operations) -> Operations {
    operations
        .on(op::CreateAutoScalingGroup, create_auto_scaling_group::create_auto_scaling_group)
        .on(op::DeleteAutoScalingGroup, delete_auto_scaling_group::delete_auto_scaling_group)
        .on(op::DescribeAccountLimits, describe_account_limits::describe_account_limits)
        .on(op::DescribeAutoScalingGroups, describe_auto_scaling_groups::describe_auto_scaling_groups)
        .on(op::DescribeTerminationPolicyTypes, describe_termination_policy_types::describe_termination_policy_types)
        .on(op::SetDesiredCapacity, set_desired_capacity::set_desired_capacity)
        .on(op::UpdateAutoScalingGroup, update_auto_scaling_group::update_auto_scaling_group)
}
