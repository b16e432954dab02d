//! Requests, counted in memory and written to their hours' tallies a moment later.
//!
//! A request that waited for the disk to be counted would be slower than what it asks for. So a kill may lose what was
//! counted in the last second; it never counts anything twice.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Error, SharedStore, StoreExt};
use jiff::Timestamp;

use crate::Counts;

/// How long counts stay in memory only.
const PERIOD: Duration = Duration::from_secs(1);
const MILLIONTHS: u64 = 1_000_000;

/// What was counted and is not on disk yet.
#[derive(Debug, Default)]
pub struct Counter {
    counts: Mutex<Counts>,
}

impl Counter {
    /// Counts `times` of a usage type that is counted whole, for a resource by its ARN.
    pub fn count(&self, who: (&str, &str), what: (&'static str, &'static str), at: Timestamp, times: u64) {
        self.lock().add(who, what, at, times.saturating_mul(MILLIONTHS));
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes down what was counted so far.
    ///
    /// # Errors
    /// Those of the store; nothing is forgotten then.
    pub async fn flush(&self, store: &SharedStore) -> Result<(), Error> {
        let counts = std::mem::take(&mut *self.lock());
        if counts.is_empty() {
            return Ok(());
        }
        let written = counts.clone();
        let done = store.transact::<_, Error, _>(move |tx| written.write(tx)).await;
        done.inspect_err(|_| self.lock().join(counts))
    }
}

/// Writes down what was counted, every second.
pub struct FlushCounts {
    pub counter: Arc<Counter>,
    pub store: SharedStore,
}

#[async_trait]
impl Reconciler for FlushCounts {
    fn name(&self) -> &'static str {
        "metering.counts"
    }

    fn period(&self) -> Duration {
        PERIOD
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        Ok(if self.counter.lock().is_empty() { Vec::new() } else { vec!["counts".to_owned()] })
    }

    async fn step(&self, _: &str) -> Result<Next, Failure> {
        self.counter.flush(&self.store).await?;
        Ok(Next::Settled)
    }
}

#[cfg(test)]
mod tests {
    use freehold_store::{Filter, MemoryStore};

    use super::*;
    use crate::Tally;

    #[tokio::test]
    async fn what_was_counted_is_in_the_tally_of_its_hour() {
        let store: SharedStore = Arc::new(MemoryStore::new("us-east-1"));
        let counter = Counter::default();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (who, what) = (("111111111111", "arn:q"), ("AWSQueueService", "Requests-Tier1"));
        counter.count(who, what, at("2026-11-30T10:00:00Z"), 1);
        counter.count(who, what, at("2026-11-30T10:59:59Z"), 2);
        counter.count(who, what, at("2026-11-30T11:00:00Z"), 5);
        counter.flush(&store).await.unwrap();
        counter.count(who, what, at("2026-11-30T10:30:00Z"), 4);
        counter.flush(&store).await.unwrap();
        assert!(counter.lock().is_empty());
        let mut tallies = store.list::<Tally>(&Filter::all()).unwrap();
        tallies.sort_by_key(|tally| tally.hour);
        let counted: Vec<_> = tallies.iter().map(|tally| tally.millionths).collect();
        assert_eq!(counted, [7_000_000, 5_000_000]);
    }
}
