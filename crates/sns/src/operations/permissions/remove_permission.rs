//! RemovePermission. A label that is not there is removed already.

use std::sync::Arc;

use freehold_api::sns::RemovePermissionInput;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::{check_label, policy_of};
use crate::Sns;
use crate::operations::arns;

pub(super) async fn remove_permission(
    sns: Arc<Sns>,
    call: Call,
    input: RemovePermissionInput,
) -> Result<Unit, freehold_wire::Error> {
    let arn = arns::topic(&call, "TopicArn", input.topic_arn)?;
    let label = input.label.unwrap_or_default();
    check_label(&label)?;
    sns.change_topic(&arn, move |topic| {
        let mut policy = policy_of(topic)?;
        if policy.remove(&label) {
            // A policy without statements is none: only the owner may do anything.
            topic.policy = policy.text();
        }
        Ok(())
    })
    .await?;
    Ok(Unit)
}
