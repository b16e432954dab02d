//! `DisableMetricsCollection`.

use std::sync::Arc;

use freehold_api::autoscaling::DisableMetricsCollectionQuery;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::AutoScaling;
use crate::errors::Result;
use crate::operations::check;

pub(super) async fn disable_metrics_collection(
    own: Arc<AutoScaling>,
    call: Call,
    input: DisableMetricsCollectionQuery,
) -> Result<Unit> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let metrics = super::named(input.metrics)?;
    own.change_group(call.account(), &name, move |_, group| {
        group.metrics.retain(|metric| !metrics.contains(metric));
        Ok(())
    })
    .await?;
    Ok(Unit)
}
