//! The region's rules on the host itself: guests may pass through it, to the world and to each other's public
//! addresses, but reach nothing that listens on it.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::{Chain, Table};
use crate::net::names::{PREFIX, Tag};

/// The whole table of a region.
pub fn host_ruleset(tag: &Tag, pool: Ipv4Net) -> String {
    let ours = format!("\"{}*\"", tag.uplink_prefix());
    let any_region = format!("\"{PREFIX}*\"");
    let mut table = Table::new(&tag.table());

    let mut input = Chain::base("input", "filter", "input", "filter - 5", "accept");
    input.rule(format!("iifname {ours} ct state established,related accept")).rule(format!("iifname {ours} drop"));
    table.chain(&input);

    // The pool is nobody else's: what claims to come from a guest comes through an uplink, and what is not
    // assigned to anybody does not leave the host.
    let mut forward = Chain::base("forward", "filter", "forward", "filter - 5", "accept");
    forward
        .rule(format!("iifname {ours} ip saddr != {pool} drop"))
        .rule(format!("oifname != {any_region} ip daddr {pool} drop"));
    table.chain(&forward);

    // Two interfaces of one VPC that talk over their public addresses turn round here, which the kernel would
    // advise against.
    let mut output = Chain::base("output", "filter", "output", "filter - 5", "accept");
    output
        .rule(format!("oifname {ours} icmp type redirect drop"))
        .rule(format!("oifname != {any_region} oifname != \"lo\" ip daddr {pool} drop"));
    table.chain(&output);

    let mut outbound = Chain::base("outbound", "nat", "postrouting", "srcnat", "accept");
    outbound.rule(format!("ip saddr {pool} ip daddr != {pool} oifname != {any_region} oifname != \"lo\" masquerade"));
    table.chain(&outbound);
    table.finish()
}

/// The address that the host shows to guests: the first of the pool, never given to one of them.
pub fn host_address(pool: Ipv4Net) -> Ipv4Addr {
    pool.hosts().next().unwrap_or(pool.network())
}
