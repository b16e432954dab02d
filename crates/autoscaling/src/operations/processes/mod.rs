//! What a group does by itself.

mod describe_scaling_process_types;
mod named;
mod resume_processes;
mod suspend_processes;

use freehold_api::autoscaling::op;

use super::Operations;

pub(super) fn register(operations: Operations) -> Operations {
    operations
        .on(op::DescribeScalingProcessTypes, describe_scaling_process_types::describe_scaling_process_types)
        .on(op::ResumeProcesses, resume_processes::resume_processes)
        .on(op::SuspendProcesses, suspend_processes::suspend_processes)
}
