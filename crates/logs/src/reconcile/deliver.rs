//! What subscribers wait for is delivered, to each in the order in which it came.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};

use crate::Logs;

/// How long a delivery that may work later is tried (*User guide, Subscriptions concepts*).
const PATIENCE_MILLISECONDS: i64 = 24 * 3600 * 1000;

pub(crate) struct Deliver(pub Arc<Logs>);

#[async_trait]
impl Reconciler for Deliver {
    fn name(&self) -> &'static str {
        "logs.deliver"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(10)
    }

    /// Group and filter.
    async fn pending(&self) -> Result<Vec<String>, Failure> {
        Ok(self.0.events.waiting()?.into_iter().map(|(group, filter)| format!("{group}/{filter}")).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let Some((group, filter)) = key.split_once('/') else { return Ok(Next::Settled) };
        let Some(next) = self.0.events.next_delivery(group.parse()?, filter)? else { return Ok(Next::Settled) };
        let sender = super::sender(&next.source);
        if let Err(error) = self.0.targets.deliver(&next.destination, &next.payload, &sender).await {
            let age = self.0.now().as_millisecond() - next.at;
            if !error.is_permanent() && age < PATIENCE_MILLISECONDS {
                return Err(error.into());
            }
            tracing::warn!(%error, destination = next.destination, filter, "log events were not delivered");
        }
        self.0.events.forget_delivery(next.id).await?;
        Ok(Next::Again)
    }
}
