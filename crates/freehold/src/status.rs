//! What `/_freehold/status` answers and `freehold status` shows. A contract with outsiders: names stay.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The region at a glance.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Status {
    pub version: String,
    pub endpoint: String,
    /// The web page.
    #[serde(default)]
    pub console: String,
    pub data_dir: String,
    /// File of the authority that clients trust who speak TLS.
    pub ca_file: String,
    pub pid: u32,
    pub started_at: Timestamp,
    pub uptime_seconds: u64,
    pub machines: Machines,
    pub services: Vec<String>,
    /// Instances by state: `running` → 3.
    pub instances: BTreeMap<String, u64>,
    /// Load balancers by state.
    #[serde(default)]
    pub balancers: BTreeMap<String, u64>,
    pub capacity: Option<Capacity>,
    pub reconcilers: Vec<Reconciler>,
    /// Operations that clients asked for and Freehold does not have.
    pub unknown_operations: Vec<UnknownOperation>,
}

/// What instances are made of here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machines {
    /// `kvm`, `tcg`, `container` or `none`.
    pub driver: String,
    /// Why this one.
    pub reason: String,
}

/// What may be promised to instances, overcommit included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Capacity {
    pub vcpus: u64,
    pub memory_mib: u64,
    /// How these follow from the host.
    pub policy: String,
}

/// One behaviour that makes desired state true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconciler {
    pub name: String,
    pub activations: u64,
    pub last_started: Option<Timestamp>,
    pub last_took_ms: Option<u64>,
    /// Objects that are not yet what they should be.
    pub pending: u64,
    /// Looks and steps that failed, since the start.
    pub failures: u64,
    /// The newest failure; stays after the next success.
    pub last_error: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownOperation {
    pub service: String,
    pub operation: String,
    pub count: u64,
}
