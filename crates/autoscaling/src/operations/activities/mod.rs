//! Scaling activities.

mod describe_scaling_activities;

use freehold_api::autoscaling::op;

use super::Operations;

pub(super) fn register(operations: Operations) -> Operations {
    operations.on(op::DescribeScalingActivities, describe_scaling_activities::describe_scaling_activities)
}
