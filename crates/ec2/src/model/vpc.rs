//! Virtual private clouds.

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use super::resource::{Malformed, document, resource};
use super::{Tags, Tenancy};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vpc {
    /// `vpc-…`
    pub id: String,
    pub account: String,
    /// The first is the primary one and cannot be taken away.
    pub cidrs: Vec<CidrAssociation>,
    pub is_default: bool,
    pub dhcp_options: String,
    pub tenancy: Tenancy,
    pub dns_support: bool,
    pub dns_hostnames: bool,
    pub network_address_usage_metrics: bool,
    pub tags: Tags,
}

document!(Vpc, "ec2.vpc", |v| [Some(v.is_default.to_string()), None, None]);
resource!(Vpc, "vpc", "vpc", "InvalidVpcID", "vpc", Malformed::Expecting("InvalidVpcID.Malformed"));

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CidrAssociation {
    /// `vpc-cidr-assoc-…`
    pub id: String,
    pub cidr: Ipv4Net,
}

impl Vpc {
    /// The block that the VPC was made with.
    pub fn primary_cidr(&self) -> Option<Ipv4Net> {
        self.cidrs.first().map(|association| association.cidr)
    }
}
