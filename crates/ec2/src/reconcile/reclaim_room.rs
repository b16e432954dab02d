//! `ec2.reclaim`: Spot instances go for On-Demand instances that wait for room. What is next is decided by [`Holders`]; here
//! it is done.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, TxExt};

use crate::Ec2;
use crate::errors::Error;
use crate::metering::put_instance;
use crate::model::{Cause, Event, Instance, InstanceState, Room};
use crate::spot;
use crate::spot::reclaim::{Holders, Step, moment};

/// How soon to look whether those that go are gone, where nothing tells that they are.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

pub struct ReclaimRoom {
    ec2: Arc<Ec2>,
}

impl ReclaimRoom {
    pub fn new(ec2: Arc<Ec2>) -> Self {
        Self { ec2 }
    }
}

#[async_trait]
impl Reconciler for ReclaimRoom {
    fn name(&self) -> &'static str {
        "ec2.reclaim"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(5)
    }

    /// There is one host, so that there is one thing to look at.
    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let pending: Vec<Instance> = self.ec2.store.list(&Filter::index(2, InstanceState::Pending.name()))?;
        Ok(if pending.iter().any(Instance::awaits_room) { vec!["host".to_owned()] } else { Vec::new() })
    }

    async fn step(&self, _: &str) -> Result<Next, Failure> {
        let (ec2, now) = (Arc::clone(&self.ec2), self.ec2.now());
        let next = self.ec2.store.transact::<_, Error, _>(move |tx| {
            let holders = Holders::read(tx)?;
            match holders.next(&ec2.ledger) {
                Step::Nothing => return Ok(Next::Settled),
                Step::Wait => return Ok(Next::After(LOOK_AGAIN)),
                Step::Give(instance) => tx.put(&Instance { room: Room::Given(Some(now)), ..instance.clone() })?,
                Step::Refuse(before) => {
                    let mut instance = before.clone();
                    // It is pending, from where this is always legal.
                    let _ = instance.apply(Event::Crowded { launched: before.launched }, now);
                    put_instance(tx, before, &instance, now)?;
                }
                Step::Take(instance) => {
                    let mut instance = instance.clone();
                    if let Some(terms) = &mut instance.spot {
                        terms.interrupt_at(moment(now), Cause::Capacity, now);
                        spot::mark(tx, terms, now)?;
                    }
                    tx.put(&instance)?;
                }
            }
            Ok(Next::Again)
        });
        Ok(next.await?)
    }
}
