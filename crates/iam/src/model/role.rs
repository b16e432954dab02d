//! Roles: identities without keys that others may become.

use std::collections::BTreeMap;

use freehold_core::Arn;
use freehold_core::tags::Tags;
use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A role.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Role {
    id: String,
    pub account: String,
    pub name: String,
    /// `/`, or `/team/`
    pub path: String,
    /// `AROA…`: another one if the role is made anew under the same name, so that old sessions are not its.
    pub unique_id: String,
    pub created: Timestamp,
    /// Who may assume it, as it was written.
    pub trust_policy: String,
    pub description: Option<String>,
    pub max_session_seconds: i32,
    /// What it may do: documents by name, as they were written.
    pub policies: BTreeMap<String, String>,
    pub tags: Tags,
}

impl Role {
    pub fn new(account: &str, name: &str, path: String, unique_id: String, created: Timestamp) -> Self {
        Self {
            id: Self::id(account, name),
            account: account.to_owned(),
            name: name.to_owned(),
            path,
            unique_id,
            created,
            trust_policy: String::new(),
            description: None,
            max_session_seconds: 3600,
            policies: BTreeMap::new(),
            tags: Tags::new(),
        }
    }

    /// The id of the document.
    pub fn id(account: &str, name: &str) -> String {
        super::id(account, name)
    }

    pub fn arn(&self) -> Arn {
        Arn::new("iam", "", &self.account, format!("role{}{}", self.path, self.name))
    }
}

impl Document for Role {
    const KIND: &'static str = "iam.role";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }
}
