//! Gathers what `/_freehold/status` shows.

use std::sync::Arc;
use std::time::Instant;

use freehold_core::Clock;
use freehold_core::reconcile::{self, Reconcilers};
use jiff::Timestamp;

use super::machines::Hardware;
use crate::data_dir::DataDir;
use crate::pid_file::Record;
use crate::status::{Machines, Reconciler, Status};

/// A function that gathers the status anew each time. The region started now.
pub fn gatherer(
    data: &DataDir,
    record: &Record,
    hardware: &Hardware,
    services: Vec<String>,
    clock: Arc<dyn Clock>,
    reconcilers: Arc<Reconcilers>,
) -> Arc<dyn Fn() -> Status + Send + Sync> {
    let started = Instant::now();
    let blank = Status {
        version: record.version.clone(),
        endpoint: record.endpoint.clone(),
        data_dir: data.path().display().to_string(),
        pid: std::process::id(),
        started_at: clock.now(),
        uptime_seconds: 0,
        machines: Machines { driver: hardware.name().into(), reason: hardware.reason.clone() },
        services,
        instances: Default::default(),
        capacity: None,
        reconcilers: Vec::new(),
        unknown_operations: Vec::new(),
    };
    Arc::new(move || Status {
        uptime_seconds: started.elapsed().as_secs(),
        reconcilers: reconcilers.snapshot().into_iter().map(reconciler).collect(),
        ..blank.clone()
    })
}

fn reconciler(status: reconcile::Status) -> Reconciler {
    let activated = |_: &Timestamp| u64::try_from(status.last_duration.as_millis()).unwrap_or(u64::MAX);
    Reconciler {
        name: status.name.into(),
        activations: status.activations,
        last_started: status.last_activation,
        last_took_ms: status.last_activation.as_ref().map(activated),
        pending: status.keys.len() as u64,
        failures: status.failures,
        last_error: status.last_error.map(|error| match error.key {
            Some(key) => format!("{key}: {}", error.message),
            None => error.message,
        }),
    }
}
