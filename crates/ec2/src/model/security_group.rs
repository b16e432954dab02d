//! Security groups and their rules. A rule allows one protocol and port range from or to one peer; a request
//! that names several peers makes several rules.

use ipnet::{Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};

use super::Tags;
use super::resource::{Malformed, document, resource};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroup {
    /// `sg-…`
    pub id: String,
    pub account: String,
    pub vpc: String,
    /// Unique in the VPC; `default` for the one that cannot be deleted.
    pub name: String,
    pub description: String,
    pub rules: Vec<SecurityGroupRule>,
    pub tags: Tags,
}

document!(SecurityGroup, "ec2.security-group", |g| [Some(g.vpc.clone()), Some(g.name.clone()), None]);
resource!(
    SecurityGroup,
    "sg",
    "security-group",
    "InvalidGroup",
    "security group",
    Malformed::Expecting("InvalidGroupId.Malformed")
);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroupRule {
    /// `sgr-…`
    pub id: String,
    pub egress: bool,
    pub protocol: Protocol,
    pub peer: Peer,
    pub description: Option<String>,
    pub tags: Tags,
}

impl SecurityGroupRule {
    /// Whether both allow exactly the same packets: AWS refuses the second as a duplicate.
    pub fn is_same_permission(&self, other: &Self) -> bool {
        (self.egress, &self.protocol, &self.peer) == (other.egress, &other.protocol, &other.peer)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// `-1`; ports do not apply.
    All,
    Tcp {
        from: u16,
        to: u16,
    },
    Udp {
        from: u16,
        to: u16,
    },
    /// `-1` is any.
    Icmp {
        kind: i16,
        code: i16,
    },
    Icmpv6 {
        kind: i16,
        code: i16,
    },
    /// Any other protocol by number; ports do not apply.
    Other(u8),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Peer {
    Ipv4(Ipv4Net),
    /// Kept and shown; VPCs have no IPv6 addresses, so that no packet ever matches.
    Ipv6(Ipv6Net),
    Group {
        group: String,
        account: String,
    },
}
