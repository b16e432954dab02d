//! CloudWatch: metrics that are kept and asked for, alarms that are evaluated and act.
//!
//! ```text
//!  PutMetricData ──▶ series: one writer, one commit ──▶ answer
//!  Metrics::record ─▶   │ (never waits)
//!                       ▼
//!                   metrics.db ◀── GetMetricData, GetMetricStatistics, alarms
//! ```
//!
//! Measurements have a database of their own ([`SeriesStore`]).

mod compute;
mod errors;
mod math;
mod model;
mod operations;
mod record;
mod series;
mod statistics;

use std::sync::Arc;

use freehold_core::Clock;
use freehold_wire::Service;
use jiff::Timestamp;

use errors::Error;

pub use series::{Failure, SeriesStore};

/// Most that the body of a request may have, unpacked.
pub const BODY_BYTES: usize = 8 << 20;

/// What CloudWatch stands on.
pub struct Parts {
    pub clock: Arc<dyn Clock>,
    pub series: Arc<SeriesStore>,
}

/// Metrics and alarms of a region.
pub struct CloudWatch {
    clock: Arc<dyn Clock>,
    series: Arc<SeriesStore>,
}

impl CloudWatch {
    pub fn new(parts: Parts) -> Arc<Self> {
        let Parts { clock, series } = parts;
        Arc::new(Self { clock, series })
    }

    /// The service `cloudwatch`.
    pub fn service(self: &Arc<Self>) -> Service {
        operations::service(self)
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
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
