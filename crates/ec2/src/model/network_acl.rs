//! Network access lists. Each VPC has its default one, which allows everything; others cannot be made yet.

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use super::Tags;
use super::resource::{Malformed, document, resource};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkAcl {
    /// `acl-…`
    pub id: String,
    pub account: String,
    pub vpc: String,
    pub is_default: bool,
    pub entries: Vec<AclEntry>,
    pub associations: Vec<AclAssociation>,
    pub tags: Tags,
}

document!(NetworkAcl, "ec2.network-acl", |a| [Some(a.vpc.clone()), None, None]);
resource!(
    NetworkAcl,
    "acl",
    "network-acl",
    "InvalidNetworkAclID",
    "networkAcl",
    Malformed::Expecting("InvalidNetworkAclId.Malformed")
);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AclEntry {
    /// 32767 is the last one, that no one can remove.
    pub number: u16,
    pub egress: bool,
    pub allow: bool,
    /// `-1`: all.
    pub protocol: String,
    pub cidr: Ipv4Net,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AclAssociation {
    /// `aclassoc-…`
    pub id: String,
    pub subnet: String,
}

impl NetworkAcl {
    /// The entries of a default list: everything in and out.
    pub fn allow_all() -> Vec<AclEntry> {
        let entry =
            |number, egress, allow| AclEntry { number, egress, allow, protocol: "-1".into(), cidr: Ipv4Net::default() };
        vec![entry(100, true, true), entry(32767, true, false), entry(100, false, true), entry(32767, false, false)]
    }
}
