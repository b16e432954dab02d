//! States of alarms.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum StateValue {
    #[serde(rename = "OK")]
    Ok,
    #[serde(rename = "ALARM")]
    Alarm,
    #[serde(rename = "INSUFFICIENT_DATA")]
    InsufficientData,
}

impl StateValue {
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Ok, Self::Alarm, Self::InsufficientData].into_iter().find(|state| state.name() == name)
    }
}

/// A state with what led to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    pub value: StateValue,
    pub reason: String,
    /// JSON.
    pub reason_data: Option<String>,
    /// When anything of this changed.
    pub updated: Timestamp,
    /// When `value` changed.
    pub transitioned: Timestamp,
    /// `EVALUATION_ERROR`, while the alarm cannot be evaluated.
    pub evaluation: Option<String>,
}

impl State {
    /// Of a new alarm.
    pub fn unchecked(now: Timestamp) -> Self {
        Self {
            value: StateValue::InsufficientData,
            reason: "Unchecked: Initial alarm creation".into(),
            reason_data: None,
            updated: now,
            transitioned: now,
            evaluation: None,
        }
    }
}
