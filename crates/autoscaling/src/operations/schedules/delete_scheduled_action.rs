//! `DeleteScheduledAction`.

use std::sync::Arc;

use freehold_api::autoscaling::DeleteScheduledActionType;
use freehold_store::TxExt;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::write::find;
use crate::AutoScaling;
use crate::errors::Result;
use crate::model::ScheduledAction;
use crate::operations::check;

pub(super) async fn delete_scheduled_action(
    own: Arc<AutoScaling>,
    call: Call,
    input: DeleteScheduledActionType,
) -> Result<Unit> {
    let group = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let name = check::required("ScheduledActionName", input.scheduled_action_name)?;
    own.change_group(call.account(), &group, move |tx, group| {
        let action = find(tx, group, &name)?;
        tx.delete::<ScheduledAction>(&action.arn)?;
        Ok(())
    })
    .await?;
    Ok(Unit)
}
