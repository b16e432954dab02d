//! What a listener is: protocol, port, certificate, policies; and which of them go together.

use freehold_api::elbv2::{Certificate, MutualAuthenticationAttributes};
use freehold_balancer::config::{Kind, Protocol};

use super::ssl_policies;
use crate::errors::Error;
use crate::model::{LoadBalancer, names};

const ALPN: [&str; 5] = ["HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred", "None"];

/// A protocol that the balancer's type has.
pub(super) fn protocol(balancer: &LoadBalancer, name: &str) -> Result<Protocol, Error> {
    if matches!(name, "QUIC" | "TCP_QUIC" | "GENEVE") {
        let why = format!("The protocol '{name}' is not supported in this region");
        return Err(Error::UnsupportedProtocol(why));
    }
    let known = names::parse_protocol(name);
    let fits = |protocol: &Protocol| names::is_http(*protocol) == (balancer.kind == Kind::Application);
    known.filter(fits).ok_or_else(|| {
        Error::UnsupportedProtocol(format!(
            "The protocol '{name}' is not supported by load balancers of type '{}'",
            names::kind(balancer.kind)
        ))
    })
}

/// The default certificate of a request: exactly one, if any.
pub(super) fn default_certificate(certificates: Option<Vec<Certificate>>) -> Result<Option<String>, Error> {
    let mut certificates = certificates.unwrap_or_default();
    if certificates.iter().any(|certificate| certificate.is_default.is_some()) {
        return Err(Error::invalid("IsDefault must not be specified for the certificate of a listener"));
    }
    match (certificates.pop(), certificates.len()) {
        (None, _) => Ok(None),
        (Some(one), 0) => Ok(Some(one.certificate_arn.unwrap_or_default())),
        (Some(_), _) => {
            Err(Error::too_many("TooManyCertificates", "Exactly one default certificate must be specified"))
        }
    }
}

/// What belongs to TLS, for a protocol: the certificate, the security policy and the ALPN policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Secure {
    pub certificate: Option<String>,
    pub ssl_policy: Option<String>,
    pub alpn_policy: Option<String>,
}

/// Whether they are what the protocol needs; the security policy has a default.
pub(super) fn secure(protocol: Protocol, mut wanted: Secure) -> Result<Secure, Error> {
    let name = names::protocol(protocol);
    if !names::is_secure(protocol) {
        let refuse = |what: &str| Err(Error::invalid(format!("{what} cannot be specified for {name} listeners")));
        return match wanted {
            Secure { certificate: Some(_), .. } => refuse("A certificate"),
            Secure { ssl_policy: Some(_), .. } => refuse("An SSL policy"),
            Secure { alpn_policy: Some(_), .. } => refuse("An ALPN policy"),
            nothing => Ok(nothing),
        };
    }
    if wanted.certificate.is_none() {
        return Err(Error::invalid(format!("A certificate must be specified for {name} listeners")));
    }
    let policy = wanted.ssl_policy.get_or_insert_with(|| ssl_policies::DEFAULT.to_owned());
    if ssl_policies::find(policy).is_none() {
        return Err(Error::SslPolicyNotFound(policy.clone()));
    }
    match &wanted.alpn_policy {
        Some(_) if protocol != Protocol::Tls => {
            Err(Error::invalid(format!("An ALPN policy cannot be specified for {name} listeners")))
        }
        Some(other) if !ALPN.contains(&other.as_str()) => Err(Error::AlpnPolicyNotSupported(other.clone())),
        _ => Ok(wanted),
    }
}

/// *AlpnPolicy: you can specify one policy name*.
pub(super) fn alpn(policies: Option<Vec<String>>) -> Result<Option<String>, Error> {
    let mut policies = policies.unwrap_or_default();
    match (policies.pop(), policies.len()) {
        (one, 0) => Ok(one),
        _ => Err(Error::invalid("Only one ALPN policy can be specified")),
    }
}

/// Clients are not asked for certificates.
pub(super) fn refuse_mutual(mutual: Option<&MutualAuthenticationAttributes>) -> Result<(), Error> {
    match mutual.and_then(|mutual| mutual.mode.as_deref()) {
        None | Some("off") => Ok(()),
        Some(mode) => Err(Error::InvalidConfiguration(format!(
            "MutualAuthentication with the mode '{mode}' is not supported in this region"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(certificate: Option<&str>, ssl: Option<&str>, alpn: Option<&str>) -> Secure {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Secure { certificate: owned(certificate), ssl_policy: owned(ssl), alpn_policy: owned(alpn) }
    }

    #[test]
    fn secure_listeners_need_a_certificate_and_have_a_policy() {
        let https = secure(Protocol::Https, wanted(Some("c"), None, None)).unwrap();
        assert_eq!(https.ssl_policy.as_deref(), Some(ssl_policies::DEFAULT));
        assert!(secure(Protocol::Https, wanted(None, None, None)).is_err());
        let unknown = secure(Protocol::Tls, wanted(Some("c"), Some("x"), None));
        assert!(matches!(unknown, Err(Error::SslPolicyNotFound(_))));
    }

    #[test]
    fn plain_listeners_have_nothing_of_tls() {
        assert_eq!(secure(Protocol::Http, Secure::default()).unwrap(), Secure::default());
        for wanted in [wanted(Some("c"), None, None), wanted(None, Some("p"), None), wanted(None, None, Some("None"))] {
            assert!(secure(Protocol::Http, wanted).is_err());
        }
    }

    #[test]
    fn alpn_is_for_tls_listeners() {
        assert!(secure(Protocol::Tls, wanted(Some("c"), None, Some("HTTP2Preferred"))).is_ok());
        let unknown = secure(Protocol::Tls, wanted(Some("c"), None, Some("SPDY")));
        assert!(matches!(unknown, Err(Error::AlpnPolicyNotSupported(_))));
        assert!(secure(Protocol::Https, wanted(Some("c"), None, Some("None"))).is_err());
    }
}
