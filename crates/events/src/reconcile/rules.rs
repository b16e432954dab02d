//! `events.rules`: rules whose schedule has come due.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, TxExt};
use jiff::Timestamp;

use super::until;
use crate::Events;
use crate::errors::Error;
use crate::event::{Event, Parts};
use crate::model::Rule;

pub(crate) struct FireRules(pub Arc<Events>);

#[async_trait]
impl Reconciler for FireRules {
    fn name(&self) -> &'static str {
        "events.rules"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(10)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let waiting = self.0.store.list::<Rule>(&Filter::index(1, "scheduled"))?;
        Ok(waiting.into_iter().map(|rule| rule.arn).collect())
    }

    /// What is told is on disk before it is noted that it was: a crash between the two tells it again.
    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let now = self.0.now();
        let Some(rule) = self.0.store.get::<Rule>(key)? else { return Ok(Next::Settled) };
        let Some(due) = rule.due else { return Ok(Next::Settled) };
        if now < due {
            return Ok(Next::After(until(due, now)));
        }
        self.fire(&rule, due).await?;
        let arn = rule.arn;
        let noted = self.0.store.transact::<_, Error, _>(move |tx| {
            let Some(mut rule) = tx.get::<Rule>(&arn)?.filter(|rule| rule.due == Some(due)) else { return Ok(()) };
            rule.due = rule.next(now);
            Ok(tx.put(&rule)?)
        });
        noted.await?;
        Ok(Next::Again)
    }
}

impl FireRules {
    /// *User guide, Scheduled events*: an event of EventBridge's own, for this rule alone.
    async fn fire(&self, rule: &Rule, due: Timestamp) -> Result<(), Error> {
        let parts = Parts {
            detail_type: "Scheduled Event",
            source: "aws.events",
            account: &rule.account,
            region: &self.0.region,
            at: due,
            resources: std::slice::from_ref(&rule.arn),
            detail: "{}",
        };
        let event = Event::new(&parts).ok_or(Error::Internal)?;
        self.0.triggered(rule);
        let deliveries = rule.targets.iter().map(|target| self.0.delivery(rule, target, &event, false)).collect();
        self.0.post(deliveries).await
    }
}
