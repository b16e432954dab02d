//! `autoscaling.measure`: what groups measure of themselves, once a minute (*User guide, CloudWatch metrics*).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::metrics::Datum;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt};

use crate::AutoScaling;
use crate::model::{Group, Member, Phase};

pub(crate) struct Measure(pub Arc<AutoScaling>);

/// How something of a group is counted.
type Count = fn(&Group, &[Member]) -> u32;

/// Names of all metrics with how each is counted.
pub(crate) const METRICS: [(&str, Count); 20] = [
    ("GroupMinSize", |group, _| group.min),
    ("GroupMaxSize", |group, _| group.max),
    ("GroupDesiredCapacity", |group, _| group.desired),
    ("GroupInServiceInstances", |_, all| count(all, is_serving)),
    ("GroupPendingInstances", |_, all| count(all, is_pending)),
    ("GroupStandbyInstances", |_, all| count(all, is_standing_by)),
    ("GroupTerminatingInstances", |_, all| count(all, is_ending)),
    ("GroupTotalInstances", |_, all| count(all, |member| !member.warmed)),
    ("GroupInServiceCapacity", |_, all| weigh(all, is_serving)),
    ("GroupPendingCapacity", |_, all| weigh(all, is_pending)),
    ("GroupStandbyCapacity", |_, all| weigh(all, is_standing_by)),
    ("GroupTerminatingCapacity", |_, all| weigh(all, is_ending)),
    ("GroupTotalCapacity", |_, all| weigh(all, |member| !member.warmed)),
    ("WarmPoolDesiredCapacity", |group, _| wanted(group)),
    ("WarmPoolWarmedCapacity", |_, all| weigh(all, |one| matches!(one.phase, Phase::Running | Phase::Stopped))),
    ("WarmPoolPendingCapacity", |_, all| weigh(all, |one| one.warmed && one.phase.is_pending())),
    ("WarmPoolTerminatingCapacity", |_, all| weigh(all, |one| one.warmed && one.phase.is_ending())),
    ("WarmPoolTotalCapacity", |_, all| weigh(all, |one| one.warmed)),
    ("GroupAndWarmPoolDesiredCapacity", |group, _| group.desired + wanted(group)),
    ("GroupAndWarmPoolTotalCapacity", |_, all| weigh(all, |_| true)),
];

fn is_serving(member: &Member) -> bool {
    member.phase == Phase::InService
}

fn is_pending(member: &Member) -> bool {
    !member.warmed && member.phase.is_pending()
}

fn is_standing_by(member: &Member) -> bool {
    member.phase == Phase::Standby
}

fn is_ending(member: &Member) -> bool {
    !member.warmed && member.phase.is_ending()
}

fn wanted(group: &Group) -> u32 {
    group.warm_pool.as_ref().map_or(0, |pool| pool.wanted(group.desired, group.max))
}

fn count(members: &[Member], which: fn(&Member) -> bool) -> u32 {
    u32::try_from(members.iter().filter(|member| which(member)).count()).unwrap_or(u32::MAX)
}

fn weigh(members: &[Member], which: fn(&Member) -> bool) -> u32 {
    members.iter().filter(|member| which(member)).map(|member| member.weight).sum()
}

#[async_trait]
impl Reconciler for Measure {
    fn name(&self) -> &'static str {
        "autoscaling.measure"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(60)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let groups = self.0.store.list::<Group>(&Filter::all())?.into_iter();
        Ok(groups.filter(|group| !group.metrics.is_empty()).map(|group| group.id).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let Some(group) = self.0.store.get::<Group>(key)? else { return Ok(Next::Settled) };
        let (members, now) = (self.0.members(key)?, self.0.now());
        let measured = METRICS.iter().filter(|(name, _)| group.metrics.contains(*name)).map(|(name, of)| {
            let dimensions = vec![("AutoScalingGroupName", group.name.clone())];
            Datum::one("AWS/AutoScaling", name, dimensions, now, f64::from(of(&group, &members)), "None")
        });
        self.0.metrics.record(&group.account, measured.collect());
        Ok(Next::Settled)
    }
}
