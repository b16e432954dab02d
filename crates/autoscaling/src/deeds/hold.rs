//! An instance comes to hooks: it is held, and whoever is to be asked is asked (*User guide, Prepare to add a lifecycle
//! hook: notification targets*).

use freehold_core::ids::uuid;
use freehold_store::{Tx, TxExt};
use jiff::Timestamp;
use serde_json::json;

use crate::errors::Result;
use crate::model::{Group, Hook, HookAction, Letter, Member, Transition};
use crate::times::moment_in_message;

/// Holds the member at the hooks of this transition; tells whether there are any.
pub(crate) fn hold(
    tx: &mut dyn Tx,
    group: &Group,
    member: &mut Member,
    transition: Transition,
    now: Timestamp,
) -> Result<bool> {
    member.actions = group.hooks_at(transition).map(|hook| hook.hold(now)).collect();
    for (hook, action) in group.hooks_at(transition).zip(&member.actions) {
        if let Some(letter) = letter(group, member, hook, action, now) {
            tx.put(&letter)?;
        }
    }
    Ok(!member.actions.is_empty())
}

fn letter(group: &Group, member: &Member, hook: &Hook, action: &HookAction, now: Timestamp) -> Option<Letter> {
    let target = hook.target.as_deref().filter(|target| !target.is_empty())?;
    let instance = member.instance.clone().unwrap_or_default();
    let (origin, destination) = way(group, member, hook.transition);
    let mut body = json!({
        "Origin": origin,
        "Destination": destination,
        "LifecycleHookName": hook.name,
        "AccountId": group.account,
        "RequestId": uuid(),
        "LifecycleTransition": hook.transition.name(),
        "AutoScalingGroupName": group.name,
        "Service": "AWS Auto Scaling",
        "Time": moment_in_message(now),
        "EC2InstanceId": instance,
        "LifecycleActionToken": action.token,
    });
    if let Some(metadata) = &hook.metadata {
        body["NotificationMetadata"] = json!(metadata);
    }
    let what = if hook.transition == Transition::Launching { "LAUNCHING" } else { "TERMINATING" };
    let subject = format!("Auto Scaling:  Lifecycle action '{what}' for instance {instance} in progress.");
    Some(Letter::new(&group.account, target, &subject, &body))
}

/// Where the instance comes from and goes to.
fn way(group: &Group, member: &Member, transition: Transition) -> (&'static str, &'static str) {
    const EC2: &str = "EC2";
    const GROUP: &str = "AutoScalingGroup";
    const POOL: &str = "WarmPool";
    let was_pooled = member.activity.as_deref() != Some(member.key.as_str());
    match (transition, member.warmed) {
        (Transition::Launching, true) => (EC2, POOL),
        (Transition::Launching, false) if was_pooled => (POOL, GROUP),
        (Transition::Launching, false) => (EC2, GROUP),
        (Transition::Terminating, true) => (POOL, EC2),
        (Transition::Terminating, false) => {
            let returns = member.reusable && group.warm_pool.as_ref().is_some_and(|pool| pool.reuse);
            (GROUP, if returns { POOL } else { EC2 })
        }
    }
}
