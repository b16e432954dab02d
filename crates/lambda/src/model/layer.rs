//! Layers: packages that functions share.

use std::collections::BTreeMap;

use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Code, Permissions};

/// A layer: the number of its next version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Layer {
    pub arn: String,
    pub account: String,
    pub name: String,
    pub next_version: u64,
}

/// A version of a layer. Nothing of it changes but who may use it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LayerVersion {
    /// The layer's ARN, a colon, and the number.
    pub arn: String,
    pub layer: String,
    pub account: String,
    pub name: String,
    pub number: u64,
    pub code: Code,
    pub description: Option<String>,
    pub created: Timestamp,
    pub runtimes: Vec<String>,
    pub architectures: Vec<String>,
    pub license: Option<String>,
    /// Who else may use it.
    pub permissions: Option<Permissions>,
    /// Accounts by statement, as the policy has them: `*` is everybody.
    pub allowed: BTreeMap<String, String>,
    /// It was deleted; functions that have it keep it.
    pub is_deleted: bool,
}

impl LayerVersion {
    pub fn id(layer: &str, number: u64) -> String {
        format!("{layer}:{number}")
    }
}

impl Document for Layer {
    const KIND: &'static str = "lambda.layer";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }
}

impl Document for LayerVersion {
    const KIND: &'static str = "lambda.layer_version";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// Layer; package.
    fn index(&self) -> [Option<String>; 3] {
        [Some(self.layer.clone()), None, Some(self.code.sha256.clone())]
    }
}
