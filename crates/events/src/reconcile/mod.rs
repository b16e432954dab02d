//! What makes desired state true: schedules that come due, replays that go on, archives that keep no longer than they say.

mod holdings;
mod replays;
mod rules;
mod schedules;

use std::sync::Arc;
use std::time::Duration;

use freehold_core::reconcile::Reconcilers;
use freehold_store::Document;
use jiff::Timestamp;

use crate::Events;
use crate::model::{Archive, Replay, Rule};
use crate::scheduler::Schedule;

pub(crate) fn start(events: &Arc<Events>, reconcilers: &Reconcilers) {
    let watch = |kind: &str| events.store.watch(kind);
    reconcilers.spawn(rules::FireRules(Arc::clone(events)), vec![watch(Rule::KIND)]);
    reconcilers.spawn(replays::Replays(Arc::clone(events)), vec![watch(Replay::KIND)]);
    // What is kept changes nothing that would have to go.
    reconcilers.spawn(holdings::Holdings(Arc::clone(events)), vec![watch(Archive::KIND)]);
    reconcilers.spawn(schedules::FireSchedules(Arc::clone(events)), vec![watch(Schedule::KIND)]);
}

/// How long until that moment, at least a little.
fn until(moment: Timestamp, now: Timestamp) -> Duration {
    let left = Duration::try_from(moment.duration_since(now)).unwrap_or_default();
    left.max(Duration::from_millis(20))
}
