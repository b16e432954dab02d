//! `autoscaling.schedule`: scheduled actions when they are due.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use jiff::Timestamp;

use super::until;
use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{Group, Process, ScheduledAction};
use crate::plan::{cron, sentences};

pub(crate) struct Schedule(pub Arc<AutoScaling>);

#[async_trait]
impl Reconciler for Schedule {
    fn name(&self) -> &'static str {
        "autoscaling.schedule"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(10)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let actions = self.0.store.list::<ScheduledAction>(&Filter::all())?;
        Ok(actions.into_iter().map(|action| action.arn).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let now = self.0.now();
        let Some(action) = self.0.store.get::<ScheduledAction>(key)? else { return Ok(Next::Settled) };
        if now < action.due {
            return Ok(Next::After(until(action.due, now)));
        }
        let arn = action.arn;
        self.0.store.transact::<_, Error, _>(move |tx| carry_out(tx, &arn, now)).await?;
        Ok(Next::Again)
    }
}

fn carry_out(tx: &mut dyn Tx, arn: &str, now: Timestamp) -> Result<()> {
    let Some(action) = tx.get::<ScheduledAction>(arn)?.filter(|action| action.due <= now) else { return Ok(()) };
    // Of those that are due, if nobody looked for a while, the last one decides.
    let mut all = tx.list::<ScheduledAction>(&Filter::index(0, &action.group))?;
    all.sort_by_key(|one| one.due);
    let Some(mut action) = all.into_iter().next() else { return Ok(()) };
    if let Some(mut group) = tx.get::<Group>(&action.group)?
        && !group.deleting
        && !group.is_suspended(Process::ScheduledActions)
    {
        apply(&mut group, &action, now);
        tx.put(&group)?;
    }
    match next(&action, now) {
        Some(due) => {
            action.due = due;
            tx.put(&action)?;
        }
        None => {
            tx.delete::<ScheduledAction>(&action.arn)?;
        }
    }
    Ok(())
}

/// The bounds first, then the capacity within them.
fn apply(group: &mut Group, action: &ScheduledAction, now: Timestamp) {
    let before = group.desired;
    group.min = action.min.unwrap_or(group.min);
    group.max = action.max.unwrap_or(group.max).max(group.min);
    let desired = action.desired.unwrap_or(before).clamp(group.min, group.max);
    group.desired = desired;
    let reason = sentences::updated(now, group, before, &format!("a scheduled action update {}", action.name));
    if desired != before {
        group.set_desired(desired, reason);
    }
}

/// When it is due again; a recurrence that was missed while nobody looked is not made up for.
fn next(action: &ScheduledAction, now: Timestamp) -> Option<Timestamp> {
    let recurrence = action.recurrence.as_deref()?;
    let due = cron::next(recurrence, action.zone.as_deref(), now).ok().flatten()?;
    (action.end.is_none_or(|end| due <= end)).then_some(due)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::testing::{group, now};

    fn action() -> ScheduledAction {
        ScheduledAction {
            arn: "arn".into(),
            account: "111122223333".into(),
            group: "111122223333/g".into(),
            group_name: "g".into(),
            name: "night".into(),
            start: None,
            end: None,
            recurrence: None,
            zone: None,
            min: None,
            max: None,
            desired: None,
            due: now(),
        }
    }

    #[test]
    fn bounds_move_the_capacity_with_them() {
        let mut group = group(1, 4, 2);
        apply(&mut group, &ScheduledAction { min: Some(3), ..action() }, now());
        assert_eq!((group.min, group.max, group.desired), (3, 4, 3));
        apply(&mut group, &ScheduledAction { min: Some(0), max: Some(1), desired: Some(9), ..action() }, now());
        assert_eq!((group.min, group.max, group.desired), (0, 1, 1));
        assert_eq!(group.reasons.len(), 2);
    }

    #[test]
    fn it_recurs_until_its_end() {
        let hourly = ScheduledAction { recurrence: Some("0 * * * *".into()), ..action() };
        let due = next(&hourly, now()).unwrap();
        assert!(due > now());
        assert_eq!(next(&ScheduledAction { end: Some(now()), ..hourly }, now()), None);
        assert_eq!(next(&action(), now()), None);
    }
}
