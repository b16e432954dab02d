//! Actions that are to be taken: written down with the transition that they are for, and removed when they are done.

use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::StateValue;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Action {
    pub id: String,
    pub account: String,
    /// What is told or done: an ARN.
    pub target: String,
    pub notice: Notice,
    /// Whether it is one of those that go on while the state lasts: history tells of the first alone.
    pub is_repeated: bool,
}

/// What an action tells of its alarm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Notice {
    pub alarm_arn: String,
    pub alarm_name: String,
    /// `MetricAlarm`
    pub alarm_kind: String,
    pub state: StateValue,
    pub at: Timestamp,
    pub subject: String,
    /// JSON, as topics are told.
    pub message: String,
    /// JSON, as functions are told.
    #[serde(default)]
    pub event: String,
    /// The latest datapoint.
    pub value: Option<f64>,
    pub is_breaching: bool,
    /// The instance that the metric is of.
    pub instance: Option<String>,
}

impl Document for Action {
    const KIND: &'static str = "cloudwatch.action";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }
}
