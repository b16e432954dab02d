//! `SetDesiredCapacity`.

use std::sync::Arc;

use freehold_api::autoscaling::SetDesiredCapacityType;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::operations::check;
use crate::plan::sentences;

pub(super) async fn set_desired_capacity(
    own: Arc<AutoScaling>,
    call: Call,
    input: SetDesiredCapacityType,
) -> Result<Unit> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let wanted = check::size("DesiredCapacity", input.desired_capacity.unwrap_or(0))?;
    let (honors, now) = (input.honor_cooldown == Some(true), own.now());
    own.change_group(call.account(), &name, move |_, group| {
        if group.deleting {
            return Err(Error::ScalingActivityInProgress("AutoScalingGroup is being deleted".into()));
        }
        if wanted > group.max {
            return Err(Error::validation(format!(
                "New SetDesiredCapacity value {wanted} is above max value {} for the AutoScalingGroup.",
                group.max
            )));
        }
        if wanted < group.min {
            return Err(Error::validation(format!(
                "New SetDesiredCapacity value {wanted} is below min value {} for the AutoScalingGroup.",
                group.min
            )));
        }
        if honors && group.is_cooling(now) {
            return Err(Error::ScalingActivityInProgress(format!(
                "Scaling activity not initiated. Auto Scaling group {} is in cooldown.",
                group.name
            )));
        }
        if wanted != group.desired {
            let reason = sentences::set_desired(now, group.desired, wanted);
            group.set_desired(wanted, reason);
        }
        Ok(())
    })
    .await?;
    Ok(Unit)
}
