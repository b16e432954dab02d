//! `SuspendProcesses`.

use std::sync::Arc;

use freehold_api::autoscaling::ScalingProcessQuery;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::named::named;
use crate::AutoScaling;
use crate::errors::Result;
use crate::operations::check;
use crate::times::moment;

pub(super) async fn suspend_processes(own: Arc<AutoScaling>, call: Call, input: ScalingProcessQuery) -> Result<Unit> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let processes = named(input.scaling_processes)?;
    let reason = format!("User suspended at {}", moment(own.now()));
    own.change_group(call.account(), &name, move |_, group| {
        for process in processes {
            group.suspended.entry(process).or_insert_with(|| reason.clone());
        }
        Ok(())
    })
    .await?;
    Ok(Unit)
}
