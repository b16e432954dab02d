//! Route tables that lead to an interface of the VPC, which forwards: a NAT instance, a router, a firewall.
//! Packets are marked by the subnet that they come from (the `marks` chain), and each subnet that has such a
//! route gets a table of the kernel's. Everything else in it leads to the uplink, where the rules decide.
//! Addresses inside the VPC come first, as a route table's local route does.
//!
//! An interface that sends in its clients' names has a table too: all in it leads back to the interface, and the
//! answers to what it sent are routed by it before all else (the `returns` chain).

use std::collections::{BTreeMap, BTreeSet};

use ipnet::Ipv4Net;

use super::names::{UPLINK, eni_link};
use super::netlink::{Netlink, Route};
use super::netns;
use super::plan::{EniPlan, RouteTarget, SubnetPlan, VpcPlan};
use super::uplink::HOST_HOP;
use crate::driver::Result;

/// Numbers of tables and marks; the kernel's own are below 256.
const FIRST: u32 = 1000;
/// From here on they stand for interfaces that relay. They are on connections, so an interface keeps its own.
const FIRST_RETURN: u32 = 0x1000_0000;

/// The subnets that need a table of their own, with its number, which is also their mark.
pub fn tables(plan: &VpcPlan) -> Vec<(u32, &SubnetPlan)> {
    let mut subnets: Vec<_> = plan
        .subnets
        .iter()
        .filter(|subnet| subnet.routes.iter().any(|route| matches!(route.target, RouteTarget::Eni(_))))
        .collect();
    subnets.sort_by(|a, b| a.id.cmp(&b.id));
    subnets.dedup_by(|a, b| a.id == b.id);
    (FIRST..).zip(subnets).collect()
}

/// The interfaces that relay, each with the number of its table, which is also its mark.
pub fn returns(plan: &VpcPlan) -> impl Iterator<Item = (u32, &EniPlan)> {
    plan.enis.iter().filter(|eni| eni.relays && !eni.addresses.is_empty()).map(|eni| (return_table(&eni.id), eni))
}

/// By the last seven digits of the link's name, which follow from the interface's id.
fn return_table(eni: &str) -> u32 {
    let link = eni_link(eni);
    let digits = link.get(link.len().saturating_sub(7)..).unwrap_or_default();
    FIRST_RETURN | u32::from_str_radix(digits, 16).unwrap_or(0)
}

/// Makes the namespace's tables what the plan says, through the interfaces that machines hold now.
pub fn ensure(namespace: &str, plan: &VpcPlan) -> Result<()> {
    let mut netlink = netns::enter(&netns::path(namespace), Netlink::open)?;
    let tables = tables(plan);
    let present = netlink.marked_tables()?;
    let returns: BTreeMap<u32, &EniPlan> = returns(plan).collect();
    if tables.is_empty() && returns.is_empty() && present.is_empty() {
        return Ok(());
    }
    let devices: BTreeMap<String, u32> = netlink.links()?.into_iter().map(|link| (link.name, link.index)).collect();
    let mut wanted: BTreeMap<(u32, Ipv4Net), Route> = BTreeMap::new();
    for (table, subnet) in &tables {
        for route in &subnet.routes {
            if let Some(hop) = next_hop(plan, &route.target, &devices) {
                let destination = route.destination.trunc();
                wanted.insert((*table, destination), Route { table: *table, destination, ..hop });
            }
        }
    }
    for (table, eni) in &returns {
        if let (Some(device), Some(address)) = (devices.get(&eni_link(&eni.id)), eni.addresses.first()) {
            let back = Route { via: Some(address.private), ..Route::to(Ipv4Net::default(), *device) };
            wanted.insert((*table, Ipv4Net::default()), Route { table: *table, ..back });
        }
    }
    let stale = |route: &Route| wanted.get(&(route.table, route.destination)) != Some(route);
    for route in netlink.routes()?.into_iter().filter(|route| route.table >= FIRST && stale(route)) {
        netlink.delete_route(&route)?;
    }
    for route in wanted.values() {
        netlink.set_route(route)?;
    }
    netlink.prefer_main_table(!tables.is_empty())?;
    let numbers: BTreeSet<u32> = tables.iter().map(|(table, _)| *table).collect();
    let (present_returns, present): (BTreeSet<u32>, _) = present.into_iter().partition(|mark| *mark >= FIRST_RETURN);
    for table in numbers.symmetric_difference(&present) {
        netlink.mark_leads_to_table(*table, numbers.contains(table))?;
    }
    let numbers: BTreeSet<u32> = returns.into_keys().collect();
    for table in numbers.symmetric_difference(&present_returns) {
        netlink.mark_returns_by_table(*table, numbers.contains(table))?;
    }
    Ok(())
}

/// Through an interface that is there, or to the uplink.
fn next_hop(plan: &VpcPlan, target: &RouteTarget, devices: &BTreeMap<String, u32>) -> Option<Route> {
    let to_uplink = || devices.get(UPLINK).map(|device| (*device, HOST_HOP));
    let (device, via) = match target {
        RouteTarget::Eni(id) => plan
            .enis
            .iter()
            .find(|eni| eni.id == *id)
            .and_then(|eni| Some((*devices.get(&eni_link(&eni.id))?, eni.addresses.first()?.private)))
            .or_else(to_uplink),
        RouteTarget::InternetGateway | RouteTarget::Blackhole => to_uplink(),
    }?;
    Some(Route { via: Some(via), ..Route::to(Ipv4Net::default(), device) })
}
