//! Listeners of classic balancers.

use freehold_balancer::config::Protocol;
use serde::{Deserialize, Serialize};

/// A port of a balancer's, and where what arrives there goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    pub protocol: Protocol,
    pub port: u16,
    pub instance_protocol: Protocol,
    pub instance_port: u16,
    /// ARN; of listeners that have clients' TLS.
    pub certificate: Option<String>,
    /// Names.
    pub policies: Vec<String>,
}

impl Listener {
    /// Whether it is the same but for policies, which are set later.
    pub fn is_same(&self, other: &Self) -> bool {
        let policies = Vec::new();
        Self { policies: policies.clone(), ..self.clone() } == Self { policies, ..other.clone() }
    }
}

/// `SSL` is what the newer API calls `TLS`.
pub fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Tls => "SSL",
        other => crate::model::names::protocol(other),
    }
}

/// Without regard to case, as AWS reads them.
pub fn parse_protocol(name: &str) -> Option<Protocol> {
    use Protocol::{Http, Https, Tcp, Tls};
    [Http, Https, Tcp, Tls].into_iter().find(|known| protocol(*known).eq_ignore_ascii_case(name))
}
