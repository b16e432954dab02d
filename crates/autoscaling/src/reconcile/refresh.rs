//! `autoscaling.refresh`: instances are replaced a few at a time, as far as the preferences let (*User guide, Instance
//! refresh*). What is to be replaced is settled at the begin; the group's own reconciler launches what takes its place.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use jiff::Timestamp;

use super::until;
use crate::errors::{Error, Result};
use crate::model::{
    Group, LaunchSource, Member, Phase, Process, Progress, Refresh, RefreshStatus, Resolved, Rollback, later,
};
use crate::plan::refresh::{self, Turn};
use crate::plan::sentences;
use crate::{AutoScaling, deeds};

pub(crate) struct Refreshes(pub Arc<AutoScaling>);

/// Launches that fail so often in a row let it fail.
const FAILURES_AT_MOST: u32 = 6;
/// How soon alarms are looked at again.
const ALARMS: Duration = Duration::from_secs(1);

#[async_trait]
impl Reconciler for Refreshes {
    fn name(&self) -> &'static str {
        "autoscaling.refresh"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let active = self.0.store.list::<Refresh>(&Filter::index(1, "active"))?;
        Ok(active.into_iter().map(|refresh| refresh.id).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let own = &self.0;
        let Some(refresh) = own.store.get::<Refresh>(key)? else { return Ok(Next::Settled) };
        let Some(group) = own.store.get::<Group>(&refresh.group)? else { return Ok(Next::Settled) };
        if group.is_suspended(Process::InstanceRefresh) && refresh.status != RefreshStatus::Cancelling {
            return Ok(Next::Settled);
        }
        if refresh.status == RefreshStatus::Pending {
            return self.begin(&group, &refresh).await;
        }
        let alarm = own.world.firing(&refresh.account, &refresh.preferences.alarms).await?;
        let (id, now) = (key.to_owned(), own.now());
        let next = own.store.transact::<_, Error, _>(move |tx| go_on(tx, &id, alarm.as_deref(), now)).await?;
        if refresh.preferences.alarms.is_empty() {
            return Ok(next);
        }
        Ok(match next {
            Next::Settled => Next::After(ALARMS),
            Next::After(pause) => Next::After(pause.min(ALARMS)),
            Next::Again => Next::Again,
        })
    }
}

impl Refreshes {
    /// Settles what is to be replaced.
    async fn begin(&self, group: &Group, refresh: &Refresh) -> Result<Next, Failure> {
        let source = refresh.wanted.clone().unwrap_or_else(|| group.source.clone());
        let current = if refresh.preferences.skip_matching { Some(self.resolved(group, &source).await?) } else { None };
        self.start(refresh, current).await
    }

    /// What instances are launched from now, for each of the choices.
    async fn resolved(&self, group: &Group, source: &LaunchSource) -> Result<Vec<Resolved>, Failure> {
        let mut all = Vec::new();
        for choice in source.choices() {
            all.push(match (source, source.template(&choice)) {
                (LaunchSource::Configuration(name), _) => Resolved::Configuration(name.clone()),
                (_, Some(template)) => {
                    let version = self.0.world.template(&group.account, template).await?;
                    Resolved::Template {
                        template: crate::model::TemplateRef { id: version.id, name: version.name, version: None },
                        number: version.number,
                        instance_type: choice.instance_type.clone(),
                        image: choice.image.clone(),
                    }
                }
                (_, None) => Resolved::Nothing,
            });
        }
        Ok(all)
    }

    async fn start(&self, refresh: &Refresh, current: Option<Vec<Resolved>>) -> Result<Next, Failure> {
        let (id, now) = (refresh.id.clone(), self.0.now());
        self.0
            .store
            .transact::<_, Error, _>(move |tx| {
                let Some(mut refresh) = tx.get::<Refresh>(&id)? else { return Ok(()) };
                let Some(mut group) = tx.get::<Group>(&refresh.group)? else { return Ok(()) };
                if refresh.status != RefreshStatus::Pending {
                    return Ok(());
                }
                let members = tx.list::<Member>(&Filter::index(0, &refresh.group))?;
                group.refreshing.clone_from(&refresh.wanted);
                group.backoff = None;
                let matches =
                    |member: &Member| current.as_ref().is_some_and(|all| all.iter().any(|one| is_same(one, member)));
                mark(tx, &mut group, &mut refresh, members, matches, now)?;
                refresh.status = RefreshStatus::InProgress;
                tx.put(&group)?;
                Ok(tx.put(&refresh)?)
            })
            .await?;
        Ok(Next::Again)
    }
}

/// Notes which members are to be replaced. Those of the warm pool go at once, for nobody would miss them.
fn mark(
    tx: &mut dyn Tx,
    group: &mut Group,
    refresh: &mut Refresh,
    members: Vec<Member>,
    matches: impl Fn(&Member) -> bool,
    now: Timestamp,
) -> Result<()> {
    refresh.doomed.clear();
    for mut member in members {
        if member.phase.is_ending() || member.phase == Phase::Detaching || matches(&member) {
            continue;
        }
        if member.warmed {
            deeds::doom(tx, group, &mut member, cause(now), now)?;
            tx.put(&member)?;
            continue;
        }
        let preferences = &refresh.preferences;
        let is_out = matches!(member.phase, Phase::Standby | Phase::EnteringStandby) && preferences.standby == "Ignore";
        let is_left = member.protected && preferences.protected == "Ignore";
        if !is_out && !is_left {
            refresh.doomed.push(member.key);
        }
    }
    let total = u32::try_from(refresh.doomed.len()).unwrap_or(u32::MAX);
    refresh.progress = Progress { total, replaced: 0 };
    Ok(())
}

fn is_same(one: &Resolved, member: &Member) -> bool {
    match (one, &member.launch) {
        (
            Resolved::Template { template, number, instance_type, image },
            Some(Resolved::Template { template: its, number: its_number, .. }),
        ) => {
            template.id == its.id
                && number == its_number
                && instance_type.as_ref().is_none_or(|kind| *kind == member.instance_type)
                && image.as_ref().is_none_or(|image| *image == member.image)
        }
        (Resolved::Configuration(name), Some(Resolved::Configuration(its))) => name == its,
        _ => false,
    }
}

fn cause(now: Timestamp) -> String {
    sentences::at(now, "an instance was taken out of service in response to an instance refresh")
}

fn go_on(tx: &mut dyn Tx, id: &str, alarm: Option<&str>, now: Timestamp) -> Result<Next> {
    let Some(before) = tx.get::<Refresh>(id)?.filter(|refresh| refresh.status.is_active()) else {
        return Ok(Next::Settled);
    };
    let Some(group_before) = tx.get::<Group>(&before.group)? else { return Ok(Next::Settled) };
    let (mut refresh, mut group) = (before.clone(), group_before.clone());
    let next = advance(tx, &mut refresh, &mut group, alarm, now)?;
    if refresh != before {
        tx.put(&refresh)?;
    }
    if group != group_before {
        tx.put(&group)?;
    }
    Ok(next)
}

fn advance(
    tx: &mut dyn Tx,
    refresh: &mut Refresh,
    group: &mut Group,
    alarm: Option<&str>,
    now: Timestamp,
) -> Result<Next> {
    if refresh.status == RefreshStatus::Cancelling {
        finish(refresh, group, RefreshStatus::Cancelled, now);
        return Ok(Next::Settled);
    }
    let members = tx.list::<Member>(&Filter::index(0, &refresh.group))?;
    let warmup = refresh.preferences.warmup.or(group.default_warmup).unwrap_or(group.grace_period);
    refresh.progress = refresh::progress(refresh, &members, group.desired, warmup, now);
    if let Some(why) = failure(group, alarm) {
        return fail(tx, refresh, group, members, why, now);
    }
    if refresh.status == RefreshStatus::Baking {
        if let Some(until_then) = refresh.waits_until.filter(|moment| now < *moment) {
            return Ok(Next::After(until(until_then, now)));
        }
        succeed(refresh, group, now);
        return Ok(Next::Settled);
    }
    match refresh::turn(refresh, &members, group.desired, warmup, now) {
        Turn::Replace(keys) => {
            for mut member in members.into_iter().filter(|member| keys.contains(&member.key)) {
                deeds::doom(tx, group, &mut member, cause(now), now)?;
                tx.put(&member)?;
            }
            Ok(Next::Again)
        }
        Turn::Widen(extra) if group.extra != extra => {
            group.extra = extra;
            Ok(Next::Again)
        }
        Turn::Widen(_) => Ok(Next::Settled),
        Turn::Wait(moment) => Ok(moment.map_or(Next::Settled, |moment| Next::After(until(moment, now)))),
        Turn::Pause => {
            refresh.checkpoints_passed += 1;
            refresh.waits_until = Some(later(now, refresh.preferences.checkpoint_delay));
            Ok(Next::Again)
        }
        Turn::Done => {
            group.extra = 0;
            if refresh.status == RefreshStatus::InProgress && refresh.preferences.bake_time > 0 {
                refresh.status = RefreshStatus::Baking;
                refresh.waits_until = Some(later(now, refresh.preferences.bake_time));
                return Ok(Next::Again);
            }
            succeed(refresh, group, now);
            Ok(Next::Settled)
        }
    }
}

fn failure(group: &Group, alarm: Option<&str>) -> Option<String> {
    if let Some(alarm) = alarm {
        return Some(format!("The alarm {alarm} went into the ALARM state."));
    }
    let failures = group.backoff.map_or(0, |backoff| backoff.failures);
    (failures >= FAILURES_AT_MOST).then(|| "Instances could not be launched.".to_owned())
}

/// Goes back, if it is to; else it ends here.
fn fail(
    tx: &mut dyn Tx,
    refresh: &mut Refresh,
    group: &mut Group,
    members: Vec<Member>,
    why: String,
    now: Timestamp,
) -> Result<Next> {
    if refresh.status == RefreshStatus::RollbackInProgress {
        refresh.reason = Some(why);
        finish(refresh, group, RefreshStatus::RollbackFailed, now);
        return Ok(Next::Settled);
    }
    if refresh.preferences.auto_rollback {
        roll_back(tx, refresh, group, members, why, now)?;
        return Ok(Next::Again);
    }
    refresh.reason = Some(why);
    finish(refresh, group, RefreshStatus::Failed, now);
    Ok(Next::Settled)
}

/// What was launched by the refresh is to be replaced by what the group launched before.
pub(crate) fn roll_back(
    tx: &mut dyn Tx,
    refresh: &mut Refresh,
    group: &mut Group,
    members: Vec<Member>,
    reason: String,
    now: Timestamp,
) -> Result<()> {
    refresh.rollback = Some(Rollback { reason: reason.clone(), start: now, progress: refresh.progress });
    refresh.reason = Some(reason);
    refresh.status = RefreshStatus::RollbackInProgress;
    refresh.preferences.checkpoints.clear();
    refresh.waits_until = None;
    group.refreshing = None;
    group.backoff = None;
    // Alarms told what they had to tell.
    refresh.preferences.alarms.clear();
    let old = std::mem::take(&mut refresh.doomed);
    let start = refresh.start;
    mark(tx, group, refresh, members, |member| old.contains(&member.key) || member.created < start, now)
}

fn succeed(refresh: &mut Refresh, group: &mut Group, now: Timestamp) {
    if let (RefreshStatus::InProgress | RefreshStatus::Baking, Some(wanted)) = (refresh.status, &refresh.wanted) {
        group.source = wanted.clone();
    }
    finish(refresh, group, refresh::success(refresh.status), now);
}

fn finish(refresh: &mut Refresh, group: &mut Group, status: RefreshStatus, now: Timestamp) {
    refresh.status = status;
    refresh.end = Some(now);
    refresh.waits_until = None;
    group.refreshing = None;
    group.extra = 0;
}
