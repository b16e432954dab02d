//! `autoscaling.post`: letters are sent; what cannot be sent by any means is dropped, and said so.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Fault;

use crate::AutoScaling;
use crate::errors::Error;
use crate::model::Letter;

pub(crate) struct Post(pub Arc<AutoScaling>);

/// A service that fails so often will not do it at all.
const FAILURES_AT_MOST: u32 = 10;

#[async_trait]
impl Reconciler for Post {
    fn name(&self) -> &'static str {
        "autoscaling.post"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(10)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        Ok(self.0.store.list::<Letter>(&Filter::all())?.into_iter().map(|letter| letter.id).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let Some(mut letter) = self.0.store.get::<Letter>(key)? else { return Ok(Next::Settled) };
        let failure = self.0.world.send(&letter).await.err();
        let is_final = failure.as_ref().is_none_or(|error| error.fault == Fault::Sender);
        if let Some(error) = &failure {
            letter.failures += 1;
            if is_final || letter.failures >= FAILURES_AT_MOST {
                tracing::warn!(to = letter.to, %error, "a notification could not be sent and is dropped");
            }
        }
        let drops = is_final || letter.failures >= FAILURES_AT_MOST;
        self.0
            .store
            .transact::<_, Error, _>(move |tx| {
                if drops {
                    tx.delete::<Letter>(&letter.id)?;
                    return Ok(());
                }
                Ok(tx.put(&letter)?)
            })
            .await?;
        match failure.filter(|_| !drops) {
            Some(error) => Err(error.into()),
            None => Ok(Next::Settled),
        }
    }
}
