//! DisableAvailabilityZonesForLoadBalancer. Instances in the zones stay registered, and get nothing.

use std::sync::Arc;

use freehold_api::elb::{RemoveAvailabilityZonesInput, RemoveAvailabilityZonesOutput};
use freehold_wire::Call;

use super::placement;
use crate::Elb;

pub(super) async fn disable_availability_zones_for_load_balancer(
    elb: Arc<Elb>,
    call: Call,
    input: RemoveAvailabilityZonesInput,
) -> Result<RemoveAvailabilityZonesOutput, freehold_wire::Error> {
    let named = input.availability_zones.unwrap_or_default();
    let left = elb.change_classic(call.account(), input.load_balancer_name, move |balancer, _| {
        balancer.zones = placement::removed(&balancer.zones, |zone| named.contains(&zone.zone))?;
        Ok(balancer.zones.iter().map(|zone| zone.zone.clone()).collect())
    });
    Ok(RemoveAvailabilityZonesOutput { availability_zones: Some(left.await?) })
}
