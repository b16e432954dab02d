//! Elastic network interfaces.

use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Tags;
use super::resource::{Malformed, document, resource};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkInterface {
    /// `eni-…`
    pub id: String,
    pub account: String,
    pub vpc: String,
    pub subnet: String,
    pub zone: String,
    pub zone_id: String,
    pub description: String,
    /// `02:…`, unique in the region as far as chance allows.
    pub mac: [u8; 6],
    /// The first is the primary one.
    pub addresses: Vec<InterfaceAddress>,
    /// Ids of its security groups.
    pub groups: Vec<String>,
    pub source_dest_check: bool,
    /// Gets a public address with each start of its instance, as its launch or its subnet wanted.
    #[serde(default)]
    pub public_at_start: bool,
    pub attachment: Option<Attachment>,
    /// The service that made it in the account's name and alone may change it.
    #[serde(default)]
    pub requester: Option<Requester>,
    pub created: Timestamp,
    pub tags: Tags,
}

document!(NetworkInterface, "ec2.network-interface", |e| [
    Some(e.vpc.clone()),
    Some(e.subnet.clone()),
    e.attachment.as_ref().map(|a| a.instance.clone())
]);
resource!(
    NetworkInterface,
    "eni",
    "network-interface",
    "InvalidNetworkInterfaceID",
    "networkInterface",
    Malformed::Plain("InvalidNetworkInterfaceId.Malformed")
);

/// A service as the owner of an interface: it is in use as long as it is there, by no instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requester {
    /// *RequesterId*: `amazon-elb`.
    pub id: String,
    pub kind: InterfaceKind,
}

impl Requester {
    /// The owner of what the interface is attached to.
    pub fn owner(&self) -> &str {
        if self.kind == InterfaceKind::Lambda { "amazon-aws" } else { &self.id }
    }
}

/// *InterfaceType*, of those that a service can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum InterfaceKind {
    Interface,
    /// Of functions, which reach what is in the VPC by it; nothing reaches them.
    Lambda,
    /// Speaks in its clients' names; without security groups everything passes.
    NetworkLoadBalancer,
}

impl InterfaceKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Interface => "interface",
            Self::Lambda => "lambda",
            Self::NetworkLoadBalancer => "network_load_balancer",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Interface, Self::Lambda, Self::NetworkLoadBalancer].into_iter().find(|kind| kind.name() == name)
    }
}

/// A private address, and the public one that is translated to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterfaceAddress {
    pub private: Ipv4Addr,
    pub association: Option<PublicAssociation>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicAssociation {
    pub public: Ipv4Addr,
    /// `eipalloc-…` and `eipassoc-…` of an elastic address; `None` for one that came with the launch, which goes
    /// when the instance stops.
    pub elastic: Option<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// `eni-attach-…`
    pub id: String,
    pub instance: String,
    pub device_index: u32,
    pub delete_on_termination: bool,
    pub attached: Timestamp,
    #[serde(default)]
    pub status: AttachmentStatus,
}

/// Whether the machine has the device. Until it has lost it, nobody else may have the interface.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttachmentStatus {
    Attaching,
    #[default]
    Attached,
    Detaching,
}

impl AttachmentStatus {
    pub fn name(self) -> &'static str {
        match self {
            Self::Attaching => "attaching",
            Self::Attached => "attached",
            Self::Detaching => "detaching",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InterfaceStatus {
    Available,
    InUse,
}

impl InterfaceStatus {
    pub fn name(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::InUse => "in-use",
        }
    }
}

impl NetworkInterface {
    pub fn status(&self) -> InterfaceStatus {
        let is_used = self.attachment.is_some() || self.requester.is_some();
        if is_used { InterfaceStatus::InUse } else { InterfaceStatus::Available }
    }

    pub fn kind(&self) -> InterfaceKind {
        self.requester.as_ref().map_or(InterfaceKind::Interface, |requester| requester.kind)
    }

    /// What a service's interface is attached by (`ela-attach-…`); no operation takes it for its own.
    pub fn service_attachment(&self) -> Option<String> {
        let digits = self.id.strip_prefix("eni-").unwrap_or(&self.id);
        self.requester.as_ref().map(|_| format!("ela-attach-{digits}"))
    }

    /// The primary private address. Every interface has one from its making to its end.
    pub fn primary(&self) -> Ipv4Addr {
        self.addresses.first().map_or(Ipv4Addr::UNSPECIFIED, |address| address.private)
    }

    /// The public address of the primary private one.
    pub fn public(&self) -> Option<Ipv4Addr> {
        self.addresses.first()?.association.as_ref().map(|association| association.public)
    }

    pub fn mac_text(&self) -> String {
        const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
        let mut text = String::with_capacity(17);
        for byte in self.mac {
            if !text.is_empty() {
                text.push(':');
            }
            text.extend([byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)]));
        }
        text
    }
}
