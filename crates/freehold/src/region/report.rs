//! Gathers what `/_freehold/status` shows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use freehold_core::reconcile::{self, Reconcilers};
use freehold_ec2::model::Instance;
use freehold_elb::model::LoadBalancer;
use freehold_machine::capacity::Pool;
use freehold_store::{Filter, SharedStore, StoreExt};
use jiff::Timestamp;

use super::machines::Hardware;
use crate::data_dir::DataDir;
use crate::pid_file::Record;
use crate::status::{Capacity, Machines, Reconciler, Status};

/// What does not change while the region runs, and where the rest is found.
pub struct Report {
    blank: Status,
    started: Instant,
    pub(super) store: SharedStore,
    reconcilers: Arc<Reconcilers>,
}

impl Report {
    /// The region starts now.
    pub fn new(
        data: &DataDir,
        record: &Record,
        hardware: &Hardware,
        services: Vec<String>,
        store: SharedStore,
        reconcilers: Arc<Reconcilers>,
    ) -> Self {
        let blank = Status {
            version: record.version.clone(),
            endpoint: record.endpoint.clone(),
            console: format!("{}{}", record.endpoint, freehold_console::PATH),
            data_dir: data.path().display().to_string(),
            ca_file: data.ca().display().to_string(),
            pid: std::process::id(),
            started_at: Timestamp::now(),
            uptime_seconds: 0,
            machines: Machines { driver: hardware.name().into(), reason: hardware.reason.clone() },
            services,
            instances: BTreeMap::new(),
            balancers: BTreeMap::new(),
            capacity: capacity(hardware),
            reconcilers: Vec::new(),
            unknown_operations: Vec::new(),
        };
        Self { blank, started: Instant::now(), store, reconcilers }
    }

    /// The status now, but for what the server itself counts.
    pub fn gather(&self) -> Result<Status, freehold_store::Error> {
        let mut instances = BTreeMap::new();
        for instance in self.store.list::<Instance>(&Filter::default())? {
            *instances.entry(instance.state.name().to_owned()).or_default() += 1;
        }
        let mut balancers = BTreeMap::new();
        for balancer in self.store.list::<LoadBalancer>(&Filter::default())? {
            let state = if balancer.deleted { "deleting" } else { balancer.state.name() };
            *balancers.entry(state.to_owned()).or_default() += 1;
        }
        Ok(Status {
            uptime_seconds: self.started.elapsed().as_secs(),
            instances,
            balancers,
            reconcilers: self.reconcilers.snapshot().into_iter().map(reconciler).collect(),
            ..self.blank.clone()
        })
    }
}

/// What may be promised; nothing to show where there is no limit.
fn capacity(hardware: &Hardware) -> Option<Capacity> {
    let pool = hardware.pool;
    (pool != Pool::UNLIMITED).then(|| Capacity {
        vcpus: pool.cpu_millis / 1000,
        memory_mib: pool.memory_mib,
        policy: hardware.capacity.clone(),
    })
}

fn reconciler(status: reconcile::Status) -> Reconciler {
    let took = u64::try_from(status.last_duration.as_millis()).unwrap_or(u64::MAX);
    Reconciler {
        name: status.name.into(),
        activations: status.activations,
        last_started: status.last_activation,
        last_took_ms: status.last_activation.map(|_| took),
        pending: status.keys.len() as u64,
        failures: status.failures,
        last_error: status.last_error.map(|error| match error.key {
            Some(key) => format!("{key}: {}", error.message),
            None => error.message,
        }),
    }
}
