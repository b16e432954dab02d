//! `models/operations.toml`: the pinned botocore, and which operations of which services Freehold has.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub struct Operations {
    /// The version of botocore that models are taken from.
    pub botocore: String,
    /// The hash of its wheel.
    pub sha256: String,
    /// By the name of botocore's folder, which is also our module's: `ec2`.
    #[serde(flatten)]
    pub services: BTreeMap<String, Service>,
}

#[derive(Debug, Deserialize)]
pub struct Service {
    /// The version of the API: botocore has a folder for each.
    pub version: String,
    /// Sorted.
    pub operations: Vec<String>,
    /// Shapes whose constraints the service checks itself, with codes and rules that the model does not know.
    #[serde(default)]
    pub open: Vec<String>,
}

impl Operations {
    pub fn read(root: &Path) -> Result<Self> {
        let path = root.join("models/operations.toml");
        let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("reading {}", path.display()))
    }
}
