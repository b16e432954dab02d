//! What a VPC should look like on the host: plain data, computed from the control plane's state.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

/// One VPC, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VpcPlan {
    /// `vpc-…`
    pub vpc: String,
    /// Address blocks of the VPC.
    pub cidrs: Vec<Ipv4Net>,
    pub subnets: Vec<SubnetPlan>,
    pub enis: Vec<EniPlan>,
    pub security_groups: Vec<SecurityGroupPlan>,
}

/// A subnet and what its route table says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubnetPlan {
    pub id: String,
    pub cidr: Ipv4Net,
    /// Routes besides the implicit local one, any order; the longest prefix wins.
    pub routes: Vec<RoutePlan>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutePlan {
    pub destination: Ipv4Net,
    pub target: RouteTarget,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RouteTarget {
    /// Out to the host and beyond, for interfaces with a public address.
    InternetGateway,
    /// To another interface of the same VPC, which forwards.
    Eni(String),
    /// Nowhere: the target is gone.
    Blackhole,
}

/// An interface, whether or not a machine holds it now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EniPlan {
    pub id: String,
    pub subnet: String,
    /// Primary address first, then secondary ones, each with the public address mapped to it.
    pub addresses: Vec<AddressPlan>,
    /// Ids of the security groups in force.
    pub groups: Vec<String>,
    /// Drop packets whose source is not one of the addresses (and do not deliver to others).
    pub source_dest_check: bool,
    /// Opens connections in its clients' names, and gets the answers to them wherever those clients are: a network
    /// load balancer. Takes [`Self::source_dest_check`] to be off.
    #[serde(default)]
    pub relays: bool,
    /// No security groups are in force, and everything passes; without this, no groups let nothing pass.
    #[serde(default)]
    pub unfiltered: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressPlan {
    pub private: Ipv4Addr,
    pub public: Option<Ipv4Addr>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroupPlan {
    pub id: String,
    pub ingress: Vec<RulePlan>,
    pub egress: Vec<RulePlan>,
}

/// Allows one kind of packet to or from one peer. What no rule allows is dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulePlan {
    pub protocol: ProtocolPlan,
    pub peer: PeerPlan,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProtocolPlan {
    /// `-1`
    All,
    Tcp {
        from: u16,
        to: u16,
    },
    Udp {
        from: u16,
        to: u16,
    },
    /// ICMP; `None` is any type or code (`-1`).
    Icmp {
        kind: Option<u8>,
        code: Option<u8>,
    },
    /// Any other IP protocol by number; ports do not apply.
    Other(u8),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PeerPlan {
    Cidr(Ipv4Net),
    /// Every private address of the interfaces in that group.
    Group(String),
}
