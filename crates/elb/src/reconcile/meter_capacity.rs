//! `elb.capacity`: every few seconds what nodes counted is taken to the hour's tally. What was taken and up to where are one
//! transaction, and nodes count on while the control plane is dead: nothing is lost with it and nothing is there twice. A
//! node that dies takes with it what it counted since it was looked at last.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Error, Filter, StoreExt, TxExt};

use crate::model::{Capacity, LoadBalancer};
use crate::{Elb, metering};

pub struct MeterCapacity {
    elb: Arc<Elb>,
}

impl MeterCapacity {
    pub fn new(elb: Arc<Elb>) -> Self {
        Self { elb }
    }

    fn is_due(&self, balancer: &LoadBalancer) -> Result<bool, Error> {
        let Some(status) = self.elb.nodes.status(&balancer.arn) else { return Ok(false) };
        let known = self.elb.store.get::<Capacity>(&balancer.arn)?;
        Ok(known.is_none_or(|known| known.is_behind(&status, self.elb.now())))
    }
}

#[async_trait]
impl Reconciler for MeterCapacity {
    fn name(&self) -> &'static str {
        "elb.capacity"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let mut due = Vec::new();
        for balancer in self.elb.store.list::<LoadBalancer>(&Filter::all())? {
            if !balancer.deleted && self.is_due(&balancer)? {
                due.push(balancer.arn);
            }
        }
        Ok(due)
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let (arn, now) = (key.to_owned(), self.elb.now());
        let Some(status) = self.elb.nodes.status(key) else { return Ok(Next::Settled) };
        let metered = self.elb.store.transact::<_, Error, _>(move |tx| match tx.get::<LoadBalancer>(&arn)? {
            Some(balancer) if !balancer.deleted => metering::meter(tx, &balancer, &status, now),
            _ => Ok(()),
        });
        metered.await?;
        Ok(Next::Settled)
    }
}
