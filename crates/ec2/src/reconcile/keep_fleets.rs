//! `ec2.fleets`: fleets come to what they were asked to be, and those of type `maintain` stay so. What is next is decided by
//! [`plan`](crate::fleet::plan); here it is done.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use jiff::Timestamp;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::fleet::launch::{Launch, Promised, Ready};
use crate::fleet::members::{self, Seen};
use crate::fleet::plan::{Step, next};
use crate::fleet::pools;
use crate::fleet::records::{Note, enter, modified, record};
use crate::metering::put_instance;
use crate::model::{Event, Fleet, FleetKind, FleetMember, FleetRecord, FleetState, Instance};

/// Instances that are launched in one step.
const AT_ONCE: usize = 20;
/// How soon to look whether there is room, where nothing tells that there is.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

pub struct KeepFleets {
    ec2: Arc<Ec2>,
}

impl KeepFleets {
    pub fn new(ec2: Arc<Ec2>) -> Self {
        Self { ec2 }
    }

    /// Changes the fleet, if the step is still the one to be done.
    async fn change<T: Default + Send + 'static>(
        &self,
        key: &str,
        step: &Step,
        change: impl FnOnce(&Ec2, &mut dyn Tx, &mut Fleet, Vec<Seen>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (key, step, ec2, now) = (key.to_owned(), step.clone(), Arc::clone(&self.ec2), self.ec2.now());
        self.ec2
            .store
            .transact(move |tx| {
                let Some(before) = tx.get::<Fleet>(&key)? else { return Ok(T::default()) };
                let members = members::read(tx, &key, now)?;
                if next(&before, &members, now) != step {
                    return Ok(T::default());
                }
                let mut fleet = before.clone();
                let answer = change(&ec2, tx, &mut fleet, members)?;
                if fleet != before {
                    tx.put(&fleet)?;
                }
                Ok(answer)
            })
            .await
    }

    async fn enter(&self, key: &str, step: &Step, state: FleetState) -> Result<Next, Failure> {
        let now = self.ec2.now();
        self.change(key, step, move |_, tx, fleet, _| enter(tx, fleet, state, now)).await?;
        Ok(Next::Again)
    }

    async fn launch(&self, fleet: &Fleet, step: &Step) -> Result<Next, Failure> {
        let found = pools::resolve(&mut self.ec2.committed(), &fleet.account, &fleet.configs);
        let ready = Ready::new(&self.ec2, &fleet.account, found).await;
        let (promised, now, configs) = (Promised::default(), self.ec2.now(), fleet.configs.clone());
        let inside = promised.clone();
        let missing = match step {
            Step::Launch(missing) => missing.clone(),
            _ => Vec::new(),
        };
        let done = self.change(&fleet.id, step, move |ec2, tx, fleet, members| {
            if fleet.configs != configs {
                return Ok(true);
            }
            let launch =
                Launch { ec2, fleet, ready: &ready, members: &members, at_most: AT_ONCE, promised: &inside, now };
            let launched = launch.carry_out(tx, &missing)?;
            Ok(!launched.members.is_empty())
        });
        match done.await {
            // Something came of it, and more may.
            Ok(true) => Ok(Next::Again),
            Ok(false) => Ok(Next::After(LOOK_AGAIN)),
            Err(error) => {
                promised.give_back(&self.ec2);
                Err(error.into())
            }
        }
    }

    async fn terminate(&self, key: &str, step: &Step, ids: Vec<String>) -> Result<Next, Failure> {
        let now = self.ec2.now();
        self.change(key, step, move |_, tx, _, _| {
            for id in ids {
                end(tx, &id, now)?;
            }
            Ok(())
        })
        .await?;
        Ok(Next::Again)
    }

    async fn bury(&self, key: &str, step: &Step, id: String) -> Result<Next, Failure> {
        let now = self.ec2.now();
        self.change(key, step, move |_, tx, fleet, _| {
            record(tx, fleet, Note::instance("terminated", &id, None), now)?;
            let Some(member) = tx.get::<FleetMember>(&id)? else { return Ok(()) };
            if fleet.kind == FleetKind::Maintain {
                tx.delete::<FleetMember>(&id)?;
            } else {
                // What was launched once is not launched again.
                tx.put(&FleetMember { gone: true, ..member })?;
            }
            Ok(())
        })
        .await?;
        Ok(Next::Again)
    }

    async fn warn(&self, key: &str, step: &Step, id: String) -> Result<Next, Failure> {
        let now = self.ec2.now();
        self.change(key, step, move |_, tx, fleet, _| {
            record(tx, fleet, Note::instance("termination_notified", &id, None), now)?;
            if let Some(member) = tx.get::<FleetMember>(&id)? {
                tx.put(&FleetMember { warned: true, ..member })?;
            }
            Ok(())
        })
        .await?;
        Ok(Next::Again)
    }

    async fn forget(&self, key: &str) -> Result<Next, Failure> {
        let key = key.to_owned();
        self.ec2
            .store
            .transact::<_, Error, _>(move |tx| {
                for member in tx.list::<FleetMember>(&Filter::index(0, key.as_str()))? {
                    tx.delete::<FleetMember>(&member.id)?;
                }
                for record in tx.list::<FleetRecord>(&Filter::index(0, key.as_str()))? {
                    tx.delete::<FleetRecord>(&record.id)?;
                }
                tx.delete::<Fleet>(&key)?;
                Ok(())
            })
            .await?;
        Ok(Next::Settled)
    }
}

/// Terminates an instance, unless it ends already.
fn end(tx: &mut dyn Tx, id: &str, now: Timestamp) -> Result<()> {
    let Some(before) = tx.get::<Instance>(id)? else { return Ok(()) };
    let mut instance = before.clone();
    if instance.apply(Event::Terminate, now).is_ok() && instance != before {
        put_instance(tx, &before, &instance, now)?;
    }
    Ok(())
}

#[async_trait]
impl Reconciler for KeepFleets {
    fn name(&self) -> &'static str {
        "ec2.fleets"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let now = self.ec2.now();
        let mut keys = Vec::new();
        for fleet in self.ec2.store.list::<Fleet>(&Filter::all())? {
            let members = members::read(&mut self.ec2.committed(), &fleet.id, now)?;
            let waits = match next(&fleet, &members, now) {
                // Days from now: to be seen by a later look.
                Step::Wait(until) => until.is_none() || fleet.state == FleetState::Deleted,
                _ => false,
            };
            if !waits {
                keys.push(fleet.id);
            }
        }
        Ok(keys)
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let Some(fleet) = self.ec2.store.get::<Fleet>(key)? else { return Ok(Next::Settled) };
        let now = self.ec2.now();
        let members = members::read(&mut self.ec2.committed(), key, now)?;
        let step = next(&fleet, &members, now);
        match &step {
            Step::Activate => self.enter(key, &step, FleetState::Active).await,
            Step::Finish => self.enter(key, &step, FleetState::Deleted).await,
            Step::Expire => {
                let ends = fleet.terminates_with_expiration;
                let state = if ends { FleetState::DeletedTerminating } else { FleetState::DeletedRunning };
                self.change(key, &step, move |_, tx, fleet, _| {
                    record(tx, fleet, Note::fleet("expired"), now)?;
                    enter(tx, fleet, state, now)
                })
                .await?;
                Ok(Next::Again)
            }
            Step::Reach => {
                self.change(key, &step, move |_, tx, fleet, _| {
                    record(tx, fleet, Note::fleet(modified(fleet.api)), now)?;
                    enter(tx, fleet, FleetState::Active, now)
                })
                .await?;
                Ok(Next::Again)
            }
            Step::Bury(id) => self.bury(key, &step, id.clone()).await,
            Step::Warn(id) => self.warn(key, &step, id.clone()).await,
            Step::Launch(_) => self.launch(&fleet, &step).await,
            Step::Terminate(ids) => self.terminate(key, &step, ids.clone()).await,
            Step::Forget => self.forget(key).await,
            Step::Wait(None) => Ok(Next::Settled),
            Step::Wait(Some(moment)) => {
                let left = Duration::try_from(moment.duration_since(now)).unwrap_or_default();
                Ok(Next::After(left.max(Duration::from_millis(20))))
            }
        }
    }
}
