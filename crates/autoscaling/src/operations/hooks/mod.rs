//! Lifecycle hooks.

mod actions;
mod complete_lifecycle_action;
mod delete_lifecycle_hook;
mod describe_lifecycle_hook_types;
mod describe_lifecycle_hooks;
mod put_lifecycle_hook;
mod record_lifecycle_action_heartbeat;

use freehold_api::autoscaling::{LifecycleHookSpecification, op};

use super::{Operations, check};
use crate::errors::{Error, Result};
use crate::model::{Group, Hook, HookResult, Transition};

/// Seconds (*API reference, PutLifecycleHook: HeartbeatTimeout*).
const DEFAULT_HEARTBEAT: i32 = 3600;
const HEARTBEAT: (u32, u32) = (30, 7200);
/// *User guide, Quotas*
const HOOKS_AT_MOST: usize = 50;

pub(super) fn register(operations: Operations) -> Operations {
    operations
        .on(op::CompleteLifecycleAction, complete_lifecycle_action::complete_lifecycle_action)
        .on(op::DeleteLifecycleHook, delete_lifecycle_hook::delete_lifecycle_hook)
        .on(op::DescribeLifecycleHookTypes, describe_lifecycle_hook_types::describe_lifecycle_hook_types)
        .on(op::DescribeLifecycleHooks, describe_lifecycle_hooks::describe_lifecycle_hooks)
        .on(op::PutLifecycleHook, put_lifecycle_hook::put_lifecycle_hook)
        .on(op::RecordLifecycleActionHeartbeat, record_lifecycle_action_heartbeat::record_lifecycle_action_heartbeat)
}

/// A hook that is made with its group.
pub(super) fn of_specification(said: LifecycleHookSpecification) -> Result<Hook> {
    let hook = Hook {
        name: check::required("LifecycleHookName", said.lifecycle_hook_name)?,
        transition: transition(said.lifecycle_transition.as_deref())?,
        target: target(said.notification_target_arn)?,
        role: said.role_arn,
        metadata: said.notification_metadata,
        heartbeat_timeout: heartbeat(said.heartbeat_timeout)?,
        default_result: result(said.default_result.as_deref())?,
    };
    Ok(hook)
}

fn transition(name: Option<&str>) -> Result<Transition> {
    name.and_then(Transition::parse).ok_or_else(|| {
        Error::validation(format!("'{}' is not a valid lifecycle transition.", name.unwrap_or_default()))
    })
}

fn heartbeat(seconds: Option<i32>) -> Result<u32> {
    check::within("HeartbeatTimeout", seconds.unwrap_or(DEFAULT_HEARTBEAT), HEARTBEAT.0, HEARTBEAT.1)
}

fn result(name: Option<&str>) -> Result<HookResult> {
    let name = name.unwrap_or("ABANDON");
    HookResult::parse(name).ok_or_else(|| {
        Error::validation(format!(
            "'{name}' is not a valid lifecycle action result. Valid values are: CONTINUE, ABANDON"
        ))
    })
}

/// A topic or a queue; what is empty takes it back.
fn target(arn: Option<String>) -> Result<Option<String>> {
    let Some(arn) = arn.filter(|arn| !arn.is_empty()) else { return Ok(None) };
    let parsed: Option<freehold_core::Arn> = arn.parse().ok();
    if parsed.is_some_and(|parsed| matches!(parsed.service.as_str(), "sns" | "sqs")) {
        return Ok(Some(arn));
    }
    Err(Error::validation(format!("Invalid Notification Target ARN: {arn}")))
}

pub(super) fn check_count(group: &Group) -> Result<()> {
    if group.hooks.len() > HOOKS_AT_MOST {
        return Err(Error::LimitExceeded(format!(
            "You have exceeded the limit of {HOOKS_AT_MOST} lifecycle hooks per Auto Scaling group."
        )));
    }
    Ok(())
}
