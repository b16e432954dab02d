//! Tokens whose time is over, and the subscriptions that nobody confirmed with them.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, TxExt};

use crate::Sns;
use crate::errors::Error;
use crate::model::{AbandonedQueue, Subscription, Token};

pub(crate) struct ForgetUnconfirmed(pub Arc<Sns>);

#[async_trait]
impl Reconciler for ForgetUnconfirmed {
    fn name(&self) -> &'static str {
        "sns.forget_unconfirmed"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(60)
    }

    /// Only subscriptions that wait, or did lately, have tokens.
    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let now = self.0.now();
        let tokens = self.0.store.list::<Token>(&Filter::all())?;
        Ok(tokens.into_iter().filter(|token| token.expires <= now).map(|token| token.token).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let (id, now) = (key.to_owned(), self.0.now());
        let forgotten = self
            .0
            .store
            .transact::<_, Error, _>(move |tx| {
                let Some(token) = tx.get::<Token>(&id)?.filter(|token| token.expires <= now) else { return Ok(None) };
                tx.delete::<Token>(&id)?;
                // A newer token may still confirm it.
                let has_others = !tx.list::<Token>(&Filter::index(0, &token.subscription))?.is_empty();
                let waiting = tx.get::<Subscription>(&token.subscription)?.filter(|found| !found.is_confirmed());
                let Some(subscription) = waiting.filter(|_| !has_others) else { return Ok(None) };
                tx.delete::<Subscription>(&subscription.arn)?;
                if let Some(queue) = subscription.queue {
                    tx.put(&AbandonedQueue::new(&subscription.account, queue))?;
                }
                Ok(Some(subscription.arn))
            })
            .await?;
        if let Some(arn) = forgotten {
            self.0.registry.refresh_subscription(&arn)?;
        }
        Ok(Next::Settled)
    }
}
