//! Attributes of target groups.

use freehold_balancer::config::{Algorithm, Protocol, Stickiness, TargetKind};

use super::{Attribute, fixed, of_group, one_of, text, truth, whole};
use crate::model::{TargetGroup, names};

const ALGORITHMS: &[&str] = &["round_robin", "least_outstanding_requests", "weighted_random"];
const DAY: &str = "86400";
const WEEK: u32 = 604_800;
const CROSS_ZONE: Attribute = one_of(
    "load_balancing.cross_zone.enabled",
    "use_load_balancer_configuration",
    &["true", "false", "use_load_balancer_configuration"],
);

const SERVERS: &[Attribute] = &[
    whole("deregistration_delay.timeout_seconds", "300", 0, 3600),
    truth("stickiness.enabled", "false"),
    CROSS_ZONE,
    fixed("target_group_health.dns_failover.minimum_healthy_targets.count", "1"),
    fixed("target_group_health.dns_failover.minimum_healthy_targets.percentage", "off"),
    fixed("target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "1"),
    fixed("target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage", "off"),
];

const HTTP: &[Attribute] = &[
    one_of("load_balancing.algorithm.type", "round_robin", ALGORITHMS),
    fixed("load_balancing.algorithm.anomaly_mitigation", "off"),
    whole("slow_start.duration_seconds", "0", 0, 900),
    one_of("stickiness.type", "lb_cookie", &["lb_cookie", "app_cookie"]),
    whole("stickiness.lb_cookie.duration_seconds", DAY, 1, WEEK),
    text("stickiness.app_cookie.cookie_name", 4096),
    whole("stickiness.app_cookie.duration_seconds", DAY, 1, WEEK),
];

const FLOWS: &[Attribute] = &[
    one_of("stickiness.type", "source_ip", &["source_ip"]),
    truth("proxy_protocol_v2.enabled", "false"),
    fixed("target_health_state.unhealthy.connection_termination.enabled", "true"),
    fixed("target_health_state.unhealthy.draining_interval_seconds", "0"),
];

const FUNCTIONS: &[Attribute] = &[truth("lambda.multi_value_headers.enabled", "false"), CROSS_ZONE];

pub(super) fn known(group: &TargetGroup) -> Vec<Attribute> {
    match group.protocol {
        None => FUNCTIONS.to_vec(),
        Some(protocol) if names::is_http(protocol) => [SERVERS, HTTP].concat(),
        Some(protocol) => {
            let is_udp = matches!(protocol, Protocol::Udp | Protocol::TcpUdp);
            let word = |truth: bool| if truth { "true" } else { "false" };
            // NLB user guide, Client IP preservation: off for addresses by TCP and TLS, else on, and always on for UDP.
            let preserves = is_udp || group.kind == TargetKind::Instance;
            let preserve = match is_udp {
                true => fixed("preserve_client_ip.enabled", "true"),
                false => truth("preserve_client_ip.enabled", word(preserves)),
            };
            let terminate = truth("deregistration_delay.connection_termination.enabled", word(is_udp));
            [SERVERS, FLOWS, &[preserve, terminate]].concat()
        }
    }
}

/// Seconds for which a deregistered target may finish; functions have nothing to finish.
pub fn deregistration_delay(group: &TargetGroup) -> u32 {
    of_group(group).number("deregistration_delay.timeout_seconds")
}

pub fn slow_start(group: &TargetGroup) -> u32 {
    of_group(group).number("slow_start.duration_seconds")
}

/// Whether an attribute that is true or false is true.
pub fn flag(group: &TargetGroup, key: &str) -> bool {
    of_group(group).is(key)
}

/// What the group itself says of zones.
pub fn cross_zone(group: &TargetGroup) -> Option<bool> {
    match of_group(group).get(CROSS_ZONE.key) {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

pub fn algorithm(group: &TargetGroup) -> Algorithm {
    match of_group(group).get("load_balancing.algorithm.type") {
        "least_outstanding_requests" => Algorithm::LeastOutstandingRequests,
        "weighted_random" => Algorithm::WeightedRandom,
        _ => Algorithm::RoundRobin,
    }
}

pub fn stickiness(group: &TargetGroup) -> Option<Stickiness> {
    let attributes = of_group(group);
    attributes.is("stickiness.enabled").then(|| match attributes.get("stickiness.type") {
        "source_ip" => Stickiness::SourceIp,
        "app_cookie" => Stickiness::ApplicationCookie {
            name: attributes.get("stickiness.app_cookie.cookie_name").to_owned(),
            duration_seconds: attributes.number("stickiness.app_cookie.duration_seconds"),
        },
        _ => {
            Stickiness::BalancerCookie { duration_seconds: attributes.number("stickiness.lb_cookie.duration_seconds") }
        }
    })
}
