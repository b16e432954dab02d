//! History is kept for 30 days (*API reference, DescribeAlarmHistory*).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, TxExt};
use jiff::SignedDuration;

use crate::CloudWatch;
use crate::errors::Error;
use crate::model::Entry;

const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Entries that are removed in one commit.
const BATCH: usize = 500;

pub(super) struct ForgetHistory(pub Arc<CloudWatch>);

impl ForgetHistory {
    /// Some of the oldest that are too old: ids are in the order of time.
    fn old(&self) -> Result<Vec<String>, Failure> {
        let oldest = self.0.store.list::<Entry>(&Filter::all().page(None, BATCH))?;
        let until = self.0.now().saturating_sub(KEPT)?;
        Ok(oldest.into_iter().filter(|entry| entry.at < until).map(|entry| entry.id).collect())
    }
}

#[async_trait]
impl Reconciler for ForgetHistory {
    fn name(&self) -> &'static str {
        "cloudwatch.forget_history"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(600)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        Ok(if self.old()?.is_empty() { Vec::new() } else { vec!["history".to_owned()] })
    }

    async fn step(&self, _: &str) -> Result<Next, Failure> {
        let old = self.old()?;
        if old.is_empty() {
            return Ok(Next::Settled);
        }
        let forget = move |tx: &mut dyn freehold_store::Tx| {
            for id in &old {
                tx.delete::<Entry>(id)?;
            }
            Ok(())
        };
        self.0.store.transact::<_, Error, _>(forget).await?;
        Ok(Next::Again)
    }
}
