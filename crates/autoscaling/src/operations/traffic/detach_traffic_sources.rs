//! `DetachTrafficSources`: the newer name for target groups, among others.

use std::sync::Arc;

use freehold_api::autoscaling::{DetachTrafficSourcesResultType, DetachTrafficSourcesType};
use freehold_wire::Call;

use super::change::{detach, identifiers};
use crate::AutoScaling;
use crate::errors::Result;
use crate::operations::check;

pub(super) async fn detach_traffic_sources(
    own: Arc<AutoScaling>,
    call: Call,
    input: DetachTrafficSourcesType,
) -> Result<DetachTrafficSourcesResultType> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let arns = identifiers(input.traffic_sources.unwrap_or_default())?;
    detach(&own, call.account(), &name, arns).await?;
    Ok(DetachTrafficSourcesResultType {})
}
