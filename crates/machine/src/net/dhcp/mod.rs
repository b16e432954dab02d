//! Addresses for virtual machines whose image asks for one (RFC 2131). A guest always gets its interface's
//! primary address, so there is nothing to manage: who asks is known by the hardware address, which the
//! namespace's neighbour table holds since the interface was attached.

mod message;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ipnet::Ipv4Net;
use tokio::net::UdpSocket;

use super::guest_services::Context;
use super::netlink::Netlink;
use super::plan::VpcPlan;
use super::services::resolver_addresses;
use crate::spec::MacAddr;
use message::{Kind, Lease, Message};

pub const SERVER_PORT: u16 = 67;
const CLIENT_PORT: u16 = 68;

/// Primary addresses of a VPC's interfaces, with their subnets.
#[derive(Debug, Default)]
pub struct Addresses {
    subnets: BTreeMap<Ipv4Addr, Ipv4Net>,
    resolver: Option<Ipv4Addr>,
}

impl Addresses {
    pub fn of(plan: &VpcPlan) -> Self {
        let subnet_of = |id: &str| plan.subnets.iter().find(|subnet| subnet.id == id).map(|subnet| subnet.cidr);
        let subnets = plan
            .enis
            .iter()
            .filter_map(|eni| Some((eni.addresses.first()?.private, subnet_of(&eni.subnet)?)))
            .collect();
        Self { subnets, resolver: resolver_addresses(&plan.cidrs).last().copied() }
    }
}

/// Answers until it is dropped. `neighbours` is a connection made inside the namespace.
pub async fn serve(socket: UdpSocket, mut neighbours: Netlink, addresses: Arc<Mutex<Addresses>>, context: Context) {
    let mut buffer = [0; 1500];
    loop {
        let (length, peer) = match socket.recv_from(&mut buffer).await {
            Ok(received) => received,
            Err(error) => {
                tracing::debug!(%error, "dhcp: receive failed");
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
        };
        let Some(request) = Message::parse(&buffer[..length]) else { continue };
        let Some(mut lease) = find_lease(&mut neighbours, &addresses, request.mac) else { continue };
        if let Some(source) = context.source() {
            lease.name = source.reverse(&context.vpc, lease.address).await;
        }
        let Some(kind) = answer_kind(&request, lease.address) else { continue };
        // A guest that has its address already asks from there; any other listens to its hardware address.
        let target = match peer.ip() {
            IpAddr::V4(from) if !from.is_unspecified() => from,
            _ => lease.address,
        };
        let reply = request.reply(kind, &lease);
        if let Err(error) = socket.send_to(&reply, SocketAddr::from((target, CLIENT_PORT))).await {
            tracing::debug!(%error, %target, "dhcp: answer not sent");
        }
    }
}

/// What to say to a request (RFC 2131, section 4.3); `None`: it is not for us, or needs no answer.
fn answer_kind(request: &Message, address: Ipv4Addr) -> Option<Kind> {
    match request.kind {
        Kind::Discover => Some(Kind::Offer),
        Kind::Inform => Some(Kind::Ack),
        Kind::Request => {
            let is_for_another = request.server.is_some_and(|server| server != message::SERVER);
            let wanted = request.requested.unwrap_or(request.client);
            match (is_for_another, wanted == address) {
                (true, _) => None,
                (false, true) => Some(Kind::Ack),
                (false, false) => Some(Kind::Refuse),
            }
        }
        Kind::Offer | Kind::Ack | Kind::Refuse => None,
    }
}

fn find_lease(neighbours: &mut Netlink, addresses: &Mutex<Addresses>, mac: MacAddr) -> Option<Lease> {
    // Two short calls into the kernel, which do not wait for anybody.
    let known = neighbours.permanent_neighbours().ok()?;
    let links = neighbours.links().ok()?;
    let addresses = addresses.lock().unwrap_or_else(PoisonError::into_inner);
    known.iter().filter(|neighbour| neighbour.mac == mac).find_map(|neighbour| {
        let subnet = *addresses.subnets.get(&neighbour.address)?;
        let mtu = links.iter().find(|link| link.index == neighbour.device)?.mtu;
        Some(Lease { address: neighbour.address, subnet, resolver: addresses.resolver, mtu, name: None })
    })
}
