//! Instances of groups.

mod attach_instances;
mod describe_auto_scaling_instances;
mod detach_instances;
mod enter_standby;
mod exit_standby;
mod leaving;
mod members;
mod set_instance_health;
mod set_instance_protection;
mod terminate_instance_in_auto_scaling_group;

use freehold_api::autoscaling::op;

use super::Operations;

pub(super) fn register(operations: Operations) -> Operations {
    operations
        .on(op::AttachInstances, attach_instances::attach_instances)
        .on(op::DescribeAutoScalingInstances, describe_auto_scaling_instances::describe_auto_scaling_instances)
        .on(op::DetachInstances, detach_instances::detach_instances)
        .on(op::EnterStandby, enter_standby::enter_standby)
        .on(op::ExitStandby, exit_standby::exit_standby)
        .on(op::SetInstanceHealth, set_instance_health::set_instance_health)
        .on(op::SetInstanceProtection, set_instance_protection::set_instance_protection)
        .on(
            op::TerminateInstanceInAutoScalingGroup,
            terminate_instance_in_auto_scaling_group::terminate_instance_in_auto_scaling_group,
        )
}
