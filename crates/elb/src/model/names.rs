//! The API's words for what the model has as enums.

use freehold_balancer::config::{Kind, Protocol, ProtocolVersion, TargetKind};

/// `HTTP`
pub fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Http => "HTTP",
        Protocol::Https => "HTTPS",
        Protocol::Tcp => "TCP",
        Protocol::Tls => "TLS",
        Protocol::Udp => "UDP",
        Protocol::TcpUdp => "TCP_UDP",
    }
}

pub fn parse_protocol(name: &str) -> Option<Protocol> {
    use Protocol::{Http, Https, Tcp, TcpUdp, Tls, Udp};
    [Http, Https, Tcp, Tls, Udp, TcpUdp].into_iter().find(|known| protocol(*known) == name)
}

/// `HTTP1`
pub fn version(version: ProtocolVersion) -> &'static str {
    match version {
        ProtocolVersion::Http1 => "HTTP1",
        ProtocolVersion::Http2 => "HTTP2",
        ProtocolVersion::Grpc => "GRPC",
    }
}

pub fn parse_version(name: &str) -> Option<ProtocolVersion> {
    use ProtocolVersion::{Grpc, Http1, Http2};
    [Http1, Http2, Grpc].into_iter().find(|known| version(*known) == name)
}

/// `application`
pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Application => "application",
        Kind::Network => "network",
        Kind::Classic => "classic",
    }
}

/// `instance`
pub fn target_kind(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Instance => "instance",
        TargetKind::Ip => "ip",
        TargetKind::Lambda => "lambda",
    }
}

/// Whether the protocol is one of application balancers'.
pub fn is_http(protocol: Protocol) -> bool {
    matches!(protocol, Protocol::Http | Protocol::Https)
}

/// Whether listeners of the protocol present certificates.
pub fn is_secure(protocol: Protocol) -> bool {
    matches!(protocol, Protocol::Https | Protocol::Tls)
}
