//! Groups of schedules.

use freehold_core::Arn;
use freehold_core::tags::Tags;
use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Every account has it without making it.
pub(crate) const DEFAULT_GROUP: &str = "default";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Group {
    pub arn: String,
    pub account: String,
    pub name: String,
    pub tags: Tags,
    pub created: Timestamp,
    pub modified: Timestamp,
}

impl Group {
    pub fn new(region: &str, account: &str, name: &str, now: Timestamp) -> Self {
        Self {
            arn: group_arn(region, account, name),
            account: account.to_owned(),
            name: name.to_owned(),
            tags: Tags::new(),
            created: now,
            modified: now,
        }
    }
}

pub(crate) fn group_arn(region: &str, account: &str, name: &str) -> String {
    Arn::new("scheduler", region, account, format!("schedule-group/{name}")).to_string()
}

impl Document for Group {
    const KIND: &'static str = "scheduler.group";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }
}
