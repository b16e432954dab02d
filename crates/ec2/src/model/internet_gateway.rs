//! Internet gateways.

use serde::{Deserialize, Serialize};

use super::Tags;
use super::resource::{Malformed, document, resource};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InternetGateway {
    /// `igw-…`
    pub id: String,
    pub account: String,
    /// The VPC it is attached to.
    pub vpc: Option<String>,
    pub tags: Tags,
}

document!(InternetGateway, "ec2.internet-gateway", |g| [g.vpc.clone(), None, None]);
resource!(
    InternetGateway,
    "igw",
    "internet-gateway",
    "InvalidInternetGatewayID",
    "internetGateway",
    Malformed::Expecting("InvalidInternetGatewayId.Malformed")
);
