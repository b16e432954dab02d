//! Changes of definitions: one transaction each, then the registry, then the queues themselves.

use std::sync::Arc;

use freehold_store::{StoreExt, Tx};

use crate::Sqs;
use crate::errors::{Error, Result};
use crate::model::Definition;
use crate::registry::Queue;

/// What a transaction did to a queue.
#[derive(Debug)]
pub(crate) enum Change {
    None,
    Put(Box<Definition>),
    Removed(Box<Definition>),
}

impl Sqs {
    /// Runs a transaction that may change a queue. Goes on to its end even if the caller hangs up meanwhile: the
    /// registry must hear of every commit.
    pub(crate) async fn change<T, F>(self: &Arc<Self>, closure: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Result<(T, Change)> + Send + 'static,
    {
        let sqs = Arc::clone(self);
        let changing = tokio::spawn(async move {
            let _alone = sqs.control.lock().await;
            let (answer, change) = sqs.store.transact(closure).await?;
            sqs.follow(change);
            Ok(answer)
        });
        changing.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a change of queues");
            Err(Error::Internal)
        })
    }

    fn follow(&self, change: Change) {
        let arn = match change {
            Change::None => return,
            Change::Put(definition) => {
                let queue = Arc::new(Queue::new(*definition, &self.region));
                self.registry.put(Arc::clone(&queue));
                self.configure(&queue);
                queue.arn.clone()
            }
            Change::Removed(definition) => {
                let queue = Queue::new(*definition, &self.region);
                self.registry.remove(&queue);
                queue.arn
            }
        };
        // Queues whose dead letters go there know its number, which is new or gone.
        for source in self.sources(&arn) {
            self.configure(&source);
        }
    }

    fn configure(&self, queue: &Queue) {
        self.queues.configure(queue.id(), self.registry.settings(queue, &self.region));
    }
}
