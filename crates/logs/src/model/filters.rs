//! Filters of a group: what becomes of events as they come.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Makes measurements of events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct MetricFilter {
    /// It can be parsed.
    pub pattern: String,
    pub created: Timestamp,
    pub namespace: String,
    pub metric: String,
    /// A number, or a selector of the pattern.
    pub value: String,
    /// What is measured in a minute in which events came and none was meant.
    pub default: Option<f64>,
    /// Each with a selector.
    pub dimensions: BTreeMap<String, String>,
    pub unit: Option<String>,
}

/// Gives events to a function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SubscriptionFilter {
    /// It can be parsed.
    pub pattern: String,
    pub created: Timestamp,
    /// The ARN of a function.
    pub destination: String,
}
