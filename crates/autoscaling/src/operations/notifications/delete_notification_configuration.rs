//! `DeleteNotificationConfiguration`.

use std::sync::Arc;

use freehold_api::autoscaling::DeleteNotificationConfigurationType;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::operations::check;

pub(super) async fn delete_notification_configuration(
    own: Arc<AutoScaling>,
    call: Call,
    input: DeleteNotificationConfigurationType,
) -> Result<Unit> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let topic = check::required("TopicARN", input.topic_arn)?;
    own.change_group(call.account(), &name, move |_, group| match group.notifications.remove(&topic) {
        Some(_) => Ok(()),
        None => Err(Error::validation(format!("Notification Topic '{topic}' doesn't exist for '{}'", group.name))),
    })
    .await?;
    Ok(Unit)
}
