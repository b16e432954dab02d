//! Notifications to topics.

mod delete_notification_configuration;
mod describe_auto_scaling_notification_types;
mod describe_notification_configurations;
mod put_notification_configuration;

use freehold_api::autoscaling::op;

use super::Operations;

pub(super) fn register(operations: Operations) -> Operations {
    operations
        .on(op::DeleteNotificationConfiguration, delete_notification_configuration::delete_notification_configuration)
        .on(
            op::DescribeAutoScalingNotificationTypes,
            describe_auto_scaling_notification_types::describe_auto_scaling_notification_types,
        )
        .on(
            op::DescribeNotificationConfigurations,
            describe_notification_configurations::describe_notification_configurations,
        )
        .on(op::PutNotificationConfiguration, put_notification_configuration::put_notification_configuration)
}
