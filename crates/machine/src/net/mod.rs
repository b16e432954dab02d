//! The network of a region on one host. A VPC is a network namespace that forwards; an interface (ENI) is a
//! veth or a tap in it with a /32 route; security groups are one nftables transaction per VPC.
//!
//! Callers say what a VPC should look like ([`plan::VpcPlan`], always whole); [`Network::apply`] makes it true.
//!
//! ```text
//!  world                  host                        VPC (a namespace)                  guest
//!  -----  eth0  [table freehold_<tag>]  fh<tag><vpc> === uplink  [table freehold]  e<eni> === eth0
//!               masquerades the pool,                    publishes and hides             (veth or tap)
//!               guards the host                          addresses, checks sources,
//!                                                        routes and groups; serves
//!                                                        metadata, names, DHCP
//! ```
//!
//! Everything is named after what it stands for ([`names`]), so a control plane that was killed needs no record
//! to find its own again. On the host itself there is, per region: one nftables table, one link per VPC, and a
//! route per public address in use; and, while any VPC exists, `net.ipv4.ip_forward` ([`forwarding`]).
//!
//! Where to look: [`rules`] for what may pass, [`policy`] for routes to interfaces, [`attach`] for devices,
//! [`imds`], [`dns`], [`dhcp`] and [`endpoint`] for what guests are served, [`netlink`] and [`netns`] for the kernel.

pub(crate) mod attach;
mod dhcp;
pub(crate) mod dns;
pub mod endpoint;
pub(crate) mod forwarding;
mod guest_services;
pub mod host;
pub mod hosts_file;
mod imds;
pub mod metadata;
pub(crate) mod names;
mod namespace;
pub(crate) mod netlink;
pub(crate) mod netns;
pub(crate) mod nft;
pub mod none;
pub mod plan;
mod policy;
pub(crate) mod rules;
pub(crate) mod services;
pub(crate) mod sysctl;
#[cfg(test)]
pub(crate) mod tests;
mod uplink;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;

use crate::driver::{Error, Result};
use crate::spec::Interface;
use endpoint::GuestEndpoint;
use metadata::{MetadataSource, Names};
use plan::VpcPlan;

/// What went through an interface, as whoever holds it counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    pub bytes_in: u64,
    pub bytes_out: u64,
    pub packets_in: u64,
    pub packets_out: u64,
}

/// Makes VPCs true on this host. Every method is idempotent.
#[async_trait]
pub trait Network: Send + Sync + 'static {
    /// Makes the VPC's namespace, uplink, addresses, routes and rules what the plan says, atomically for the
    /// rules. Interfaces themselves come and go with their machines ([`Network::attach`]).
    async fn apply(&self, plan: &VpcPlan) -> Result<()>;

    /// Removes the namespace and everything in it, and the host's routes to it.
    async fn remove(&self, vpc: &str) -> Result<()>;

    /// The VPCs that exist on this host.
    async fn list(&self) -> Result<Vec<String>>;

    /// Makes the host's end of an interface for a container whose network namespace is that of process `pid`:
    /// the other end appears there, named `eth<index>` (or the next name that is free), with the addresses that the
    /// VPC's plan gives it, and routes. One that is there already gets and loses addresses.
    async fn attach_container(&self, interface: &Interface, index: usize, pid: u32) -> Result<()>;

    /// The same for a namespace of another name, which no machine's process is needed for.
    async fn attach_namespace(&self, _interface: &Interface, _index: usize, _namespace: &Path) -> Result<()> {
        Err(Error::Unsupported("there is no network to attach a namespace to".to_owned()))
    }

    /// Makes a tap for a virtual machine in the VPC's namespace and returns an open descriptor of it.
    async fn attach_vm(&self, interface: &Interface) -> Result<std::os::fd::OwnedFd>;

    /// Removes the host's end of an interface.
    async fn detach(&self, interface: &Interface) -> Result<()>;

    /// Sets what answers metadata and DNS questions of guests. Called once, at start, before `apply`.
    fn serve_metadata(&self, source: Arc<dyn MetadataSource>);

    /// Sets what else the resolvers of all VPCs know. Called once, before `apply`.
    fn serve_names(&self, _names: Arc<dyn Names>) {}

    /// What went through the interface since its device was made; `None` where there is no device.
    async fn traffic(&self, _interface: &Interface) -> Result<Option<Traffic>> {
        Ok(None)
    }

    /// Sets what answers guests' calls of the region's API. Called once; a network without guests has no use for it.
    fn serve_endpoint(&self, _endpoint: Arc<dyn GuestEndpoint>) {}
}
