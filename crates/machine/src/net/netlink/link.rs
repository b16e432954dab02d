//! Links: veth pairs, and the state of any device.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::Duration;

use netlink_packet_core::{NLM_F_CREATE, NLM_F_EXCL};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_packet_route::link::{
    InfoData, InfoKind, InfoVeth, LinkAttribute, LinkFlags, LinkInfo, LinkMessage, State,
};

use super::{Netlink, unless_missing};
use crate::driver::{Error, Result};
use crate::net::Traffic;
use crate::spec::MacAddr;

const WAIT: Duration = Duration::from_micros(500);

/// Five seconds in all.
const WAITS: u32 = 10_000;

/// A device as the kernel describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub index: u32,
    pub name: String,
    /// Hardware address; `None` for devices without one.
    pub mac: Option<MacAddr>,
    /// For a veth, the index of its other end, in the other end's namespace.
    pub peer: Option<u32>,
    /// In bytes.
    pub mtu: u32,
    /// Whether it transmits: up, and so is its other end.
    pub is_running: bool,
}

/// The far end of a veth pair.
pub struct VethPeer<'a> {
    pub name: &'a str,
    pub mac: MacAddr,
    /// The namespace it is made in.
    pub namespace: BorrowedFd<'a>,
}

impl Netlink {
    /// Makes a veth pair: `name` here, the peer in another namespace. Neither end is up.
    pub fn add_veth(&mut self, name: &str, mac: Option<MacAddr>, mtu: u32, peer: &VethPeer<'_>) -> Result<()> {
        let mut far = LinkMessage::default();
        far.attributes = vec![
            LinkAttribute::IfName(peer.name.to_owned()),
            LinkAttribute::Mtu(mtu),
            LinkAttribute::Address(peer.mac.0.to_vec()),
            LinkAttribute::NetNsFd(peer.namespace.as_raw_fd()),
        ];
        let mut near = LinkMessage::default();
        near.attributes = vec![LinkAttribute::IfName(name.to_owned()), LinkAttribute::Mtu(mtu)];
        near.attributes.extend(mac.map(|mac| LinkAttribute::Address(mac.0.to_vec())));
        near.attributes.push(LinkAttribute::LinkInfo(vec![
            LinkInfo::Kind(InfoKind::Veth),
            LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(far))),
        ]));
        self.execute(RouteNetlinkMessage::NewLink(near), NLM_F_CREATE | NLM_F_EXCL)
            .map_err(|e| Error::io(format!("make the veth pair {name} and {}", peer.name), e))
    }

    /// The device of that name, if there is one.
    pub fn link(&mut self, name: &str) -> Result<Option<Link>> {
        let mut wanted = LinkMessage::default();
        wanted.attributes = vec![LinkAttribute::IfName(name.to_owned())];
        match self.get(RouteNetlinkMessage::GetLink(wanted)) {
            Ok(Some(RouteNetlinkMessage::NewLink(message))) => Ok(Some(describe(message))),
            Ok(_) => Ok(None),
            Err(e) if is_missing(&e) => Ok(None),
            Err(e) => Err(Error::io(format!("look up the device {name}"), e)),
        }
    }

    /// What went through the device, seen from its other end; `None` if there is no such device.
    pub fn traffic(&mut self, name: &str) -> Result<Option<Traffic>> {
        let mut wanted = LinkMessage::default();
        wanted.attributes = vec![LinkAttribute::IfName(name.to_owned())];
        let found = match self.get(RouteNetlinkMessage::GetLink(wanted)) {
            Ok(Some(RouteNetlinkMessage::NewLink(message))) => message,
            Ok(_) => return Ok(None),
            Err(error) if is_missing(&error) => return Ok(None),
            Err(error) => return Err(Error::io(format!("read the counters of {name}"), error)),
        };
        Ok(found.attributes.iter().find_map(|attribute| match attribute {
            LinkAttribute::Stats64(counted) => Some(Traffic {
                bytes_in: counted.tx_bytes,
                bytes_out: counted.rx_bytes,
                packets_in: counted.tx_packets,
                packets_out: counted.rx_packets,
            }),
            _ => None,
        }))
    }

    /// All devices of the namespace.
    pub fn links(&mut self) -> Result<Vec<Link>> {
        let found = self
            .dump(RouteNetlinkMessage::GetLink(LinkMessage::default()))
            .map_err(|e| Error::io("list devices", e))?;
        Ok(found
            .into_iter()
            .filter_map(|message| match message {
                RouteNetlinkMessage::NewLink(message) => Some(describe(message)),
                _ => None,
            })
            .collect())
    }

    /// Brings a device up and sets its maximum transmission unit.
    pub fn set_up(&mut self, index: u32, mtu: Option<u32>) -> Result<()> {
        let mut change = LinkMessage::default();
        change.header.index = index;
        change.header.flags = LinkFlags::Up;
        change.header.change_mask = LinkFlags::Up;
        change.attributes.extend(mtu.map(LinkAttribute::Mtu));
        self.execute(RouteNetlinkMessage::SetLink(change), 0)
            .map_err(|e| Error::io(format!("bring device {index} up"), e))
    }

    /// Moves a device into another namespace, where it is down and has no addresses. Its other end, if it has one, stays.
    pub fn move_link(&mut self, index: u32, namespace: BorrowedFd<'_>) -> Result<()> {
        let mut change = LinkMessage::default();
        change.header.index = index;
        change.attributes = vec![LinkAttribute::NetNsFd(namespace.as_raw_fd())];
        self.execute(RouteNetlinkMessage::SetLink(change), 0)
            .map_err(|e| Error::io(format!("move device {index} into another namespace"), e))
    }

    /// Waits until a veth whose two ends are up transmits. The kernel notices that an end which came up first
    /// has found the other a moment later, and drops what is sent until then.
    pub fn wait_until_running(&mut self, name: &str) -> Result<()> {
        for _ in 0..WAITS {
            if self.link(name)?.is_some_and(|link| link.is_running) {
                return Ok(());
            }
            std::thread::sleep(WAIT);
        }
        Err(Error::io(format!("wait for the device {name}"), io::Error::from(io::ErrorKind::TimedOut)))
    }

    /// Removes a device; a missing one is fine.
    pub fn delete_link(&mut self, name: &str) -> Result<()> {
        let mut wanted = LinkMessage::default();
        wanted.attributes = vec![LinkAttribute::IfName(name.to_owned())];
        unless_missing(self.execute(RouteNetlinkMessage::DelLink(wanted), 0))
            .map_err(|e| Error::io(format!("remove the device {name}"), e))
    }
}

fn is_missing(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::NODEV.raw_os_error())
}

fn describe(message: LinkMessage) -> Link {
    let mut link =
        Link { index: message.header.index, name: String::new(), mac: None, peer: None, mtu: 0, is_running: false };
    for attribute in message.attributes {
        match attribute {
            LinkAttribute::IfName(name) => link.name = name,
            LinkAttribute::Address(bytes) => link.mac = bytes.try_into().ok().map(MacAddr),
            LinkAttribute::Mtu(mtu) => link.mtu = mtu,
            LinkAttribute::Link(peer) => link.peer = Some(peer),
            LinkAttribute::OperState(state) => link.is_running = state == State::Up,
            _ => {}
        }
    }
    link
}
