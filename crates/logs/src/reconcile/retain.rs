//! Events go when their group's retention ends. Readers do not see them from that moment on, so it need not be soon.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt};

use crate::Logs;
use crate::model::Group;

pub(super) struct Retain(pub Arc<Logs>);

#[async_trait]
impl Reconciler for Retain {
    fn name(&self) -> &'static str {
        "logs.retain"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(300)
    }

    /// One at a time: all of them write to the same database.
    fn concurrency(&self) -> usize {
        1
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let now = self.0.now();
        let mut pending = Vec::new();
        for group in self.0.store.list::<Group>(&Filter::index(0, "retained"))? {
            if let Some(until) = group.kept_since(now)
                && self.0.events.has_older(group.number, until)?
            {
                pending.push(group.id);
            }
        }
        Ok(pending)
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let group = self.0.store.get::<Group>(key)?;
        let Some((group, until)) = group.and_then(|group| group.kept_since(self.0.now()).map(|until| (group, until)))
        else {
            return Ok(Next::Settled);
        };
        let has_more = self.0.events.expire(group.number, until).await?;
        Ok(if has_more { Next::Again } else { Next::Settled })
    }
}
