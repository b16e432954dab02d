//! What this crate's tests share: a host that exists in memory, and a region on it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use freehold_billing::Ledger as Bills;
use freehold_billing::sheet::{InstanceTypes, Sheet};
use freehold_core::{Arn, Clock, ManualClock, Principal, PrincipalKind};
use freehold_machine::net::Network;
use freehold_machine::net::metadata::MetadataSource;
use freehold_machine::net::plan::VpcPlan;
use freehold_machine::{
    Driver, DriverKind, Error as MachineError, Interface, MachineEvent, MachineSpec, MachineState, Resources, Result,
};
use freehold_store::{MemoryStore, SharedStore};
use freehold_wire::Call;
use freehold_wire::schema::Convert;
use freehold_wire::service::Operation;
use jiff::Timestamp;
use tokio::sync::broadcast;

use crate::catalogue::Priced;
use crate::images::NoImages;
use crate::roles::NoProfiles;
use crate::{Ec2, Parts, Region, operations};
use freehold_machine::capacity::{Cores, Pool};

pub const ACCOUNT: &str = "111122223333";
/// The minimal image of [`NoImages`].
pub const IMAGE: &str = "ami-0f8ee401d00000001";

/// A machine of the pretended host.
#[derive(Debug, Clone)]
pub struct Machine {
    pub spec: MachineSpec,
    pub running: bool,
    /// How often it was booted.
    pub boots: u32,
}

/// A host in memory, which outlives the control planes of a test.
pub struct Host {
    state: Mutex<State>,
    events: broadcast::Sender<MachineEvent>,
}

#[derive(Default)]
pub struct State {
    pub machines: BTreeMap<String, Machine>,
    pub vpcs: BTreeMap<String, VpcPlan>,
    /// Guests that do not shut down when asked.
    pub is_stubborn: bool,
    /// Launches fail for good.
    pub is_full: bool,
}

impl Host {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), events: broadcast::Sender::new(64) })
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Ids of the machines that run.
    pub fn running(&self) -> BTreeSet<String> {
        self.state().machines.iter().filter(|(_, m)| m.running).map(|(id, _)| id.clone()).collect()
    }

    /// How many machines and networks there are.
    pub fn counts(&self) -> (usize, usize) {
        let state = self.state();
        (state.machines.len(), state.vpcs.len())
    }

    /// The guest powers itself off.
    pub fn power_off(&self, id: &str) {
        if let Some(machine) = self.state().machines.get_mut(id) {
            machine.running = false;
        }
    }

    /// A place to be killed at: before and after each change.
    async fn change<T>(&self, change: impl FnOnce(&mut State) -> Result<T>) -> Result<T> {
        tokio::task::yield_now().await;
        let changed = change(&mut self.state());
        tokio::task::yield_now().await;
        changed
    }
}

fn machine<'a>(state: &'a mut State, id: &str) -> Result<&'a mut Machine> {
    state.machines.get_mut(id).ok_or_else(|| MachineError::NoMachine(id.to_owned()))
}

#[async_trait]
impl Driver for Host {
    fn kind(&self) -> DriverKind {
        DriverKind::Container
    }

    async fn create(&self, spec: &MachineSpec) -> Result<()> {
        self.change(|state| {
            if state.is_full {
                return Err(MachineError::DiskFull("a test".into()));
            }
            let new = Machine { spec: spec.clone(), running: false, boots: 0 };
            state.machines.entry(spec.id.clone()).or_insert(new);
            Ok(())
        })
        .await
    }

    async fn start(&self, id: &str) -> Result<()> {
        self.change(|state| {
            let vpcs: Vec<String> = state.vpcs.keys().cloned().collect();
            let machine = machine(state, id)?;
            assert!(machine.spec.interfaces.iter().all(|i| vpcs.contains(&i.vpc)), "started before its VPC is there");
            if !machine.running {
                machine.boots += 1;
            }
            machine.running = true;
            Ok(())
        })
        .await
    }

    async fn connect(&self, id: &str, interfaces: &[freehold_machine::Interface]) -> Result<(), MachineError> {
        self.change(|state| machine(state, id).map(|machine| machine.spec.interfaces = interfaces.to_vec())).await
    }

    async fn shut_down(&self, id: &str) -> Result<()> {
        self.change(|state| {
            let is_stubborn = state.is_stubborn;
            machine(state, id)?.running &= is_stubborn;
            Ok(())
        })
        .await
    }

    async fn kill(&self, id: &str) -> Result<()> {
        self.change(|state| machine(state, id).map(|machine| machine.running = false)).await
    }

    async fn reboot(&self, id: &str) -> Result<()> {
        self.change(|state| machine(state, id).map(|machine| machine.boots += 1)).await
    }

    async fn pin(&self, id: &str, cpus: &[u32]) -> Result<()> {
        self.change(|state| machine(state, id).map(|machine| machine.spec.resources.cpuset = cpus.to_vec())).await
    }

    async fn resize(&self, id: &str, resources: &Resources) -> Result<()> {
        self.change(|state| machine(state, id).map(|machine| machine.spec.resources = resources.clone())).await
    }

    async fn destroy(&self, id: &str) -> Result<()> {
        self.change(|state| {
            state.machines.remove(id);
            Ok(())
        })
        .await
    }

    async fn state(&self, id: &str) -> Result<MachineState> {
        Ok(match self.state().machines.get(id) {
            None => MachineState::Absent,
            Some(machine) if machine.running => MachineState::Running { pid: 1 },
            Some(_) => MachineState::Stopped,
        })
    }

    async fn list(&self) -> Result<Vec<String>> {
        Ok(self.state().machines.keys().cloned().collect())
    }

    async fn console(&self, _id: &str) -> Result<Vec<u8>> {
        Ok(b"booted\n".to_vec())
    }

    fn events(&self) -> broadcast::Receiver<MachineEvent> {
        self.events.subscribe()
    }
}

#[async_trait]
impl Network for Host {
    async fn apply(&self, plan: &VpcPlan) -> Result<()> {
        self.change(|state| {
            state.vpcs.insert(plan.vpc.clone(), plan.clone());
            Ok(())
        })
        .await
    }

    async fn remove(&self, vpc: &str) -> Result<()> {
        self.change(|state| {
            state.vpcs.remove(vpc);
            Ok(())
        })
        .await
    }

    async fn list(&self) -> Result<Vec<String>> {
        Ok(self.state().vpcs.keys().cloned().collect())
    }

    async fn attach_container(&self, _interface: &Interface, _index: usize, _pid: u32) -> Result<()> {
        Ok(())
    }

    async fn attach_vm(&self, _interface: &Interface) -> Result<OwnedFd> {
        Err(MachineError::Unsupported("there is no tap in memory".into()))
    }

    async fn detach(&self, _interface: &Interface) -> Result<()> {
        Ok(())
    }

    fn serve_metadata(&self, _source: Arc<dyn MetadataSource>) {}
}

/// What outlives a control plane: state, time and the host.
pub struct World {
    pub store: SharedStore,
    pub clock: Arc<ManualClock>,
    pub host: Arc<Host>,
}

impl World {
    pub fn new() -> Self {
        let start: Timestamp = "2026-11-23T17:00:00Z".parse().unwrap();
        Self {
            store: Arc::new(MemoryStore::new("us-east-1")),
            clock: Arc::new(ManualClock::frozen(start)),
            host: Host::new(),
        }
    }

    pub fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Of this world, at the prices that come with the program.
    pub fn bills(&self) -> Arc<Bills> {
        let types: Arc<dyn InstanceTypes> = Arc::new(Priced);
        let sheet = Sheet::builtin(Arc::clone(&types)).unwrap();
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        Arc::new(Bills::new(Arc::clone(&self.store), clock, "us-east-1", types, sheet))
    }

    /// A control plane on this world.
    pub fn region(&self) -> Arc<Ec2> {
        self.region_with(Pool { cpu_millis: 64_000, memory_mib: 64 << 10, cpu_overcommit_percent: 400 })
    }

    pub fn region_with(&self, pool: Pool) -> Arc<Ec2> {
        self.region_of(pool, Cores::default())
    }

    /// On a host with cores that somebody can hold alone.
    pub fn region_of(&self, pool: Pool, cores: Cores) -> Arc<Ec2> {
        Ec2::new(Parts {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            region: Region::new("us-east-1"),
            driver: Arc::clone(&self.host) as Arc<dyn Driver>,
            network: Arc::clone(&self.host) as Arc<dyn Network>,
            images: Arc::new(NoImages),
            roles: Arc::new(NoProfiles),
            bills: self.bills(),
            pool,
            cores,
            public_pool: "198.51.100.0/24".parse().unwrap(),
        })
        .unwrap()
    }
}

/// Calls an operation as a client's request does, behind the protocol.
pub async fn call<O: Operation>(
    ec2: &Arc<Ec2>,
    _operation: O,
    input: O::Input,
) -> std::result::Result<O::Output, freehold_wire::Error> {
    let call = Call {
        request_id: format!("{:032x}", rand::random::<u128>()),
        principal: Principal {
            account: ACCOUNT.into(),
            arn: Arn::root(ACCOUNT),
            user_id: ACCOUNT.into(),
            kind: PrincipalKind::Root,
            access_key_id: "AKIATEST".into(),
        },
        region: "us-east-1".into(),
        operation: O::MODEL.name,
        endpoint: "http://127.0.0.1:4566".into(),
        source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
        trace: None,
    };
    let answer = operations::service(ec2).call(call, input.into_value()).expect("an operation that is registered");
    answer.await.map(|output| {
        O::Output::from_value(output.output.view().to_value()).expect("an answer of the operation's type")
    })
}
