//! `AttachTrafficSources`: the newer name for target groups, among others.

use std::sync::Arc;

use freehold_api::autoscaling::{AttachTrafficSourcesResultType, AttachTrafficSourcesType};
use freehold_wire::Call;

use super::change::{attach, identifiers};
use crate::AutoScaling;
use crate::errors::Result;
use crate::operations::check;

pub(super) async fn attach_traffic_sources(
    own: Arc<AutoScaling>,
    call: Call,
    input: AttachTrafficSourcesType,
) -> Result<AttachTrafficSourcesResultType> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let arns = identifiers(input.traffic_sources.unwrap_or_default())?;
    attach(&own, call.account(), &name, arns).await?;
    Ok(AttachTrafficSourcesResultType {})
}
