//! `elb.classic-instances`: classic balancers lose instances whose draining is over and those that were terminated
//! (*User Guide for Classic Load Balancers, Registered instances*).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, TxExt};

use super::follow_targets::living;
use crate::Elb;
use crate::classic::model::{drain_seconds, forget_drained};
use crate::model::LoadBalancer;

/// Draining is over at a time that nobody signals.
const SOON: Duration = Duration::from_secs(1);

pub struct FollowInstances {
    elb: Arc<Elb>,
}

impl FollowInstances {
    pub fn new(elb: Arc<Elb>) -> Self {
        Self { elb }
    }

    /// The balancer's instances that were terminated.
    async fn gone(&self, balancer: &LoadBalancer) -> Result<BTreeSet<String>, Failure> {
        let registered = balancer.classic.iter().flat_map(|classic| &classic.instances);
        let ids: BTreeSet<String> = registered.map(|instance| instance.id.clone()).collect();
        if ids.is_empty() {
            return Ok(ids);
        }
        let living = living(&self.elb, &balancer.account, &ids).await?;
        Ok(ids.difference(&living).cloned().collect())
    }
}

fn is_draining(balancer: &LoadBalancer) -> bool {
    balancer.classic.iter().flat_map(|classic| &classic.instances).any(|instance| instance.is_draining())
}

#[async_trait]
impl Reconciler for FollowInstances {
    fn name(&self) -> &'static str {
        "elb.classic-instances"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(10)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let mut pending = Vec::new();
        for balancer in self.elb.store.list::<LoadBalancer>(&Filter::all())? {
            if !balancer.deleted && (is_draining(&balancer) || !self.gone(&balancer).await?.is_empty()) {
                pending.push(balancer.arn);
            }
        }
        Ok(pending)
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let Some(balancer) = self.elb.store.get::<LoadBalancer>(key)? else { return Ok(Next::Settled) };
        let gone = self.gone(&balancer).await?;
        let (arn, now) = (key.to_owned(), self.elb.now());
        let left = self
            .elb
            .store
            .transact(move |tx| {
                let Some(mut balancer) = tx.get::<LoadBalancer>(&arn)? else { return Ok(false) };
                let delay = drain_seconds(&balancer);
                let Some(classic) = &mut balancer.classic else { return Ok(false) };
                let had = classic.instances.len();
                classic.instances.retain(|instance| !gone.contains(&instance.id));
                forget_drained(&mut classic.instances, delay, now);
                if classic.instances.len() != had {
                    tx.put(&balancer)?;
                }
                Ok::<_, freehold_store::Error>(is_draining(&balancer))
            })
            .await?;
        Ok(if left { Next::After(SOON) } else { Next::Settled })
    }
}
