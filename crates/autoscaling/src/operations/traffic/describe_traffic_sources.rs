//! `DescribeTrafficSources`.

use std::sync::Arc;

use freehold_api::autoscaling::{DescribeTrafficSourcesRequest, DescribeTrafficSourcesResponse, TrafficSourceState};
use freehold_wire::Call;

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::operations::{check, pages};

pub(super) async fn describe_traffic_sources(
    own: Arc<AutoScaling>,
    call: Call,
    input: DescribeTrafficSourcesRequest,
) -> Result<DescribeTrafficSourcesResponse> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let mut sources = own.group(call.account(), &name)?.traffic;
    match input.traffic_source_type.as_deref() {
        None => {}
        Some(kind @ ("elb" | "elbv2" | "vpc-lattice")) => sources.retain(|source| source.kind() == kind),
        Some(other) => return Err(Error::validation(format!("The traffic source type {other} is not valid."))),
    }
    let token = input.next_token.as_deref();
    let (sources, next_token) = pages::page(&call, sources, input.max_records, pages::MOST, token, |one| &one.arn)?;
    let shown = sources.into_iter().map(|source| TrafficSourceState {
        traffic_source: Some(source.arn.clone()),
        state: Some(source.state.name().into()),
        r#type: Some(source.kind().into()),
        identifier: Some(source.arn),
    });
    Ok(DescribeTrafficSourcesResponse { traffic_sources: Some(shown.collect()), next_token })
}
