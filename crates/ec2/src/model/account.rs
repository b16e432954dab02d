//! What EC2 knows of an account as a whole. Written when the account is first used, together with its default VPC.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::resource::document;

/// An account's first use of the region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The 12 digits; the same as `account`.
    pub id: String,
    pub account: String,
    pub created: Timestamp,
    /// The default set of DHCP options, which all VPCs use.
    pub dhcp_options: String,
}

document!(Account, "ec2.account");
