//! The network namespace of a node: loopback, an end of each interface, and parameters for a program that holds many
//! connections.

use std::path::{Path, PathBuf};

use crate::driver::Result;
use crate::net::names::Tag;
use crate::net::netlink::Netlink;
use crate::net::{netns, sysctl};

/// `ip_unprivileged_port_start`: the program is nobody and listens on ports 80 and 443. All local ports are for
/// connections to targets. No reverse path filter: a client's address may be reachable by another interface.
const PARAMETERS: [(&str, &str); 8] = [
    ("ipv4/ip_unprivileged_port_start", "0"),
    ("ipv4/ip_local_port_range", "1024 65535"),
    ("ipv4/conf/all/rp_filter", "0"),
    ("ipv4/conf/default/rp_filter", "0"),
    ("ipv4/conf/all/accept_redirects", "0"),
    ("ipv4/conf/default/accept_redirects", "0"),
    ("ipv4/tcp_tw_reuse", "1"),
    ("core/somaxconn", "16384"),
];

/// Makes it, unless it exists. Its path.
pub fn ensure(tag: &Tag, id: &str) -> Result<PathBuf> {
    let name = tag.node_namespace(id);
    let path = netns::path(&name);
    if netns::exists(&name) {
        return Ok(path);
    }
    netns::create(&name)?;
    netns::enter(&path, || {
        for (key, value) in PARAMETERS {
            sysctl::set_if_present(key, value)?;
        }
        for scope in ["all", "default"] {
            sysctl::set_if_present(&format!("ipv6/conf/{scope}/disable_ipv6"), "1")?;
        }
        let mut netlink = Netlink::open()?;
        if let Some(lo) = netlink.link("lo")? {
            netlink.set_up(lo.index, None)?;
        }
        Ok(())
    })?;
    Ok(path)
}

/// Lets the program have what is sent to its clients' addresses, whatever interface it comes by: what is answered to a
/// connection that it opened in a client's name.
pub fn receive_for_clients(path: &Path) -> Result<()> {
    let mut netlink = netns::enter(path, Netlink::open)?;
    let devices = netlink.links()?;
    let Some(lo) = devices.iter().find(|link| link.name == "lo").map(|link| link.index) else { return Ok(()) };
    netlink.set_everything_local(lo)?;
    for device in devices.iter().filter(|link| link.name.starts_with("eth")) {
        netlink.device_is_for_clients(&device.name)?;
    }
    Ok(())
}

pub fn delete(tag: &Tag, id: &str) -> Result<()> {
    netns::delete(&tag.node_namespace(id))
}

/// Removes namespaces of nodes that have no directory any more.
pub fn remove_leftovers(data_dir: &Path) -> Result<()> {
    let prefix = Tag::of(data_dir).node_namespace("");
    for name in netns::list()?.iter().filter(|name| name.starts_with(&prefix)) {
        netns::delete(name)?;
    }
    Ok(())
}
