//! Scaling policies.

mod delete_policy;
mod describe_adjustment_types;
mod describe_policies;
mod execute_policy;
mod named;
mod put_scaling_policy;
mod rule;
mod tracking;
mod view;

use freehold_api::autoscaling::op;

use super::Operations;

pub(super) fn register(operations: Operations) -> Operations {
    operations
        .on(op::DeletePolicy, delete_policy::delete_policy)
        .on(op::DescribeAdjustmentTypes, describe_adjustment_types::describe_adjustment_types)
        .on(op::DescribePolicies, describe_policies::describe_policies)
        .on(op::ExecutePolicy, execute_policy::execute_policy)
        .on(op::PutScalingPolicy, put_scaling_policy::put_scaling_policy)
}
