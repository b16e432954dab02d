//! `PutScheduledUpdateGroupAction`.

use std::sync::Arc;

use freehold_api::autoscaling::{PutScheduledUpdateGroupActionType, ScheduledUpdateGroupActionRequest};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::write::put;
use crate::AutoScaling;
use crate::errors::Result;
use crate::operations::check;

pub(super) async fn put_scheduled_update_group_action(
    own: Arc<AutoScaling>,
    call: Call,
    input: PutScheduledUpdateGroupActionType,
) -> Result<Unit> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let said = ScheduledUpdateGroupActionRequest {
        scheduled_action_name: input.scheduled_action_name,
        // `Time` is the older name of `StartTime`.
        start_time: input.start_time.or(input.time),
        end_time: input.end_time,
        recurrence: input.recurrence,
        min_size: input.min_size,
        max_size: input.max_size,
        desired_capacity: input.desired_capacity,
        time_zone: input.time_zone,
    };
    let (region, now) = (own.region.clone(), own.now());
    own.change_group(call.account(), &name, move |tx, group| put(tx, group, said, &region, now)).await?;
    Ok(Unit)
}
