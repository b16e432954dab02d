//! The way of sandboxes into the world: a veth each, an address that the host hides behind its own, and rules that let
//! nothing through to the host, to each other, or to what is local to the host's own network (the metadata service of a
//! cloud, for example).
//!
//! ```text
//!  world    host  [table freehold_<tag>_fn]     sandbox
//!  ---  eth0  masquerades   fn<tag><slot> ======= eth0   100.x.y.z/32
//! ```
//!
//! Links go with their namespaces, so that what a crash leaves is the table alone.

use std::net::Ipv4Addr;
use std::os::fd::{AsFd, OwnedFd};

use ipnet::Ipv4Net;

use crate::driver::{Error, Result};
use crate::net::names::Tag;
use crate::net::netlink::{Netlink, Route, VethPeer};
use crate::net::{forwarding, nft, sysctl};
use crate::spec::MacAddr;

/// Shared address space (RFC 6598), which no private network uses. Each region takes 4,096 addresses of it: those that its
/// tag stands for, or the next that no other region of the host has. Which it has is the name of a chain in its table.
const SHARED: Ipv4Addr = Ipv4Addr::new(100, 64, 0, 0);
const PREFIX: u8 = 20;
const REGIONS: u32 = 1 << (PREFIX - 10);
const RANGE: &str = "range_";
/// What a sandbox takes for its router; it exists in neighbour tables only.
const HOP: Ipv4Addr = Ipv4Addr::new(169, 254, 0, 1);
const HOST_MAC: MacAddr = MacAddr([0x02, 0x66, 0x6e, 0, 0, 1]);
const MAC: MacAddr = MacAddr([0x02, 0x66, 0x6e, 0, 0, 2]);
const MTU: u32 = 1500;

/// Where sandboxes of a region are connected.
#[derive(Debug, Clone)]
pub struct Network {
    tag: Tag,
    /// Of its range.
    number: u32,
    net: Ipv4Net,
}

impl Network {
    /// Loads the rules and lets the host forward.
    pub fn open(tag: Tag) -> Result<Self> {
        let mut number = preferred(&tag);
        loop {
            number = free(number, &taken(&nft::list_chains()?, &tag)).ok_or_else(|| {
                Error::Unsupported("other regions of this host have all addresses for functions".into())
            })?;
            let network = Self::new(tag.clone(), number);
            nft::load(&network.rules())?;
            // Another region may have taken the same at the same time: one of the two looks on.
            let others = taken(&nft::list_chains()?, &tag);
            if !others.iter().any(|(table, other)| *other == number && *table < self::table(&tag)) {
                forwarding::enable()?;
                return Ok(network);
            }
        }
    }

    fn new(tag: Tag, number: u32) -> Self {
        Self { tag, number, net: net_of(number) }
    }

    /// The outer end of a sandbox's veth.
    pub(super) fn link(&self, slot: u32) -> String {
        format!("{}{slot:04x}", link_prefix(&self.tag))
    }

    /// Connects a new namespace, of which `inside` is a socket. Packets may be lost for a moment.
    pub fn connect(&self, slot: u32, namespace: &OwnedFd, inside: &mut Netlink) -> Result<()> {
        let name = self.link(slot);
        let mut host = Netlink::open()?;
        // That of an earlier sandbox whose namespace the kernel has not cleared away yet.
        host.delete_link(&name)?;
        host.add_veth(&name, Some(HOST_MAC), MTU, &VethPeer { name: "eth0", mac: MAC, namespace: namespace.as_fd() })?;
        sysctl::set_if_present(&format!("ipv6/conf/{name}/disable_ipv6"), "1")?;
        sysctl::set_if_present(&format!("ipv4/conf/{name}/send_redirects"), "0")?;
        Ends { outer: &name, address: self.address(slot), mtu: MTU }.configure(&mut host, inside)
    }

    /// Takes a sandbox out of the world, and leads its link to another namespace instead, of which `outside` is a socket.
    /// To make another link would take the kernel no time, but to remove this one tens of milliseconds.
    pub fn redirect(
        &self,
        slot: u32,
        to: (&OwnedFd, &mut Netlink),
        inside: &mut Netlink,
        ends: &Ends<'_>,
    ) -> Result<()> {
        let (namespace, outside) = to;
        outside.delete_link(ends.outer)?;
        let mut host = Netlink::open()?;
        let near = host.link(ends.outer)?.ok_or_else(|| missing(ends.outer))?.index;
        host.move_link(near, namespace.as_fd())?;
        ends.configure(outside, inside)?;
        let far = inside.link("eth0")?.ok_or_else(|| missing("eth0"))?.index;
        inside.remove_address(far, self.address(slot), 32)
    }

    fn address(&self, slot: u32) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.net.network()) + slot)
    }

    fn rules(&self) -> String {
        let (table, net, ours) = (table(&self.tag), self.net, format!("\"{}*\"", link_prefix(&self.tag)));
        let number = self.number;
        format!(
            "table ip {table} {{\n}}\ndelete table ip {table}\ntable ip {table} {{
  chain {RANGE}{number} {{
  }}
  chain input {{
    type filter hook input priority filter - 5; policy accept;
    iifname {ours} ct state established,related accept
    iifname {ours} drop
  }}
  chain forward {{
    type filter hook forward priority filter - 5; policy accept;
    oifname {ours} ct state established,related accept
    oifname {ours} drop
    iifname {ours} ip saddr != {net} drop
    iifname {ours} ip daddr {{ 127.0.0.0/8, 169.254.0.0/16, 100.64.0.0/10 }} drop
  }}
  chain outbound {{
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr {net} oifname != {ours} masquerade
  }}
}}\n"
        )
    }
}

/// The link from a sandbox to whoever forwards for it.
pub(super) struct Ends<'a> {
    /// The name of the outer one; the inner one is `eth0`.
    pub outer: &'a str,
    /// The sandbox's.
    pub address: Ipv4Addr,
    pub mtu: u32,
}

impl Ends<'_> {
    /// Brings both up, with a way from each to the other.
    pub fn configure(&self, outside: &mut Netlink, inside: &mut Netlink) -> Result<()> {
        let near = outside.link(self.outer)?.ok_or_else(|| missing(self.outer))?.index;
        outside.set_up(near, Some(self.mtu))?;
        outside.set_neighbour(near, self.address, MAC)?;
        outside.set_route(&Route::to(Ipv4Net::from(self.address), near))?;
        let far = inside.link("eth0")?.ok_or_else(|| missing("eth0"))?.index;
        inside.add_address(far, self.address, 32)?;
        inside.set_up(far, Some(self.mtu))?;
        inside.set_neighbour(far, HOP, HOST_MAC)?;
        inside.set_route(&Route { via: Some(HOP), ..Route::to(Ipv4Net::default(), far) })
    }
}

fn missing(name: &str) -> Error {
    Error::io(format!("find the device {name}"), std::io::Error::from(std::io::ErrorKind::NotFound))
}

/// Removes what is on the host, once no sandbox is left.
pub fn remove(tag: &Tag) -> Result<()> {
    // The kernel clears a namespace away some time after its last process. Until then its link would look like somebody
    // who needs the host to forward, and nobody comes by later to switch that off.
    let mut host = Netlink::open()?;
    let ours = link_prefix(tag);
    for link in host.links()?.into_iter().filter(|link| link.name.starts_with(&ours)) {
        host.delete_link(&link.name)?;
    }
    if nft::table_exists(&table(tag))? {
        nft::delete_table(&table(tag))?;
    }
    forwarding::restore()
}

fn table(tag: &Tag) -> String {
    format!("{}_fn", tag.table())
}

fn link_prefix(tag: &Tag) -> String {
    format!("fn{}", tag.as_str())
}

fn preferred(tag: &Tag) -> u32 {
    u32::from_str_radix(tag.as_str(), 16).unwrap_or(0) % REGIONS
}

/// The first range from there on that nobody has.
fn free(from: u32, taken: &[(String, u32)]) -> Option<u32> {
    let all = (0..REGIONS).map(|step| (from + step) % REGIONS);
    all.into_iter().find(|number| taken.iter().all(|(_, other)| other != number))
}

/// The tables of other regions in what `nft list chains` says, with their ranges.
fn taken(chains: &str, own: &Tag) -> Vec<(String, u32)> {
    let (mut table, mut found) = (String::new(), Vec::new());
    for line in chains.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["table", "ip", name, ..] => name.clone_into(&mut table),
            ["chain", name, ..] => {
                let number = name.strip_prefix(RANGE).and_then(|number| number.parse().ok());
                found.extend(number.filter(|_| table != self::table(own)).map(|number| (table.clone(), number)));
            }
            _ => {}
        }
    }
    found
}

fn net_of(number: u32) -> Ipv4Net {
    let first = u32::from(SHARED) + (number << (32 - PREFIX));
    // The prefix is a valid one.
    Ipv4Net::new_assert(Ipv4Addr::from(first), PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_has_a_network_of_its_own_within_the_shared_space() {
        let shared: Ipv4Net = "100.64.0.0/10".parse().unwrap();
        for path in ["/var/lib/freehold", "/a", "/b"] {
            let net = net_of(preferred(&Tag::of(path.as_ref())));
            assert!(shared.contains(&net) && net.prefix_len() == PREFIX, "{net}");
        }
    }

    #[test]
    fn two_regions_have_different_addresses() {
        let (own, other) = (Tag::of("/a".as_ref()), Tag::of("/b".as_ref()));
        let said = |tag: &Tag, number| {
            format!("table ip {} {{\n\tchain {RANGE}{number} {{\n\t}}\n\tchain input {{\n\t}}\n}}\n", table(tag))
        };
        let preferred = preferred(&own);
        assert_eq!(free(preferred, &taken(&said(&own, preferred), &own)), Some(preferred));
        let next = (preferred + 1) % REGIONS;
        assert_eq!(free(preferred, &taken(&said(&other, preferred), &own)), Some(next));
        let all: Vec<_> = (0..REGIONS).map(|number| (String::new(), number)).collect();
        assert_eq!(free(preferred, &all), None);
        assert!(taken("table ip nat {\n\tchain x {\n\t}\n}\n", &own).is_empty());
    }

    #[test]
    fn the_rules_are_accepted() {
        if !crate::testing::is_root("nftables") {
            return;
        }
        let tag = Tag::of("/a".as_ref());
        let network = Network::new(tag.clone(), preferred(&tag));
        nft::check(&network.rules()).unwrap();
        assert!(network.link(4095).len() <= 15);
    }
}
