//! Load balancers.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use freehold_balancer::config::Kind;
use freehold_core::tags::Tags;
use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::classic::model::Classic;

/// A balancer, as it was made and changed, and what the reconcilers made for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoadBalancer {
    /// Its ARN, which is its id too.
    pub arn: String,
    /// The last part of the ARN, sixteen hexadecimal digits: names of directories, links and processes come from it.
    pub id: String,
    pub account: String,
    pub name: String,
    pub kind: Kind,
    pub scheme: Scheme,
    pub dns_name: String,
    pub vpc: String,
    /// In the order of the zones' names, one subnet each.
    pub zones: Vec<Zone>,
    pub security_groups: Vec<String>,
    /// What was set, by the attribute's name; what was not has its default ([`super::attributes`]).
    pub attributes: BTreeMap<String, String>,
    /// *EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic*: `on` or `off`; network balancers with groups.
    pub enforce_on_private_link: Option<String>,
    pub tags: Tags,
    pub created: Timestamp,
    /// Written by reconcilers.
    pub state: State,
    /// Why it is not active; empty otherwise. Written by reconcilers.
    pub state_reason: String,
    /// What only classic balancers have, which have no listeners and target groups of their own rows.
    #[serde(default)]
    pub classic: Option<Classic>,
    /// Nobody sees it any more. Reconcilers take back what was made for it and then remove the row.
    pub deleted: bool,
}

/// One zone in which the balancer has an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// `us-east-1a`
    pub zone: String,
    pub subnet: String,
    /// *SubnetMapping.PrivateIPv4Address*: the address that it shall have there.
    pub wanted_address: Option<Ipv4Addr>,
    /// *SubnetMapping.AllocationId*: the Elastic IP that it shall answer on.
    pub allocation: Option<String>,
    /// Written by reconcilers: the network interface that holds the address.
    pub interface: Option<String>,
    /// Written by reconcilers.
    pub private_address: Option<Ipv4Addr>,
    /// Written by reconcilers; internet-facing balancers only.
    pub public_address: Option<Ipv4Addr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scheme {
    InternetFacing,
    Internal,
}

impl Scheme {
    pub fn name(self) -> &'static str {
        match self {
            Self::InternetFacing => "internet-facing",
            Self::Internal => "internal",
        }
    }
}

/// *LoadBalancerState*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    Provisioning,
    Active,
    /// It serves, but not all that it should.
    ActiveImpaired,
    Failed,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            Self::Provisioning => "provisioning",
            Self::Active => "active",
            Self::ActiveImpaired => "active_impaired",
            Self::Failed => "failed",
        }
    }
}

impl Zone {
    /// A zone in which nothing was made yet.
    pub fn new(zone: &str, subnet: &str) -> Self {
        Self {
            zone: zone.to_owned(),
            subnet: subnet.to_owned(),
            wanted_address: None,
            allocation: None,
            interface: None,
            private_address: None,
            public_address: None,
        }
    }
}

impl LoadBalancer {
    /// *DescribeLoadBalancers: DNSName*: application and network balancers have different ones.
    pub fn dns_name(kind: Kind, scheme: Scheme, name: &str, id: &str, region: &str) -> String {
        let internal = if scheme == Scheme::Internal && kind != Kind::Network { "internal-" } else { "" };
        match kind {
            Kind::Network => format!("{name}-{id}.elb.{region}.amazonaws.com"),
            Kind::Application | Kind::Classic => {
                // Ten decimal digits from sixteen hexadecimal ones.
                let number = u64::from_str_radix(id, 16).unwrap_or_default() % 10_000_000_000;
                format!("{internal}{name}-{number:010}.{region}.elb.amazonaws.com").to_lowercase()
            }
        }
    }
}

/// The hosted zones of `elb.amazonaws.com` (*AWS general reference, Elastic Load Balancing endpoints*); those of
/// us-east-1 stand for regions that AWS does not have.
pub fn hosted_zone(kind: Kind, region: &str) -> &'static str {
    match (kind, region) {
        (Kind::Network, "us-east-2") => "ZLMOA37VPKANP",
        (Kind::Network, "us-west-2") => "Z18D5FSROUN65G",
        (Kind::Network, "eu-west-1") => "Z2IFOLAFXWLO4F",
        (Kind::Network, _) => "Z26RNL4JYFTOTI",
        (_, "us-east-2") => "Z3AADJGX6KTTL2",
        (_, "us-west-2") => "Z1H1FL5HABSF5",
        (_, "eu-west-1") => "Z32O12XQLNTSW2",
        _ => "Z35SXDOTRQ7X7K",
    }
}

impl Document for LoadBalancer {
    const KIND: &'static str = "elb.load-balancer";

    /// The row's id; the field of this name is a part of it.
    #[allow(clippy::misnamed_getters)]
    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// Its name while it is there, its state, its VPC.
    fn index(&self) -> [Option<String>; 3] {
        let state = if self.deleted { "deleted" } else { self.state.name() };
        [(!self.deleted).then(|| self.name.clone()), Some(state.to_owned()), Some(self.vpc.clone())]
    }
}
