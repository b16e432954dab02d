//! CloudWatch Logs: groups and streams of events, durable once acknowledged, read back by time and by filter.
//!
//! ```text
//!  PutLogEvents ──▶ ingest: limits, filters ──▶ events: one writer, one commit ──▶ answer
//!                        │                         │ logs.db
//!                        ▼                         ├──▶ deliver ──▶ functions
//!                   CloudWatch                     ▼
//!                             GetLogEvents, FilterLogEvents ◀── pattern
//! ```
//!
//! Groups are documents of the region's state; streams and events have a database of their own ([`EventStore`]).

mod errors;
mod events;
mod ingest;
mod measurements;
mod model;
mod operations;
mod pattern;
mod reconcile;
mod tails;
mod target;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};

use freehold_core::Clock;
use freehold_core::metrics::Metrics;
use freehold_core::reconcile::Reconcilers;
use freehold_core::targets::Targets;
use freehold_store::{SharedStore, StoreExt, TxExt};
use freehold_wire::{Call, Local, Service};
use jiff::Timestamp;
use tokio::sync::mpsc;

use errors::Error;
use events::{Batch, NewEvent};
use ingest::{Measured, Minutes, apply_metric_filters, apply_subscriptions, measure};
use model::Group;
use tails::{Came, Tails};

pub use events::{EventStore, Failure};

/// Most that the body of a request may have: a batch of a mebibyte may be six times that when it is escaped.
pub const BODY_BYTES: usize = 8 << 20;

/// What CloudWatch Logs stands on.
pub struct Parts {
    pub store: SharedStore,
    pub clock: Arc<dyn Clock>,
    pub events: Arc<EventStore>,
    pub region: String,
    /// Where the measurements of groups go.
    pub metrics: Arc<dyn Metrics>,
    /// CloudWatch, which takes the measurements of metric filters.
    pub local: Arc<Local>,
    /// Functions, which subscribe to groups.
    pub targets: Arc<Targets>,
}

/// Log groups of a region.
pub struct Logs {
    store: SharedStore,
    clock: Arc<dyn Clock>,
    events: Arc<EventStore>,
    region: String,
    metrics: Arc<dyn Metrics>,
    targets: Arc<Targets>,
    /// Whoever follows what comes.
    tails: Tails,
    minutes: Mutex<Minutes>,
    measurements: mpsc::Sender<measurements::Order>,
    /// Until the region starts.
    waiting: Mutex<Option<(Arc<Local>, mpsc::Receiver<measurements::Order>)>>,
}

impl Logs {
    pub fn new(parts: Parts) -> Arc<Self> {
        let Parts { store, clock, events, region, metrics, local, targets } = parts;
        let (measurements, orders) = measurements::channel();
        let waiting = Mutex::new(Some((local, orders)));
        Arc::new(Self {
            store,
            clock,
            events,
            region,
            metrics,
            targets,
            tails: Tails::default(),
            minutes: Mutex::default(),
            measurements,
            waiting,
        })
    }

    /// Goes on with delivering, measuring and forgetting. Must be called inside a tokio runtime.
    pub fn start(self: &Arc<Self>, reconcilers: &Reconcilers) {
        if let Some((local, orders)) = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take() {
            tokio::spawn(measurements::hand_over(local, orders));
        }
        reconcile::start(self, reconcilers);
    }

    /// The service `logs`.
    pub fn service(self: &Arc<Self>) -> Service {
        operations::service(self)
    }

    /// Writes down what was taken, and closes the database.
    pub fn close(&self) {
        self.events.close();
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The caller's group of this name.
    fn group(&self, call: &Call, name: Option<&str>) -> Result<Group, Error> {
        let id = Group::id_of(call.account(), name.unwrap_or_default());
        self.store.get::<Group>(&id)?.ok_or(Error::NoGroup)
    }

    /// The caller's group that is named by name or ARN, where a request may say either.
    fn group_by(&self, call: &Call, name: Option<&str>, identifier: Option<&str>) -> Result<Group, Error> {
        match (name, identifier) {
            (Some(_), Some(_)) => Err(Error::InvalidParameter(
                "LogGroup name and LogGroup identifier are mutually exclusive parameters.".into(),
            )),
            (None, None) => {
                Err(Error::InvalidParameter("Either logGroupName or logGroupIdentifier is required.".into()))
            }
            (Some(name), None) => self.group(call, Some(name)),
            (None, Some(identifier)) => self.group(call, Some(&self.name_of(call, identifier)?)),
        }
    }

    /// The name of a group of the caller's that is named by name or ARN.
    fn name_of(&self, call: &Call, identifier: &str) -> Result<String, Error> {
        if !identifier.starts_with("arn:") {
            return Ok(identifier.to_owned());
        }
        let prefix = Group::arn_of(&self.region, call.account(), "");
        let name = identifier.strip_prefix(&prefix).ok_or(Error::NoGroup)?;
        Ok(name.strip_suffix(":*").unwrap_or(name).to_owned())
    }

    /// Changes a group that is there, and gives it back as it is now.
    async fn change<F>(&self, group: &Group, change: F) -> Result<Group, Error>
    where
        F: FnOnce(&mut Group) -> Result<(), Error> + Send + 'static,
    {
        let id = group.id.clone();
        self.store
            .transact::<_, Error, _>(move |tx| {
                let mut group = tx.get::<Group>(&id)?.ok_or(Error::NoGroup)?;
                change(&mut group)?;
                tx.put(&group)?;
                Ok(group)
            })
            .await
    }

    /// Writes events of one stream, with all that is made of them; `false` if the stream does not exist.
    async fn take(&self, group: &Group, now: Timestamp, stream: String, events: Vec<NewEvent>) -> Result<bool, Error> {
        let deliveries = apply_subscriptions(group, &self.region, &stream, &events);
        let measured = self.measured(group, &events);
        let came = self.tails.are_heard().then(|| Came {
            group: group.number,
            stream: stream.clone(),
            ingested: now.as_millisecond(),
            events: events.clone(),
        });
        let batch = Batch { group: group.number, stream, ingested: now.as_millisecond(), events, deliveries };
        let (bytes, count) = (batch.bytes(), batch.events.len());
        let is_there = self.events.put(batch).await?;
        if is_there && count > 0 {
            self.metrics.record(&group.account, measure(&group.name, bytes, count, now));
            self.hand_over(group, measured);
            if let Some(came) = came {
                self.tails.tell(came);
            }
        }
        Ok(is_there)
    }

    /// What a group's metric filters make of events.
    fn measured(&self, group: &Group, events: &[NewEvent]) -> Vec<Measured> {
        if group.metric_filters.is_empty() {
            return Vec::new();
        }
        apply_metric_filters(group, events, &mut self.minutes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Hands measurements over without waiting; what cannot be taken is lost.
    fn hand_over(&self, group: &Group, measured: Vec<Measured>) {
        if !measured.is_empty() && self.measurements.try_send((group.account.clone(), measured)).is_err() {
            tracing::warn!(group = group.name, "measurements of metric filters are lost");
        }
    }

    /// Reads events, away from the threads that serve.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&EventStore) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Error> {
        let events = Arc::clone(&self.events);
        let outcome = tokio::task::spawn_blocking(move || read(&events)).await.map_err(|_| Error::Internal)?;
        Ok(outcome?)
    }
}
