//! DescribeLoadBalancerAttributes.

use std::sync::Arc;

use freehold_api::elb::{DescribeLoadBalancerAttributesInput, DescribeLoadBalancerAttributesOutput};
use freehold_wire::Call;

use super::view;
use crate::Elb;

pub(super) async fn describe_load_balancer_attributes(
    elb: Arc<Elb>,
    call: Call,
    input: DescribeLoadBalancerAttributesInput,
) -> Result<DescribeLoadBalancerAttributesOutput, freehold_wire::Error> {
    let (balancer, _) = elb.classic(call.account(), input.load_balancer_name)?;
    Ok(DescribeLoadBalancerAttributesOutput { load_balancer_attributes: Some(view::attributes(&balancer)) })
}
