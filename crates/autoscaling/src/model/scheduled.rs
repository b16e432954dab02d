//! Scheduled actions: what a group's size is to be at a time.

use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ScheduledAction {
    /// Its ARN.
    pub arn: String,
    pub account: String,
    /// The group's id.
    pub group: String,
    pub group_name: String,
    pub name: String,
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
    /// Five fields of cron.
    pub recurrence: Option<String>,
    /// Of the time zone database; UTC where nothing is said.
    pub zone: Option<String>,
    pub min: Option<u32>,
    pub max: Option<u32>,
    pub desired: Option<u32>,
    /// When it is to be done next.
    pub due: Timestamp,
}

impl Document for ScheduledAction {
    const KIND: &'static str = "autoscaling.scheduled-action";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// The group.
    fn index(&self) -> [Option<String>; 3] {
        [Some(self.group.clone()), None, None]
    }
}
