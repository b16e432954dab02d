//! Event source mappings that are to be read, and are not, or are to be gone.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, TxExt};

use crate::Lambda;
use crate::errors::Error;
use crate::model::Mapping;

/// How long until it is looked again whether a poller has ended.
const PAUSE: Duration = Duration::from_millis(500);

pub(crate) struct SettleMappings(pub Arc<Lambda>);

#[async_trait]
impl Reconciler for SettleMappings {
    fn name(&self) -> &'static str {
        "lambda.settle_mappings"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(30)
    }

    /// A poller is a task of this process, so that after a restart none is there.
    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let found = self.0.store.list::<Mapping>(&Filter::all())?;
        let is_unsettled = |mapping: &Mapping| {
            mapping.state.settled() != Some(mapping.state) || mapping.state.is_on() != self.0.pollers.has(&mapping.id)
        };
        Ok(found.into_iter().filter(is_unsettled).map(|mapping| mapping.id).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let lambda = &self.0;
        let Some(mapping) = lambda.store.get::<Mapping>(key)? else { return Ok(Next::Settled) };
        if mapping.state.is_on() {
            lambda.poll(key);
        } else if lambda.pollers.has(key) {
            return Ok(Next::After(PAUSE));
        }
        let id = key.to_owned();
        let settled = lambda.store.transact::<_, Error, _>(move |tx| {
            let Some(mut found) = tx.get::<Mapping>(&id)?.filter(|found| found.state == mapping.state) else {
                return Ok(());
            };
            match found.state.settled() {
                None => drop(tx.delete::<Mapping>(&id)?),
                Some(state) if state == found.state => {}
                Some(state) => {
                    found.state = state;
                    tx.put(&found)?;
                }
            }
            Ok(())
        });
        settled.await?;
        Ok(Next::Settled)
    }
}
