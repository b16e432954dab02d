//! EnableAvailabilityZonesForLoadBalancer: the default subnets of the zones, of a balancer in the default VPC.

use std::sync::Arc;

use freehold_api::elb::{AddAvailabilityZonesInput, AddAvailabilityZonesOutput};
use freehold_wire::Call;

use super::placement;
use crate::Elb;
use crate::classic::errors::Error;

pub(super) async fn enable_availability_zones_for_load_balancer(
    elb: Arc<Elb>,
    call: Call,
    input: AddAvailabilityZonesInput,
) -> Result<AddAvailabilityZonesOutput, freehold_wire::Error> {
    let (balancer, _) = elb.classic(call.account(), input.load_balancer_name)?;
    let mut wanted = input.availability_zones.unwrap_or_default();
    // A zone that the balancer is in stays, whatever subnet of it that is.
    wanted.retain(|name| balancer.zones.iter().all(|zone| zone.zone != *name));
    let found = elb.default_subnets(call.account(), &wanted).await.map_err(Error::from)?;
    let enabled = elb.change_classic(call.account(), Some(balancer.name), move |balancer, _| {
        balancer.zones = placement::added(&balancer.vpc, balancer.zones.clone(), &found)?;
        Ok(balancer.zones.iter().map(|zone| zone.zone.clone()).collect())
    });
    Ok(AddAvailabilityZonesOutput { availability_zones: Some(enabled.await?) })
}
