//! Listeners, with their default rules.

use std::collections::BTreeMap;

use freehold_balancer::config::{Action, Protocol};
use freehold_core::tags::Tags;
use freehold_store::Document;
use serde::{Deserialize, Serialize};

/// A port of a balancer's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listener {
    /// Its ARN, which is its id too.
    pub arn: String,
    pub account: String,
    /// ARN of its balancer.
    pub load_balancer: String,
    pub protocol: Protocol,
    pub port: u16,
    /// ARNs, the default certificate first.
    pub certificates: Vec<String>,
    pub ssl_policy: Option<String>,
    pub alpn_policy: Option<String>,
    /// Of the default rule, which is no row of its own: it comes and goes with the listener.
    pub default_rule: String,
    pub default_action: Action,
    /// What was set; what was not has its default.
    pub attributes: BTreeMap<String, String>,
    pub tags: Tags,
    /// Tags of the default rule.
    pub default_rule_tags: Tags,
}

impl Document for Listener {
    const KIND: &'static str = "elb.listener";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// Its balancer.
    fn index(&self) -> [Option<String>; 3] {
        [Some(self.load_balancer.clone()), None, None]
    }
}
