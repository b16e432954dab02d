//! What a balancer's node is told, from what is stored.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::Path;

use freehold_balancer::config::{self, Address, Config};
use freehold_core::certificates::Certificate;
use jiff::Timestamp;

use super::{Listener, LoadBalancer, Rule, TargetGroup, arns, attributes, uses};

/// The zone of what is in none.
const EVERYWHERE: &str = "all";

/// What a configuration follows from besides the rows.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    pub region: &'a str,
    pub now: Timestamp,
    /// Below it a directory stands for each bucket that access logs go to.
    pub buckets: &'a Path,
}

/// The configuration of the balancer's node, but for its revision (0), which whoever writes it down knows. Of
/// `listeners`, `rules` and `groups` those count that are the balancer's or used by it; a certificate that is not among
/// `certificates` (by ARN) is left out.
pub fn node_config(
    balancer: &LoadBalancer,
    listeners: &[Listener],
    rules: &[Rule],
    groups: &[TargetGroup],
    certificates: &BTreeMap<String, Certificate>,
    around: &Around<'_>,
) -> Config {
    let mut own: Vec<&Listener> = listeners.iter().filter(|it| it.load_balancer == balancer.arn).collect();
    own.sort_by_key(|listener| (listener.port, listener.arn.as_str()));
    let listeners: Vec<config::Listener> = own.iter().map(|it| listener(it, rules, certificates)).collect();
    let is_used = |group: &TargetGroup| {
        let mut actions = listeners.iter().flat_map(|listener| &listener.rules).map(|rule| &rule.action);
        actions.any(|action| uses::groups_of(action).any(|used| used == group.arn))
    };
    let used = groups.iter().filter(|group| is_used(group));
    Config {
        revision: 0,
        kind: balancer.kind,
        name: arns::short(&balancer.arn).to_owned(),
        addresses: addresses(balancer),
        attributes: attributes::node_attributes(balancer, around.region, around.buckets),
        target_groups: used.map(|group| (group.arn.clone(), target_group(group, around.now))).collect(),
        listeners,
    }
}

pub(crate) fn addresses(balancer: &LoadBalancer) -> Vec<Address> {
    let address = |zone: &super::Zone| zone.private_address.map(|ip| Address { zone: zone.zone.clone(), ip });
    balancer.zones.iter().filter_map(address).collect()
}

fn listener(listener: &Listener, rules: &[Rule], certificates: &BTreeMap<String, Certificate>) -> config::Listener {
    let mut own: Vec<&Rule> = rules.iter().filter(|rule| rule.listener == listener.arn).collect();
    own.sort_by_key(|rule| rule.priority);
    let numbered = own.into_iter().map(|rule| config::Rule {
        arn: rule.arn.clone(),
        priority: Some(rule.priority),
        conditions: rule.conditions.clone(),
        action: rule.action.clone(),
    });
    let default = config::Rule {
        arn: listener.default_rule.clone(),
        priority: None,
        conditions: Vec::new(),
        action: listener.default_action.clone(),
    };
    let certificate = |arn: &String| {
        let Certificate { chain, private_key } = certificates.get(arn)?.clone();
        Some(config::Certificate { arn: arn.clone(), chain, private_key })
    };
    config::Listener {
        arn: listener.arn.clone(),
        protocol: listener.protocol,
        port: listener.port,
        certificates: listener.certificates.iter().filter_map(certificate).collect(),
        ssl_policy: listener.ssl_policy.clone(),
        alpn_policy: listener.alpn_policy.clone(),
        rules: numbered.chain([default]).collect(),
        tcp_idle_timeout_seconds: attributes::tcp_idle_timeout(listener),
    }
}

fn target_group(group: &TargetGroup, now: Timestamp) -> config::TargetGroup {
    let is_function = group.kind == config::TargetKind::Lambda;
    let target = |target: &super::Target| {
        Some(config::Target {
            id: target.id.clone(),
            address: if is_function { Ipv4Addr::UNSPECIFIED.into() } else { target.address? },
            port: target.port,
            zone: if is_function { EVERYWHERE.to_owned() } else { target.zone.clone() },
            draining_since: target.draining_since.map(Timestamp::as_second),
        })
    };
    config::TargetGroup {
        arn: group.arn.clone(),
        name: arns::short(&group.arn).to_owned(),
        // Functions have none, and take requests of either.
        protocol: group.protocol.unwrap_or(config::Protocol::Http),
        protocol_version: group.protocol_version.unwrap_or(config::ProtocolVersion::Http1),
        kind: group.kind,
        targets: group.present(now).filter_map(target).collect(),
        algorithm: attributes::algorithm(group),
        stickiness: attributes::stickiness(group),
        slow_start_seconds: attributes::slow_start(group),
        deregistration_delay_seconds: attributes::deregistration_delay(group),
        terminate_connections_after_delay: attributes::flag(
            group,
            "deregistration_delay.connection_termination.enabled",
        ),
        cross_zone: attributes::cross_zone(group),
        preserve_client_ip: attributes::flag(group, "preserve_client_ip.enabled"),
        multi_value_headers: attributes::flag(group, "lambda.multi_value_headers.enabled"),
        proxy_protocol_v2: attributes::flag(group, "proxy_protocol_v2.enabled"),
        proxy_protocol_v1: false,
        fails_open: true,
        health_check: group.health_check.clone(),
    }
}

#[cfg(test)]
mod tests;
