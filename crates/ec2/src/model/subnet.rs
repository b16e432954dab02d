//! Subnets: a part of a VPC's addresses in one zone.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use super::Tags;
use super::resource::{Malformed, document, resource};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// `subnet-…`
    pub id: String,
    pub account: String,
    pub vpc: String,
    pub cidr: Ipv4Net,
    pub zone: String,
    pub zone_id: String,
    pub default_for_az: bool,
    pub map_public_ip_on_launch: bool,
    /// `ip-name` or `resource-name`.
    pub hostname_type: String,
    pub dns_a_record: bool,
    pub tags: Tags,
}

document!(Subnet, "ec2.subnet", |s| [Some(s.vpc.clone()), Some(s.zone.clone()), None]);
resource!(Subnet, "subnet", "subnet", "InvalidSubnetID", "subnet", Malformed::Expecting("InvalidSubnetID.Malformed"));

impl Subnet {
    /// AWS keeps the first four addresses and the last one (*VPC user guide, Subnet sizing*).
    pub const RESERVED: u32 = 5;

    /// Addresses that interfaces may have.
    pub fn usable(&self) -> std::ops::RangeInclusive<u32> {
        let (first, last) = (u32::from(self.cidr.network()), u32::from(self.cidr.broadcast()));
        first.saturating_add(4)..=last.saturating_sub(1)
    }

    /// Whether an interface may have this address.
    pub fn can_hold(&self, address: Ipv4Addr) -> bool {
        self.usable().contains(&u32::from(address))
    }

    /// The router: the subnet's first address.
    pub fn gateway(&self) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.cidr.network()).saturating_add(1))
    }
}
