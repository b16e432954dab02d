//! Addresses of devices, and permanent entries of the neighbour table.

use std::net::{IpAddr, Ipv4Addr};

use netlink_packet_core::{NLM_F_CREATE, NLM_F_REPLACE};
use netlink_packet_route::address::{AddressAttribute, AddressMessage};
use netlink_packet_route::neighbour::{NeighbourAddress, NeighbourAttribute, NeighbourMessage, NeighbourState};
use netlink_packet_route::route::RouteType;
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};

use super::{Netlink, unless_exists, unless_missing};
use crate::driver::{Error, Result};
use crate::spec::MacAddr;

/// An entry of the neighbour table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Neighbour {
    /// Index of the device behind which it is.
    pub device: u32,
    pub address: Ipv4Addr,
    pub mac: MacAddr,
}

impl Netlink {
    /// The entries that [`Netlink::set_neighbour`] made.
    pub fn permanent_neighbours(&mut self) -> Result<Vec<Neighbour>> {
        let mut wanted = NeighbourMessage::default();
        wanted.header.family = AddressFamily::Inet;
        let found =
            self.dump(RouteNetlinkMessage::GetNeighbour(wanted)).map_err(|e| Error::io("list neighbours", e))?;
        Ok(found
            .iter()
            .filter_map(|message| match message {
                RouteNetlinkMessage::NewNeighbour(message) => decode(message),
                _ => None,
            })
            .collect())
    }

    /// Gives a device an address, unless it has it.
    pub fn add_address(&mut self, index: u32, address: Ipv4Addr, prefix: u8) -> Result<()> {
        let mut message = AddressMessage::default();
        message.header.family = AddressFamily::Inet;
        message.header.prefix_len = prefix;
        message.header.index = index;
        message.attributes =
            vec![AddressAttribute::Local(IpAddr::V4(address)), AddressAttribute::Address(IpAddr::V4(address))];
        if prefix < 31 {
            let broadcast = u32::from(address) | (u32::MAX >> prefix);
            message.attributes.push(AddressAttribute::Broadcast(Ipv4Addr::from(broadcast)));
        }
        unless_exists(self.execute(RouteNetlinkMessage::NewAddress(message), NLM_F_CREATE))
            .map_err(|e| Error::io(format!("give device {index} the address {address}/{prefix}"), e))
    }

    /// The addresses of a device.
    pub fn addresses(&mut self, index: u32) -> Result<Vec<Ipv4Addr>> {
        let mut wanted = AddressMessage::default();
        wanted.header.family = AddressFamily::Inet;
        let found = self.dump(RouteNetlinkMessage::GetAddress(wanted)).map_err(|e| Error::io("list addresses", e))?;
        let addresses = found.iter().filter_map(|message| match message {
            RouteNetlinkMessage::NewAddress(message) if message.header.index == index => {
                message.attributes.iter().find_map(|attribute| match attribute {
                    AddressAttribute::Local(IpAddr::V4(address)) => Some(*address),
                    _ => None,
                })
            }
            _ => None,
        });
        Ok(addresses.collect())
    }

    /// Takes an address from a device, if it has it.
    pub fn remove_address(&mut self, index: u32, address: Ipv4Addr, prefix: u8) -> Result<()> {
        let mut message = AddressMessage::default();
        message.header.family = AddressFamily::Inet;
        message.header.prefix_len = prefix;
        message.header.index = index;
        message.attributes = vec![AddressAttribute::Local(IpAddr::V4(address))];
        unless_missing(self.execute(RouteNetlinkMessage::DelAddress(message), 0))
            .map_err(|e| Error::io(format!("take the address {address} from device {index}"), e))
    }

    /// Says which hardware address a neighbour has, once and for all.
    pub fn set_neighbour(&mut self, index: u32, address: Ipv4Addr, mac: MacAddr) -> Result<()> {
        let mut message = NeighbourMessage::default();
        message.header.family = AddressFamily::Inet;
        message.header.ifindex = index;
        message.header.state = NeighbourState::Permanent;
        message.header.kind = RouteType::Unicast;
        message.attributes = vec![
            NeighbourAttribute::Destination(NeighbourAddress::Inet(address)),
            NeighbourAttribute::LinkLayerAddress(mac.0.to_vec()),
        ];
        self.execute(RouteNetlinkMessage::NewNeighbour(message), NLM_F_CREATE | NLM_F_REPLACE)
            .map_err(|e| Error::io(format!("set the neighbour {address} of device {index}"), e))
    }
}

fn decode(message: &NeighbourMessage) -> Option<Neighbour> {
    if message.header.state != NeighbourState::Permanent {
        return None;
    }
    let (mut found, mut mac) = (None, None);
    for attribute in &message.attributes {
        match attribute {
            NeighbourAttribute::Destination(NeighbourAddress::Inet(address)) => found = Some(*address),
            NeighbourAttribute::LinkLayerAddress(bytes) => mac = bytes.as_slice().try_into().ok().map(MacAddr),
            _ => {}
        }
    }
    Some(Neighbour { device: message.header.ifindex, address: found?, mac: mac? })
}
