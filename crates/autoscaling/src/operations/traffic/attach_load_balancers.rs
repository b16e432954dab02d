//! `AttachLoadBalancers`: classic ones.

use std::sync::Arc;

use freehold_api::autoscaling::{AttachLoadBalancersResultType, AttachLoadBalancersType};
use freehold_wire::Call;

use super::change::{attach, classic};
use crate::AutoScaling;
use crate::errors::Result;
use crate::operations::check;

pub(super) async fn attach_load_balancers(
    own: Arc<AutoScaling>,
    call: Call,
    input: AttachLoadBalancersType,
) -> Result<AttachLoadBalancersResultType> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    attach(&own, call.account(), &name, classic(input.load_balancer_names)?).await?;
    Ok(AttachLoadBalancersResultType {})
}
