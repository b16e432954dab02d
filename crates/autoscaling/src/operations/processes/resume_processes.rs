//! `ResumeProcesses`.

use std::sync::Arc;

use freehold_api::autoscaling::ScalingProcessQuery;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::named::named;
use crate::AutoScaling;
use crate::errors::Result;
use crate::operations::check;

pub(super) async fn resume_processes(own: Arc<AutoScaling>, call: Call, input: ScalingProcessQuery) -> Result<Unit> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let processes = named(input.scaling_processes)?;
    own.change_group(call.account(), &name, move |_, group| {
        group.suspended.retain(|process, _| !processes.contains(process));
        Ok(())
    })
    .await?;
    Ok(Unit)
}
