//! Statements of a topic's policy, by label.

mod add_permission;
mod remove_permission;

use std::sync::Arc;

use freehold_api::sns::op;
use freehold_wire::Service;
use serde_json::Value;

use crate::Sns;
use crate::errors::Error;
use crate::model::Topic;

/// Characters.
const MOST_LABEL: usize = 80;

pub(super) fn register(service: Service, sns: &Arc<Sns>) -> Service {
    service.on(op::AddPermission, sns, add_permission::add_permission).on(
        op::RemovePermission,
        sns,
        remove_permission::remove_permission,
    )
}

fn check_label(label: &str) -> Result<(), Error> {
    let is_good = (1..=MOST_LABEL).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if is_good { Ok(()) } else { Err(Error::InvalidParameter("Label".into())) }
}

/// The topic's policy in force and its statements, to be edited.
fn document(topic: &Topic) -> Result<(Value, Vec<Value>), Error> {
    let mut document: Value = serde_json::from_str(&topic.policy()).map_err(|error| {
        tracing::error!(topic.arn, %error, "a stored policy cannot be read");
        Error::Internal
    })?;
    let statements = match document["Statement"].take() {
        Value::Array(statements) => statements,
        one => vec![one],
    };
    Ok((document, statements))
}

fn is_labelled(statement: &Value, label: &str) -> bool {
    statement["Sid"].as_str() == Some(label)
}
