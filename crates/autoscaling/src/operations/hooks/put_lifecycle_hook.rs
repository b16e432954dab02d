//! `PutLifecycleHook`: makes one, or changes what is said of it.

use std::sync::Arc;

use freehold_api::autoscaling::{PutLifecycleHookAnswer, PutLifecycleHookType};
use freehold_wire::Call;

use crate::errors::Result;
use crate::model::Hook;
use crate::operations::check;
use crate::{AutoScaling, deeds};

pub(super) async fn put_lifecycle_hook(
    own: Arc<AutoScaling>,
    call: Call,
    input: PutLifecycleHookType,
) -> Result<PutLifecycleHookAnswer> {
    let group_name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let name = check::required("LifecycleHookName", input.lifecycle_hook_name)?;
    let now = own.now();
    own.change_group(call.account(), &group_name, move |tx, group| {
        let known = group.hooks.iter().position(|hook| hook.name == name);
        let before = known.map(|position| group.hooks[position].clone());
        let said = |text: Option<String>, before: Option<String>| text.or(before).filter(|text| !text.is_empty());
        let transition = match (&input.lifecycle_transition, &before) {
            (None, Some(before)) => before.transition,
            (said, _) => super::transition(said.as_deref())?,
        };
        let target = match (input.notification_target_arn, &before) {
            (None, Some(before)) => before.target.clone(),
            (said, _) => super::target(said)?,
        };
        let heartbeat_timeout = match (input.heartbeat_timeout, &before) {
            (None, Some(before)) => before.heartbeat_timeout,
            (said, _) => super::heartbeat(said)?,
        };
        let default_result = match (&input.default_result, &before) {
            (None, Some(before)) => before.default_result,
            (said, _) => super::result(said.as_deref())?,
        };
        let hook = Hook {
            name,
            transition,
            target,
            role: said(input.role_arn, before.as_ref().and_then(|before| before.role.clone())),
            metadata: said(input.notification_metadata, before.as_ref().and_then(|before| before.metadata.clone())),
            heartbeat_timeout,
            default_result,
        };
        if let Some(target) = &hook.target {
            deeds::test_notification(tx, group, target, now)?;
        }
        match known {
            Some(position) => group.hooks[position] = hook,
            None => group.hooks.push(hook),
        }
        super::check_count(group)
    })
    .await?;
    Ok(PutLifecycleHookAnswer {})
}
