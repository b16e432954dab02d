//! Statements of a topic's policy, by label.

mod add_permission;
mod remove_permission;

use std::sync::Arc;

use freehold_api::sns::op;
use freehold_iam::policy::{Labelled, is_label};
use freehold_wire::Service;

use crate::Sns;
use crate::errors::Error;
use crate::model::Topic;

pub(super) fn register(service: Service, sns: &Arc<Sns>) -> Service {
    service.on(op::AddPermission, sns, add_permission::add_permission).on(
        op::RemovePermission,
        sns,
        remove_permission::remove_permission,
    )
}

fn check_label(label: &str) -> Result<(), Error> {
    if is_label(label) { Ok(()) } else { Err(Error::InvalidParameter("Label".into())) }
}

/// The topic's policy in force, to be edited.
fn policy_of(topic: &Topic) -> Result<Labelled, Error> {
    Labelled::read(&topic.policy()).ok_or_else(|| {
        tracing::error!(topic.arn, "a stored policy cannot be read");
        Error::Internal
    })
}
