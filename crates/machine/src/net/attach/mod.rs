//! Interfaces of machines: a veth for a container, a tap for a virtual machine. The host's end lives in the
//! VPC's namespace under a name made of the interface's id.

mod tap;
mod veth;

use std::net::Ipv4Addr;

use super::namespace::route_to;
use super::netlink::Netlink;
use super::{names, netns};
use crate::driver::Result;
use crate::spec::Interface;

pub use tap::attach as attach_vm;
pub use veth::attach as attach_container;

/// Removes the host's end of an interface, and with it the guest's. A VPC that is gone took it along.
pub fn detach(namespace: &str, interface: &Interface) -> Result<()> {
    if !netns::exists(namespace) {
        return Ok(());
    }
    let mut vpc = netns::enter(&netns::path(namespace), Netlink::open)?;
    vpc.delete_link(&names::eni_link(&interface.eni))
}

/// Brings the host's end up and leads the interface's addresses to it. The guest's hardware address is known,
/// so that nobody need ask for it, and nobody else can answer.
fn bring_up(vpc: &mut Netlink, device: u32, interface: &Interface, addresses: &[Ipv4Addr]) -> Result<()> {
    vpc.set_up(device, Some(interface.mtu))?;
    for address in addresses {
        vpc.set_neighbour(device, *address, interface.mac)?;
        vpc.set_route(&route_to(*address, device))?;
    }
    Ok(())
}
