//! `autoscaling.prune`: activities are told of for six weeks (*API reference, DescribeScalingActivities*), refreshes too.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, TxExt};
use jiff::Timestamp;

use crate::AutoScaling;
use crate::errors::Error;
use crate::model::{Activity, Refresh};

pub(crate) struct Prune(pub Arc<AutoScaling>);

const KEPT: Duration = Duration::from_secs(6 * 7 * 86_400);

impl Prune {
    fn horizon(&self) -> Timestamp {
        self.0.now().saturating_sub(KEPT).unwrap_or(Timestamp::MIN)
    }
}

#[async_trait]
impl Reconciler for Prune {
    fn name(&self) -> &'static str {
        "autoscaling.prune"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(3600)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let horizon = self.horizon();
        let activities = self.0.store.list::<Activity>(&Filter::all())?.into_iter();
        let mut old: Vec<String> =
            activities.filter(|one| one.end.is_some_and(|end| end < horizon)).map(|one| one.id).collect();
        let refreshes = self.0.store.list::<Refresh>(&Filter::all())?.into_iter();
        old.extend(refreshes.filter(|one| one.end.is_some_and(|end| end < horizon)).map(|one| one.id));
        Ok(old)
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let id = key.to_owned();
        let forget = move |tx: &mut dyn freehold_store::Tx| {
            tx.delete::<Activity>(&id)?;
            tx.delete::<Refresh>(&id)?;
            Ok(())
        };
        self.0.store.transact::<_, Error, _>(forget).await?;
        Ok(Next::Settled)
    }
}
