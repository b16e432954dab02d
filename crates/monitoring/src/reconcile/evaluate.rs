//! Metric alarms, evaluated every ten seconds. AWS looks once a minute at those of a minute and more; what they see moves
//! on by the minute here too, but what came late is seen sooner.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::StoreExt;
use jiff::Timestamp;

use crate::CloudWatch;
use crate::alarms::{Change, Evaluation, Target, Verdict, evaluate, latest, look, put_actions};
use crate::compute::Unanswered;
use crate::errors::Error;
use crate::model::{Alarm, MetricRule, StateValue};

/// Seconds between two looks, and after the full ten seconds at which they are.
const EVERY: i64 = 10;
const AFTER: i64 = 2;
/// Seconds between two calls of a scaling policy while the state lasts (*User guide, Alarm actions*).
const REPEAT: i64 = 60;

pub(super) struct Evaluate {
    state: Arc<CloudWatch>,
    due: Mutex<HashMap<String, Due>>,
}

/// When an alarm is looked at next. What is lost here is found anew at the next look.
#[derive(Debug, Clone, Copy)]
struct Due {
    configured: Timestamp,
    next: i64,
    /// When a scaling policy was last called again.
    repeated: i64,
}

impl Evaluate {
    pub fn new(state: Arc<CloudWatch>) -> Self {
        Self { state, due: Mutex::default() }
    }

    fn due(&self) -> MutexGuard<'_, HashMap<String, Due>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The datapoints judged; `None` where nothing can be said.
    async fn judge(&self, alarm: &Arc<Alarm>, rule: &MetricRule) -> Result<Option<Verdict>, Failure> {
        let evaluation = Evaluation {
            periods: rule.evaluation_periods as usize,
            to_alarm: rule.datapoints_to_alarm as usize,
            missing: rule.missing,
        };
        let now = self.state.now();
        let (series, seen, own) = (Arc::clone(&self.state.series), now.as_second(), rule.clone());
        let account = alarm.account.clone();
        let looked = tokio::task::spawn_blocking(move || look(&series, &account, &own, evaluation, seen)).await?;
        let watch = match looked {
            Ok(watch) => watch,
            Err(Unanswered::Failure(failure)) => return Err(failure.into()),
            Err(wrong) => {
                self.cannot_evaluate(alarm, &wrong.to_string()).await?;
                return Ok(None);
            }
        };
        let verdict = evaluate(evaluation, &watch.points);
        let state = verdict.state.filter(|_| !watch.has_few_samples);
        let is_clear = alarm.state.evaluation.is_none();
        if let Some(value) = state.filter(|value| *value != alarm.state.value || !is_clear) {
            let change = Change::evaluated(alarm, &watch, &verdict, value, now);
            self.state.transition(&alarm.arn, change).await?;
        }
        Ok(Some(verdict))
    }

    async fn cannot_evaluate(&self, alarm: &Alarm, why: &str) -> Result<(), Error> {
        if alarm.state.evaluation.is_some() {
            return Ok(());
        }
        let change = Change {
            value: StateValue::InsufficientData,
            reason: why.to_owned(),
            reason_data: None,
            evaluation: Some("EVALUATION_ERROR".into()),
            latest: None,
            configured: Some(alarm.configured),
            is_by_hand: false,
        };
        self.state.transition(&alarm.arn, change).await
    }

    /// Scaling policies are called again while the state lasts.
    async fn repeat(&self, arn: &str, verdict: &Verdict) -> Result<(), Failure> {
        let Some(alarm) = self.state.book.by_arn(arn).filter(|alarm| alarm.is_acting) else { return Ok(()) };
        let actions = alarm.actions(alarm.state.value);
        let policies: Vec<String> =
            actions.iter().filter(|action| matches!(Target::parse(action), Ok(Target::Policy))).cloned().collect();
        let now = self.state.now().as_second();
        let repeated = self.due().get(arn).map_or(0, |due| due.repeated);
        let last = repeated.max(alarm.state.transitioned.as_second());
        if policies.is_empty() || now - last < REPEAT {
            return Ok(());
        }
        let (latest, region, state) = (latest(verdict), self.state.region.clone(), alarm.state.clone());
        let put = move |tx: &mut dyn freehold_store::Tx| {
            put_actions(tx, &alarm, &state, &region, &[], latest, Some(&policies))
        };
        self.state.store.transact::<_, Error, _>(put).await?;
        if let Some(due) = self.due().get_mut(arn) {
            due.repeated = now;
        }
        Ok(())
    }
}

#[async_trait]
impl Reconciler for Evaluate {
    fn name(&self) -> &'static str {
        "cloudwatch.evaluate"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(1)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let now = self.state.now().as_second();
        let alarms = self.state.book.all(|alarm| alarm.metric_rule().is_some());
        let mut due = self.due();
        if due.len() > alarms.len() {
            due.retain(|arn, _| alarms.iter().any(|alarm| alarm.arn == *arn));
        }
        let is_due = |alarm: &&Arc<Alarm>| {
            due.get(&alarm.arn).is_none_or(|due| due.next <= now || due.configured != alarm.configured)
        };
        Ok(alarms.iter().filter(is_due).map(|alarm| alarm.arn.clone()).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let alarm = self.state.book.by_arn(key);
        let Some((alarm, rule)) = alarm.as_ref().and_then(|alarm| Some((alarm, alarm.metric_rule()?))) else {
            return Ok(Next::Settled);
        };
        let verdict = self.judge(alarm, rule).await?;
        let now = self.state.now().as_second() - AFTER;
        let next = now - now.rem_euclid(EVERY) + EVERY + AFTER;
        {
            let mut due = self.due();
            let known = due.entry(key.to_owned());
            let due = known.or_insert(Due { configured: alarm.configured, next, repeated: 0 });
            (due.configured, due.next) = (alarm.configured, next);
        }
        if let Some(verdict) = verdict {
            self.repeat(key, &verdict).await?;
        }
        Ok(Next::Settled)
    }
}
