//! A balancer as the API shows it.

use freehold_api::elbv2::{self, AvailabilityZone, LoadBalancerAddress, LoadBalancerAttribute, LoadBalancerState};
use freehold_balancer::config::Kind;

use crate::model::load_balancer::hosted_zone;
use crate::model::{LoadBalancer, State, Zone, attributes, names};

pub(super) fn balancer(balancer: &LoadBalancer, region: &str) -> elbv2::LoadBalancer {
    let has_groups = balancer.kind == Kind::Application || !balancer.security_groups.is_empty();
    elbv2::LoadBalancer {
        load_balancer_arn: Some(balancer.arn.clone()),
        dns_name: Some(balancer.dns_name.clone()),
        canonical_hosted_zone_id: Some(hosted_zone(balancer.kind, region).to_owned()),
        created_time: Some(balancer.created),
        load_balancer_name: Some(balancer.name.clone()),
        scheme: Some(balancer.scheme.name().to_owned()),
        vpc_id: Some(balancer.vpc.clone()),
        state: Some(LoadBalancerState {
            code: Some(balancer.state.name().to_owned()),
            reason: (balancer.state != State::Active && !balancer.state_reason.is_empty())
                .then(|| balancer.state_reason.clone()),
        }),
        r#type: Some(names::kind(balancer.kind).to_owned()),
        availability_zones: Some(zones(balancer)),
        security_groups: has_groups.then(|| balancer.security_groups.clone()),
        ip_address_type: Some("ipv4".to_owned()),
        enforce_security_group_inbound_rules_on_private_link_traffic: balancer.enforce_on_private_link.clone(),
        ..Default::default()
    }
}

pub(super) fn zones(balancer: &LoadBalancer) -> Vec<AvailabilityZone> {
    balancer.zones.iter().map(zone).collect()
}

/// Addresses are told where the caller chose them, as AWS does.
fn zone(zone: &Zone) -> AvailabilityZone {
    let address = (zone.allocation.is_some() || zone.wanted_address.is_some()).then(|| LoadBalancerAddress {
        ip_address: zone.public_address.map(|address| address.to_string()),
        allocation_id: zone.allocation.clone(),
        private_ipv4_address: zone.wanted_address.map(|address| address.to_string()),
        ipv6_address: None,
    });
    AvailabilityZone {
        zone_name: Some(zone.zone.clone()),
        subnet_id: Some(zone.subnet.clone()),
        load_balancer_addresses: Some(address.into_iter().collect()),
        ..Default::default()
    }
}

pub(super) fn attributes(balancer: &LoadBalancer) -> Vec<LoadBalancerAttribute> {
    let attribute =
        |(key, value): (&str, String)| LoadBalancerAttribute { key: Some(key.to_owned()), value: Some(value) };
    attributes::of_balancer(balancer).all().into_iter().map(attribute).collect()
}
