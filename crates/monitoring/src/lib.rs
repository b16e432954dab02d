//! CloudWatch: metrics that are kept and asked for, alarms that are evaluated and act.
//!
//! ```text
//!  PutMetricData ──▶ series: one writer, one commit ──▶ answer
//!  Metrics::record ─▶   │ (never waits)
//!                       ▼
//!                   metrics.db ◀── GetMetricData, GetMetricStatistics
//!                       ▲
//!                evaluate, combine ──▶ states, history, actions ──▶ act ──▶ topics, scaling policies, instances
//! ```
//!
//! Measurements have a database of their own ([`SeriesStore`]); alarms are documents of the region's state, all of which
//! are in memory too. A transition, its history and what is to be done about it are one commit.

mod alarms;
mod combined;
mod compute;
mod errors;
mod math;
mod model;
mod operations;
mod reconcile;
mod record;
mod series;
mod statistics;

use std::sync::Arc;

use freehold_core::Clock;
use freehold_core::reconcile::Reconcilers;
use freehold_core::targets::Targets;
use freehold_store::{SharedStore, StoreExt, TxExt};
use freehold_wire::{Local, Service};
use jiff::Timestamp;

use alarms::Book;
use errors::Error;
use model::Alarm;

pub use series::{Failure, SeriesStore};

/// Most that the body of a request may have, unpacked.
pub const BODY_BYTES: usize = 8 << 20;

/// What CloudWatch stands on.
pub struct Parts {
    pub store: SharedStore,
    pub clock: Arc<dyn Clock>,
    pub series: Arc<SeriesStore>,
    pub region: String,
    /// Topics and instances, which alarms act on.
    pub local: Arc<Local>,
    /// What carries out scaling policies.
    pub targets: Arc<Targets>,
}

/// Metrics and alarms of a region.
pub struct CloudWatch {
    store: SharedStore,
    clock: Arc<dyn Clock>,
    series: Arc<SeriesStore>,
    region: String,
    local: Arc<Local>,
    targets: Arc<Targets>,
    book: Book,
}

impl CloudWatch {
    /// Takes up what the store has.
    ///
    /// # Errors
    /// What the store reports.
    pub fn open(parts: Parts) -> Result<Arc<Self>, freehold_store::Error> {
        let Parts { store, clock, series, region, local, targets } = parts;
        let book = Book::open(Arc::clone(&store))?;
        Ok(Arc::new(Self { store, clock, series, region, local, targets, book }))
    }

    /// Goes on with evaluating alarms. Must be called inside a tokio runtime.
    pub fn start(self: &Arc<Self>, reconcilers: &Reconcilers) {
        reconcile::start(self, reconcilers);
    }

    /// The service `cloudwatch`.
    pub fn service(self: &Arc<Self>) -> Service {
        operations::service(self)
    }

    /// Writes down what was measured so far, and closes the database.
    pub fn close(&self) {
        self.series.close();
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Changes an alarm, if it is there; whether it was.
    async fn change_alarm<F>(&self, arn: &str, change: F) -> Result<bool, Error>
    where
        F: FnOnce(&mut Alarm) -> Result<(), Error> + Send + 'static,
    {
        let id = arn.to_owned();
        let was_there = self
            .store
            .transact::<_, Error, _>(move |tx| {
                let Some(mut alarm) = tx.get::<Alarm>(&id)? else { return Ok(false) };
                change(&mut alarm)?;
                tx.put(&alarm)?;
                Ok(true)
            })
            .await?;
        self.book.refresh(arn)?;
        Ok(was_there)
    }

    /// Reads measurements, away from the threads that serve.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&SeriesStore) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Error> {
        let series = Arc::clone(&self.series);
        let outcome = tokio::task::spawn_blocking(move || read(&series)).await.map_err(|_| Error::Internal)?;
        outcome.map_err(|error| {
            tracing::error!(%error, "metrics");
            Error::Internal
        })
    }
}
