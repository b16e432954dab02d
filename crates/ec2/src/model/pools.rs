//! Addresses in use. A row per address makes taking one a look at one row, and giving it twice impossible.

use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::resource::document;

/// A private address of a VPC that an interface has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivateAddress {
    /// See [`PrivateAddress::key`].
    pub id: String,
    pub account: String,
    pub subnet: String,
    pub interface: String,
}

document!(PrivateAddress, "ec2.private-address", |a| [Some(a.subnet.clone()), Some(a.interface.clone()), None]);

impl PrivateAddress {
    /// `vpc-…/172.31.0.5`
    pub fn key(vpc: &str, address: Ipv4Addr) -> String {
        format!("{vpc}/{address}")
    }
}

/// A public address of the region's pool that someone holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicAddress {
    /// The address itself.
    pub id: String,
    pub account: String,
    /// `eipalloc-…`, or `eni-…` where it came with a launch.
    pub holder: String,
    /// `None` for one that was taken before this was written down.
    #[serde(default)]
    pub since: Option<Timestamp>,
}

document!(PublicAddress, "ec2.public-address", |a| [Some(a.holder.clone()), None, None]);
