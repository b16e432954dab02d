//! Routes.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use netlink_packet_core::{NLM_F_CREATE, NLM_F_REPLACE};
use netlink_packet_route::route::{
    RouteAddress, RouteAttribute, RouteFlags, RouteHeader, RouteMessage, RouteProtocol, RouteScope, RouteType,
};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};

use super::{Netlink, unless_missing};
use crate::driver::{Error, Result};

/// A unicast route through a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// Number of the table; 254 is the main one.
    pub table: u32,
    pub destination: Ipv4Net,
    /// Index of the device.
    pub device: u32,
    /// Next hop; taken to be reachable through the device whatever its addresses are. `None`: the destination
    /// itself is.
    pub via: Option<Ipv4Addr>,
    /// The source address that the host prefers on this route.
    pub source: Option<Ipv4Addr>,
}

impl Route {
    /// A route of the main table, to something that is on the device's own link.
    pub fn to(destination: Ipv4Net, device: u32) -> Self {
        Self { table: RouteHeader::RT_TABLE_MAIN.into(), destination, device, via: None, source: None }
    }
}

impl Netlink {
    /// The table of [`Self::set_everything_local`].
    pub const EVERYTHING: u32 = 900;

    /// Adds a route, or puts it in the place of what leads to the same destination.
    pub fn set_route(&mut self, route: &Route) -> Result<()> {
        self.execute(RouteNetlinkMessage::NewRoute(encode(route)), NLM_F_CREATE | NLM_F_REPLACE)
            .map_err(|e| Error::io(format!("route {} through device {}", route.destination, route.device), e))
    }

    /// Makes the table [`Self::EVERYTHING`], in which every address there is means this namespace.
    pub fn set_everything_local(&mut self, lo: u32) -> Result<()> {
        let everything = Route { table: Self::EVERYTHING, ..Route::to(Ipv4Net::default(), lo) };
        let mut message = encode(&everything);
        message.header.kind = RouteType::Local;
        message.header.scope = RouteScope::Host;
        self.execute(RouteNetlinkMessage::NewRoute(message), NLM_F_CREATE | NLM_F_REPLACE)
            .map_err(|e| Error::io("route everything to this namespace itself", e))
    }

    /// Removes a route; a missing one is fine.
    pub fn delete_route(&mut self, route: &Route) -> Result<()> {
        unless_missing(self.execute(RouteNetlinkMessage::DelRoute(encode(route)), 0))
            .map_err(|e| Error::io(format!("remove the route to {}", route.destination), e))
    }

    /// The unicast routes of all tables.
    pub fn routes(&mut self) -> Result<Vec<Route>> {
        let mut wanted = RouteMessage::default();
        wanted.header.address_family = AddressFamily::Inet;
        let found = self.dump(RouteNetlinkMessage::GetRoute(wanted)).map_err(|e| Error::io("list routes", e))?;
        Ok(found
            .into_iter()
            .filter_map(|message| match message {
                RouteNetlinkMessage::NewRoute(message) => decode(&message),
                _ => None,
            })
            .collect())
    }
}

fn encode(route: &Route) -> RouteMessage {
    let mut message = RouteMessage::default();
    message.header.address_family = AddressFamily::Inet;
    message.header.destination_prefix_length = route.destination.prefix_len();
    message.attributes.push(RouteAttribute::Table(route.table));
    message.header.protocol = RouteProtocol::Static;
    message.header.kind = RouteType::Unicast;
    message.header.scope = if route.via.is_some() { RouteScope::Universe } else { RouteScope::Link };
    if route.destination.prefix_len() > 0 {
        message.attributes.push(RouteAttribute::Destination(RouteAddress::Inet(route.destination.network())));
    }
    message.attributes.push(RouteAttribute::Oif(route.device));
    if let Some(via) = route.via {
        message.header.flags = RouteFlags::Onlink;
        message.attributes.push(RouteAttribute::Gateway(RouteAddress::Inet(via)));
    }
    if let Some(source) = route.source {
        message.attributes.push(RouteAttribute::PrefSource(RouteAddress::Inet(source)));
    }
    message
}

fn decode(message: &RouteMessage) -> Option<Route> {
    let header = &message.header;
    if header.kind != RouteType::Unicast {
        return None;
    }
    let mut table = u32::from(header.table);
    let (mut network, mut device, mut via, mut source) = (Ipv4Addr::UNSPECIFIED, None, None, None);
    for attribute in &message.attributes {
        match attribute {
            RouteAttribute::Table(number) => table = *number,
            RouteAttribute::Destination(RouteAddress::Inet(address)) => network = *address,
            RouteAttribute::Oif(index) => device = Some(*index),
            RouteAttribute::Gateway(RouteAddress::Inet(address)) => via = Some(*address),
            RouteAttribute::PrefSource(RouteAddress::Inet(address)) => source = Some(*address),
            _ => {}
        }
    }
    let destination = Ipv4Net::new(network, header.destination_prefix_length).ok()?;
    Some(Route { table, destination, device: device?, via, source })
}
