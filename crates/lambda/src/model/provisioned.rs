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
