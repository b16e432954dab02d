//! Dedicated Hosts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Tags;
use super::resource::{Malformed, document, resource};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DedicatedHost {
    /// `h-…`
    pub id: String,
    pub account: String,
    /// `m5`
    pub family: String,
    /// The one type that it is for; `None`: all of the family.
    pub instance_type: Option<String>,
    pub zone: String,
    pub zone_id: String,
    pub state: HostState,
    /// Takes instances that name no host.
    pub auto_placement: bool,
    pub client_token: Option<String>,
    /// The real CPUs that it holds; none where machines exist in state only.
    pub cores: Vec<u32>,
    pub allocated: Timestamp,
    pub released: Option<Timestamp>,
    pub tags: Tags,
}

document!(DedicatedHost, "ec2.dedicated-host", |h| [Some(h.state.name().into()), None, None]);
resource!(
    DedicatedHost,
    "h",
    "dedicated-host",
    "InvalidHostID",
    "Dedicated Host",
    Malformed::Plain("InvalidHostID.Malformed")
);

/// *API reference, Host: State*. A host here has no hardware of its own that could fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostState {
    Available,
    Released,
}

impl HostState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Released => "released",
        }
    }
}

/// Whether an instance that was stopped comes back to its host.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Affinity {
    /// To any that takes it.
    #[default]
    Default,
    /// To the same.
    Host,
}

impl Affinity {
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Host => "host",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Default, Self::Host].into_iter().find(|affinity| affinity.name() == name)
    }
}
