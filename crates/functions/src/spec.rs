//! A revision of a function, as the control plane writes it to `spec.json`: everything that an execution environment is
//! made of, and nothing that may change during its life.

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use freehold_machine::Interface;
pub use freehold_machine::spec::MacAddr;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Revision {
    /// 12 digits.
    pub account: String,
    pub region: String,
    /// The function's name, without qualifier.
    pub function: String,
    /// The function's ARN, without qualifier. What a handler sees as the invoked ARN comes with each invocation.
    pub arn: String,
    /// `$LATEST` or a number.
    pub version: String,
    /// AWS's identifier: `python3.12`, `nodejs22.x`, `provided.al2023`. One that [`crate::contract::Runtimes`] lists.
    pub runtime: String,
    pub handler: String,
    /// Directories of unpacked layers, in the function's order: of files with the same name the later one's is seen in
    /// `/opt`. They must stay as long as a revision names them.
    #[serde(default)]
    pub layers: Vec<PathBuf>,
    /// The function's own variables. What AWS sets itself is added by the node, and wins over these.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// 128 to 10240. Also decides the share of CPU: one vCPU for each 1,769 MB.
    pub memory_mib: u32,
    /// Size of `/tmp`: 512 to 10240.
    pub tmp_mib: u32,
    /// 1 to 900.
    pub timeout_seconds: u32,
    pub logging: Logging,
    #[serde(default)]
    pub network: Network,
    /// Whether handlers get a trace header to sample by (`TracingConfig`: Active).
    #[serde(default)]
    pub is_traced: bool,
}

/// *Developer Guide, Configuring advanced logging controls*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logging {
    pub group: String,
    pub format: LogFormat,
    /// What the runtime's own logger lets pass (`AWS_LAMBDA_LOG_LEVEL`); for `JSON` only. `INFO` if absent.
    #[serde(default)]
    pub application_level: Option<String>,
    /// Which of the platform's lines are written; for `JSON` only: `INFO` has all, `WARN` and `DEBUG` as documented.
    #[serde(default)]
    pub system_level: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogFormat {
    Text,
    #[serde(rename = "JSON")]
    Json,
}

/// What an environment is connected to. The region's endpoint is reached from everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Network {
    /// An address of its own behind the host's.
    #[default]
    Public,
    /// A VPC of the same region, and nothing that cannot be reached from there.
    Vpc {
        /// One of each subnet; all are in the same security groups. An environment is behind one of them.
        interfaces: Vec<Interface>,
    },
}
