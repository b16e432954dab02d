//! Composite alarms: their state follows those of the alarms in their rules.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};

use crate::CloudWatch;
use crate::alarms::Change;
use crate::model::{Alarm, Composite, Seen, StateValue};

pub(super) struct Combine(pub Arc<CloudWatch>);

impl Combine {
    /// The state that the rule puts it in, if there is anything to do about it.
    fn next(&self, alarm: &Alarm, composite: &Composite) -> Option<StateValue> {
        let state = &self.0;
        let children = state.named(alarm);
        // What was set by hand stays until one of the alarms changes (*API reference, SetAlarmState*).
        let is_set = composite.is_set && !children.iter().any(|child| child.state.transitioned > alarm.state.updated);
        let value = if is_set { alarm.state.value } else { state.combined(alarm, composite) };
        if value != alarm.state.value {
            return Some(value);
        }
        let seen = Seen {
            now: state.now().as_second(),
            is_suppressed: state.is_suppressed(&alarm.arn),
            before: value,
            state: value,
        };
        let (next, is_told) = composite.suppression.next(composite.suppressor.as_ref()?, seen);
        (next != composite.suppression || is_told).then_some(value)
    }
}

#[async_trait]
impl Reconciler for Combine {
    fn name(&self) -> &'static str {
        "cloudwatch.combine"
    }

    /// Waiting for suppressors ends by the second.
    fn period(&self) -> Duration {
        Duration::from_secs(1)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let composites = self.0.book.all(|alarm| alarm.composite().is_some());
        let is_unsettled = |alarm: &&Arc<Alarm>| alarm.composite().is_some_and(|one| self.next(alarm, one).is_some());
        Ok(composites.iter().filter(is_unsettled).map(|alarm| alarm.arn.clone()).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let alarm = self.0.book.by_arn(key);
        let Some((alarm, composite)) = alarm.as_ref().and_then(|alarm| Some((alarm, alarm.composite()?))) else {
            return Ok(Next::Settled);
        };
        let Some(value) = self.next(alarm, composite) else { return Ok(Next::Settled) };
        let mut change = Change::combined(alarm, value, &self.0.named(alarm));
        if value == alarm.state.value {
            (change.reason, change.reason_data) = (alarm.state.reason.clone(), alarm.state.reason_data.clone());
        }
        self.0.transition(key, change).await?;
        Ok(Next::Settled)
    }
}
