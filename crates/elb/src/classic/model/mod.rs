//! What a classic balancer is besides what every balancer is.

mod health_check;
mod listener;
mod node_config;
mod policy;
pub(crate) mod ssl_policies;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::model::{LoadBalancer, Target, attributes};

pub use health_check::HealthCheck;
pub use listener::{Listener, parse_protocol, protocol};
pub use node_config::{group_arn, node_config};
pub use policy::{Policy, PolicyType};

/// Listeners, instances and how they are checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Classic {
    /// In the order of their ports.
    pub listeners: Vec<Listener>,
    pub health_check: HealthCheck,
    /// In the order of registration, without ports: each listener has its own.
    pub instances: Vec<Target>,
    pub policies: Vec<Policy>,
    /// Names of policies by the instance port that they are for.
    pub backends: BTreeMap<u16, Vec<String>>,
}

impl Classic {
    /// With the health check of a balancer that was told of none (*User Guide for Classic Load Balancers, Health
    /// checks*): that the first listener's instance port takes connections.
    pub fn new(listeners: Vec<Listener>) -> Self {
        let port = listeners.first().map_or(80, |listener| listener.instance_port);
        let mut made = Self {
            listeners: Vec::new(),
            health_check: HealthCheck::of_port(port),
            instances: Vec::new(),
            policies: Vec::new(),
            backends: BTreeMap::new(),
        };
        for listener in listeners {
            made.add(listener);
        }
        made
    }

    /// One more listener. One that presents a certificate has the predefined security policy until it is given another.
    pub fn add(&mut self, mut listener: Listener) {
        if listener.certificate.is_some() && listener.policies.is_empty() {
            let default = Policy::predefined(ssl_policies::DEFAULT);
            listener.policies.push(default.name.clone());
            if self.policy(&default.name).is_none() {
                self.policies.push(default);
            }
        }
        self.listeners.push(listener);
        self.listeners.sort_by_key(|listener| listener.port);
    }

    pub fn policy(&self, name: &str) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.name == name)
    }

    pub fn certificates(&self) -> impl Iterator<Item = &String> {
        self.listeners.iter().filter_map(|listener| listener.certificate.as_ref())
    }

    pub fn uses_certificate(&self, arn: &str) -> bool {
        self.certificates().any(|certificate| certificate == arn)
    }

    /// Whether flows to the instance port begin with a line of the proxy protocol.
    pub fn speaks_proxy_protocol(&self, port: u16) -> bool {
        let names = self.backends.get(&port).into_iter().flatten();
        names.filter_map(|name| self.policy(name)).any(Policy::is_proxy_protocol)
    }
}

/// How long instances drain that leave the balancer: 0 without connection draining.
pub fn drain_seconds(balancer: &LoadBalancer) -> u32 {
    let attributes = attributes::of_balancer(balancer);
    if attributes.is("connection_draining.enabled") { attributes.number("connection_draining.timeout") } else { 0 }
}

/// Forgets those that have drained.
pub fn forget_drained(instances: &mut Vec<Target>, seconds: u32, now: Timestamp) {
    let delay = SignedDuration::from_secs(seconds.into());
    let has_drained = |since: Timestamp| since.saturating_add(delay).unwrap_or(Timestamp::MAX) <= now;
    instances.retain(|instance| !instance.draining_since.is_some_and(has_drained));
}
