//! From one state to another: the state, its history and the actions that follow, in one commit.

use std::sync::Arc;

use freehold_store::{StoreExt, Tx, TxExt};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Verdict, Watch, event, message, reason};
use crate::CloudWatch;
use crate::errors::Error;
use crate::model::{Action, Alarm, Composite, Entry, EntryKind, Kind, Notice, Seen, State, StateValue, Suppression};

/// What an alarm's state becomes.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub value: StateValue,
    pub reason: String,
    pub reason_data: Option<String>,
    pub evaluation: Option<String>,
    /// The latest datapoint, and whether it is breaching.
    pub latest: Option<(f64, bool)>,
    /// Only if the alarm is still the one that was put then.
    pub configured: Option<Timestamp>,
    /// Somebody set it.
    pub is_by_hand: bool,
}

impl Change {
    /// What came of an evaluation.
    pub fn evaluated(alarm: &Alarm, watch: &Watch, verdict: &Verdict, value: StateValue, now: Timestamp) -> Self {
        let (reason, data) = match &alarm.kind {
            Kind::Metric(rule) => (
                reason::sentence(rule, verdict, alarm.state.value, value),
                Some(reason::data(rule, watch, verdict, now).to_string()),
            ),
            Kind::Composite(_) => (String::new(), None),
        };
        Self {
            value,
            reason,
            reason_data: data,
            evaluation: None,
            latest: latest(verdict),
            configured: Some(alarm.configured),
            is_by_hand: false,
        }
    }

    /// What a composite alarm's rule says, and which of its alarms changed last.
    pub fn combined(alarm: &Alarm, value: StateValue, children: &[Arc<Alarm>]) -> Self {
        let last = children.iter().max_by_key(|child| child.state.transitioned);
        let last = last.map(|child| (child.arn.as_str(), child.state.value, child.state.transitioned));
        let data = children.iter().map(|child| {
            let State { value, transitioned, .. } = &child.state;
            json!({"arn": child.arn, "state": {"value": value.name(), "timestamp": message::iso_time(*transitioned)}})
        });
        Self {
            value,
            reason: reason::composite(last, value),
            reason_data: Some(json!({"triggeringAlarms": data.collect::<Vec<Value>>()}).to_string()),
            evaluation: None,
            latest: None,
            configured: Some(alarm.configured),
            is_by_hand: false,
        }
    }
}

/// The most recent datapoint that was judged.
pub(crate) fn latest(verdict: &Verdict) -> Option<(f64, bool)> {
    verdict.judged.last().and_then(|point| Some((point.value?, point.is_breaching)))
}

impl CloudWatch {
    /// Brings an alarm into a state. One that is gone, or was put anew meanwhile, stays what it is.
    pub(crate) async fn transition(&self, arn: &str, change: Change) -> Result<(), Error> {
        let (id, now, region) = (arn.to_owned(), self.now(), self.region.clone());
        let suppressed = self.is_suppressed(arn);
        let children = self.children(arn);
        self.store
            .transact::<_, Error, _>(move |tx| {
                let Some(mut alarm) = tx.get::<Alarm>(&id)? else { return Ok(()) };
                if change.configured.is_some_and(|configured| configured != alarm.configured) {
                    return Ok(());
                }
                let old = alarm.state.clone();
                let has_changed = old.value != change.value;
                alarm.state = State {
                    value: change.value,
                    reason: change.reason,
                    reason_data: change.reason_data,
                    updated: now,
                    transitioned: if has_changed { now } else { old.transitioned },
                    evaluation: change.evaluation,
                };
                if has_changed {
                    tx.put(&state_entry(&alarm, &old, now))?;
                }
                let is_told = match &mut alarm.kind {
                    Kind::Metric(_) => has_changed,
                    Kind::Composite(composite) => {
                        composite.is_set = change.is_by_hand || (composite.is_set && !has_changed);
                        is_told(composite, suppressed, old.value, change.value, now.as_second())
                    }
                };
                if is_told {
                    put_actions(tx, &alarm, &old, &region, &children, change.latest, None)?;
                }
                Ok(tx.put(&alarm)?)
            })
            .await?;
        Ok(self.book.refresh(arn)?)
    }

    /// Whether a composite alarm's suppressor is in ALARM.
    pub(crate) fn is_suppressed(&self, arn: &str) -> bool {
        let alarm = self.book.by_arn(arn);
        let suppressor = alarm.as_ref().and_then(|alarm| Some((alarm, alarm.composite()?.suppressor.as_ref()?)));
        suppressor
            .is_some_and(|(alarm, suppressor)| self.book.state(&alarm.account, &suppressor.alarm) == StateValue::Alarm)
    }

    /// The alarms that a composite one names.
    fn children(&self, arn: &str) -> Vec<(String, State)> {
        let Some(alarm) = self.book.by_arn(arn) else { return Vec::new() };
        let found = self.named(&alarm);
        let mut found: Vec<_> = found.iter().map(|child| (child.arn.clone(), child.state.clone())).collect();
        found.sort_by_key(|(_, state)| std::cmp::Reverse(state.transitioned));
        found
    }
}

/// Whether actions are taken at once. Without a suppressor, whenever the state changes.
fn is_told(composite: &mut Composite, is_suppressed: bool, before: StateValue, state: StateValue, now: i64) -> bool {
    let Some(suppressor) = &composite.suppressor else {
        composite.suppression = Suppression::Free;
        return before != state;
    };
    let (next, is_told) = composite.suppression.next(suppressor, Seen { now, is_suppressed, before, state });
    composite.suppression = next;
    is_told
}

/// Writes down what is to be done now that `alarm` is in its state. Of all its actions, or of those that are `only`.
pub(crate) fn put_actions(
    tx: &mut dyn Tx,
    alarm: &Alarm,
    old: &State,
    region: &str,
    children: &[(String, State)],
    latest: Option<(f64, bool)>,
    only: Option<&[String]>,
) -> Result<(), Error> {
    if !alarm.is_acting {
        return Ok(());
    }
    let instance = alarm.metric_rule().and_then(|rule| rule.measure()?.dimension("InstanceId"));
    let notice = Notice {
        alarm_arn: alarm.arn.clone(),
        alarm_name: alarm.name.clone(),
        alarm_kind: alarm.kind_name().to_owned(),
        state: alarm.state.value,
        at: alarm.state.updated,
        subject: message::subject(alarm, region),
        message: message::body(alarm, old.value, region, children).to_string(),
        event: event::event(alarm, old, region).to_string(),
        value: latest.map(|latest| latest.0),
        is_breaching: latest.map_or(alarm.state.value == StateValue::Alarm, |latest| latest.1),
        instance: instance.map(str::to_owned),
    };
    for target in only.unwrap_or(alarm.actions(alarm.state.value)) {
        tx.put(&Action {
            id: format!("{}:{:016x}", alarm.arn, rand::random::<u64>()),
            account: alarm.account.clone(),
            target: target.clone(),
            notice: notice.clone(),
            is_repeated: only.is_some(),
        })?;
    }
    Ok(())
}

fn state_entry(alarm: &Alarm, old: &State, now: Timestamp) -> Entry {
    let shown = |state: &State| {
        let data = state.reason_data.as_deref().and_then(|data| serde_json::from_str::<Value>(data).ok());
        json!({"stateValue": state.value.name(), "stateReason": state.reason, "stateReasonData": data})
    };
    let data = json!({"version": "1.0", "oldState": shown(old), "newState": shown(&alarm.state)});
    let summary = format!("Alarm updated from {} to {}", old.value.name(), alarm.state.value.name());
    Entry::new(alarm, now, EntryKind::StateUpdate, summary, &data)
}
