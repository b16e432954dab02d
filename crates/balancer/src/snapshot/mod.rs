//! A configuration made ready to be used: patterns compiled, certificates read, target groups looked up. The keeper makes
//! a new one whenever `config.json` changes and publishes it; workers pick it up with their next request. What must
//! outlive a change (the health and the counters of a target) is in a [`Registry`] and shared by all snapshots.

mod build;
mod group;
mod listener;
mod registry;

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

pub use build::build;
pub use group::{Group, Target, stable_hash};
pub use listener::{Action, Forward, Listener, Redirect, Rule};
pub use registry::{Live, Registry, TargetKey};

use crate::config::{Attributes, Kind};

#[derive(Debug)]
pub struct Snapshot {
    pub revision: u64,
    pub kind: Kind,
    pub name: String,
    pub attributes: Attributes,
    pub listeners: Vec<Arc<Listener>>,
    pub groups: HashMap<String, Arc<Group>>,
    pub addresses: Vec<(Ipv4Addr, String)>,
    /// What of it cannot be served.
    pub problems: Vec<String>,
}

impl Snapshot {
    pub fn listener(&self, key: ListenerKey) -> Option<&Arc<Listener>> {
        self.listeners.iter().find(|listener| listener.key() == key)
    }

    /// The zone of the address on which something arrived.
    pub fn zone_of(&self, ip: IpAddr) -> Option<&str> {
        self.addresses.iter().find(|(own, _)| IpAddr::V4(*own) == ip).map(|(_, zone)| zone.as_str())
    }

    /// The zone in which a request that arrived on `ip` must stay, if it must: with cross-zone balancing off, each of the
    /// balancer's addresses serves the targets of its own zone (*User Guide, Cross-zone load balancing*).
    pub fn confined_to(&self, group: &Group, ip: IpAddr) -> Option<&str> {
        match group.cross_zone.unwrap_or(self.attributes.cross_zone || self.kind == Kind::Application) {
            true => None,
            false => self.zone_of(ip),
        }
    }
}

/// What makes two listeners of two configurations the same socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListenerKey {
    pub port: u16,
    pub datagrams: bool,
}

/// The snapshot in force. Reading it costs one relaxed load as long as it has not changed.
#[derive(Debug)]
pub struct Published {
    version: AtomicU64,
    current: Mutex<Arc<Snapshot>>,
}

impl Published {
    pub fn new(first: Arc<Snapshot>) -> Published {
        Published { version: AtomicU64::new(1), current: Mutex::new(first) }
    }

    pub fn publish(&self, next: Arc<Snapshot>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = next;
        self.version.fetch_add(1, Ordering::Release);
    }

    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    pub fn get(&self) -> Arc<Snapshot> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
