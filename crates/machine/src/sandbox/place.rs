//! The network namespace of a sandbox. It has no name: it lives as long as somebody holds it.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::OwnedFd;

use rustix::thread::UnshareFlags;

use crate::driver::{Error, Result};
use crate::net::netlink::Netlink;
use crate::net::netns;

/// A namespace with sockets that listen in it, held from outside.
pub struct Place {
    pub namespace: OwnedFd,
    /// One for each port asked for, at 127.0.0.1.
    pub listeners: Vec<TcpListener>,
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
        Ok(Place { namespace: namespace.into(), listeners })
    })
}
