//! Interfaces of containers.

use std::fs::File;
use std::net::Ipv4Addr;
use std::os::fd::AsFd;
use std::path::Path;

use ipnet::Ipv4Net;

use super::{bring_up, find};
use crate::driver::{Error, Result};
use crate::net::netlink::{Link, Netlink, Route, VethPeer};
use crate::net::{names, netns};
use crate::spec::Interface;

/// The kernel's own tables are below 256.
const FIRST_TABLE: u32 = 1000;

/// Connects the network namespace at `guest_path` to the VPC: `eth<index>` there, configured. `addresses`
/// are all that the interface holds, the primary one among them.
pub fn attach(
    namespace: &str,
    interface: &Interface,
    index: usize,
    guest_path: &Path,
    addresses: &[Ipv4Addr],
) -> Result<()> {
    let near_name = names::eni_link(&interface.eni);
    let vpc_path = netns::path(namespace);
    let mut vpc = netns::enter(&vpc_path, Netlink::open)?;
    let mut guest = netns::enter(guest_path, Netlink::open)?;

    let near = vpc.link(&near_name)?;
    let inside = guest.links()?;
    // Whatever its name is: the place of an interface may have changed since it came.
    let far = near
        .as_ref()
        .and_then(|near| inside.iter().find(|far| is_pair(near, far) && far.mac == Some(interface.mac)).cloned());
    let (near, far) = match (near, far) {
        (Some(near), Some(far)) => (near, far),
        (near, _) => {
            // What is left of an earlier machine that held this interface.
            if near.is_some() {
                vpc.delete_link(&near_name)?;
            }
            let far_name = free_name(&guest.links()?, index);
            let guest_namespace =
                File::open(guest_path).map_err(|e| Error::io(format!("open {}", guest_path.display()), e))?;
            let peer = VethPeer { name: &far_name, mac: interface.mac, namespace: guest_namespace.as_fd() };
            vpc.add_veth(&near_name, None, interface.mtu, &peer)?;
            (find(&mut vpc, &near_name)?, find(&mut guest, &far_name)?)
        }
    };
    bring_up(&vpc_path, &mut vpc, &near, interface, addresses)?;
    configure_guest(&mut guest, far.index, interface, index, addresses)?;
    vpc.wait_until_running(&near_name)
}

fn is_pair(near: &Link, far: &Link) -> bool {
    near.peer == Some(far.index) && far.peer == Some(near.index)
}

/// `eth<index>`, or the next that no device has.
fn free_name(taken: &[Link], index: usize) -> String {
    let names = (index..).map(|number| format!("eth{number}"));
    // There are more numbers than devices.
    names.into_iter().find(|name| taken.iter().all(|link| link.name != *name)).unwrap_or_default()
}

/// What a guest would do for itself, were it a virtual machine: addresses, loopback, a default route through the
/// first interface, and for the others one that their own packets take.
fn configure_guest(
    guest: &mut Netlink,
    device: u32,
    interface: &Interface,
    index: usize,
    addresses: &[Ipv4Addr],
) -> Result<()> {
    if let Some(lo) = guest.link("lo")? {
        guest.set_up(lo.index, None)?;
    }
    guest.set_up(device, Some(interface.mtu))?;
    // The kernel prefers the first as the source of what it sends.
    guest.add_address(device, interface.address, interface.prefix)?;
    for known in guest.addresses(device)? {
        if known != interface.address && !addresses.contains(&known) {
            guest.remove_address(device, known, interface.prefix)?;
            guest.source_leads_to_table(known, own_table(device), false)?;
        }
    }
    for address in addresses.iter().filter(|address| **address != interface.address) {
        guest.add_address(device, *address, interface.prefix)?;
    }
    let default = Route { via: Some(interface.gateway), ..Route::to(Ipv4Net::default(), device) };
    if index == 0 {
        return guest.set_route(&default);
    }
    // The VPC lets an interface send from its own addresses only, so an answer must leave where the question came.
    guest.set_route(&Route { table: own_table(device), ..default })?;
    for address in addresses {
        guest.source_leads_to_table(*address, own_table(device), true)?;
    }
    Ok(())
}

/// The route table of a device that is not the first: by the device's number, which no other one will have.
fn own_table(device: u32) -> u32 {
    FIRST_TABLE.saturating_add(device)
}
