//! `elb.names`: the host finds internet-facing balancers by their names. Internal ones have addresses that mean nothing
//! outside of their VPC.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_machine::net::hosts_file::HostsFile;
use freehold_store::{Error, Filter, StoreExt};

use super::resolve_names::addresses;
use crate::Elb;
use crate::model::{LoadBalancer, Scheme};

pub struct PublishNames {
    elb: Arc<Elb>,
    hosts: HostsFile,
}

impl PublishNames {
    pub fn new(elb: Arc<Elb>, hosts: HostsFile) -> Self {
        Self { elb, hosts }
    }

    fn names(&self) -> Result<BTreeMap<String, Vec<Ipv4Addr>>, Error> {
        let mut all: Vec<LoadBalancer> = self.elb.store.list(&Filter::all())?;
        all.retain(|balancer| balancer.scheme == Scheme::InternetFacing && !balancer.deleted);
        let named = all.into_iter().map(|balancer| (balancer.dns_name.to_lowercase(), addresses(&balancer)));
        Ok(named.filter(|(_, addresses)| !addresses.is_empty()).collect())
    }
}

#[async_trait]
impl Reconciler for PublishNames {
    fn name(&self) -> &'static str {
        "elb.names"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(30)
    }

    /// There is one file, and it is read each time: others write it too.
    async fn pending(&self) -> Result<Vec<String>, Failure> {
        Ok(vec!["hosts".into()])
    }

    async fn step(&self, _key: &str) -> Result<Next, Failure> {
        let (hosts, names) = (self.hosts.clone(), self.names()?);
        tokio::task::spawn_blocking(move || hosts.set(&names)).await??;
        Ok(Next::Settled)
    }
}
