//! AttachLoadBalancerToSubnets.

use std::sync::Arc;

use freehold_api::elb::{AttachLoadBalancerToSubnetsInput, AttachLoadBalancerToSubnetsOutput};
use freehold_wire::Call;

use super::placement;
use crate::Elb;
use crate::classic::errors::Error;

pub(super) async fn attach_load_balancer_to_subnets(
    elb: Arc<Elb>,
    call: Call,
    input: AttachLoadBalancerToSubnetsInput,
) -> Result<AttachLoadBalancerToSubnetsOutput, freehold_wire::Error> {
    let (balancer, _) = elb.classic(call.account(), input.load_balancer_name)?;
    let found = elb.subnets(call.account(), &input.subnets.unwrap_or_default()).await.map_err(Error::from)?;
    let attached = elb.change_classic(call.account(), Some(balancer.name), move |balancer, _| {
        balancer.zones = placement::added(&balancer.vpc, balancer.zones.clone(), &found)?;
        Ok(balancer.zones.iter().map(|zone| zone.subnet.clone()).collect())
    });
    Ok(AttachLoadBalancerToSubnetsOutput { subnets: Some(attached.await?) })
}
