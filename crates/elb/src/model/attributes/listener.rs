//! Attributes of listeners.

use freehold_balancer::config::Protocol;

use super::{Attribute, fixed, of_listener, whole};
use crate::model::Listener;

const TCP: &[Attribute] = &[whole("tcp.idle_timeout.seconds", "350", 60, 6000)];
const HTTP: &[Attribute] = &[fixed("routing.http.response.server.enabled", "true")];

pub(super) fn known(protocol: Protocol) -> Vec<Attribute> {
    match protocol {
        Protocol::Tcp | Protocol::TcpUdp => TCP.to_vec(),
        Protocol::Http | Protocol::Https => HTTP.to_vec(),
        Protocol::Tls | Protocol::Udp => Vec::new(),
    }
}

/// Seconds without a byte after which a flow is over; those of TLS listeners cannot be set.
pub fn tcp_idle_timeout(listener: &Listener) -> u32 {
    match of_listener(listener).number("tcp.idle_timeout.seconds") {
        0 => 350,
        seconds => seconds,
    }
}
