//! Scheduled actions.

mod batch_delete_scheduled_action;
mod batch_put_scheduled_update_group_action;
mod delete_scheduled_action;
mod describe_scheduled_actions;
mod put_scheduled_update_group_action;
mod write;

use freehold_api::autoscaling::op;

use super::Operations;

pub(super) fn register(operations: Operations) -> Operations {
    operations
        .on(op::BatchDeleteScheduledAction, batch_delete_scheduled_action::batch_delete_scheduled_action)
        .on(
            op::BatchPutScheduledUpdateGroupAction,
            batch_put_scheduled_update_group_action::batch_put_scheduled_update_group_action,
        )
        .on(op::DeleteScheduledAction, delete_scheduled_action::delete_scheduled_action)
        .on(op::DescribeScheduledActions, describe_scheduled_actions::describe_scheduled_actions)
        .on(op::PutScheduledUpdateGroupAction, put_scheduled_update_group_action::put_scheduled_update_group_action)
}
