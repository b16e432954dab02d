//! `DescribeLoadBalancerTargetGroups`.

use std::sync::Arc;

use freehold_api::autoscaling::{
    DescribeLoadBalancerTargetGroupsRequest, DescribeLoadBalancerTargetGroupsResponse, LoadBalancerTargetGroupState,
};
use freehold_wire::Call;

use crate::AutoScaling;
use crate::errors::Result;
use crate::operations::{check, pages};

pub(super) async fn describe_load_balancer_target_groups(
    own: Arc<AutoScaling>,
    call: Call,
    input: DescribeLoadBalancerTargetGroupsRequest,
) -> Result<DescribeLoadBalancerTargetGroupsResponse> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    let mut sources = own.group(call.account(), &name)?.traffic;
    sources.retain(|source| !source.is_classic());
    let max = input.max_records.or(Some(pages::MOST));
    let token = input.next_token.as_deref();
    let (sources, next_token) = pages::page(&call, sources, max, pages::MOST, token, |source| &source.arn)?;
    let shown = sources.into_iter().map(|source| LoadBalancerTargetGroupState {
        load_balancer_target_group_arn: Some(source.arn),
        state: Some(source.state.name().into()),
    });
    Ok(DescribeLoadBalancerTargetGroupsResponse { load_balancer_target_groups: Some(shown.collect()), next_token })
}
