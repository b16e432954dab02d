//! `DetachLoadBalancers`: classic ones.

use std::sync::Arc;

use freehold_api::autoscaling::{DetachLoadBalancersResultType, DetachLoadBalancersType};
use freehold_wire::Call;

use super::change::{classic, detach};
use crate::AutoScaling;
use crate::errors::Result;
use crate::operations::check;

pub(super) async fn detach_load_balancers(
    own: Arc<AutoScaling>,
    call: Call,
    input: DetachLoadBalancersType,
) -> Result<DetachLoadBalancersResultType> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    detach(&own, call.account(), &name, classic(input.load_balancer_names)?).await?;
    Ok(DetachLoadBalancersResultType {})
}
