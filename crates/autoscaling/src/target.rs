//! Alarms that call policies.

use async_trait::async_trait;
use freehold_core::Arn;
use freehold_core::targets::{Sender, Target, TargetError};
use freehold_store::{Filter, StoreExt, TxExt};
use serde::Deserialize;

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{Cooldown, Group, Member, Policy, Process, Rule};
use crate::plan::scaling::{self, Situation};
use crate::plan::sentences;

/// What CloudWatch says.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Call {
    alarm_name: String,
    state: String,
    metric_value: Option<f64>,
}

/// Who lets a policy act.
#[derive(Debug, Clone)]
pub(crate) enum Trigger {
    Alarm { name: String, metric: Option<f64>, threshold: Option<f64> },
    User { metric: Option<f64>, threshold: Option<f64>, honors_cooldown: bool },
}

#[async_trait]
impl Target for AutoScaling {
    async fn deliver(&self, to: &Arn, payload: &[u8], _: &Sender) -> Result<(), TargetError> {
        let call: Call = serde_json::from_slice(payload).map_err(|error| TargetError::Refused(error.to_string()))?;
        let unavailable = |error: Error| TargetError::Unavailable(error.to_string());
        let policy = self.store.get::<Policy>(&to.to_string()).map_err(|error| unavailable(error.into()))?;
        let policy = policy.ok_or_else(|| TargetError::Refused(format!("There is no scaling policy {to}")))?;
        // Only what watches a target knows what the absence of an alarm would mean, and acts by its other alarm.
        if matches!(policy.rule, Rule::Tracking(_)) && call.state != "ALARM" {
            return Ok(());
        }
        let threshold = match &policy.rule {
            Rule::Step { .. } => {
                let found = self.world.threshold(&policy.account, &call.alarm_name).await;
                found.map_err(|error| TargetError::Unavailable(error.to_string()))?
            }
            _ => None,
        };
        let trigger = Trigger::Alarm { name: call.alarm_name, metric: call.metric_value, threshold };
        self.act(policy, trigger).await.map_err(unavailable)
    }
}

impl AutoScaling {
    /// Lets a policy change the capacity of its group, if it is to.
    pub(crate) async fn act(&self, policy: Policy, trigger: Trigger) -> Result<()> {
        let now = self.now();
        self.store
            .transact(move |tx| {
                let Some(mut group) = tx.get::<Group>(&policy.group)? else { return Ok(()) };
                let members = tx.list::<Member>(&Filter::index(0, &policy.group))?;
                let by_alarm = matches!(trigger, Trigger::Alarm { .. });
                if group.deleting || (by_alarm && (!policy.enabled || group.is_suspended(Process::AlarmNotification))) {
                    return Ok(());
                }
                let is_simple = matches!(policy.rule, Rule::Simple { .. });
                let honors = matches!(trigger, Trigger::Alarm { .. } | Trigger::User { honors_cooldown: true, .. });
                let is_moving =
                    members.iter().any(|one| !one.warmed && (one.phase.is_pending() || one.phase.is_ending()));
                if is_simple && honors && (group.is_cooling(now) || (by_alarm && is_moving)) {
                    if by_alarm {
                        return Ok(());
                    }
                    return Err(Error::ScalingActivityInProgress(format!(
                        "Scaling activity not initiated. Auto Scaling group {} is in cooldown.",
                        group.name
                    )));
                }
                let (metric, threshold) = match &trigger {
                    Trigger::Alarm { metric, threshold, .. } | Trigger::User { metric, threshold, .. } => {
                        (*metric, *threshold)
                    }
                };
                let warmup = warmup(&policy, &group);
                let weigh = |warms: bool| {
                    let counted = members.iter().filter(|one| one.counts() && one.is_warming(warmup, now) == warms);
                    counted.map(|member| member.weight).sum()
                };
                let situation = Situation {
                    min: group.min,
                    max: group.max,
                    desired: group.desired,
                    serving: weigh(false),
                    warming: weigh(true),
                    metric,
                    threshold,
                };
                let Some(wanted) = scaling::decide(&policy, &situation) else { return Ok(()) };
                let reason = match &trigger {
                    Trigger::Alarm { name, .. } => sentences::alarmed(now, name, &policy.name, group.desired, wanted),
                    Trigger::User { .. } => sentences::executed(now, &policy.name, group.desired, wanted),
                };
                group.set_desired(wanted, reason);
                if let Rule::Simple { cooldown, .. } = &policy.rule {
                    group.cooldown = Some(Cooldown { since: now, length: cooldown.unwrap_or(group.default_cooldown) });
                }
                Ok(tx.put(&group)?)
            })
            .await
    }
}

/// For how long what the policy launches counts as not yet warm, in seconds.
fn warmup(policy: &Policy, group: &Group) -> u32 {
    let own = match &policy.rule {
        Rule::Simple { .. } => Some(0),
        Rule::Step { warmup, .. } => *warmup,
        Rule::Tracking(tracking) => tracking.warmup,
    };
    own.or(group.default_warmup).unwrap_or(group.default_cooldown)
}
