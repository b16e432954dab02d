//! Instance profiles: how a role gets into an instance.

use freehold_core::Arn;
use freehold_core::tags::Tags;
use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A profile with one role at most (*IAM user guide: one role per profile, and this cannot be raised*).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct InstanceProfile {
    id: String,
    pub account: String,
    pub name: String,
    pub path: String,
    /// `AIPA…`
    pub unique_id: String,
    pub created: Timestamp,
    /// Name of the role.
    pub role: Option<String>,
    pub tags: Tags,
}

impl InstanceProfile {
    pub fn new(account: &str, name: &str, path: String, unique_id: String, created: Timestamp) -> Self {
        Self {
            id: Self::id(account, name),
            account: account.to_owned(),
            name: name.to_owned(),
            path,
            unique_id,
            created,
            role: None,
            tags: Tags::new(),
        }
    }

    /// The id of the document.
    pub fn id(account: &str, name: &str) -> String {
        super::id(account, name)
    }

    pub fn arn(&self) -> Arn {
        Arn::new("iam", "", &self.account, format!("instance-profile{}{}", self.path, self.name))
    }
}

impl Document for InstanceProfile {
    const KIND: &'static str = "iam.instance_profile";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// The role's document, so that a role knows its profiles.
    fn index(&self) -> [Option<String>; 3] {
        [self.role.as_ref().map(|role| super::id(&self.account, role)), None, None]
    }
}
