//! An EC2 of a few lines and a host that runs nothing: what outlives a control plane.

use std::collections::BTreeMap;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use freehold_api::ec2::{self, op};
use freehold_balancer::config::Config;
use freehold_balancer::status::Status;
use freehold_core::functions::{Functions, InvokeError};
use freehold_core::metrics::Unheard;
use freehold_core::targets::Sender;
use freehold_core::{Clock, ManualClock};
use freehold_machine::node::{NodeDriver, NodeSpec, NodeState};
use freehold_store::{MemoryStore, SharedStore};
use freehold_wire::schema::Unit;
use freehold_wire::{Call, Error, Local, Service};
use jiff::Timestamp;
use tokio::sync::watch;

use crate::reconcile::Tools;
use crate::{Elb, NoNodes, Parts};

pub struct World {
    pub store: SharedStore,
    pub clock: Arc<ManualClock>,
    pub local: Arc<Local>,
    pub ec2: Arc<Mutex<Vec<ec2::NetworkInterface>>>,
    pub host: Arc<Host>,
}

/// Nodes that serve at once whatever they are told.
pub struct Host {
    /// Their configurations are files, as everywhere.
    place: PathBuf,
    pub nodes: Mutex<BTreeMap<String, NodeSpec>>,
    exits: watch::Sender<u64>,
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.place);
    }
}

impl World {
    pub fn new() -> Self {
        let place = std::env::temp_dir().join(format!("freehold-elb-{:016x}", rand::random::<u64>()));
        let host = Host { place, nodes: Mutex::default(), exits: watch::Sender::new(0) };
        let ec2 = Arc::<Mutex<Vec<ec2::NetworkInterface>>>::default();
        let local = Local::new("us-east-1");
        local.register(&service(&ec2));
        Self {
            store: Arc::new(MemoryStore::new("us-east-1")),
            clock: Arc::new(ManualClock::frozen(Timestamp::UNIX_EPOCH)),
            local,
            ec2,
            host: Arc::new(host),
        }
    }

    pub fn elb(&self) -> Arc<Elb> {
        Elb::new(Parts {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            region: "us-east-1".into(),
            local: Arc::clone(&self.local),
            nodes: Arc::new(NoNodes),
            functions: Arc::new(NoFunctions),
        })
    }

    pub fn tools(&self) -> Tools {
        Tools {
            driver: Arc::clone(&self.host) as _,
            certificates: Arc::new(NoCertificates),
            metrics: Arc::new(Unheard),
            buckets: PathBuf::from("/nowhere"),
            hosts: None,
        }
    }

    pub fn interfaces(&self) -> MutexGuard<'_, Vec<ec2::NetworkInterface>> {
        self.ec2.lock().unwrap()
    }
}

struct NoFunctions;

#[async_trait]
impl Functions for NoFunctions {
    fn admits(&self, function: &str, _: &Sender) -> Result<(), InvokeError> {
        Err(InvokeError::NotFound(function.to_owned()))
    }

    async fn invoke(&self, function: &str, _: Vec<u8>, _: &Sender) -> Result<Vec<u8>, InvokeError> {
        Err(InvokeError::NotFound(function.to_owned()))
    }
}

struct NoCertificates;

impl freehold_core::certificates::Certificates for NoCertificates {
    fn pem(&self, _: &str, _: &str) -> Option<freehold_core::certificates::Certificate> {
        None
    }
}

type Interfaces = Arc<Mutex<Vec<ec2::NetworkInterface>>>;

fn service(state: &Interfaces) -> Service {
    Service::new(&ec2::MODEL)
        .on(op::DescribeNetworkInterfaces, state, describe)
        .on(op::CreateNetworkInterface, state, create)
        .on(op::ModifyNetworkInterfaceAttribute, state, modify)
        .on(op::DeleteNetworkInterface, state, delete)
        .on(op::DescribeSubnets, state, subnets)
        .on(op::DescribeInstances, state, instances)
}

async fn describe(
    state: Interfaces,
    _: Call,
    _: ec2::DescribeNetworkInterfacesRequest,
) -> Result<ec2::DescribeNetworkInterfacesResult, Error> {
    let all = state.lock().unwrap().clone();
    Ok(ec2::DescribeNetworkInterfacesResult { network_interfaces: Some(all), next_token: None })
}

async fn create(
    state: Interfaces,
    call: Call,
    input: ec2::CreateNetworkInterfaceRequest,
) -> Result<ec2::CreateNetworkInterfaceResult, Error> {
    assert!(call.principal.is_service_linked());
    tokio::task::yield_now().await;
    let groups = input.groups.unwrap_or_default().into_iter();
    let mut all = state.lock().unwrap();
    let number = all.len() + 10;
    all.push(ec2::NetworkInterface {
        network_interface_id: Some(format!("eni-{number}")),
        subnet_id: input.subnet_id,
        description: input.description,
        mac_address: Some(format!("02:00:00:00:00:{number}")),
        private_ip_address: Some(format!("10.0.0.{number}")),
        groups: Some(groups.map(|id| ec2::GroupIdentifier { group_id: Some(id), group_name: None }).collect()),
        ..Default::default()
    });
    Ok(ec2::CreateNetworkInterfaceResult::default())
}

async fn modify(state: Interfaces, _: Call, input: ec2::ModifyNetworkInterfaceAttributeRequest) -> Result<Unit, Error> {
    tokio::task::yield_now().await;
    let mut all = state.lock().unwrap();
    let found = all.iter_mut().find(|one| one.network_interface_id == input.network_interface_id).unwrap();
    if input.associate_public_ip_address == Some(true) {
        let public_ip = found.private_ip_address.as_ref().map(|address| address.replace("10.0", "198.18"));
        found.association = Some(ec2::NetworkInterfaceAssociation { public_ip, ..Default::default() });
    }
    if let Some(groups) = input.groups {
        let groups = groups.into_iter();
        found.groups = Some(groups.map(|id| ec2::GroupIdentifier { group_id: Some(id), group_name: None }).collect());
    }
    Ok(Unit)
}

async fn delete(state: Interfaces, _: Call, input: ec2::DeleteNetworkInterfaceRequest) -> Result<Unit, Error> {
    tokio::task::yield_now().await;
    state.lock().unwrap().retain(|one| one.network_interface_id != input.network_interface_id);
    Ok(Unit)
}

async fn subnets(
    _: Interfaces,
    _: Call,
    input: ec2::DescribeSubnetsRequest,
) -> Result<ec2::DescribeSubnetsResult, Error> {
    let ids = input.subnet_ids.unwrap_or_default().into_iter();
    let subnet = |id| ec2::Subnet { subnet_id: Some(id), cidr_block: Some("10.0.0.0/24".into()), ..Default::default() };
    Ok(ec2::DescribeSubnetsResult { subnets: Some(ids.map(subnet).collect()), next_token: None })
}

/// Only `i-1` lives.
async fn instances(
    _: Interfaces,
    _: Call,
    input: ec2::DescribeInstancesRequest,
) -> Result<ec2::DescribeInstancesResult, Error> {
    let filters = input.filters.unwrap_or_default();
    let wanted = filters.iter().find(|filter| filter.name.as_deref() == Some("instance-id"));
    let wanted = wanted.and_then(|filter| filter.values.clone()).unwrap_or_default();
    let living = wanted.into_iter().filter(|id| id == "i-1");
    let living = living.map(|id| ec2::Instance { instance_id: Some(id), ..Default::default() }).collect();
    let reservation = ec2::Reservation { instances: Some(living), ..Default::default() };
    Ok(ec2::DescribeInstancesResult { reservations: Some(vec![reservation]), next_token: None })
}

#[async_trait]
impl NodeDriver for Host {
    fn runs(&self) -> bool {
        true
    }

    fn directory(&self, id: &str) -> freehold_machine::Result<PathBuf> {
        Ok(self.place.join(id))
    }

    async fn configure(&self, id: &str, config: &[u8]) -> freehold_machine::Result<()> {
        tokio::task::yield_now().await;
        let directory = self.place.join(id);
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("config.json"), config).unwrap();
        Ok(())
    }

    async fn listen(&self, id: &str, name: &str) -> freehold_machine::Result<UnixListener> {
        tokio::task::yield_now().await;
        let path = self.place.join(id).join(name);
        let _ = std::fs::remove_file(&path);
        let listener = UnixListener::bind(path).unwrap();
        listener.set_nonblocking(true).unwrap();
        Ok(listener)
    }

    async fn ensure(&self, spec: &NodeSpec) -> freehold_machine::Result<NodeState> {
        tokio::task::yield_now().await;
        self.nodes.lock().unwrap().insert(spec.id.clone(), spec.clone());
        Ok(NodeState::Running { pid: 7 })
    }

    fn status(&self, id: &str) -> freehold_machine::Result<Option<Vec<u8>>> {
        let config = std::fs::read(self.place.join(id).join("config.json")).unwrap();
        let config: Config = serde_json::from_slice(&config).unwrap();
        let status = Status { revision: config.revision, pid: 7, ..Status::default() };
        Ok(Some(serde_json::to_vec(&status).unwrap()))
    }

    async fn collect(&self, _: &str, _: &str, _: &Path) -> freehold_machine::Result<usize> {
        Ok(0)
    }

    async fn state(&self, _: &str) -> freehold_machine::Result<NodeState> {
        Ok(NodeState::Running { pid: 7 })
    }

    async fn end(&self, _: &str) -> freehold_machine::Result<()> {
        Ok(())
    }

    async fn destroy(&self, id: &str) -> freehold_machine::Result<()> {
        tokio::task::yield_now().await;
        let _ = std::fs::remove_dir_all(self.place.join(id));
        self.nodes.lock().unwrap().remove(id);
        Ok(())
    }

    async fn list(&self) -> freehold_machine::Result<Vec<String>> {
        Ok(self.nodes.lock().unwrap().keys().cloned().collect())
    }

    fn exits(&self) -> watch::Receiver<u64> {
        self.exits.subscribe()
    }
}
