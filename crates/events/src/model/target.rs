//! Who is told, and how hard it is tried.

use serde::{Deserialize, Serialize};

use crate::transform::Input;

/// A target of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RuleTarget {
    pub id: String,
    pub arn: String,
    pub role: Option<String>,
    pub input: Input,
    /// Message group of a FIFO queue.
    pub group: Option<String>,
    /// ARN of a queue.
    pub dead_letter: Option<String>,
    pub retry: Option<Retry>,
}

/// *RetryPolicy*: how often and how long it is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Retry {
    pub attempts: u32,
    pub age_seconds: u32,
}

/// *RetryPolicy*: 185 times and a day.
impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 185, age_seconds: 86_400 }
    }
}
