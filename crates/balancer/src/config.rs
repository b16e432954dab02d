//! What a node serves: `config.json` in the node's directory, written whole and renamed into place by the control
//! plane, read again by the node whenever it changes. All names and units are those of the API reference.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// Grows with every change; [`Status::revision`](crate::status::Status::revision) says which one is in force.
    pub revision: u64,
    pub kind: Kind,
    /// `app/my-balancer/50dc6c495c0c9188`, as in the ARN, in logs and in metrics.
    pub name: String,
    /// Addresses in the balancer's subnets, each with its zone; listeners answer on all of them.
    pub addresses: Vec<Address>,
    pub attributes: Attributes,
    pub listeners: Vec<Listener>,
    /// By ARN.
    pub target_groups: BTreeMap<String, TargetGroup>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    Application,
    Network,
    Classic,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// `us-east-1a`
    pub zone: String,
    pub ip: Ipv4Addr,
}

/// *ModifyLoadBalancerAttributes*, as far as the data plane cares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes {
    /// `idle_timeout.timeout_seconds`, 1 to 4,000; 60 by default.
    pub idle_timeout_seconds: u32,
    /// `client_keep_alive.seconds`, 60 to 604,800; 3,600 by default.
    pub client_keep_alive_seconds: u32,
    /// `routing.http2.enabled`
    pub http2: bool,
    /// `routing.http.drop_invalid_header_fields.enabled`
    pub drop_invalid_header_fields: bool,
    /// `routing.http.preserve_host_header.enabled`
    pub preserve_host_header: bool,
    /// `routing.http.xff_client_port.enabled`
    pub xff_client_port: bool,
    /// `routing.http.xff_header_processing.mode`
    pub xff_mode: XffMode,
    /// `routing.http.desync_mitigation_mode`
    pub desync_mitigation: Desync,
    /// `routing.http.x_amzn_tls_version_and_cipher_suite.enabled`
    pub tls_headers: bool,
    /// `load_balancing.cross_zone.enabled`; always true for application balancers unless the group says otherwise.
    pub cross_zone: bool,
    /// `access_logs.s3.enabled`, with where they go.
    pub access_log: Option<AccessLog>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum XffMode {
    Append,
    Preserve,
    Remove,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Desync {
    Monitor,
    Defensive,
    Strictest,
}

/// Where access logs are written: a directory stands for the bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessLog {
    /// The bucket's directory joined with the prefix; below it come `AWSLogs/<account>/elasticloadbalancing/…`.
    pub directory: PathBuf,
    pub account: String,
    pub region: String,
    /// A file each so often: 300, or 3,600 where a classic balancer is asked for it.
    #[serde(default = "five_minutes")]
    pub interval_seconds: u32,
}

fn five_minutes() -> u32 {
    300
}

fn yes() -> bool {
    true
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listener {
    pub arn: String,
    pub protocol: Protocol,
    pub port: u16,
    /// The default certificate first; chosen by SNI.
    pub certificates: Vec<Certificate>,
    /// `ELBSecurityPolicy-…`
    pub ssl_policy: Option<String>,
    /// ALPN policy of a TLS listener: `HTTP1Only`, `HTTP2Only`, `HTTP2Optional`, `HTTP2Preferred`, `None`.
    pub alpn_policy: Option<String>,
    /// In the order in which they are tried; the last one is the default and has no conditions.
    pub rules: Vec<Rule>,
    /// `tcp.idle_timeout.seconds` of TCP listeners, 60 to 6,000; 350 by default.
    pub tcp_idle_timeout_seconds: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Protocol {
    Http,
    Https,
    Tcp,
    Tls,
    Udp,
    TcpUdp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    pub arn: String,
    /// The certificate and its chain, PEM.
    pub chain: String,
    /// PKCS #8, PKCS #1 or SEC 1, PEM.
    pub private_key: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    pub arn: String,
    /// 1 to 50,000; `None` for the default rule.
    pub priority: Option<u32>,
    /// All must hold.
    pub conditions: Vec<Condition>,
    pub action: Action,
}

/// *RuleCondition*: holds if any of its values matches. `*` is any run of characters, `?` any one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Condition {
    /// Without regard to case.
    HostHeader(Vec<String>),
    PathPattern(Vec<String>),
    HttpHeader {
        name: String,
        values: Vec<String>,
    },
    HttpRequestMethod(Vec<String>),
    QueryString(Vec<(Option<String>, String)>),
    /// CIDR blocks.
    SourceIp(Vec<String>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Action {
    Forward {
        /// ARNs of target groups with their weights, 0 to 999.
        groups: Vec<(String, u32)>,
        /// `TargetGroupStickinessConfig`: seconds, 1 to 604,800.
        group_stickiness_seconds: Option<u32>,
    },
    Redirect {
        /// `#{protocol}`, `#{host}`, `#{port}`, `#{path}` and `#{query}` stand for the request's.
        protocol: String,
        host: String,
        port: String,
        path: String,
        query: String,
        /// 301 or 302.
        status: u16,
    },
    FixedResponse {
        status: u16,
        content_type: Option<String>,
        body: Option<String>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetGroup {
    pub arn: String,
    /// `targetgroup/my-targets/73e2d6bc24d8a067`
    pub name: String,
    pub protocol: Protocol,
    pub protocol_version: ProtocolVersion,
    pub kind: TargetKind,
    pub targets: Vec<Target>,
    pub algorithm: Algorithm,
    pub stickiness: Option<Stickiness>,
    /// `slow_start.duration_seconds`: 0 (off) or 30 to 900.
    pub slow_start_seconds: u32,
    /// `deregistration_delay.timeout_seconds`, 0 to 3,600; 300 by default.
    pub deregistration_delay_seconds: u32,
    /// `deregistration_delay.connection_termination.enabled`
    pub terminate_connections_after_delay: bool,
    /// `load_balancing.cross_zone.enabled` of the group, if it says something of its own.
    pub cross_zone: Option<bool>,
    /// `preserve_client_ip.enabled`
    pub preserve_client_ip: bool,
    /// `lambda.multi_value_headers.enabled`
    #[serde(default)]
    pub multi_value_headers: bool,
    /// `proxy_protocol_v2.enabled`
    pub proxy_protocol_v2: bool,
    /// *ProxyProtocolPolicyType* of a classic balancer's instance port: version 1.
    #[serde(default)]
    pub proxy_protocol_v1: bool,
    /// Whether all targets are tried where none is healthy; those of classic balancers are not.
    #[serde(default = "yes")]
    pub fails_open: bool,
    pub health_check: HealthCheck,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProtocolVersion {
    Http1,
    Http2,
    Grpc,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TargetKind {
    Instance,
    Ip,
    Lambda,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// As it was registered: an instance's id, an address, a function's ARN.
    pub id: String,
    /// Functions have none: unspecified, with port 0.
    pub address: IpAddr,
    pub port: u16,
    pub zone: String,
    /// Deregistered: gets no new requests, and finishes those that it has. Seconds since the epoch.
    pub draining_since: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    RoundRobin,
    LeastOutstandingRequests,
    WeightedRandom,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stickiness {
    /// `lb_cookie`: a cookie of the balancer's, `AWSALB`; seconds, 1 to 604,800.
    BalancerCookie { duration_seconds: u32 },
    /// `app_cookie`: follows the application's cookie of that name, with `AWSALBAPP-0`.
    ApplicationCookie { name: String, duration_seconds: u32 },
    /// `source_ip`
    SourceIp,
    /// *CreateLBCookieStickinessPolicy*: `AWSELB`; `None`: for as long as the browser's session lasts.
    ClassicCookie { duration_seconds: Option<i64> },
    /// *CreateAppCookieStickinessPolicy*: `AWSELB` beside the application's cookie of that name.
    ClassicApplicationCookie { name: String },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCheck {
    pub enabled: bool,
    pub protocol: Protocol,
    /// `None`: the port that the target gets traffic on.
    pub port: Option<u16>,
    pub path: String,
    /// `200`, `200,202`, `200-299`; gRPC codes for gRPC groups.
    pub matcher: String,
    pub interval_seconds: u32,
    pub timeout_seconds: u32,
    pub healthy_threshold: u32,
    pub unhealthy_threshold: u32,
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// AWS's defaults.
    pub fn attributes() -> Attributes {
        Attributes {
            idle_timeout_seconds: 60,
            client_keep_alive_seconds: 3600,
            http2: true,
            drop_invalid_header_fields: false,
            preserve_host_header: false,
            xff_client_port: false,
            xff_mode: XffMode::Append,
            desync_mitigation: Desync::Defensive,
            tls_headers: false,
            cross_zone: true,
            access_log: None,
        }
    }

    pub fn group(arn: &str, algorithm: Algorithm, targets: Vec<Target>) -> TargetGroup {
        TargetGroup {
            arn: arn.into(),
            name: "targetgroup/t/1".into(),
            protocol: Protocol::Http,
            protocol_version: ProtocolVersion::Http1,
            kind: TargetKind::Ip,
            targets,
            algorithm,
            stickiness: None,
            slow_start_seconds: 0,
            deregistration_delay_seconds: 300,
            terminate_connections_after_delay: false,
            cross_zone: None,
            preserve_client_ip: false,
            multi_value_headers: false,
            proxy_protocol_v2: false,
            proxy_protocol_v1: false,
            fails_open: true,
            health_check: HealthCheck {
                enabled: true,
                protocol: Protocol::Http,
                port: None,
                path: "/".into(),
                matcher: "200".into(),
                interval_seconds: 5,
                timeout_seconds: 2,
                healthy_threshold: 2,
                unhealthy_threshold: 2,
            },
        }
    }
}
