//! Interfaces of machines: a veth for a container, a tap for a virtual machine. The host's end lives in the
//! VPC's namespace under a name made of the interface's id.

mod tap;
mod veth;

use std::net::Ipv4Addr;
use std::path::Path;

use ipnet::Ipv4Net;

use super::netlink::{Link, Netlink, Route};
use super::{Traffic, names, netns, sysctl};
use crate::driver::{Error, Result};
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

/// What went through the host's end: what that received, the guest has sent.
pub fn traffic(namespace: &str, interface: &Interface) -> Result<Option<Traffic>> {
    if !netns::exists(namespace) {
        return Ok(None);
    }
    let mut vpc = netns::enter(&netns::path(namespace), Netlink::open)?;
    vpc.traffic(&names::eni_link(&interface.eni))
}

/// Brings the host's end up and leads the interface's addresses to it. The guest's hardware address is known,
/// so that nobody need ask for it, and nobody else can answer.
fn bring_up(
    namespace: &Path,
    vpc: &mut Netlink,
    device: &Link,
    interface: &Interface,
    addresses: &[Ipv4Addr],
) -> Result<()> {
    // The kernel would let a guest wait for up to 0.8 s before it answers in another's name. This parameter,
    // unlike others, does not pass from a namespace's default to its devices.
    let key = format!("ipv4/neigh/{}/proxy_delay", device.name);
    netns::enter(namespace, || sysctl::set(&key, "0"))?;
    vpc.set_up(device.index, Some(interface.mtu))?;
    for address in addresses {
        vpc.set_neighbour(device.index, *address, interface.mac)?;
        vpc.set_route(&Route::to(Ipv4Net::from(*address), device.index))?;
    }
    Ok(())
}

fn find(netlink: &mut Netlink, name: &str) -> Result<Link> {
    netlink
        .link(name)?
        .ok_or_else(|| Error::io(format!("find the device {name}"), std::io::Error::from(std::io::ErrorKind::NotFound)))
}
