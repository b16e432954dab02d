//! Elastic addresses: public addresses that belong to an account until it releases them.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::Tags;
use super::resource::{Malformed, document, resource};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// `eipalloc-…`
    pub id: String,
    pub account: String,
    pub public: Ipv4Addr,
    /// Mirrored in the interface's [`super::PublicAssociation`]; both are written in one transaction.
    pub association: Option<AddressAssociation>,
    pub tags: Tags,
}

document!(Address, "ec2.address", |a| [
    Some(a.public.to_string()),
    a.association.as_ref().map(|x| x.interface.clone()),
    None
]);
resource!(Address, "eipalloc", "elastic-ip", "InvalidAllocationID", "allocation", Malformed::NotFound);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressAssociation {
    /// `eipassoc-…`
    pub id: String,
    pub interface: String,
    pub private: Ipv4Addr,
    /// The instance that the interface is attached to, if it is.
    pub instance: Option<String>,
}
