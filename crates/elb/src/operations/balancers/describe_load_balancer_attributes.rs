//! DescribeLoadBalancerAttributes.

use std::sync::Arc;

use freehold_api::elbv2::{DescribeLoadBalancerAttributesInput, DescribeLoadBalancerAttributesOutput};
use freehold_wire::Call;

use super::view;
use crate::Elb;
use crate::model::LoadBalancer;

pub(super) async fn describe_load_balancer_attributes(
    elb: Arc<Elb>,
    call: Call,
    input: DescribeLoadBalancerAttributesInput,
) -> Result<DescribeLoadBalancerAttributesOutput, freehold_wire::Error> {
    let balancer: LoadBalancer = elb.find(call.account(), &input.load_balancer_arn.unwrap_or_default())?;
    Ok(DescribeLoadBalancerAttributesOutput { attributes: Some(view::attributes(&balancer)) })
}
