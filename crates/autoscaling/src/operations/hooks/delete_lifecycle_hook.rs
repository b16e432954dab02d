//! `DeleteLifecycleHook`: what it holds is completed first: ABANDON for what is launched, CONTINUE for what ends.

use std::sync::Arc;

use freehold_api::autoscaling::{DeleteLifecycleHookAnswer, DeleteLifecycleHookType};
use freehold_store::{Filter, TxExt};
use freehold_wire::Call;

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{HookResult, Member, Transition};
use crate::operations::check;

pub(super) async fn delete_lifecycle_hook(
    own: Arc<AutoScaling>,
    call: Call,
    input: DeleteLifecycleHookType,
) -> Result<DeleteLifecycleHookAnswer> {
    let group_name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let name = check::required("LifecycleHookName", input.lifecycle_hook_name)?;
    own.change_group(call.account(), &group_name, move |tx, group| {
        let position = group.hooks.iter().position(|hook| hook.name == name);
        let position =
            position.ok_or_else(|| Error::validation(format!("No Lifecycle Hook found with name {name}")))?;
        let hook = group.hooks.remove(position);
        // *API reference, DeleteLifecycleHook*
        let answer = match hook.transition {
            Transition::Launching => HookResult::Abandon,
            Transition::Terminating => HookResult::Continue,
        };
        for mut member in tx.list::<Member>(&Filter::index(0, &group.id))? {
            let mut held = member.actions.iter_mut().filter(|one| one.hook == hook.name && one.answer.is_none());
            if let Some(action) = held.next() {
                action.answer = Some(answer);
                tx.put(&member)?;
            }
        }
        Ok(())
    })
    .await?;
    Ok(DeleteLifecycleHookAnswer {})
}
