//! `CompleteLifecycleAction`.

use std::sync::Arc;

use freehold_api::autoscaling::{CompleteLifecycleActionAnswer, CompleteLifecycleActionType};
use freehold_wire::Call;

use super::actions::{self, Named};
use crate::AutoScaling;
use crate::errors::Result;
use crate::operations::check;

pub(super) async fn complete_lifecycle_action(
    own: Arc<AutoScaling>,
    call: Call,
    input: CompleteLifecycleActionType,
) -> Result<CompleteLifecycleActionAnswer> {
    let group = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let hook = check::required("LifecycleHookName", input.lifecycle_hook_name)?;
    let said = check::required("LifecycleActionResult", input.lifecycle_action_result)?;
    let answer = super::result(Some(&said))?;
    let named = Named { hook, token: input.lifecycle_action_token, instance: input.instance_id };
    own.change_group(call.account(), &group, move |tx, group| {
        actions::change(tx, group, &named, |action| action.answer = Some(answer))
    })
    .await?;
    Ok(CompleteLifecycleActionAnswer {})
}
