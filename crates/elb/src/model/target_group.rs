//! Target groups, with what is registered in them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use freehold_balancer::config::{HealthCheck, Protocol, ProtocolVersion, TargetKind};
use freehold_core::tags::Tags;
use freehold_store::Document;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::attributes;

/// Where requests go, and how it is found out who can take them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetGroup {
    /// Its ARN, which is its id too.
    pub arn: String,
    pub account: String,
    pub name: String,
    pub kind: TargetKind,
    /// Functions have neither protocol nor port nor VPC.
    pub protocol: Option<Protocol>,
    /// HTTP and HTTPS only.
    pub protocol_version: Option<ProtocolVersion>,
    pub port: Option<u16>,
    pub vpc: Option<String>,
    pub health_check: HealthCheck,
    /// What was set, by the attribute's name; what was not has its default.
    pub attributes: BTreeMap<String, String>,
    /// In the order of registration; those that are draining among them.
    pub targets: Vec<Target>,
    pub tags: Tags,
    pub created: Timestamp,
}

/// A target, registered or draining.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// An instance's id, an address, a function's ARN.
    pub id: String,
    /// 0 for functions.
    pub port: u16,
    /// Where requests are sent: of an instance its primary private address; functions have none.
    pub address: Option<IpAddr>,
    /// The zone of its instance or subnet; `all` for addresses outside of the VPC. Empty for functions.
    pub zone: String,
    /// The caller named the zone.
    pub zone_was_named: bool,
    pub registered: Timestamp,
    /// Since when it gets no new requests.
    pub draining_since: Option<Timestamp>,
}

impl Target {
    pub fn is_draining(&self) -> bool {
        self.draining_since.is_some()
    }
}

impl TargetGroup {
    /// Whether the target has drained: its time is over, and nobody sees it any more. Reconcilers remove such ones.
    pub fn has_drained(&self, target: &Target, now: Timestamp) -> bool {
        let delay = SignedDuration::from_secs(attributes::deregistration_delay(self).into());
        target.draining_since.is_some_and(|since| since.saturating_add(delay).unwrap_or(Timestamp::MAX) <= now)
    }

    /// Those that are registered or still draining.
    pub fn present(&self, now: Timestamp) -> impl Iterator<Item = &Target> {
        self.targets.iter().filter(move |target| !self.has_drained(target, now))
    }

    /// Forgets those that have drained; tells whether there were any.
    pub fn forget_drained(&mut self, now: Timestamp) -> bool {
        let kept: Vec<Target> = self.present(now).cloned().collect();
        let found = kept.len() != self.targets.len();
        self.targets = kept;
        found
    }

    /// The port on which the target's health is checked.
    pub fn check_port(&self, target: &Target) -> u16 {
        self.health_check.port.unwrap_or(target.port)
    }
}

impl Document for TargetGroup {
    const KIND: &'static str = "elb.target-group";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// Its name, and `draining` while a target of it is.
    fn index(&self) -> [Option<String>; 3] {
        let draining = self.targets.iter().any(Target::is_draining).then(|| "draining".to_owned());
        [Some(self.name.clone()), draining, self.vpc.clone()]
    }
}
