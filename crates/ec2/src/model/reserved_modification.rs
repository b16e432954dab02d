//! Modifications of Reserved Instances: asked for by an operation, done by a reconciler.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::resource::document;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservedModification {
    /// `rimod-` and a UUID.
    pub id: String,
    pub account: String,
    pub client_token: Option<String>,
    pub created: Timestamp,
    pub updated: Timestamp,
    /// From when on the new ones count: the beginning of the hour in which it was asked for (*EC2 user guide, Modify
    /// Reserved Instances*).
    pub effective: Timestamp,
    pub status: ModificationStatus,
    /// Why it failed.
    pub message: Option<String>,
    /// Ids of what is replaced.
    pub sources: Vec<String>,
    pub targets: Vec<ReservedTarget>,
}

/// What becomes of a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservedTarget {
    pub instance_type: String,
    /// The letter of its zone; `None` for the region.
    pub zone: Option<char>,
    pub count: u32,
    /// The id of what was made.
    pub made: Option<String>,
}

/// *API reference, ReservedInstancesModification: status*
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModificationStatus {
    Processing,
    Fulfilled,
    Failed,
}

impl ModificationStatus {
    pub fn name(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Fulfilled => "fulfilled",
            Self::Failed => "failed",
        }
    }
}

document!(ReservedModification, "ec2.reserved-modification", |m| [None, None, Some(m.status.name().into())]);
