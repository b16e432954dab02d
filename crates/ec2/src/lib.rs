//! EC2: instances, their network and their images.
//!
//! An operation ([`operations`]) checks its request, writes what should be in one transaction and answers;
//! reconcilers ([`reconcile`]) drive the host's machines and network there. What is stored is in [`model`]; how it is
//! shown, in [`view`].

pub mod addresses;
pub mod catalogue;
pub mod default_network;
pub mod errors;
pub mod filters;
pub mod fleet;
pub mod hosts;
pub mod images;
pub mod interface;
pub mod launch;
pub mod lookup;
mod machine_spec;
mod measure;
pub mod metadata;
mod metering;
pub mod model;
pub mod operations;
pub mod pages;
mod pins;
pub mod reconcile;
pub mod region;
mod release;
pub mod reserved;
pub mod roles;
pub mod rooms;
pub mod spot;
pub mod stored_images;
pub mod tagging;
#[cfg(test)]
mod testing;
mod view;

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

use freehold_billing::Ledger as Bills;
use freehold_core::Clock;
use freehold_machine::Driver;
use freehold_machine::capacity::{Cores, Ledger, Pool};
use freehold_machine::net::Network;
use freehold_store::{Filter, SharedStore, StoreExt};
use ipnet::Ipv4Net;
use jiff::Timestamp;

pub use errors::{Error, Result};
use images::HostImages;
use lookup::Committed;
use model::{DedicatedHost, HeldRoom, HostState, Instance};
use pins::Pins;
pub use region::{Region, Zone};
use roles::InstanceRoles;

/// What EC2 stands on.
pub struct Parts {
    pub store: SharedStore,
    pub clock: Arc<dyn Clock>,
    pub region: Region,
    pub driver: Arc<dyn Driver>,
    pub network: Arc<dyn Network>,
    pub images: Arc<dyn HostImages>,
    pub roles: Arc<dyn InstanceRoles>,
    /// What everything costs, and what was bought.
    pub bills: Arc<Bills>,
    /// What of the host may be promised to instances.
    pub pool: Pool,
    /// What of the host may be held by somebody alone.
    pub cores: Cores,
    /// Where public addresses come from.
    pub public_pool: Ipv4Net,
}

/// The service: what its operations and reconcilers share.
pub struct Ec2 {
    pub store: SharedStore,
    pub clock: Arc<dyn Clock>,
    pub region: Region,
    pub driver: Arc<dyn Driver>,
    pub network: Arc<dyn Network>,
    pub images: Arc<dyn HostImages>,
    pub roles: Arc<dyn InstanceRoles>,
    /// What everything costs, and what was bought.
    pub bills: Arc<Bills>,
    pub ledger: Ledger,
    pub public_pool: Ipv4Net,
    pins: Pins,
    /// Accounts that are known to have their default network.
    welcomed: RwLock<HashSet<String>>,
}

impl Ec2 {
    /// Puts the service together. What instances hold of the host already is noted from the store.
    pub fn new(parts: Parts) -> Result<Arc<Self>> {
        let Parts { store, clock, region, driver, network, images, roles, bills, pool, cores, public_pool } = parts;
        let ledger = Ledger::with_cores(pool, cores);
        note_what_is_held(&store, &ledger)?;
        Ok(Arc::new(Self {
            store,
            clock,
            region,
            driver,
            network,
            images,
            roles,
            bills,
            ledger,
            public_pool,
            pins: Pins::default(),
            welcomed: RwLock::default(),
        }))
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The store as of its last commit, for operations that only read.
    pub fn committed(&self) -> Committed<'_> {
        Committed(&self.store)
    }

    /// Makes sure that the account has its default network. Every operation begins with this.
    pub async fn welcome(&self, account: &str) -> Result<()> {
        if self.welcomed.read().unwrap_or_else(PoisonError::into_inner).contains(account) {
            return Ok(());
        }
        let (region, name, now) = (self.region.clone(), account.to_owned(), self.now());
        self.store.transact(move |tx| default_network::welcome(tx, &region, &name, now)).await?;
        self.welcomed.write().unwrap_or_else(PoisonError::into_inner).insert(account.to_owned());
        Ok(())
    }
}

/// Cores first, so that machines are known to be on them.
fn note_what_is_held(store: &SharedStore, ledger: &Ledger) -> Result<()> {
    let hosts = store.list::<DedicatedHost>(&Filter::index(0, HostState::Available.name()))?;
    for host in &hosts {
        ledger.note_cores(&hosts::holder(&host.id), &host.cores);
    }
    let rooms = store.list::<HeldRoom>(&Filter::all())?;
    rooms.iter().for_each(|room| rooms::note(ledger, room));
    let all = store.list::<Instance>(&Filter::default())?;
    for instance in all.iter().filter(|instance| instance.state.holds_capacity()) {
        let Some(kind) = catalogue::find(&instance.instance_type) else { continue };
        if let Some(holder) = rooms::holder(&instance.account, instance.placement.tenancy) {
            ledger.note_cores(&holder, &instance.placement.cores);
        }
        ledger.note_at(&instance.id, kind.share(), launch::place_of(instance));
    }
    // Whose cores are gone with the machine that had them, or who had none to remember, takes others.
    let of_rooms = rooms.iter().filter_map(|room| Some((rooms::holder(&room.account, room.tenancy)?, 1)));
    let size = |host: &DedicatedHost| hosts::Shape::of(&host.family).map_or(1, |shape| shape.cores);
    let of_hosts = hosts.iter().map(|host| (hosts::holder(&host.id), size(host)));
    for (holder, most) in of_hosts.chain(of_rooms) {
        if ledger.cores_of(&holder).is_empty()
            && let Err(full) = ledger.hold_cores(&holder, most)
        {
            tracing::warn!(?holder, %full, "there are no cores for one that held some");
        }
    }
    Ok(())
}

/// A new resource id: `vpc-0…`.
pub fn new_id(prefix: &str) -> String {
    freehold_core::ids::generate(prefix, &mut rand::rng())
}
