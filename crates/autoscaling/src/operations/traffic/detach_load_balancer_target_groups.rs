//! `DetachLoadBalancerTargetGroups`.

use std::sync::Arc;

use freehold_api::autoscaling::{DetachLoadBalancerTargetGroupsResultType, DetachLoadBalancerTargetGroupsType};
use freehold_wire::Call;

use super::change::detach;
use crate::AutoScaling;
use crate::errors::Result;
use crate::operations::check;

pub(super) async fn detach_load_balancer_target_groups(
    own: Arc<AutoScaling>,
    call: Call,
    input: DetachLoadBalancerTargetGroupsType,
) -> Result<DetachLoadBalancerTargetGroupsResultType> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    detach(&own, call.account(), &name, input.target_group_ar_ns.unwrap_or_default()).await?;
    Ok(DetachLoadBalancerTargetGroupsResultType {})
}
