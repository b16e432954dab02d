//! Forgets what was kept long enough: messages, and deduplication ids.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::messages::Change;

use crate::Queues;
use crate::committer::Job;
use crate::message::{Millis, millis};

/// Receivers pass over old messages anyhow; this gives back their room.
const PERIOD: Duration = Duration::from_secs(60);
/// Deduplication ids count for five minutes; those on disk are forgotten some time after.
const DEDUPLICATIONS: Millis = 10 * 60 * 1000;

/// The reconciler that sweeps.
pub struct ForgetExpired {
    queues: Arc<Queues>,
    /// When ids were forgotten last.
    forgot: std::sync::atomic::AtomicI64,
}

impl ForgetExpired {
    pub fn new(queues: Arc<Queues>) -> Self {
        Self { queues, forgot: Default::default() }
    }

    fn forget_deduplications(&self, now: Millis) -> Result<(), Failure> {
        use std::sync::atomic::Ordering::Relaxed;
        if now - self.forgot.load(Relaxed) < millis(PERIOD) {
            return Ok(());
        }
        self.forgot.store(now, Relaxed);
        let mut any = false;
        for cell in self.queues.registry.all() {
            any |= cell.state().deduplications.forget(now);
        }
        if any {
            self.queues.submit(Job::Forget(Change::ForgetDeduplications { before: now - DEDUPLICATIONS }))?;
        }
        Ok(())
    }
}

#[async_trait]
impl Reconciler for ForgetExpired {
    fn name(&self) -> &'static str {
        "queues.forget-expired"
    }

    fn period(&self) -> Duration {
        PERIOD
    }

    /// Walks over all messages, which takes some ten nanoseconds each, once a period.
    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let now = self.queues.now();
        self.queues.wake();
        self.forget_deduplications(now)?;
        let cells = self.queues.registry.all().into_iter();
        Ok(cells.filter(|cell| cell.state().has_expired(now)).map(|cell| cell.id.to_string()).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let Ok(cell) = self.queues.registry.find(key.parse()?) else { return Ok(Next::Settled) };
        let expired = cell.state().expired(self.queues.now());
        self.queues.forget(&cell, expired).await?;
        Ok(Next::Settled)
    }
}
