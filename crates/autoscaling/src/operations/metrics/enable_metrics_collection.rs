//! `EnableMetricsCollection`.

use std::sync::Arc;

use freehold_api::autoscaling::EnableMetricsCollectionQuery;
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::operations::check;

pub(super) async fn enable_metrics_collection(
    own: Arc<AutoScaling>,
    call: Call,
    input: EnableMetricsCollectionQuery,
) -> Result<Unit> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let granularity = input.granularity.unwrap_or_default();
    if granularity != super::GRANULARITY {
        return Err(Error::validation(format!(
            "Granularity {granularity} is not valid. The only valid value is {}.",
            super::GRANULARITY
        )));
    }
    let metrics = super::named(input.metrics)?;
    own.change_group(call.account(), &name, move |_, group| {
        group.metrics.extend(metrics);
        Ok(())
    })
    .await?;
    Ok(Unit)
}
