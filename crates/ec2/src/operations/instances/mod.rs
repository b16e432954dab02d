//! Instances: launching, running, stopping and describing them.

mod change_state;
mod describe_iam_instance_profile_associations;
mod describe_instance_attribute;
mod describe_instance_credit_specifications;
mod describe_instance_status;
mod describe_instances;
mod describe_volumes;
mod filters;
mod get_console_output;
mod modify_instance_attribute;
mod modify_instance_metadata_options;
mod monitor_instances;
mod reboot_instances;
mod reset_instance_attribute;
mod run_instances;
mod start_instances;
mod stop_instances;
mod terminate_instances;
#[cfg(test)]
mod tests;
mod unmonitor_instances;
pub(crate) mod view;

use freehold_api::ec2::op;

use super::Operations;

pub fn register(operations: Operations) -> Operations {
    operations
        .on(
            op::DescribeIamInstanceProfileAssociations,
            describe_iam_instance_profile_associations::describe_iam_instance_profile_associations,
        )
        .on(op::DescribeInstanceAttribute, describe_instance_attribute::describe_instance_attribute)
        .on(
            op::DescribeInstanceCreditSpecifications,
            describe_instance_credit_specifications::describe_instance_credit_specifications,
        )
        .on(op::DescribeInstanceStatus, describe_instance_status::describe_instance_status)
        .on(op::DescribeInstances, describe_instances::describe_instances)
        .on(op::DescribeVolumes, describe_volumes::describe_volumes)
        .on(op::GetConsoleOutput, get_console_output::get_console_output)
        .on(op::ModifyInstanceAttribute, modify_instance_attribute::modify_instance_attribute)
        .on(op::ModifyInstanceMetadataOptions, modify_instance_metadata_options::modify_instance_metadata_options)
        .on(op::MonitorInstances, monitor_instances::monitor_instances)
        .on(op::RebootInstances, reboot_instances::reboot_instances)
        .on(op::ResetInstanceAttribute, reset_instance_attribute::reset_instance_attribute)
        .on(op::RunInstances, run_instances::run_instances)
        .on(op::StartInstances, start_instances::start_instances)
        .on(op::StopInstances, stop_instances::stop_instances)
        .on(op::TerminateInstances, terminate_instances::terminate_instances)
        .on(op::UnmonitorInstances, unmonitor_instances::unmonitor_instances)
}
