//! `DescribeNotificationConfigurations`: a line for each topic and type.

use std::sync::Arc;

use freehold_api::autoscaling::{
    DescribeNotificationConfigurationsAnswer, DescribeNotificationConfigurationsType, NotificationConfiguration,
};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use crate::AutoScaling;
use crate::errors::Result;
use crate::model::Group;
use crate::operations::pages;

pub(super) async fn describe_notification_configurations(
    own: Arc<AutoScaling>,
    call: Call,
    input: DescribeNotificationConfigurationsType,
) -> Result<DescribeNotificationConfigurationsAnswer> {
    let account = call.account();
    let groups = match input.auto_scaling_group_names.filter(|names| !names.is_empty()) {
        Some(names) => names.iter().map(|name| own.group(account, name)).collect::<Result<_>>()?,
        None => own.store.list::<Group>(&Filter::account(account))?,
    };
    let mut lines: Vec<(String, NotificationConfiguration)> = Vec::new();
    for group in groups {
        for (topic, types) in &group.notifications {
            lines.extend(types.iter().map(|kind| {
                let line = NotificationConfiguration {
                    auto_scaling_group_name: Some(group.name.clone()),
                    topic_arn: Some(topic.clone()),
                    notification_type: Some(kind.clone()),
                };
                (format!("{}\n{topic}\n{kind}", group.name), line)
            }));
        }
    }
    let token = input.next_token.as_deref();
    let (lines, next_token) = pages::page(&call, lines, input.max_records, pages::MOST, token, |(id, _)| id)?;
    let shown = lines.into_iter().map(|(_, line)| line).collect();
    Ok(DescribeNotificationConfigurationsAnswer { notification_configurations: Some(shown), next_token })
}
