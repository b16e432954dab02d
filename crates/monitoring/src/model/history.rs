//! What happened to alarms.

use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Alarm;

/// Characters of an entry's data (*API reference, AlarmHistoryItem: HistoryData*).
const LONGEST: usize = 4095;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum EntryKind {
    ConfigurationUpdate,
    StateUpdate,
    Action,
}

impl EntryKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::ConfigurationUpdate => "ConfigurationUpdate",
            Self::StateUpdate => "StateUpdate",
            Self::Action => "Action",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// In the order of time.
    pub id: String,
    pub account: String,
    pub alarm: String,
    /// `MetricAlarm`
    pub alarm_kind: String,
    pub at: Timestamp,
    pub kind: EntryKind,
    pub summary: String,
    /// JSON.
    pub data: String,
}

impl Entry {
    pub fn new(alarm: &Alarm, at: Timestamp, kind: EntryKind, summary: String, data: &Value) -> Self {
        Self::of(&alarm.account, &alarm.name, alarm.kind_name(), at, kind, summary, data)
    }

    pub fn of(
        account: &str,
        alarm: &str,
        alarm_kind: &str,
        at: Timestamp,
        kind: EntryKind,
        summary: String,
        data: &Value,
    ) -> Self {
        let mut data = data.to_string();
        if let Some((end, _)) = data.char_indices().nth(LONGEST) {
            data.truncate(end);
        }
        Self {
            id: format!("{:020}-{:016x}", at.as_nanosecond().max(0), rand::random::<u64>()),
            account: account.to_owned(),
            alarm: alarm.to_owned(),
            alarm_kind: alarm_kind.to_owned(),
            at,
            kind,
            summary: summary.chars().take(255).collect(),
            data,
        }
    }
}

impl Document for Entry {
    const KIND: &'static str = "cloudwatch.history";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn index(&self) -> [Option<String>; 3] {
        [Some(self.alarm.clone()), None, None]
    }
}
