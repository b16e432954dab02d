//! Looking up what a request names, and IAM's words where it is not there.

use freehold_core::tags::{self, Tags};
use freehold_store::{Tx, TxExt};

use crate::errors::Error;
use crate::model::{InstanceProfile, Role};

pub(super) fn role(tx: &mut dyn Tx, account: &str, name: &str) -> Result<Role, Error> {
    tx.get::<Role>(&Role::id(account, name))?.ok_or_else(|| no_role(name))
}

pub(super) fn no_role(name: &str) -> Error {
    Error::NoSuchEntity { kind: "role", name: name.to_owned() }
}

pub(super) fn instance_profile(tx: &mut dyn Tx, account: &str, name: &str) -> Result<InstanceProfile, Error> {
    tx.get::<InstanceProfile>(&InstanceProfile::id(account, name))?
        .ok_or_else(|| Error::NoSuchInstanceProfile(name.to_owned()))
}

/// The tags of a request, checked.
pub(super) fn tags(tags: Option<Vec<freehold_api::iam::Tag>>) -> Result<Tags, Error> {
    let pairs: Vec<(String, String)> = tags
        .unwrap_or_default()
        .into_iter()
        .map(|tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default()))
        .collect();
    let borrowed = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    Ok(tags::merge(&Tags::new(), borrowed)?)
}
