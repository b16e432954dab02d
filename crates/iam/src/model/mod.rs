//! What IAM stores.

mod access_key;
mod instance_profile;
mod role;

pub(crate) use access_key::{AccessKey, Grant};
pub(crate) use instance_profile::InstanceProfile;
pub(crate) use role::Role;

/// Names are unique in their account whatever their case (*IAM user guide, Names*).
fn id(account: &str, name: &str) -> String {
    format!("{account}/{}", name.to_lowercase())
}
