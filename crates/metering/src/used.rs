//! Kinds of usage that take time.

use serde::{Deserialize, Serialize};

/// What was used all along a [`crate::Stretch`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Used {
    /// An instance that ran.
    Instance {
        /// `t3.micro`
        instance_type: String,
        /// `us-east-1a`
        zone: String,
        /// The product description: `Linux/UNIX`.
        platform: String,
        tenancy: Tenancy,
        /// USD an hour of a Spot instance, as a decimal; `None` for all others.
        #[serde(default)]
        spot_price: Option<String>,
    },
    /// Room on a volume, in the zone.
    Volume {
        /// `gp3`
        volume_type: String,
        gib: u32,
    },
    /// A copy of a volume.
    Snapshot {
        gib: u32,
    },
    /// A public address.
    Address {
        /// Nothing uses it.
        is_idle: bool,
    },
    LoadBalancer {
        balancer: BalancerKind,
    },
    /// A Dedicated Host.
    Host {
        /// `m5`
        family: String,
    },
    /// Environments of a function that are kept ready.
    Concurrency {
        memory_mib: u32,
        environments: u32,
    },
    /// Room that is kept for instances and that none takes.
    Reserved {
        instance_type: String,
        zone: String,
        platform: String,
        tenancy: Tenancy,
        instances: u32,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tenancy {
    Default,
    Dedicated,
    Host,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BalancerKind {
    Application,
    Network,
    Classic,
}

impl Used {
    /// A name for ids of rows.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Instance { .. } => "instance",
            Self::Volume { .. } => "volume",
            Self::Snapshot { .. } => "snapshot",
            Self::Address { .. } => "address",
            Self::LoadBalancer { .. } => "balancer",
            Self::Host { .. } => "host",
            Self::Concurrency { .. } => "concurrency",
            Self::Reserved { .. } => "reserved",
        }
    }
}
