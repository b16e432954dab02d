//! The network namespace of a sandbox. It has no name: it lives as long as somebody holds it.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::os::fd::OwnedFd;

use rustix::thread::UnshareFlags;

use crate::driver::{Error, Result};
use crate::net::netlink::Netlink;
use crate::net::{netns, sysctl};

/// A namespace with sockets that listen in it, held from outside.
pub struct Place {
    pub namespace: OwnedFd,
    /// One for each port asked for, at 127.0.0.1.
    pub listeners: Vec<TcpListener>,
    /// Where the resolver is asked, at 127.0.0.1.
    pub resolver: (UdpSocket, TcpListener),
    /// To configure more of it.
    pub netlink: Netlink,
}

/// Makes one, with its loopback up.
pub fn make(ports: &[u16]) -> Result<Place> {
    netns::on_a_thread(|| {
        // SAFETY: the flag touches the network namespace of this thread only, not its file descriptors.
        unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNET) }
            .map_err(|error| Error::io("make a network namespace", error))?;
        let namespace = File::open("/proc/thread-self/ns/net").map_err(|error| Error::io("open a namespace", error))?;
        let mut netlink = Netlink::open()?;
        if let Some(lo) = netlink.link("lo")? {
            netlink.set_up(lo.index, None)?;
        }
        let listen = |&port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
        let listeners = ports.iter().map(listen).collect::<std::io::Result<Vec<_>>>();
        let listeners = listeners.map_err(|error| Error::io("listen in a sandbox", error))?;
        let resolver = UdpSocket::bind((Ipv4Addr::LOCALHOST, 53)).and_then(|udp| Ok((udp, listen(&53)?)));
        let resolver = resolver.map_err(|error| Error::io("listen in a sandbox", error))?;
        for scope in ["all", "default"] {
            sysctl::set_if_present(&format!("ipv6/conf/{scope}/disable_ipv6"), "1")?;
        }
        Ok(Place { namespace: namespace.into(), listeners, resolver, netlink })
    })
}
