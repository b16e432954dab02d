//! `scheduler.schedules`: schedules that came due.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, TxExt};

use super::until;
use crate::Events;
use crate::errors::Error;
use crate::scheduler::{Schedule, fire};

pub(crate) struct FireSchedules(pub Arc<Events>);

#[async_trait]
impl Reconciler for FireSchedules {
    fn name(&self) -> &'static str {
        "scheduler.schedules"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(10)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let waiting = self.0.store.list::<Schedule>(&Filter::index(1, "waiting"))?;
        Ok(waiting.into_iter().map(|schedule| schedule.arn).collect())
    }

    /// What is told is on disk before it is noted that it was: a crash between the two tells it again.
    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let now = self.0.now();
        let Some(schedule) = self.0.store.get::<Schedule>(key)? else { return Ok(Next::Settled) };
        let Some(moment) = schedule.next else { return Ok(Next::Settled) };
        if now < moment.told {
            return Ok(Next::After(until(moment.told, now)));
        }
        self.0.post(fire(&self.0, &schedule, moment).into_iter().collect()).await?;
        let arn = schedule.arn;
        let noted = self.0.store.transact::<_, Error, _>(move |tx| {
            let Some(mut schedule) = tx.get::<Schedule>(&arn)?.filter(|it| it.next == Some(moment)) else {
                return Ok(());
            };
            schedule.next = schedule.following(now.max(moment.due));
            // *ActionAfterCompletion*: after the last time.
            if schedule.next.is_none() && schedule.ends_deleted {
                tx.delete::<Schedule>(&arn)?;
                return Ok(());
            }
            Ok(tx.put(&schedule)?)
        });
        noted.await?;
        Ok(Next::Again)
    }
}
