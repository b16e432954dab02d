//! What is stored, as the API shows it.

use freehold_api::iam;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::model::{InstanceProfile, Role};

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Policies are shown percent-encoded (*API reference, GetRolePolicy: URL-encoded JSON text*).
pub(super) fn document(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// A role with everything that GetRole shows.
pub(super) fn role(role: &Role) -> iam::Role {
    iam::Role {
        tags: (!role.tags.is_empty()).then(|| tags(&role.tags)),
        description: role.description.clone(),
        max_session_duration: Some(role.max_session_seconds),
        ..brief_role(role)
    }
}

/// A role inside of a profile.
pub(super) fn brief_role(role: &Role) -> iam::Role {
    iam::Role {
        path: Some(role.path.clone()),
        role_name: Some(role.name.clone()),
        role_id: Some(role.unique_id.clone()),
        arn: Some(role.arn().to_string()),
        create_date: Some(role.created),
        assume_role_policy_document: Some(document(&role.trust_policy)),
        ..Default::default()
    }
}

/// A profile with its role, if it has one.
pub(super) fn instance_profile(profile: &InstanceProfile, role: Option<&Role>) -> iam::InstanceProfile {
    iam::InstanceProfile {
        path: Some(profile.path.clone()),
        instance_profile_name: Some(profile.name.clone()),
        instance_profile_id: Some(profile.unique_id.clone()),
        arn: Some(profile.arn().to_string()),
        create_date: Some(profile.created),
        roles: Some(role.into_iter().map(brief_role).collect()),
        tags: (!profile.tags.is_empty()).then(|| tags(&profile.tags)),
    }
}

fn tags(tags: &freehold_core::tags::Tags) -> Vec<iam::Tag> {
    tags.iter().map(|(key, value)| iam::Tag { key: Some(key.clone()), value: Some(value.clone()) }).collect()
}
