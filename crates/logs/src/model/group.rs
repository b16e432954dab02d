//! Log groups.

use std::collections::BTreeMap;

use freehold_core::Arn;
use freehold_core::tags::Tags;
use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{MetricFilter, SubscriptionFilter};

/// Days that events may be kept (*API reference, PutRetentionPolicy: retentionInDays*).
pub(crate) const RETENTIONS: [i32; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
const DAY_MILLISECONDS: i64 = 24 * 3600 * 1000;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Group {
    /// Account and name.
    pub id: String,
    /// What its events are kept under: a group that is made again has another.
    pub number: i64,
    pub account: String,
    pub name: String,
    pub created: Timestamp,
    pub class: Class,
    /// Events are kept for ever where it is not set.
    pub retention_days: Option<i32>,
    pub is_protected: bool,
    pub tags: Tags,
    /// By name.
    pub metric_filters: BTreeMap<String, MetricFilter>,
    /// By name.
    pub subscriptions: BTreeMap<String, SubscriptionFilter>,
}

/// What may be done with a group's events (*User guide, Log classes*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Class {
    Standard,
    InfrequentAccess,
}

impl Class {
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::InfrequentAccess => "INFREQUENT_ACCESS",
        }
    }
}

pub(crate) fn is_retention(days: i32) -> bool {
    RETENTIONS.contains(&days)
}

impl Group {
    pub fn id_of(account: &str, name: &str) -> String {
        format!("{account}/{name}")
    }

    pub fn arn_of(region: &str, account: &str, name: &str) -> String {
        Arn::new("logs", region, account, format!("log-group:{name}")).to_string()
    }

    pub fn arn(&self, region: &str) -> String {
        Self::arn_of(region, &self.account, &self.name)
    }

    /// Events before this time, in milliseconds since 1970, are not kept any more.
    pub fn kept_since(&self, now: Timestamp) -> Option<i64> {
        self.retention_days.map(|days| now.as_millisecond() - i64::from(days) * DAY_MILLISECONDS)
    }
}

impl Document for Group {
    const KIND: &'static str = "logs.group";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// Those that have a retention.
    fn index(&self) -> [Option<String>; 3] {
        [self.retention_days.map(|_| "retained".to_owned()), None, None]
    }
}
