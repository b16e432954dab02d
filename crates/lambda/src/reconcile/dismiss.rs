//! Builds and queues that nothing in the store refers to any more: removed with what they hold.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Document, Filter, StoreExt, TxExt};

use crate::Lambda;
use crate::connections::release;
use crate::errors::Error;
use crate::invoke;
use crate::model::{Dismissed, Remains};
use crate::node::Removal;

/// How long until it is asked again whether the last invocation of a build has ended.
const PAUSE: Duration = Duration::from_secs(2);

pub(crate) struct Dismiss(pub Arc<Lambda>);

#[async_trait]
impl Reconciler for Dismiss {
    fn name(&self) -> &'static str {
        "lambda.dismiss"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(60)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let found = self.0.store.list::<Dismissed>(&Filter::all())?;
        Ok(found.into_iter().map(|dismissed| dismissed.id().to_owned()).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let lambda = &self.0;
        let Some(dismissed) = lambda.store.get::<Dismissed>(key)? else { return Ok(Next::Settled) };
        match &dismissed.what {
            Remains::Build(build) => {
                // The node removes what it knows; what it never saw is ours to remove.
                if lambda.node.remove(build).await? == Removal::UnderWay {
                    return Ok(Next::After(PAUSE));
                }
                let path = lambda.layout.revision(build);
                match tokio::fs::remove_dir_all(path).await {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                    _ => {}
                }
            }
            Remains::Queue(queue) => {
                lambda.queues.configure(*queue, invoke::settings());
                lambda.queues.remove(*queue).await?;
            }
        }
        let id = key.to_owned();
        let forgotten = lambda.store.transact::<_, Error, _>(move |tx| {
            if let Remains::Build(build) = &dismissed.what {
                release(tx, dismissed.account(), build)?;
            }
            tx.delete::<Dismissed>(&id)?;
            Ok(())
        });
        forgotten.await?;
        Ok(Next::Settled)
    }
}
