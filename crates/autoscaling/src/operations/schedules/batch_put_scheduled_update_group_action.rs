//! `BatchPutScheduledUpdateGroupAction`: those that are wrong are named, the others are made.

use std::sync::Arc;

use freehold_api::autoscaling::{
    BatchPutScheduledUpdateGroupActionAnswer, BatchPutScheduledUpdateGroupActionType,
    FailedScheduledUpdateGroupActionRequest,
};
use freehold_wire::Call;

use super::write::put;
use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::operations::check;

/// *API reference, BatchPutScheduledUpdateGroupAction*
pub(super) const ACTIONS_AT_MOST: usize = 50;

pub(super) async fn batch_put_scheduled_update_group_action(
    own: Arc<AutoScaling>,
    call: Call,
    input: BatchPutScheduledUpdateGroupActionType,
) -> Result<BatchPutScheduledUpdateGroupActionAnswer> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let actions = input.scheduled_update_group_actions.unwrap_or_default();
    if actions.len() > ACTIONS_AT_MOST {
        return Err(Error::validation(format!("At most {ACTIONS_AT_MOST} scheduled actions can be specified.")));
    }
    let (region, now) = (own.region.clone(), own.now());
    let failed = own
        .change_group(call.account(), &name, move |tx, group| {
            let mut failed = Vec::new();
            for said in actions {
                let name = said.scheduled_action_name.clone();
                match put(tx, group, said, &region, now) {
                    Ok(()) => {}
                    Err(Error::Internal) => return Err(Error::Internal),
                    Err(error) => failed.push(failure(name, &error)),
                }
            }
            Ok(failed)
        })
        .await?;
    Ok(BatchPutScheduledUpdateGroupActionAnswer { failed_scheduled_update_group_actions: Some(failed) })
}

pub(super) fn failure(name: Option<String>, error: &Error) -> FailedScheduledUpdateGroupActionRequest {
    FailedScheduledUpdateGroupActionRequest {
        scheduled_action_name: name,
        error_code: Some(error.code().into()),
        error_message: Some(error.to_string()),
    }
}
