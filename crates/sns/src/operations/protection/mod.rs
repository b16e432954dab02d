//! Data protection policies. Nothing here looks for personal data in messages, so a policy that asks for it is refused by
//! name; none is what every topic has.

mod get_data_protection_policy;
mod put_data_protection_policy;

use std::sync::Arc;

use freehold_api::sns::op;
use freehold_wire::Service;

use crate::Sns;
use crate::errors::Error;

pub(super) fn register(service: Service, sns: &Arc<Sns>) -> Service {
    service.on(op::GetDataProtectionPolicy, sns, get_data_protection_policy::get_data_protection_policy).on(
        op::PutDataProtectionPolicy,
        sns,
        put_data_protection_policy::put_data_protection_policy,
    )
}

/// A policy that asks for nothing.
pub(super) fn checked(text: &str) -> Result<Option<String>, Error> {
    if text.is_empty() {
        return Ok(None);
    }
    let policy: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(text).map_err(|_| Error::reason("DataProtectionPolicy", "The policy is not JSON"))?;
    let statements = policy.get("Statement").and_then(|statements| statements.as_array());
    if statements.is_none_or(|statements| !statements.is_empty()) {
        return Err(Error::reason(
            "DataProtectionPolicy",
            "This region does not look for personal data in messages: a policy may have no statements",
        ));
    }
    Ok(Some(text.to_owned()))
}
