//! Code signing configurations. They are kept; packages are never signed here, as there is no signer.

use freehold_core::tags::Tags;
use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A code signing configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CodeSigningConfig {
    pub arn: String,
    pub account: String,
    /// `csc-0123456789abcdef0`
    pub name: String,
    pub description: Option<String>,
    /// ARNs of signing profiles.
    pub publishers: Vec<String>,
    /// `Warn` or `Enforce`
    pub untrusted: String,
    pub modified: Timestamp,
    pub tags: Tags,
}

impl CodeSigningConfig {
    /// Whether packages without a good signature are refused. None here has one.
    pub fn refuses_unsigned(&self) -> bool {
        self.untrusted == "Enforce"
    }
}

impl Document for CodeSigningConfig {
    const KIND: &'static str = "lambda.code_signing_config";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }
}
