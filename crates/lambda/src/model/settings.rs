//! What a version is configured with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The configuration of a version, with its defaults filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settings {
    /// `python3.11`
    pub runtime: String,
    pub handler: String,
    /// ARN of the role.
    pub role: String,
    pub description: String,
    /// Seconds.
    pub timeout: u32,
    pub memory_mib: u32,
    /// `/tmp`
    pub ephemeral_mib: u32,
    /// `x86_64`
    pub architecture: String,
    pub variables: BTreeMap<String, String>,
    /// Versions of layers by ARN, in the order in which they are laid over `/opt`.
    pub layers: Vec<String>,
    /// ARN of a queue or topic for events that could not be handled.
    pub dead_letters: Option<String>,
    /// `Active` or `PassThrough`: what `_X_AMZN_TRACE_ID` says of sampling.
    pub traces: bool,
    pub logging: Logging,
    /// Absent where nobody ever spoke of one.
    #[serde(default)]
    pub vpc: Option<Vpc>,
}

/// Where a function is connected. Without subnets, it was and is no more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Vpc {
    /// `vpc-…`
    pub id: String,
    /// As they were asked for, each once.
    pub subnets: Vec<String>,
    pub groups: Vec<String>,
}

impl Settings {
    /// The VPC that functions with these settings run in.
    pub fn connected(&self) -> Option<&Vpc> {
        self.vpc.as_ref().filter(|vpc| !vpc.subnets.is_empty())
    }
}

/// Where the lines of a version go, and which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Logging {
    /// Text or JSON.
    pub is_json: bool,
    pub application_level: Option<String>,
    pub system_level: Option<String>,
    /// `/aws/lambda/<name>` unless set.
    pub group: Option<String>,
}

impl Logging {
    pub fn group_of(&self, function: &str) -> String {
        self.group.clone().unwrap_or_else(|| format!("/aws/lambda/{function}"))
    }
}
