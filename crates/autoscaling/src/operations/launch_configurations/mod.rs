//! Launch configurations.

mod create_launch_configuration;
mod delete_launch_configuration;
mod describe_launch_configurations;

use freehold_api::autoscaling::op;

use super::Operations;

/// *User guide, Quotas*
pub(super) const CONFIGURATIONS_AT_MOST: usize = 200;

pub(super) fn register(operations: Operations) -> Operations {
    operations
        .on(op::CreateLaunchConfiguration, create_launch_configuration::create_launch_configuration)
        .on(op::DeleteLaunchConfiguration, delete_launch_configuration::delete_launch_configuration)
        .on(op::DescribeLaunchConfigurations, describe_launch_configurations::describe_launch_configurations)
}
