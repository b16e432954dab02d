//! SetSubnets. What was made in a subnet that stays, stays.

use std::sync::Arc;

use freehold_api::elbv2::{SetSubnetsInput, SetSubnetsOutput};
use freehold_wire::Call;

use super::placement::{self, Placement};
use super::{set_ip_address_type, view};
use crate::Elb;
use crate::errors::Error;
use crate::model::{LoadBalancer, Zone};

pub(super) async fn set_subnets(
    elb: Arc<Elb>,
    call: Call,
    input: SetSubnetsInput,
) -> Result<SetSubnetsOutput, freehold_wire::Error> {
    let arn = input.load_balancer_arn.unwrap_or_default();
    let balancer: LoadBalancer = elb.find(call.account(), &arn)?;
    if let Some(other) = input.ip_address_type.as_deref().filter(|kind| *kind != "ipv4") {
        return Err(set_ip_address_type::unsupported(other).into());
    }
    if input.enable_prefix_for_ipv6_source_nat.as_deref().is_some_and(|value| value != "off") {
        let why = "The parameter EnablePrefixForIpv6SourceNat is not supported in this region";
        return Err(Error::InvalidConfiguration(why.into()).into());
    }
    let (kind, scheme) = (balancer.kind, balancer.scheme);
    // An address that the balancer has already is not one that something else has.
    let mut mappings = input.subnet_mappings;
    for mapping in mappings.iter_mut().flatten() {
        let kept = balancer.zones.iter().find(|zone| mapping.subnet_id.as_ref() == Some(&zone.subnet));
        if kept.is_some_and(|zone| zone.allocation.is_some() && zone.allocation == mapping.allocation_id) {
            mapping.allocation_id = None;
        }
    }
    let place = placement::place(&elb, call.account(), kind, scheme, input.subnets, mappings).await?;
    let changed = elb.change::<LoadBalancer, _>(call.account(), &arn, move |_, balancer| move_to(balancer, place));
    Ok(SetSubnetsOutput {
        availability_zones: Some(view::zones(&changed.await?)),
        ip_address_type: Some("ipv4".to_owned()),
        ..Default::default()
    })
}

fn move_to(balancer: &mut LoadBalancer, place: Placement) -> Result<(), Error> {
    if place.vpc != balancer.vpc {
        return Err(Error::InvalidSubnet(format!("The subnets must belong to the VPC '{}'", balancer.vpc)));
    }
    let mut zones = Vec::new();
    for zone in place.zones {
        let old = balancer.zones.iter().find(|old| old.subnet == zone.subnet);
        let asks = zone.allocation.is_some() || zone.wanted_address.is_some();
        let is_kept =
            |old: &Zone| !asks || (&old.allocation, old.wanted_address) == (&zone.allocation, zone.wanted_address);
        zones.push(old.filter(|old| is_kept(old)).cloned().unwrap_or(zone));
    }
    balancer.zones = zones;
    Ok(())
}
