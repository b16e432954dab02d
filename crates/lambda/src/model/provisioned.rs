//! Provisioned concurrency: environments that are kept ready for a version.

use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The configuration of a version or an alias.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Provisioned {
    /// The function's ARN, a colon, and the qualifier.
    pub arn: String,
    pub function: String,
    pub account: String,
    pub requested: u32,
    pub modified: Timestamp,
    /// Since when so many environments are paid for, and with how much memory; `None` in rows of before they were.
    #[serde(default)]
    pub paid: Option<Paid>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Paid {
    /// When there was no configuration before.
    pub enabled: Timestamp,
    /// When it last became so many, or of so much memory.
    pub since: Timestamp,
    /// Of the version.
    pub memory_mib: u32,
}

impl Document for Provisioned {
    const KIND: &'static str = "lambda.provisioned";

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
