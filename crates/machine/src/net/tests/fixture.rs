//! A region for one test: a data directory, a pool of public addresses, and plans made with few words.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use ipnet::Ipv4Net;

use super::guest::Guest;
use crate::net::Network;
use crate::net::host::HostNetwork;
use crate::net::metadata::{InstanceMetadata, MetadataSource, Names};
use crate::net::plan::*;
use crate::spec::{Interface, MacAddr};

/// Tests with a network of their own; removed when dropped.
pub struct Region {
    pub network: Arc<HostNetwork>,
    pub pool: Ipv4Net,
    pub directory: tempfile::TempDir,
}

impl Region {
    /// `None`, loudly, where the host cannot do it.
    pub fn new() -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            eprintln!("SKIPPED: needs root to make network namespaces");
            return None;
        }
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = std::process::id().wrapping_mul(16).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        // Half of the range for benchmarks that the default pool leaves free.
        let pool = Ipv4Net::new(Ipv4Addr::new(198, 19, (number % 256) as u8, 0), 24).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let network = HostNetwork::new(directory.path(), pool).unwrap();
        network.serve_metadata(Arc::new(Answers));
        network.serve_names(Arc::new(Answers));
        Some(Self { network: Arc::new(network), pool, directory })
    }

    /// The n-th public address.
    pub fn public(&self, n: u8) -> Ipv4Addr {
        let [a, b, c, _] = self.pool.network().octets();
        Ipv4Addr::new(a, b, c, n)
    }

    pub async fn apply(&self, plan: &VpcPlan) {
        self.network.apply(plan).await.unwrap();
    }

    /// Another control plane takes over: the sockets of the old one are closed, and nothing else is.
    pub async fn restart(&mut self, plan: &VpcPlan) {
        let successor = HostNetwork::new(self.directory.path(), self.pool).unwrap();
        successor.serve_metadata(Arc::new(Answers));
        std::mem::replace(&mut self.network, Arc::new(successor)).stop_serving().await;
        self.apply(plan).await;
    }

    /// A guest that holds the interface.
    pub async fn guest(&self, plan: &VpcPlan, eni: &str) -> Guest {
        let guest = Guest::new();
        self.network.attach_container(&interface(plan, eni), 0, guest.pid()).await.unwrap();
        guest
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // Nodes of a test that failed.
        for left in std::fs::read_dir(self.directory.path().join("balancers")).into_iter().flatten().flatten() {
            let _ = crate::container::cgroup::clear(&format!("lb-{}", left.file_name().to_string_lossy()));
        }
        let _ = crate::node::remove_leftovers(self.directory.path());
        let network = Arc::clone(&self.network);
        let purge = move || tokio::runtime::Runtime::new().unwrap().block_on(network.purge());
        let purged = std::thread::spawn(purge).join();
        if !std::thread::panicking() {
            purged.unwrap().unwrap();
        }
    }
}

/// A VPC with one subnet, 10.0.1.0/24, connected to the world, and no interfaces.
pub fn vpc(id: &str) -> VpcPlan {
    let world = RoutePlan { destination: Ipv4Net::default(), target: RouteTarget::InternetGateway };
    VpcPlan {
        vpc: id.to_owned(),
        cidrs: vec!["10.0.0.0/16".parse().unwrap()],
        subnets: vec![SubnetPlan {
            id: "subnet-1".to_owned(),
            cidr: "10.0.1.0/24".parse().unwrap(),
            routes: vec![world],
        }],
        enis: Vec::new(),
        security_groups: Vec::new(),
    }
}

/// Chained changes of a plan.
pub trait Planning: Sized {
    fn eni(self, id: &str, host: u8, public: Option<Ipv4Addr>, groups: &[&str]) -> Self;
    fn group(self, id: &str, ingress: Vec<RulePlan>, egress: Vec<RulePlan>) -> Self;
}

impl Planning for VpcPlan {
    fn eni(mut self, id: &str, host: u8, public: Option<Ipv4Addr>, groups: &[&str]) -> Self {
        self.enis.push(EniPlan {
            id: id.to_owned(),
            subnet: "subnet-1".to_owned(),
            addresses: vec![AddressPlan { private: Ipv4Addr::new(10, 0, 1, host), public }],
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
            source_dest_check: true,
            relays: false,
            unfiltered: false,
        });
        self
    }

    fn group(mut self, id: &str, ingress: Vec<RulePlan>, egress: Vec<RulePlan>) -> Self {
        self.security_groups.retain(|group| group.id != id);
        self.security_groups.push(SecurityGroupPlan { id: id.to_owned(), ingress, egress });
        self
    }
}

pub fn rule(protocol: ProtocolPlan, cidr: &str) -> RulePlan {
    RulePlan { protocol, peer: PeerPlan::Cidr(cidr.parse().unwrap()) }
}

pub fn from_group(protocol: ProtocolPlan, group: &str) -> RulePlan {
    RulePlan { protocol, peer: PeerPlan::Group(group.to_owned()) }
}

pub fn everything() -> Vec<RulePlan> {
    vec![rule(ProtocolPlan::All, "0.0.0.0/0")]
}

pub fn tcp(from: u16, to: u16) -> ProtocolPlan {
    ProtocolPlan::Tcp { from, to }
}

pub fn udp(from: u16, to: u16) -> ProtocolPlan {
    ProtocolPlan::Udp { from, to }
}

/// The interface that a driver would be given.
pub fn interface(plan: &VpcPlan, eni: &str) -> Interface {
    let planned = plan.enis.iter().find(|planned| planned.id == eni).unwrap();
    let address = planned.addresses[0].private;
    let [_, b, c, d] = address.octets();
    Interface {
        eni: eni.to_owned(),
        vpc: plan.vpc.clone(),
        mac: MacAddr([0x02, 0xee, 0, b, c, d]),
        address,
        prefix: 24,
        gateway: Ipv4Addr::new(10, 0, 1, 1),
        mtu: 9001,
    }
}

#[async_trait]
impl Names for Answers {
    async fn addresses(&self, name: &str) -> Option<Vec<Ipv4Addr>> {
        let all = ["198.19.0.5", "198.19.0.6"].map(|address| address.parse().unwrap());
        (name == "web.elb.test").then(|| all.to_vec())
    }
}

/// The machine at 10.0.1.n is `i-n`; odd ones require tokens.
struct Answers;

#[async_trait]
impl MetadataSource for Answers {
    async fn instance(&self, vpc: &str, address: Ipv4Addr) -> Option<InstanceMetadata> {
        let host = address.octets()[3];
        let leaves = BTreeMap::from([
            ("meta-data/instance-id".to_owned(), format!("i-{host}")),
            ("meta-data/vpc".to_owned(), vpc.to_owned()),
        ]);
        Some(InstanceMetadata {
            machine: format!("i-{host}"),
            enabled: true,
            tokens_required: host % 2 == 1,
            hop_limit: 1,
            leaves,
            user_data: Some(b"#!/bin/sh\n\xff".to_vec()),
        })
    }

    async fn resolve(&self, _vpc: &str, name: &str) -> Option<Ipv4Addr> {
        let address = name.strip_prefix("ip-")?.strip_suffix(".ec2.internal")?.replace('-', ".");
        address.parse().ok()
    }

    async fn reverse(&self, _vpc: &str, address: Ipv4Addr) -> Option<String> {
        Some(format!("ip-{}.ec2.internal", address.to_string().replace('.', "-")))
    }
}
