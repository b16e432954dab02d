//! Instances: launching, running, stopping and describing them.

mod change_state;
mod describe_instances;
mod filters;
mod reboot_instances;
mod run_instances;
mod start_instances;
mod stop_instances;
mod terminate_instances;
pub(crate) mod view;

use freehold_api::ec2::op;

use super::Operations;

pub fn register(operations: Operations) -> Operations {
    operations
        .on(op::DescribeInstances, describe_instances::describe_instances)
        .on(op::RebootInstances, reboot_instances::reboot_instances)
        .on(op::RunInstances, run_instances::run_instances)
        .on(op::StartInstances, start_instances::start_instances)
        .on(op::StopInstances, stop_instances::stop_instances)
        .on(op::TerminateInstances, terminate_instances::terminate_instances)
}
