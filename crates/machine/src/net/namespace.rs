//! What is inside a VPC's namespace besides its interfaces: it forwards, answers every neighbour question of
//! its guests itself, and holds the addresses of its services.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::netlink::{Link, Netlink, Route};
use super::plan::VpcPlan;
use super::services::{ENDPOINT_ADDRESS, METADATA_ADDRESS, resolver_addresses};
use super::{names, netns, sysctl};
use crate::driver::{Error, Result};

/// Parameters of a new namespace. Those of `default` pass to each device that is made later.
///
/// `proxy_arp`: a guest believes that its whole subnet is on its link, and whatever it asks for
/// is answered with the VPC's own hardware address, except its own address: the kernel never answers for what
/// it would route back to the asker, so that duplicate address detection finds nothing.
/// Reverse path filters are off because the `sources` chain does better.
const PARAMETERS: [(&str, &str); 9] = [
    ("ipv4/ip_forward", "1"),
    ("ipv4/conf/all/rp_filter", "0"),
    ("ipv4/conf/default/rp_filter", "0"),
    ("ipv4/conf/all/send_redirects", "0"),
    ("ipv4/conf/default/send_redirects", "0"),
    ("ipv4/conf/all/accept_redirects", "0"),
    ("ipv4/conf/default/accept_redirects", "0"),
    ("ipv4/conf/default/proxy_arp", "1"),
    ("ipv4/icmp_echo_ignore_broadcasts", "1"),
];

/// Makes the namespace, unless it exists, and its service addresses.
pub fn ensure(namespace: &str, plan: &VpcPlan) -> Result<()> {
    netns::create(namespace)?;
    netns::enter(&netns::path(namespace), || {
        for (key, value) in PARAMETERS {
            sysctl::set(key, value)?;
        }
        for scope in ["all", "default"] {
            sysctl::set_if_present(&format!("ipv6/conf/{scope}/disable_ipv6"), "1")?;
        }
        let mut netlink = Netlink::open()?;
        let lo = netlink
            .link("lo")?
            .ok_or_else(|| Error::io("find the loopback device", std::io::Error::from(std::io::ErrorKind::NotFound)))?;
        netlink.set_up(lo.index, None)?;
        for address in resolver_addresses(&plan.cidrs).into_iter().chain([METADATA_ADDRESS, ENDPOINT_ADDRESS]) {
            netlink.add_address(lo.index, address, 32)?;
        }
        Ok(())
    })
}

/// Routes each interface's addresses to its device, where a machine holds it now, and nothing else.
pub fn route_interfaces(namespace: &str, plan: &VpcPlan) -> Result<()> {
    let mut netlink = netns::enter(&netns::path(namespace), Netlink::open)?;
    let devices: BTreeMap<String, Link> = netlink.links()?.into_iter().map(|link| (link.name.clone(), link)).collect();
    let routes = netlink.routes()?;
    for eni in &plan.enis {
        let Some(device) = devices.get(&names::eni_link(&eni.id)).map(|link| link.index) else { continue };
        let wanted: BTreeSet<Ipv4Addr> = eni.addresses.iter().map(|address| address.private).collect();
        let mut present = BTreeSet::new();
        for route in routes.iter().filter(|route| route.device == device && route.via.is_none()) {
            match wanted.get(&route.destination.addr()) {
                Some(address) => _ = present.insert(*address),
                None => netlink.delete_route(route)?,
            }
        }
        for address in wanted.difference(&present) {
            // Whoever attached it may have been killed before it was up, and a device that is down has no routes.
            netlink.set_up(device, None)?;
            netlink.set_route(&Route::to(Ipv4Net::from(*address), device))?;
        }
    }
    Ok(())
}
