//! `autoscaling.capacity`: what a group lacks is written down to be launched, what it has too much of to be ended. A group
//! that is deleted goes when its last instance is gone, and its alarms with it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use jiff::Timestamp;

use crate::errors::{Error, Result};
use crate::model::{Event, Group, Member, Phase, Policy, Refresh, ScheduledAction};
use crate::plan::capacity::{Doomed, Launch, Plan, Why, plan};
use crate::plan::sentences;
use crate::{AutoScaling, deeds};

pub(crate) struct Capacity(pub Arc<AutoScaling>);

#[async_trait]
impl Reconciler for Capacity {
    fn name(&self) -> &'static str {
        "autoscaling.capacity"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(10)
    }

    /// Those for which something is planned, now or later. Whether a group is what it should be is known only with its
    /// members, so that all are read; deciding about them is cheap.
    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let (store, now) = (&self.0.store, self.0.now());
        let mut members: HashMap<String, Vec<Member>> = HashMap::new();
        for member in store.list::<Member>(&Filter::all())? {
            members.entry(member.group.clone()).or_default().push(member);
        }
        let groups = store.list::<Group>(&Filter::all())?.into_iter();
        let is_pending = |group: &Group| !is_settled(group, members.get(&group.id).map_or(&[], Vec::as_slice), now);
        Ok(groups.filter(is_pending).map(|group| group.id).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let (id, now) = (key.to_owned(), self.0.now());
        let outcome = self.0.store.transact::<_, Error, _>(move |tx| decide(tx, &id, now)).await?;
        match outcome {
            Outcome::Settled => Ok(Next::Settled),
            Outcome::Changed => Ok(Next::Again),
            Outcome::Wait(moment) => Ok(Next::After(super::until(moment, now))),
            Outcome::Emptied => {
                bury(&self.0, key).await?;
                Ok(Next::Settled)
            }
        }
    }
}

fn is_settled(group: &Group, members: &[Member], now: Timestamp) -> bool {
    let is_pool_left = group.warm_pool.as_ref().is_some_and(|pool| pool.deleting);
    !group.deleting && !is_pool_left && plan(group, members, now) == Plan::default() && !is_told(group, members)
}

/// Nothing had to be done for the reasons that are noted, so that no activity will tell of them.
fn is_told(group: &Group, members: &[Member]) -> bool {
    !group.reasons.is_empty() && capacity(members) == group.desired
}

enum Outcome {
    Settled,
    Changed,
    Wait(Timestamp),
    /// It is to be deleted and has no members any more.
    Emptied,
}

fn decide(tx: &mut dyn Tx, id: &str, now: Timestamp) -> Result<Outcome> {
    let Some(before) = tx.get::<Group>(id)? else { return Ok(Outcome::Settled) };
    let members = tx.list::<Member>(&Filter::index(0, id))?;
    if before.deleting && members.is_empty() {
        return Ok(Outcome::Emptied);
    }
    let is_pool_gone = before.warm_pool.as_ref().is_some_and(|pool| pool.deleting);
    if is_pool_gone && members.iter().all(|member| !member.warmed) {
        tx.put(&Group { warm_pool: None, ..before })?;
        return Ok(Outcome::Changed);
    }
    let made = plan(&before, &members, now);
    if made.doomed.is_empty() && made.launches.is_empty() && made.drawn.is_empty() {
        if made.wait.is_none() && is_told(&before, &members) {
            tx.put(&Group { reasons: Vec::new(), ..before })?;
            return Ok(Outcome::Changed);
        }
        return Ok(made.wait.map_or(Outcome::Settled, Outcome::Wait));
    }
    let mut group = before;
    carry_out(tx, &mut group, members, made, now)?;
    tx.put(&group)?;
    Ok(Outcome::Changed)
}

fn capacity(members: &[Member]) -> u32 {
    members.iter().filter(|member| member.counts()).map(|member| member.weight).sum()
}

fn carry_out(tx: &mut dyn Tx, group: &mut Group, mut members: Vec<Member>, made: Plan, now: Timestamp) -> Result<()> {
    let have = capacity(&members);
    let reasons = group.take_reasons();
    for Doomed { key, why } in made.doomed {
        let Some(member) = members.iter_mut().find(|member| member.key == key) else { continue };
        end(tx, group, member, why, (have, group.desired), &reasons, now)?;
    }
    for key in made.drawn {
        let Some(member) = members.iter_mut().find(|member| member.key == key) else { continue };
        draw(tx, group, member, (have, group.desired), &reasons, now)?;
    }
    for launch in made.launches {
        let cause = cause_of(&launch, group, have, &reasons, now);
        deeds::launch(tx, group, launch, cause, now)?;
    }
    Ok(())
}

fn cause_of(launch: &Launch, group: &Group, have: u32, reasons: &[String], now: Timestamp) -> String {
    if launch.warmed {
        return sentences::pooled(now);
    }
    if launch.rebalances {
        return sentences::relieving(now);
    }
    if launch.surplus {
        return sentences::rebalancing(now, &launch.zone);
    }
    sentences::join(reasons.iter().cloned().chain([sentences::started(now, have, group.desired.max(have))]))
}

fn end(
    tx: &mut dyn Tx,
    group: &mut Group,
    member: &mut Member,
    why: Why,
    (from, to): (u32, u32),
    reasons: &[String],
    now: Timestamp,
) -> Result<()> {
    if why == Why::Deleted {
        member.forced = true;
    }
    let instance = member.instance.clone().unwrap_or_else(|| "that is not launched yet".to_owned());
    let told: Vec<String> = if why == Why::Unhealthy {
        vec![member.sickness.clone().unwrap_or_default()]
    } else {
        let reasons = if why == Why::Excess { reasons } else { &[] };
        reasons.iter().cloned().chain(sentences::ended(now, why, &instance, from, to)).collect()
    };
    member.reusable = why == Why::Excess && member.phase == Phase::InService;
    deeds::doom(tx, group, member, sentences::join(told), now)?;
    Ok(tx.put(member)?)
}

fn draw(
    tx: &mut dyn Tx,
    group: &mut Group,
    member: &mut Member,
    (from, to): (u32, u32),
    reasons: &[String],
    now: Timestamp,
) -> Result<()> {
    if !member.apply(Event::Drawn, now) {
        return Ok(());
    }
    let instance = member.instance.clone().unwrap_or_default();
    let cause = sentences::join(reasons.iter().cloned().chain([sentences::drawn(now, from, to)]));
    deeds::begin(tx, group, member, format!("Launching a new EC2 instance from warm pool: {instance}"), cause, now)?;
    Ok(tx.put(member)?)
}

/// The end of a group that is to be deleted and has no members: its alarms, and all that belongs to it.
pub(crate) async fn bury(own: &AutoScaling, id: &str) -> Result<(), Failure> {
    for policy in own.store.list::<Policy>(&Filter::index(0, id))? {
        own.world.delete_alarms(&policy.account, &policy.alarms).await?;
    }
    let id = id.to_owned();
    own.store
        .transact::<_, Error, _>(move |tx| {
            let is_over = tx.get::<Group>(&id)?.is_some_and(|group| group.deleting);
            let is_empty = tx.list::<Member>(&Filter::index(0, &id))?.is_empty();
            if is_over && is_empty { forget(tx, &id) } else { Ok(()) }
        })
        .await?;
    Ok(())
}

/// Everything of a group but its activities, which tell of it for weeks.
fn forget(tx: &mut dyn Tx, id: &str) -> Result<()> {
    for policy in tx.list::<Policy>(&Filter::index(0, id))? {
        tx.delete::<Policy>(&policy.arn)?;
    }
    for action in tx.list::<ScheduledAction>(&Filter::index(0, id))? {
        tx.delete::<ScheduledAction>(&action.arn)?;
    }
    for refresh in tx.list::<Refresh>(&Filter::index(0, id))? {
        tx.delete::<Refresh>(&refresh.id)?;
    }
    tx.delete::<Group>(id)?;
    Ok(())
}

#[cfg(test)]
mod tests;
