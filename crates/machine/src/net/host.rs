//! The network on this host's kernel. What exists is read from the kernel each time, never from a record of
//! one's own, so that a new process finds everything as an older one left it. Only two things are remembered,
//! and both may be forgotten: the ruleset that was loaded last, to leave an unchanged one alone, and the last
//! plan, for machines that come later.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use freehold_core::clock::Clock;
use ipnet::Ipv4Net;
use tokio::sync::Mutex as AsyncMutex;

use super::endpoint::GuestEndpoint;
use super::guest_services::{GuestServices, Serving};
use super::metadata::{MetadataSource, Names};
use super::names::Tag;
use super::netlink::Netlink;
use super::plan::VpcPlan;
use super::rules::{host_address, host_ruleset, published_addresses, vpc_ruleset};
use super::{Network, Traffic, attach, forwarding, namespace, netns, nft, policy, uplink};
use crate::driver::{Error, Result};
use crate::spec::Interface;

/// The network of one region. Needs root, nftables, and the program `nft`.
pub struct HostNetwork {
    shared: Arc<Shared>,
    services: GuestServices,
    /// One lock per VPC: plans are applied one after the other.
    vpcs: Mutex<HashMap<String, Arc<AsyncMutex<Vpc>>>>,
}

struct Shared {
    tag: Tag,
    pool: Ipv4Net,
    /// Whether the host's own table is loaded; also serialises what is done to it.
    is_host_ready: Mutex<bool>,
    /// The last plan of each VPC.
    plans: Mutex<HashMap<String, Arc<VpcPlan>>>,
}

#[derive(Default)]
struct Vpc {
    /// What `nft` was given last, and has accepted.
    ruleset: Option<String>,
    serving: Option<Serving>,
}

impl HostNetwork {
    /// The network of the region that keeps its data in `data_dir`, with public addresses from `pool`, which
    /// nobody but this region may route. The first address of the pool is the host's own.
    pub fn new(data_dir: &Path, pool: Ipv4Net) -> Result<Self> {
        let tag = Tag::of(data_dir);
        let services = GuestServices::new(data_dir)?;
        let shared = Shared { tag, pool, is_host_ready: Mutex::default(), plans: Mutex::default() };
        Ok(Self { shared: Arc::new(shared), services, vpcs: Mutex::default() })
    }

    /// Takes the time from elsewhere than the machine: tokens of the metadata service expire by it.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.services.set_clock(clock);
        self
    }

    /// A range that is set aside for benchmarks (RFC 2544) and routed by nobody.
    pub const DEFAULT_POOL: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(198, 18, 0, 0), 16);

    /// The address that guests see when the host itself calls them.
    pub fn host_address(&self) -> Ipv4Addr {
        host_address(self.shared.pool)
    }

    /// Removes all VPCs of this region, and whatever else of its is found on the host.
    pub async fn purge(&self) -> Result<()> {
        for vpc in self.list().await? {
            self.remove(&vpc).await?;
        }
        self.blocking(|shared| shared.remove_leftovers()).await
    }

    /// Closes the sockets that serve guests, as the end of the process does. All else stays.
    pub async fn stop_serving(&self) {
        let vpcs: Vec<_> = lock(&self.vpcs).values().cloned().collect();
        for vpc in vpcs {
            if let Some(serving) = vpc.lock().await.serving.take() {
                serving.stop().await;
            }
        }
    }

    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(&Shared) -> Result<T> + Send + 'static) -> Result<T> {
        let shared = Arc::clone(&self.shared);
        match tokio::task::spawn_blocking(move || work(&shared)).await {
            Ok(result) => result,
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // Only when the runtime shuts down.
                Err(cancelled) => Err(Error::io("configure the network", std::io::Error::other(cancelled))),
            },
        }
    }

    fn vpc(&self, id: &str) -> Arc<AsyncMutex<Vpc>> {
        Arc::clone(lock(&self.vpcs).entry(id.to_owned()).or_default())
    }
}

#[async_trait]
impl Network for HostNetwork {
    async fn apply(&self, plan: &VpcPlan) -> Result<()> {
        // The lock goes along: a caller that gives up waiting does not let a later plan overtake this one.
        let mut vpc = self.vpc(&plan.vpc).lock_owned().await;
        let wanted = plan.clone();
        let mut vpc = self
            .blocking(move |shared| {
                let ruleset = vpc_ruleset(&wanted);
                let is_unchanged = vpc.ruleset.as_ref() == Some(&ruleset);
                shared.apply(&wanted, (!is_unchanged).then_some(ruleset.as_str()))?;
                vpc.ruleset = Some(ruleset);
                Ok(vpc)
            })
            .await?;

        let namespace = netns::path(&self.shared.tag.namespace(&plan.vpc));
        self.services.ensure(&mut vpc.serving, plan, &namespace).await
    }

    async fn remove(&self, vpc: &str) -> Result<()> {
        let mut state = self.vpc(vpc).lock_owned().await;
        if let Some(serving) = state.serving.take() {
            serving.stop().await;
        }
        let id = vpc.to_owned();
        self.blocking(move |shared| {
            lock(&shared.plans).remove(&id);
            *state = Vpc::default();
            shared.remove(&id)
        })
        .await
    }

    async fn list(&self) -> Result<Vec<String>> {
        self.blocking(|shared| shared.list()).await
    }

    async fn attach_container(&self, interface: &Interface, index: usize, pid: u32) -> Result<()> {
        self.attach_namespace(interface, index, &netns::path_of_process(pid)).await
    }

    async fn attach_namespace(&self, interface: &Interface, index: usize, namespace: &Path) -> Result<()> {
        let (interface, inside) = (interface.clone(), namespace.to_owned());
        self.blocking(move |shared| {
            let namespace = shared.tag.namespace(&interface.vpc);
            attach::attach_container(&namespace, &interface, index, &inside, &shared.addresses_of(&interface))?;
            shared.welcome(&interface)
        })
        .await
    }

    async fn traffic(&self, interface: &Interface) -> Result<Option<Traffic>> {
        let interface = interface.clone();
        self.blocking(move |shared| attach::traffic(&shared.tag.namespace(&interface.vpc), &interface)).await
    }

    async fn attach_vm(&self, interface: &Interface) -> Result<OwnedFd> {
        let interface = interface.clone();
        self.blocking(move |shared| {
            let namespace = shared.tag.namespace(&interface.vpc);
            let tap = attach::attach_vm(&namespace, &interface, &shared.addresses_of(&interface))?;
            shared.welcome(&interface)?;
            Ok(tap)
        })
        .await
    }

    async fn detach(&self, interface: &Interface) -> Result<()> {
        let interface = interface.clone();
        self.blocking(move |shared| attach::detach(&shared.tag.namespace(&interface.vpc), &interface)).await
    }

    fn serve_metadata(&self, source: Arc<dyn MetadataSource>) {
        self.services.set_source(source);
    }

    fn serve_names(&self, names: Arc<dyn Names>) {
        self.services.set_names(names);
    }

    fn serve_endpoint(&self, endpoint: Arc<dyn GuestEndpoint>) {
        self.services.set_endpoint(endpoint);
    }
}

impl Shared {
    /// Makes everything but the services true. Rules come before the routes that lead to them.
    fn apply(&self, plan: &VpcPlan, ruleset: Option<&str>) -> Result<()> {
        let (namespace, link) = (self.tag.namespace(&plan.vpc), self.tag.uplink(&plan.vpc));
        let is_new = !netns::exists(&namespace);
        namespace::ensure(&namespace, plan)?;
        match ruleset {
            Some(ruleset) => netns::enter(&netns::path(&namespace), || nft::load(ruleset))?,
            // Somebody else removed the namespace, and the rules went with it.
            None if is_new => netns::enter(&netns::path(&namespace), || nft::load(&vpc_ruleset(plan)))?,
            None => {}
        }
        self.ensure_host()?;
        let host = host_address(self.pool);
        uplink::ensure(&link, &namespace, host)?;
        uplink::publish(&link, published_addresses(plan).into_values(), host)?;

        // Remembered before existing devices are looked at: a machine that is attached meanwhile either reads
        // this plan, or is found there.
        lock(&self.plans).insert(plan.vpc.clone(), Arc::new(plan.clone()));
        namespace::route_interfaces(&namespace, plan)?;
        policy::ensure(&namespace, plan)
    }

    fn ensure_host(&self) -> Result<()> {
        let mut is_ready = lock(&self.is_host_ready);
        // Other programs flush the host's rules, Debian's `nftables.service` for one, and guests must not be left
        // with a free run at the host.
        let table = self.tag.table();
        if !*is_ready || !nft::table_exists(&table)? {
            nft::load(&host_ruleset(&self.tag, self.pool))?;
            *is_ready = true;
        }
        forwarding::enable()
    }

    fn remove(&self, vpc: &str) -> Result<()> {
        uplink::remove(&self.tag.uplink(vpc))?;
        netns::delete(&self.tag.namespace(vpc))?;
        if self.list()?.is_empty() {
            self.remove_leftovers()?;
        }
        Ok(())
    }

    fn list(&self) -> Result<Vec<String>> {
        Ok(netns::list()?.iter().filter_map(|name| self.tag.vpc_of_namespace(name)).collect())
    }

    /// The host's part, once no VPC is left: uplinks that lost their namespace, the table, the setting.
    fn remove_leftovers(&self) -> Result<()> {
        let mut is_ready = lock(&self.is_host_ready);
        if !self.list()?.is_empty() {
            return Ok(());
        }
        let mut netlink = Netlink::open()?;
        let prefix = self.tag.uplink_prefix();
        for link in netlink.links()?.iter().filter(|link| link.name.starts_with(&prefix)) {
            netlink.delete_link(&link.name)?;
        }
        nft::delete_table(&self.tag.table())?;
        *is_ready = false;
        forwarding::restore()
    }

    /// All private addresses of an interface.
    fn addresses_of(&self, interface: &Interface) -> Vec<Ipv4Addr> {
        let plan = lock(&self.plans).get(&interface.vpc).cloned();
        let planned = plan.iter().flat_map(|plan| &plan.enis).filter(|eni| eni.id == interface.eni);
        let mut all: Vec<_> = planned.flat_map(|eni| &eni.addresses).map(|address| address.private).collect();
        if !all.contains(&interface.address) {
            all.insert(0, interface.address);
        }
        all
    }

    /// Route tables may lead to the interface that has just come.
    fn welcome(&self, interface: &Interface) -> Result<()> {
        let plan = lock(&self.plans).get(&interface.vpc).cloned();
        match plan {
            Some(plan) => policy::ensure(&self.tag.namespace(&interface.vpc), &plan),
            None => Ok(()),
        }
    }
}

/// A lock whose data stays valid whatever happened to the thread that held it.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
