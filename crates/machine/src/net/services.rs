//! The addresses at which a VPC's namespace itself serves its guests.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

/// Instance metadata, port 80.
pub const METADATA_ADDRESS: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);

/// The resolver, port 53, in every VPC.
pub const RESOLVER_ADDRESS: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 253);

/// The region's API, port 80. AWS has no such address; its guests reach the API by the internet.
pub const ENDPOINT_ADDRESS: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 252);

/// The name of [`ENDPOINT_ADDRESS`] inside of VPCs.
pub const ENDPOINT_NAME: &str = "api.freehold.internal";

/// Where a VPC's resolver answers: the fixed address, and the base of its primary block plus two (*VPC user
/// guide, Amazon DNS server*).
pub fn resolver_addresses(cidrs: &[Ipv4Net]) -> Vec<Ipv4Addr> {
    let base = cidrs.first().map(|cidr| Ipv4Addr::from(u32::from(cidr.network()).wrapping_add(2)));
    std::iter::once(RESOLVER_ADDRESS).chain(base).collect()
}
