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
    /// The member of inputs that the request's path stands for where a form lacks it.
    #[serde(default)]
    pub path_member: Option<String>,
    /// The code for a required parameter that is missing, where the service names the first one.
    #[serde(default)]
    pub missing: Option<String>,
    /// The code for a value that breaks a constraint of the model, where it is not `ValidationException`.
    #[serde(default)]
    pub invalid: Option<String>,
    /// Errors in XML end with an empty `<Detail/>`.
    #[serde(default)]
    pub error_detail: bool,
    /// An older botocore whose model still spoke the query protocol, for a service whose current model is JSON's and
    /// says only that the older protocol goes on working: the names, wrappers and error codes of that protocol are
    /// taken from there.
    #[serde(default)]
    pub query: Option<Pinned>,
}

/// A release of botocore by its version and the hash of its wheel.
#[derive(Debug, Deserialize)]
pub struct Pinned {
    pub botocore: String,
    pub sha256: String,
}

impl Operations {
    pub fn read(root: &Path) -> Result<Self> {
        let path = root.join("models/operations.toml");
        let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("reading {}", path.display()))
    }
}
