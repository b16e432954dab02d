//! A listener with its rules, ready to be matched.

use std::sync::Arc;

use super::{Group, ListenerKey};
use crate::config::Protocol;
use crate::rules::Condition;
use crate::tls::Terminator;

#[derive(Debug)]
pub struct Listener {
    pub protocol: Protocol,
    pub port: u16,
    pub tls: Option<Arc<Terminator>>,
    pub rules: Vec<Rule>,
    pub tcp_idle_timeout_seconds: u32,
}

impl Listener {
    pub fn key(&self) -> ListenerKey {
        ListenerKey { port: self.port, datagrams: self.protocol == Protocol::Udp }
    }

    pub fn is_http(&self) -> bool {
        matches!(self.protocol, Protocol::Http | Protocol::Https)
    }

    /// What a flow is forwarded to: listeners of network balancers have nothing but a default rule.
    pub fn flow_action(&self) -> Option<&Forward> {
        match self.rules.last().map(|rule| &rule.action) {
            Some(Action::Forward(forward)) => Some(forward),
            _ => None,
        }
    }
}

#[derive(Debug)]
pub struct Rule {
    /// `None` for the default rule.
    pub priority: Option<u32>,
    pub conditions: Vec<Condition>,
    pub action: Action,
}

#[derive(Debug)]
pub enum Action {
    Forward(Forward),
    Redirect(Redirect),
    FixedResponse { status: u16, content_type: String, body: String },
}

#[derive(Debug)]
pub struct Forward {
    /// With their weights.
    pub groups: Vec<(Arc<Group>, u32)>,
    pub stickiness_seconds: Option<u32>,
}

#[derive(Debug)]
pub struct Redirect {
    pub protocol: String,
    pub host: String,
    pub port: String,
    pub path: String,
    pub query: String,
    pub status: u16,
}
