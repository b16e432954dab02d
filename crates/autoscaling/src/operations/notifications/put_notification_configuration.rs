//! `PutNotificationConfiguration`: replaces what the topic was told before.

use std::collections::BTreeSet;
use std::sync::Arc;

use freehold_api::autoscaling::PutNotificationConfigurationType;
use freehold_core::Arn;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::AutoScaling;
use crate::deeds::{self, Notice};
use crate::errors::{Error, Result};
use crate::operations::check;

/// *User guide, Quotas*
const TOPICS_AT_MOST: usize = 10;

pub(super) async fn put_notification_configuration(
    own: Arc<AutoScaling>,
    call: Call,
    input: PutNotificationConfigurationType,
) -> Result<Unit> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let topic = check::required("TopicARN", input.topic_arn)?;
    let is_topic = topic.parse::<Arn>().is_ok_and(|arn| arn.service == "sns");
    if !is_topic {
        return Err(Error::validation(format!("Invalid notification topic ARN: {topic}")));
    }
    let types: BTreeSet<String> = input.notification_types.unwrap_or_default().into_iter().collect();
    if types.is_empty() {
        return Err(Error::validation("At least one notification type must be specified."));
    }
    if let Some(unknown) = types.iter().find(|said| Notice::ALL.iter().all(|notice| notice.name() != *said)) {
        return Err(Error::validation(format!("\"{unknown}\" is not a valid Notification Type.")));
    }
    let now = own.now();
    own.change_group(call.account(), &name, move |tx, group| {
        if types.contains(Notice::Test.name()) || !group.notifications.contains_key(&topic) {
            deeds::test_notification(tx, group, &topic, now)?;
        }
        group.notifications.insert(topic, types);
        if group.notifications.len() > TOPICS_AT_MOST {
            return Err(Error::LimitExceeded(format!(
                "You have exceeded the limit of {TOPICS_AT_MOST} topics per Auto Scaling group."
            )));
        }
        Ok(())
    })
    .await?;
    Ok(Unit)
}
