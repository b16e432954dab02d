//! Balancers' names for resolvers: inside of every VPC and for the host they mean the same addresses.

use std::net::Ipv4Addr;

use async_trait::async_trait;
use freehold_machine::net::metadata::Names;
use freehold_store::{Filter, SharedStore, StoreExt};

use crate::model::{LoadBalancer, Scheme};

/// Answers from the rows.
pub struct ResolveNames {
    store: SharedStore,
    /// Which all names end with, so that others cost nothing.
    domains: [String; 2],
}

impl ResolveNames {
    pub fn new(store: SharedStore, region: &str) -> Self {
        Self { store, domains: [format!(".{region}.elb.amazonaws.com"), format!(".elb.{region}.amazonaws.com")] }
    }
}

/// Of internet-facing balancers the public addresses, to everybody; of internal ones the private ones (*Elastic Load
/// Balancing user guide, Load balancer scheme*).
pub fn addresses(balancer: &LoadBalancer) -> Vec<Ipv4Addr> {
    let address = |zone: &crate::model::Zone| match balancer.scheme {
        Scheme::InternetFacing => zone.public_address,
        Scheme::Internal => zone.private_address,
    };
    balancer.zones.iter().filter_map(address).collect()
}

#[async_trait]
impl Names for ResolveNames {
    async fn addresses(&self, name: &str) -> Option<Vec<Ipv4Addr>> {
        if !self.domains.iter().any(|domain| name.ends_with(domain)) {
            return None;
        }
        let all: Vec<LoadBalancer> = self.store.list(&Filter::all()).ok()?;
        let found = all.into_iter().find(|balancer| !balancer.deleted && balancer.dns_name.eq_ignore_ascii_case(name));
        found.map(|balancer| addresses(&balancer))
    }
}
