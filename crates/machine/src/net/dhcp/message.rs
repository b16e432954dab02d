//! DHCP messages as bytes (RFC 2131 and 2132).

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use crate::net::services::RESOLVER_ADDRESS;
use crate::spec::MacAddr;

/// What the server calls itself: an address that is local in every VPC, so that guests can renew there.
pub const SERVER: Ipv4Addr = RESOLVER_ADDRESS;

/// In seconds, as AWS's.
const LEASE_TIME: u32 = 3600;

const COOKIE: [u8; 4] = [99, 130, 83, 99];
/// Where the cookie is, and the options begin behind it.
const FIXED: usize = 236;

const BOOT_REQUEST: u8 = 1;
const BOOT_REPLY: u8 = 2;
const ETHERNET: u8 = 1;

mod option {
    pub const PAD: u8 = 0;
    pub const SUBNET_MASK: u8 = 1;
    pub const ROUTER: u8 = 3;
    pub const RESOLVER: u8 = 6;
    pub const HOST_NAME: u8 = 12;
    pub const DOMAIN_NAME: u8 = 15;
    pub const MTU: u8 = 26;
    pub const REQUESTED_ADDRESS: u8 = 50;
    pub const LEASE_TIME: u8 = 51;
    pub const MESSAGE_TYPE: u8 = 53;
    pub const SERVER: u8 = 54;
    pub const END: u8 = 255;
}

/// The kinds of messages that mean something here, by their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Discover = 1,
    Offer = 2,
    Request = 3,
    Ack = 5,
    Refuse = 6,
    Inform = 8,
}

/// What a guest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub kind: Kind,
    transaction: [u8; 4],
    flags: [u8; 2],
    /// The address that the guest has and answers at; else unspecified.
    pub client: Ipv4Addr,
    pub mac: MacAddr,
    pub requested: Option<Ipv4Addr>,
    /// The server whose offer is meant.
    pub server: Option<Ipv4Addr>,
}

/// What a guest is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub address: Ipv4Addr,
    pub subnet: Ipv4Net,
    pub resolver: Option<Ipv4Addr>,
    pub mtu: u32,
    /// Full private name.
    pub name: Option<String>,
}

impl Message {
    /// `None` for whatever is not a request from an Ethernet device.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (fixed, rest) = bytes.split_at_checked(FIXED)?;
        let options = rest.strip_prefix(&COOKIE)?;
        if fixed[0] != BOOT_REQUEST || fixed[1] != ETHERNET || fixed[2] != 6 {
            return None;
        }
        let mut message = Self {
            kind: Kind::Discover,
            transaction: *fixed[4..].first_chunk()?,
            flags: *fixed[10..].first_chunk()?,
            client: Ipv4Addr::from(*fixed[12..].first_chunk::<4>()?),
            mac: MacAddr(*fixed[28..].first_chunk()?),
            requested: None,
            server: None,
        };
        let mut kind = None;
        for (code, value) in options_of(options) {
            match code {
                option::MESSAGE_TYPE => kind = value.first().copied().and_then(kind_of),
                option::REQUESTED_ADDRESS => message.requested = address(value),
                option::SERVER => message.server = address(value),
                _ => {}
            }
        }
        message.kind = kind?;
        Some(message)
    }

    /// The answer's bytes.
    pub fn reply(&self, kind: Kind, lease: &Lease) -> Vec<u8> {
        let mut bytes = vec![0; FIXED];
        bytes[0] = BOOT_REPLY;
        bytes[1] = ETHERNET;
        bytes[2] = 6;
        bytes[4..8].copy_from_slice(&self.transaction);
        bytes[10..12].copy_from_slice(&self.flags);
        bytes[28..34].copy_from_slice(&self.mac.0);
        bytes.extend(COOKIE);
        let mut add = |code: u8, value: &[u8]| {
            // No value here is longer than a name, which is shorter than 255.
            let length = u8::try_from(value.len()).unwrap_or(0);
            bytes.extend([code, length]);
            bytes.extend(&value[..usize::from(length)]);
        };
        add(option::MESSAGE_TYPE, &[kind as u8]);
        add(option::SERVER, &SERVER.octets());
        if kind != Kind::Refuse {
            add_configuration(&mut add, lease);
        }
        if matches!(kind, Kind::Offer | Kind::Ack) && self.kind != Kind::Inform {
            add(option::LEASE_TIME, &LEASE_TIME.to_be_bytes());
            bytes[16..20].copy_from_slice(&lease.address.octets());
        }
        if kind != Kind::Refuse {
            bytes[12..16].copy_from_slice(&self.client.octets());
        }
        bytes.push(option::END);
        bytes
    }
}

fn add_configuration(add: &mut impl FnMut(u8, &[u8]), lease: &Lease) {
    add(option::SUBNET_MASK, &lease.subnet.netmask().octets());
    let router = Ipv4Addr::from(u32::from(lease.subnet.network()).wrapping_add(1));
    add(option::ROUTER, &router.octets());
    if let Some(resolver) = lease.resolver {
        add(option::RESOLVER, &resolver.octets());
    }
    if let Ok(mtu) = u16::try_from(lease.mtu) {
        add(option::MTU, &mtu.to_be_bytes());
    }
    if let Some((host, domain)) = lease.name.as_deref().and_then(|name| name.split_once('.')) {
        add(option::HOST_NAME, host.as_bytes());
        add(option::DOMAIN_NAME, domain.as_bytes());
    }
}

/// Codes and values up to the end mark, or to the first option that is cut short.
fn options_of(mut rest: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        loop {
            match rest {
                [option::PAD, tail @ ..] => rest = tail,
                [option::END, ..] | [] => return None,
                [code, length, tail @ ..] => {
                    let (value, tail) = tail.split_at_checked(usize::from(*length))?;
                    rest = tail;
                    return Some((*code, value));
                }
                [_] => return None,
            }
        }
    })
}

fn kind_of(number: u8) -> Option<Kind> {
    [Kind::Discover, Kind::Offer, Kind::Request, Kind::Ack, Kind::Refuse, Kind::Inform]
        .into_iter()
        .find(|kind| *kind as u8 == number)
}

fn address(value: &[u8]) -> Option<Ipv4Addr> {
    Some(Ipv4Addr::from(<[u8; 4]>::try_from(value).ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn discover() -> Vec<u8> {
        let mut bytes = vec![0; FIXED];
        (bytes[0], bytes[1], bytes[2]) = (1, 1, 6);
        bytes[4..8].copy_from_slice(&[1, 2, 3, 4]);
        bytes[28..34].copy_from_slice(&[2, 0, 0, 0, 0, 7]);
        bytes.extend(COOKIE);
        bytes.extend([0, 53, 1, 1, 50, 4, 10, 0, 1, 5, 255]);
        bytes
    }

    #[test]
    fn a_discovery_is_read_and_offered_an_address() {
        let message = Message::parse(&discover()).unwrap();
        assert_eq!(message.kind, Kind::Discover);
        assert_eq!(message.mac, MacAddr([2, 0, 0, 0, 0, 7]));
        assert_eq!(message.requested, Some(Ipv4Addr::new(10, 0, 1, 5)));
        let lease = Lease {
            address: Ipv4Addr::new(10, 0, 1, 5),
            subnet: "10.0.1.0/24".parse().unwrap(),
            resolver: Some(Ipv4Addr::new(10, 0, 0, 2)),
            mtu: 9001,
            name: Some("ip-10-0-1-5.ec2.internal".to_owned()),
        };
        let reply = message.reply(Kind::Offer, &lease);
        assert_eq!((reply[0], &reply[4..8], &reply[16..20]), (2, &[1, 2, 3, 4][..], &[10, 0, 1, 5][..]));
        let options: Vec<_> = options_of(&reply[FIXED + 4..]).collect();
        assert!(options.contains(&(53, &[2])));
        assert!(options.contains(&(1, &[255, 255, 255, 0])));
        assert!(options.contains(&(3, &[10, 0, 1, 1])));
        assert!(options.contains(&(26, &[0x23, 0x29])));
        assert!(options.contains(&(12, b"ip-10-0-1-5")));
        assert!(options.contains(&(15, b"ec2.internal")));
    }

    #[test]
    fn other_messages_are_passed_over() {
        let mut reply = discover();
        reply[0] = 2;
        assert_eq!(Message::parse(&reply), None);
        let whole = discover();
        for length in 0..FIXED + 8 {
            assert_eq!(Message::parse(&whole[..length]), None);
        }
    }

    proptest! {
        #[test]
        fn no_datagram_panics(tail in proptest::collection::vec(any::<u8>(), 0..80)) {
            let mut bytes = discover();
            bytes.truncate(FIXED + 4);
            bytes.extend(tail);
            Message::parse(&bytes);
        }
    }
}
