//! Takes away the messages of deleted queues, and forgets the queues when their names may be used again.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Document, Filter, StoreExt, TxExt};

use crate::Sqs;
use crate::model::Tombstone;

pub(crate) struct ForgetDeleted {
    sqs: Arc<Sqs>,
}

impl ForgetDeleted {
    pub fn new(sqs: Arc<Sqs>) -> Self {
        Self { sqs }
    }
}

#[async_trait]
impl Reconciler for ForgetDeleted {
    fn name(&self) -> &'static str {
        "sqs.forget_deleted"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(300)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let deleted = self.sqs.store.list::<Tombstone>(&Filter::all())?;
        Ok(deleted.iter().map(|one| one.id().to_owned()).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let store = &self.sqs.store;
        let Some(mut deleted) = store.get::<Tombstone>(key)? else { return Ok(Next::Settled) };
        if !deleted.removed {
            self.sqs.queues.remove(deleted.queue).await?;
            deleted.removed = true;
            store.transact::<_, freehold_store::Error, _>(move |tx| tx.put(&deleted)).await?;
            return Ok(Next::Again);
        }
        let now = self.sqs.clock.now();
        if deleted.rests(now) {
            let left = deleted.ends().duration_since(now);
            return Ok(Next::After(Duration::try_from(left).unwrap_or_default()));
        }
        let id = key.to_owned();
        store.transact::<_, freehold_store::Error, _>(move |tx| tx.delete::<Tombstone>(&id)).await?;
        Ok(Next::Settled)
    }
}
