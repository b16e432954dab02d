//! How invocations that nobody waits for are tried again, and where their outcomes go.

use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The configuration of a version or an alias.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EventInvoke {
    /// The function's ARN, a colon, and the qualifier.
    pub arn: String,
    pub function: String,
    pub account: String,
    pub modified: Timestamp,
    pub retries: Option<u32>,
    /// Seconds.
    pub max_age: Option<u32>,
    pub on_success: Option<String>,
    pub on_failure: Option<String>,
}

impl Document for EventInvoke {
    const KIND: &'static str = "lambda.event_invoke";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn index(&self) -> [Option<String>; 3] {
        [Some(self.function.clone()), None, None]
    }
}
