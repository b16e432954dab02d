//! Addresses of devices, and permanent entries of the neighbour table.

use std::net::{IpAddr, Ipv4Addr};

use netlink_packet_core::{NLM_F_CREATE, NLM_F_REPLACE};
use netlink_packet_route::address::{AddressAttribute, AddressMessage};
use netlink_packet_route::neighbour::{NeighbourAddress, NeighbourAttribute, NeighbourMessage, NeighbourState};
use netlink_packet_route::route::RouteType;
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};

use super::{Netlink, unless_exists};
use crate::driver::{Error, Result};
use crate::spec::MacAddr;

impl Netlink {
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
