//! `RecordLifecycleActionHeartbeat`: whoever was asked needs more time.

use std::sync::Arc;

use freehold_api::autoscaling::{RecordLifecycleActionHeartbeatAnswer, RecordLifecycleActionHeartbeatType};
use freehold_wire::Call;

use super::actions::{self, Named};
use crate::AutoScaling;
use crate::errors::Result;
use crate::operations::check;

pub(super) async fn record_lifecycle_action_heartbeat(
    own: Arc<AutoScaling>,
    call: Call,
    input: RecordLifecycleActionHeartbeatType,
) -> Result<RecordLifecycleActionHeartbeatAnswer> {
    let group = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let hook = check::required("LifecycleHookName", input.lifecycle_hook_name)?;
    let named = Named { hook, token: input.lifecycle_action_token, instance: input.instance_id };
    let now = own.now();
    own.change_group(call.account(), &group, move |tx, group| {
        actions::change(tx, group, &named, |action| action.beat(now))
    })
    .await?;
    Ok(RecordLifecycleActionHeartbeatAnswer {})
}
