//! Queues of ours whose topic or subscription is gone: removed with what they hold.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, TxExt};

use crate::Sns;
use crate::deliver;
use crate::errors::Error;
use crate::model::AbandonedQueue;

pub(crate) struct RemoveQueues(pub Arc<Sns>);

#[async_trait]
impl Reconciler for RemoveQueues {
    fn name(&self) -> &'static str {
        "sns.remove_queues"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(60)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let found = self.0.store.list::<AbandonedQueue>(&Filter::all())?;
        Ok(found.into_iter().map(|abandoned| abandoned.id).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let Some(abandoned) = self.0.store.get::<AbandonedQueue>(key)? else { return Ok(Next::Settled) };
        // After a restart nobody has made the queue known.
        self.0.queues.configure(abandoned.queue, deliver::settings());
        self.0.queues.remove(abandoned.queue).await?;
        let id = key.to_owned();
        self.0.store.transact::<_, Error, _>(move |tx| Ok(tx.delete::<AbandonedQueue>(&id)?)).await?;
        Ok(Next::Settled)
    }
}
