//! How often each operation was called, how often in vain, and how long it took. `freehold status` shows it, and
//! with it what clients asked for that Freehold does not have.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use serde::Serialize;

use crate::Service;

/// Names that no model knows are counted up to this many; anybody can make up more.
const MAX_UNKNOWN: usize = 256;

/// Counters of a server's operations.
pub struct Metrics {
    /// By service and name.
    operations: HashMap<&'static str, HashMap<&'static str, Counters>>,
    unknown: Mutex<BTreeMap<(&'static str, String), u64>>,
}

struct Counters {
    support: Support,
    calls: AtomicU64,
    errors: AtomicU64,
    micros: AtomicU64,
}

/// What Freehold has of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Support {
    Implemented,
    /// AWS has it, Freehold does not.
    Missing,
    /// AWS does not have it either.
    Unknown,
}

/// The counts of one operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OperationStatus {
    pub service: &'static str,
    pub operation: String,
    pub support: Support,
    pub calls: u64,
    /// Calls that were answered with an error.
    pub errors: u64,
    /// Time of all calls together, from the head's arrival to the answer.
    pub total_micros: u64,
}

impl Metrics {
    pub(super) fn new<'a>(services: impl Iterator<Item = &'a Service>) -> Self {
        let mut operations: HashMap<_, HashMap<_, _>> = HashMap::new();
        for service in services {
            let model = service.model;
            let operations = operations.entry(model.id).or_default();
            let known = model.operations.iter().map(|operation| operation.name);
            for name in known.chain(model.unsupported.iter().copied()) {
                operations.insert(name, Counters::new(Support::Missing));
            }
            for name in service.implemented() {
                operations.insert(name, Counters::new(Support::Implemented));
            }
        }
        Self { operations, unknown: Mutex::default() }
    }

    /// Counts a call of an operation that some model has.
    pub(super) fn count(&self, service: &'static str, operation: &'static str, took: Duration, is_error: bool) {
        if let Some(counters) = self.operations.get(service).and_then(|operations| operations.get(operation)) {
            counters.calls.fetch_add(1, Relaxed);
            counters.errors.fetch_add(u64::from(is_error), Relaxed);
            counters.micros.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Relaxed);
        }
    }

    /// Counts a call of an operation that Freehold does not have.
    pub(super) fn count_refused(&self, service: &'static str, operation: &str, took: Duration) {
        let known = self.operations.get(service).and_then(|operations| operations.get_key_value(operation));
        if let Some((name, _)) = known {
            return self.count(service, name, took, true);
        }
        let mut unknown = self.unknown.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let name: String = operation.chars().take(128).collect();
        if let Some(calls) = unknown.get_mut(&(service, name.clone())) {
            *calls += 1;
        } else if unknown.len() < MAX_UNKNOWN {
            unknown.insert((service, name), 1);
        }
    }

    /// Every operation that was called, by service and name.
    pub fn called(&self) -> Vec<OperationStatus> {
        let mut all = self.all();
        all.retain(|status| status.calls > 0);
        all
    }

    /// Every operation, by service and name.
    pub fn all(&self) -> Vec<OperationStatus> {
        let known = self.operations.iter().flat_map(|(service, operations)| {
            operations.iter().map(move |(operation, counters)| (service, operation, counters))
        });
        let known = known.map(|(service, operation, counters)| OperationStatus {
            service,
            operation: (*operation).to_owned(),
            support: counters.support,
            calls: counters.calls.load(Relaxed),
            errors: counters.errors.load(Relaxed),
            total_micros: counters.micros.load(Relaxed),
        });
        let unknown = self.unknown.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let unknown = unknown.iter().map(|((service, operation), calls)| OperationStatus {
            service,
            operation: operation.clone(),
            support: Support::Unknown,
            calls: *calls,
            errors: *calls,
            total_micros: 0,
        });
        let mut all: Vec<_> = known.chain(unknown).collect();
        all.sort_by(|left, right| (left.service, &left.operation).cmp(&(right.service, &right.operation)));
        all
    }
}

impl Counters {
    fn new(support: Support) -> Self {
        Self { support, calls: AtomicU64::new(0), errors: AtomicU64::new(0), micros: AtomicU64::new(0) }
    }
}
