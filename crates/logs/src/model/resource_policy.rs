//! Resource policies of an account: which services may write to its groups.

use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ResourcePolicy {
    /// Account and name.
    pub id: String,
    pub account: String,
    pub name: String,
    /// As it was put.
    pub document: String,
    pub updated: Timestamp,
}

impl ResourcePolicy {
    pub fn id_of(account: &str, name: &str) -> String {
        format!("{account}/{name}")
    }
}

impl Document for ResourcePolicy {
    const KIND: &'static str = "logs.resource_policy";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }
}
