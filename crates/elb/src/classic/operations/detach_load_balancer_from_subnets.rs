//! DetachLoadBalancerFromSubnets.

use std::sync::Arc;

use freehold_api::elb::{DetachLoadBalancerFromSubnetsInput, DetachLoadBalancerFromSubnetsOutput};
use freehold_wire::Call;

use super::placement;
use crate::Elb;
use crate::classic::errors::Error;

pub(super) async fn detach_load_balancer_from_subnets(
    elb: Arc<Elb>,
    call: Call,
    input: DetachLoadBalancerFromSubnetsInput,
) -> Result<DetachLoadBalancerFromSubnetsOutput, freehold_wire::Error> {
    let named = input.subnets.unwrap_or_default();
    let detached = elb.change_classic(call.account(), input.load_balancer_name, move |balancer, _| {
        if let Some(other) = named.iter().find(|id| balancer.zones.iter().all(|zone| zone.subnet != **id)) {
            return Err(Error::configuration(format!("The load balancer is not attached to the subnet {other}")));
        }
        balancer.zones = placement::removed(&balancer.zones, |zone| named.contains(&zone.subnet))?;
        Ok(balancer.zones.iter().map(|zone| zone.subnet.clone()).collect())
    });
    Ok(DetachLoadBalancerFromSubnetsOutput { subnets: Some(detached.await?) })
}
