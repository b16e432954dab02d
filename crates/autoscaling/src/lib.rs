//! Auto Scaling: groups of instances that keep their size, replace what fails, and follow a load.
//!
//! ```text
//!  operations ─▶ store: groups, members, policies ◀─ alarms, schedules
//!                  │ signal
//!                  ▼
//!   capacity   what is missing or too much: writes down launches and ends
//!   instances  one instance a step further: EC2, target groups, hooks
//!   health     what EC2 and target groups say of those in service
//!   …          traffic, schedules, refreshes, letters, metrics
//! ```
//!
//! All of the world is reached through the operations of other services ([`world`]); decisions are pure functions of
//! what is stored ([`plan`]); what happens to an instance on its way is in [`model`] and [`deeds`].

mod deeds;
mod errors;
mod model;
mod operations;
mod plan;
mod reconcile;
mod target;
#[cfg(test)]
mod testing;
mod times;
mod world;

use std::sync::Arc;

use freehold_core::Clock;
use freehold_core::metrics::Metrics;
use freehold_core::reconcile::Reconcilers;
use freehold_store::{Filter, SharedStore, StoreExt, Tx, TxExt};
use freehold_wire::{Local, Service};
use jiff::Timestamp;

use errors::{Error, Result};
use model::{Group, Member, group_id};
use world::World;

/// What Auto Scaling stands on.
pub struct Parts {
    pub store: SharedStore,
    pub clock: Arc<dyn Clock>,
    /// EC2, Elastic Load Balancing, CloudWatch, SNS and SQS.
    pub local: Arc<Local>,
    /// What takes measurements of groups.
    pub metrics: Arc<dyn Metrics>,
    /// `us-east-1`
    pub region: String,
}

/// Auto Scaling groups of a region.
pub struct AutoScaling {
    store: SharedStore,
    clock: Arc<dyn Clock>,
    world: World,
    metrics: Arc<dyn Metrics>,
    region: String,
}

impl AutoScaling {
    pub fn new(parts: Parts) -> Arc<Self> {
        let Parts { store, clock, local, metrics, region } = parts;
        Arc::new(Self { store, clock, world: World::new(local), metrics, region })
    }

    /// The service `autoscaling`.
    pub fn service(self: &Arc<Self>) -> Service {
        operations::service(self)
    }

    /// Sets the reconcilers to work. Must be called inside a tokio runtime, and after all services are registered with
    /// the [`Local`].
    pub fn start(self: &Arc<Self>, reconcilers: &Reconcilers) {
        reconcile::start(self, reconcilers);
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A group that is not being deleted.
    fn group(&self, account: &str, name: &str) -> Result<Group> {
        self.store.get::<Group>(&group_id(account, name))?.ok_or_else(|| Error::no_group(name))
    }

    /// All members of a group.
    fn members(&self, group: &str) -> Result<Vec<Member>> {
        Ok(self.store.list::<Member>(&Filter::index(0, group))?)
    }

    /// Changes a group that must exist, and whatever else belongs to the change.
    async fn change_group<T, F>(&self, account: &str, name: &str, change: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tx, &mut Group) -> Result<T> + Send + 'static,
    {
        let (account, name) = (account.to_owned(), name.to_owned());
        self.store
            .transact(move |tx| {
                let id = group_id(&account, &name);
                let before = tx.get::<Group>(&id)?.ok_or_else(|| Error::no_group(&name))?;
                let mut group = before.clone();
                let answer = change(tx, &mut group)?;
                if group != before {
                    tx.put(&group)?;
                }
                Ok(answer)
            })
            .await
    }

    /// Changes a member and its group, if both are there still and `change` says that there is something to change.
    async fn change_member<F>(&self, key: &str, change: F) -> Result<()>
    where
        F: FnOnce(&mut dyn Tx, &mut Group, &mut Member) -> Result<Fate> + Send + 'static,
    {
        let key = key.to_owned();
        self.store
            .transact(move |tx| {
                let Some(mut member) = tx.get::<Member>(&key)? else { return Ok(()) };
                let Some(before) = tx.get::<Group>(&member.group)? else { return Ok(()) };
                let mut group = before.clone();
                match change(tx, &mut group, &mut member)? {
                    Fate::Keep => tx.put(&member)?,
                    Fate::Remove => {
                        tx.delete::<Member>(&key)?;
                    }
                    Fate::Nothing => {}
                }
                if group != before {
                    tx.put(&group)?;
                }
                Ok(())
            })
            .await
    }
}

/// What becomes of a member's row.
enum Fate {
    Keep,
    Remove,
    Nothing,
}
