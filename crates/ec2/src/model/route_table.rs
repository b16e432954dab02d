//! Route tables. The local routes of the VPC's own blocks are stored too, as AWS shows them.

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use super::Tags;
use super::resource::{Malformed, document, resource};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteTable {
    /// `rtb-…`
    pub id: String,
    pub account: String,
    pub vpc: String,
    pub routes: Vec<Route>,
    pub associations: Vec<RouteTableAssociation>,
    pub tags: Tags,
}

document!(RouteTable, "ec2.route-table", |t| [Some(t.vpc.clone()), None, None]);
resource!(
    RouteTable,
    "rtb",
    "route-table",
    "InvalidRouteTableID",
    "routeTable",
    Malformed::Expecting("InvalidRouteTableId.Malformed")
);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    pub destination: Ipv4Net,
    pub target: RouteTarget,
    pub origin: RouteOrigin,
}

/// Whether a route is `active` or a `blackhole` is seen when it is read: its target may be gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RouteTarget {
    Local,
    InternetGateway(String),
    /// An interface, perhaps named by its instance.
    NetworkInterface(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RouteOrigin {
    CreateRouteTable,
    CreateRoute,
}

impl RouteOrigin {
    pub fn name(self) -> &'static str {
        match self {
            Self::CreateRouteTable => "CreateRouteTable",
            Self::CreateRoute => "CreateRoute",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteTableAssociation {
    /// `rtbassoc-…`
    pub id: String,
    /// `None`: the main table, for subnets without one of their own.
    pub subnet: Option<String>,
}

impl RouteTable {
    pub fn is_main(&self) -> bool {
        self.associations.iter().any(|association| association.subnet.is_none())
    }
}
