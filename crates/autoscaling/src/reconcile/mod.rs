//! What makes desired state true.

pub(crate) mod capacity;
mod check_health;
mod instances;
pub(crate) mod measure;
mod post;
mod prune;
pub(crate) mod refresh;
mod schedule;
mod traffic;

use std::sync::Arc;

use freehold_core::reconcile::Reconcilers;
use freehold_store::Document;

use crate::AutoScaling;
use crate::model::{Group, Letter, Member, Refresh, ScheduledAction};

/// EC2's rows of instances: when one of them changes, instances are looked at.
const EC2_INSTANCES: &str = "ec2.instance";

/// Starts them all.
pub(crate) fn start(own: &Arc<AutoScaling>, reconcilers: &Reconcilers) {
    let watch = |kind: &str| own.store.watch(kind);
    let own = || Arc::clone(own);
    reconcilers.spawn(capacity::Capacity(own()), vec![watch(Group::KIND), watch(Member::KIND)]);
    reconcilers.spawn(instances::Instances(own()), vec![watch(Member::KIND), watch(Group::KIND), watch(EC2_INSTANCES)]);
    reconcilers.spawn(check_health::CheckHealth(own()), vec![watch(EC2_INSTANCES), watch(Member::KIND)]);
    reconcilers.spawn(traffic::Traffic(own()), vec![watch(Group::KIND), watch(Member::KIND)]);
    reconcilers.spawn(schedule::Schedule(own()), vec![watch(ScheduledAction::KIND)]);
    reconcilers.spawn(refresh::Refreshes(own()), vec![watch(Refresh::KIND), watch(Member::KIND)]);
    reconcilers.spawn(post::Post(own()), vec![watch(Letter::KIND)]);
    reconcilers.spawn(measure::Measure(own()), Vec::new());
    reconcilers.spawn(prune::Prune(own()), Vec::new());
}

/// How long until that moment, at least a little.
fn until(moment: jiff::Timestamp, now: jiff::Timestamp) -> std::time::Duration {
    let left = std::time::Duration::try_from(moment.duration_since(now)).unwrap_or_default();
    left.max(std::time::Duration::from_millis(20))
}
