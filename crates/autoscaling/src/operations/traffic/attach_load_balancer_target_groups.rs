//! `AttachLoadBalancerTargetGroups`.

use std::sync::Arc;

use freehold_api::autoscaling::{AttachLoadBalancerTargetGroupsResultType, AttachLoadBalancerTargetGroupsType};
use freehold_wire::Call;

use super::change::attach;
use crate::AutoScaling;
use crate::errors::Result;
use crate::operations::check;

pub(super) async fn attach_load_balancer_target_groups(
    own: Arc<AutoScaling>,
    call: Call,
    input: AttachLoadBalancerTargetGroupsType,
) -> Result<AttachLoadBalancerTargetGroupsResultType> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    attach(&own, call.account(), &name, input.target_group_ar_ns.unwrap_or_default()).await?;
    Ok(AttachLoadBalancerTargetGroupsResultType {})
}
