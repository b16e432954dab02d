//! The streams of a deleted group are deleted.
//!
//! A stream that was being made while its group was deleted may stay behind. Nobody can see it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, TxExt};

use crate::Logs;
use crate::errors::Error;
use crate::model::Gone;

pub(super) struct ForgetGroups(pub Arc<Logs>);

#[async_trait]
impl Reconciler for ForgetGroups {
    fn name(&self) -> &'static str {
        "logs.forget_groups"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(60)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        Ok(self.0.store.list::<Gone>(&Filter::all())?.into_iter().map(|gone| gone.id).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let Some(gone) = self.0.store.get::<Gone>(key)? else { return Ok(Next::Settled) };
        self.0.events.delete_group(gone.number).await?;
        self.0.store.transact::<_, Error, _>(move |tx| Ok(tx.delete::<Gone>(&gone.id)?)).await?;
        Ok(Next::Settled)
    }
}
