//! Event buses.

use freehold_core::Arn;
use freehold_core::tags::Tags;
use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Every account has it without making it.
pub(crate) const DEFAULT_BUS: &str = "default";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Bus {
    pub arn: String,
    pub account: String,
    pub name: String,
    pub description: Option<String>,
    /// JSON: who else may put events on it, and more.
    pub policy: Option<String>,
    pub tags: Tags,
    pub created: Timestamp,
    pub modified: Timestamp,
}

impl Bus {
    pub fn new(region: &str, account: &str, name: &str, now: Timestamp) -> Self {
        Self {
            arn: bus_arn(region, account, name),
            account: account.to_owned(),
            name: name.to_owned(),
            description: None,
            policy: None,
            tags: Tags::new(),
            created: now,
            modified: now,
        }
    }
}

pub(crate) fn bus_arn(region: &str, account: &str, name: &str) -> String {
    Arn::new("events", region, account, format!("event-bus/{name}")).to_string()
}

impl Document for Bus {
    const KIND: &'static str = "events.bus";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }
}
