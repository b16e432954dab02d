//! The way out of a VPC: a veth pair between its namespace and the host. It needs no addresses of its own.
//! Each side reaches the other through a next hop that exists in its neighbour table only, so all VPCs can use
//! the same two.

use std::collections::BTreeSet;
use std::fs::File;
use std::net::Ipv4Addr;
use std::os::fd::AsFd;

use ipnet::Ipv4Net;

use super::names::UPLINK;
use super::netlink::{Netlink, Route, VethPeer};
use super::{netns, sysctl};
use crate::driver::{Error, Result};
use crate::spec::MacAddr;

/// What the VPC takes for its router to the world.
pub const HOST_HOP: Ipv4Addr = Ipv4Addr::new(169, 254, 0, 1);
const VPC_HOP: Ipv4Addr = Ipv4Addr::new(169, 254, 0, 2);
const HOST_MAC: MacAddr = MacAddr([0x02, 0x66, 0x68, 0, 0, 1]);
const VPC_MAC: MacAddr = MacAddr([0x02, 0x66, 0x68, 0, 0, 2]);

/// What the world beyond the host can be expected to carry, in bytes.
const MTU: u32 = 1500;

/// Makes the pair and the VPC's default route, unless they are there. `host_address` is what the host shows to
/// guests when it calls them.
pub fn ensure(link: &str, namespace: &str, host_address: Ipv4Addr) -> Result<()> {
    let path = netns::path(namespace);
    let mut host = Netlink::open()?;
    let mut vpc = netns::enter(&path, Netlink::open)?;

    if host.link(link)?.is_none() || vpc.link(UPLINK)?.is_none() {
        host.delete_link(link)?;
        vpc.delete_link(UPLINK)?;
        let namespace = File::open(&path).map_err(|e| Error::io(format!("open {}", path.display()), e))?;
        let peer = VethPeer { name: UPLINK, mac: VPC_MAC, namespace: namespace.as_fd() };
        host.add_veth(link, Some(HOST_MAC), MTU, &peer)?;
    }
    let near = host.link(link)?.ok_or_else(|| vanished(link))?.index;
    sysctl::set_if_present(&format!("ipv6/conf/{link}/disable_ipv6"), "1")?;
    sysctl::set(&format!("ipv4/conf/{link}/send_redirects"), "0")?;
    host.set_up(near, None)?;
    host.add_address(near, host_address, 32)?;
    host.set_neighbour(near, VPC_HOP, VPC_MAC)?;

    let far = vpc.link(UPLINK)?.ok_or_else(|| vanished(UPLINK))?.index;
    vpc.set_up(far, None)?;
    vpc.set_neighbour(far, HOST_HOP, HOST_MAC)?;
    host.wait_until_running(link)?;
    vpc.set_route(&Route { via: Some(HOST_HOP), ..Route::to(Ipv4Net::default(), far) })
}

/// Makes the host's routes through the uplink lead to these public addresses and no others.
pub fn publish(link: &str, addresses: impl IntoIterator<Item = Ipv4Addr>, host_address: Ipv4Addr) -> Result<()> {
    let mut host = Netlink::open()?;
    let device = host.link(link)?.ok_or_else(|| vanished(link))?.index;
    let wanted: BTreeSet<Ipv4Addr> = addresses.into_iter().collect();
    let mut present = BTreeSet::new();
    for route in host.routes()?.into_iter().filter(|route| route.device == device) {
        let address = route.destination.addr();
        if wanted.contains(&address) && route.via == Some(VPC_HOP) {
            present.insert(address);
        } else {
            host.delete_route(&route)?;
        }
    }
    for address in wanted.difference(&present) {
        host.set_route(&Route {
            via: Some(VPC_HOP),
            source: Some(host_address),
            ..Route::to(Ipv4Net::from(*address), device)
        })?;
    }
    Ok(())
}

/// Removes the pair, and with it every route through it.
pub fn remove(link: &str) -> Result<()> {
    Netlink::open()?.delete_link(link)
}

fn vanished(link: &str) -> Error {
    Error::io(format!("find the device {link}"), std::io::Error::from(std::io::ErrorKind::NotFound))
}
