//! `BatchDeleteScheduledAction`: those that are not there are named, the others are deleted.

use std::sync::Arc;

use freehold_api::autoscaling::{BatchDeleteScheduledActionAnswer, BatchDeleteScheduledActionType};
use freehold_store::TxExt;
use freehold_wire::Call;

use super::batch_put_scheduled_update_group_action::{ACTIONS_AT_MOST, failure};
use super::write::find;
use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::ScheduledAction;
use crate::operations::check;

pub(super) async fn batch_delete_scheduled_action(
    own: Arc<AutoScaling>,
    call: Call,
    input: BatchDeleteScheduledActionType,
) -> Result<BatchDeleteScheduledActionAnswer> {
    let group = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let names = input.scheduled_action_names.unwrap_or_default();
    if names.len() > ACTIONS_AT_MOST {
        return Err(Error::validation(format!("At most {ACTIONS_AT_MOST} scheduled actions can be specified.")));
    }
    let failed = own
        .change_group(call.account(), &group, move |tx, group| {
            let mut failed = Vec::new();
            for name in names {
                match find(tx, group, &name) {
                    Ok(action) => {
                        tx.delete::<ScheduledAction>(&action.arn)?;
                    }
                    Err(Error::Internal) => return Err(Error::Internal),
                    Err(error) => failed.push(failure(Some(name), &error)),
                }
            }
            Ok(failed)
        })
        .await?;
    Ok(BatchDeleteScheduledActionAnswer { failed_scheduled_actions: Some(failed) })
}
