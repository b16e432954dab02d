//! `DescribeLoadBalancers`: classic ones, of which no group has any.

use std::sync::Arc;

use freehold_api::autoscaling::{DescribeLoadBalancersRequest, DescribeLoadBalancersResponse};
use freehold_wire::Call;

use crate::AutoScaling;
use crate::errors::Result;
use crate::operations::check;

pub(super) async fn describe_load_balancers(
    own: Arc<AutoScaling>,
    call: Call,
    input: DescribeLoadBalancersRequest,
) -> Result<DescribeLoadBalancersResponse> {
    let name = check::required("AutoScalingGroupName", input.auto_scaling_group_name)?;
    own.group(call.account(), &name)?;
    Ok(DescribeLoadBalancersResponse { load_balancers: Some(Vec::new()), next_token: None })
}
