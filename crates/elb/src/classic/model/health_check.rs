//! The health check of a classic balancer (*API reference 2012-06-01, HealthCheck*).

use freehold_balancer::config::{self, Protocol};
use serde::{Deserialize, Serialize};

use super::listener::{parse_protocol, protocol};

/// *HealthCheck.Target: the path must have 1024 16-bit Unicode characters or less*.
const LONGEST_PATH: usize = 1024;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCheck {
    pub protocol: Protocol,
    pub port: u16,
    /// HTTP and HTTPS only.
    pub path: String,
    pub interval_seconds: u32,
    pub timeout_seconds: u32,
    pub healthy_threshold: u32,
    pub unhealthy_threshold: u32,
}

impl HealthCheck {
    /// Whether the port takes connections, as often as AWS looks by default.
    pub fn of_port(port: u16) -> Self {
        Self {
            protocol: Protocol::Tcp,
            port,
            path: String::new(),
            interval_seconds: 30,
            timeout_seconds: 5,
            healthy_threshold: 10,
            unhealthy_threshold: 2,
        }
    }

    /// `HTTP:80/index.html`, `TCP:22`
    pub fn target(&self) -> String {
        format!("{}:{}{}", protocol(self.protocol), self.port, self.path)
    }

    /// Protocol, port and path of a target.
    pub fn parse(target: &str) -> Result<(Protocol, u16, String), String> {
        let refuse = |why: &str| Err(format!("HealthCheck target {why}: '{target}'"));
        let Some((name, rest)) = target.split_once(':') else {
            return refuse("must be PROTOCOL:PORT, or PROTOCOL:PORT/PATH");
        };
        let Some(protocol) = parse_protocol(name) else {
            return refuse("must begin with one of the protocols HTTP, TCP, HTTPS, SSL");
        };
        let (port, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let Some(port) = port.parse::<u16>().ok().filter(|port| *port > 0) else {
            return refuse("must have a port from 1 to 65535");
        };
        let is_http = matches!(protocol, Protocol::Http | Protocol::Https);
        if is_http == path.is_empty() {
            return refuse(if is_http { "must have a path beginning with '/'" } else { "must not have a path" });
        }
        if path.encode_utf16().count() > LONGEST_PATH || path.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
            return refuse("has a path that is too long or has blanks");
        }
        Ok((protocol, port, path.to_owned()))
    }

    pub fn for_node(&self) -> config::HealthCheck {
        config::HealthCheck {
            enabled: true,
            protocol: self.protocol,
            port: Some(self.port),
            path: self.path.clone(),
            matcher: "200".to_owned(),
            interval_seconds: self.interval_seconds,
            timeout_seconds: self.timeout_seconds,
            healthy_threshold: self.healthy_threshold,
            unhealthy_threshold: self.unhealthy_threshold,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_and_written() {
        for text in ["HTTP:80/", "HTTPS:8443/a/b?c=d", "TCP:22", "SSL:443"] {
            let (protocol, port, path) = HealthCheck::parse(text).unwrap();
            assert_eq!(HealthCheck { protocol, path, ..HealthCheck::of_port(port) }.target(), text);
        }
        for bad in ["", "HTTP", "HTTP:80", "TCP:80/", "TCP:0", "TCP:65536", "UDP:53", "http:80/a b", "TLS:443"] {
            assert!(HealthCheck::parse(bad).is_err(), "{bad}");
        }
    }
}
