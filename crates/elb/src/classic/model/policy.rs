//! Policies of classic balancers: what a listener or an instance port does besides.

use serde::{Deserialize, Serialize};

use super::ssl_policies;

/// A policy that was made, and takes effect once it is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    pub name: String,
    pub is: PolicyType,
}

/// What data planes have. Those that check the certificates of instances (*PublicKeyPolicyType*,
/// *BackendServerAuthenticationPolicyType*) they do not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PolicyType {
    AppCookieStickiness {
        cookie: String,
    },
    /// `None`: as long as the browser's session lasts.
    LbCookieStickiness {
        seconds: Option<i64>,
    },
    /// With the name of a predefined one.
    SslNegotiation {
        reference: String,
    },
    ProxyProtocol {
        enabled: bool,
    },
}

impl PolicyType {
    pub fn name(&self) -> &'static str {
        match self {
            Self::AppCookieStickiness { .. } => "AppCookieStickinessPolicyType",
            Self::LbCookieStickiness { .. } => "LBCookieStickinessPolicyType",
            Self::SslNegotiation { .. } => "SSLNegotiationPolicyType",
            Self::ProxyProtocol { .. } => "ProxyProtocolPolicyType",
        }
    }

    pub fn is_stickiness(&self) -> bool {
        matches!(self, Self::AppCookieStickiness { .. } | Self::LbCookieStickiness { .. })
    }

    /// *DescribeLoadBalancerPolicies: PolicyAttributeDescriptions*; of security policies also what is negotiated.
    pub fn attributes(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::AppCookieStickiness { cookie } => vec![("CookieName", cookie.clone())],
            Self::LbCookieStickiness { seconds } => {
                vec![("CookieExpirationPeriod", seconds.map_or(String::new(), |seconds| seconds.to_string()))]
            }
            Self::SslNegotiation { reference } => {
                vec![("Reference-Security-Policy", reference.clone()), ("Protocol-TLSv1.2", "true".to_owned())]
            }
            Self::ProxyProtocol { enabled } => vec![("ProxyProtocol", enabled.to_string())],
        }
    }
}

impl Policy {
    /// One of AWS's own.
    pub fn predefined(name: &str) -> Self {
        Self { name: name.to_owned(), is: PolicyType::SslNegotiation { reference: name.to_owned() } }
    }

    pub fn all_predefined() -> Vec<Self> {
        ssl_policies::PREDEFINED.iter().map(|name| Self::predefined(name)).collect()
    }

    pub fn is_proxy_protocol(&self) -> bool {
        self.is == PolicyType::ProxyProtocol { enabled: true }
    }
}
