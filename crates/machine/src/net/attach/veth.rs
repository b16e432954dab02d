//! Interfaces of containers.

use std::fs::File;
use std::net::Ipv4Addr;
use std::os::fd::AsFd;

use ipnet::Ipv4Net;

use super::{bring_up, find};
use crate::driver::{Error, Result};
use crate::net::netlink::{Link, Netlink, Route, VethPeer};
use crate::net::{names, netns};
use crate::spec::Interface;

/// Connects the network namespace of process `pid` to the VPC: `eth<index>` there, configured. `addresses`
/// are all that the interface holds, the primary one among them.
pub fn attach(namespace: &str, interface: &Interface, index: usize, pid: u32, addresses: &[Ipv4Addr]) -> Result<()> {
    let (near_name, far_name) = (names::eni_link(&interface.eni), format!("eth{index}"));
    let (vpc_path, guest_path) = (netns::path(namespace), netns::path_of_process(pid));
    let mut vpc = netns::enter(&vpc_path, Netlink::open)?;
    let mut guest = netns::enter(&guest_path, Netlink::open)?;

    let (near, far) = (vpc.link(&near_name)?, guest.link(&far_name)?);
    let (near, far) = match (near, far) {
        (Some(near), Some(far)) if is_pair(&near, &far) && far.mac == Some(interface.mac) => (near, far),
        (near, _) => {
            // What is left of an earlier machine that held this interface.
            if near.is_some() {
                vpc.delete_link(&near_name)?;
            }
            let guest_namespace =
                File::open(&guest_path).map_err(|e| Error::io(format!("open {}", guest_path.display()), e))?;
            let peer = VethPeer { name: &far_name, mac: interface.mac, namespace: guest_namespace.as_fd() };
            vpc.add_veth(&near_name, None, interface.mtu, &peer)?;
            (find(&mut vpc, &near_name)?, find(&mut guest, &far_name)?)
        }
    };
    bring_up(&vpc_path, &mut vpc, &near, interface, addresses)?;
    configure_guest(&mut guest, far.index, interface, index)?;
    vpc.wait_until_running(&near_name)
}

fn is_pair(near: &Link, far: &Link) -> bool {
    near.peer == Some(far.index) && far.peer == Some(near.index)
}

/// What a guest would do for itself, were it a virtual machine: address, loopback, and a default route through
/// the first interface.
fn configure_guest(guest: &mut Netlink, device: u32, interface: &Interface, index: usize) -> Result<()> {
    if let Some(lo) = guest.link("lo")? {
        guest.set_up(lo.index, None)?;
    }
    guest.set_up(device, Some(interface.mtu))?;
    guest.add_address(device, interface.address, interface.prefix)?;
    if index == 0 {
        guest.set_route(&Route { via: Some(interface.gateway), ..Route::to(Ipv4Net::default(), device) })?;
    }
    Ok(())
}
