//! What the node of a classic balancer is told: each of its listeners is one with a target group of its own, in which
//! all instances are by the listener's instance port, and all are checked alike.

use std::collections::BTreeMap;

use freehold_balancer::config::{self, Action, Algorithm, Config, Protocol, ProtocolVersion, Stickiness, TargetKind};
use freehold_core::certificates::Certificate;

use super::{Classic, Listener, PolicyType, drain_seconds};
use crate::model::LoadBalancer;
use crate::model::attributes;
use crate::model::node_config::{Around, addresses};

/// What the group of the listener on this port is called. No caller sees it.
pub fn group_arn(balancer: &LoadBalancer, port: u16) -> String {
    format!("{}/{port}", balancer.arn)
}

pub fn node_config(
    balancer: &LoadBalancer,
    classic: &Classic,
    certificates: &BTreeMap<String, Certificate>,
    around: &Around<'_>,
) -> Config {
    let group = |it: &Listener| (group_arn(balancer, it.port), group(balancer, classic, it, around));
    let attributes = attributes::node_attributes(balancer, around.region, around.buckets);
    let idle = attributes.idle_timeout_seconds;
    Config {
        revision: 0,
        kind: balancer.kind,
        name: balancer.name.clone(),
        addresses: addresses(balancer),
        attributes,
        target_groups: classic.listeners.iter().map(group).collect(),
        listeners: classic.listeners.iter().map(|it| listener(balancer, classic, it, certificates, idle)).collect(),
    }
}

fn listener(
    balancer: &LoadBalancer,
    classic: &Classic,
    from: &Listener,
    certificates: &BTreeMap<String, Certificate>,
    idle: u32,
) -> config::Listener {
    let forward = Action::Forward { groups: vec![(group_arn(balancer, from.port), 1)], group_stickiness_seconds: None };
    let arn = group_arn(balancer, from.port);
    let certificate = |arn: &String| {
        let Certificate { chain, private_key } = certificates.get(arn)?.clone();
        Some(config::Certificate { arn: arn.clone(), chain, private_key })
    };
    config::Listener {
        protocol: from.protocol,
        port: from.port,
        certificates: from.certificate.iter().filter_map(certificate).collect(),
        ssl_policy: from.policies.iter().find_map(|name| match &classic.policy(name)?.is {
            PolicyType::SslNegotiation { reference } => Some(reference.clone()),
            _ => None,
        }),
        alpn_policy: None,
        rules: vec![config::Rule { arn: arn.clone(), priority: None, conditions: Vec::new(), action: forward }],
        arn,
        // *ConnectionSettings: IdleTimeout* is of all listeners.
        tcp_idle_timeout_seconds: idle,
    }
}

fn group(balancer: &LoadBalancer, classic: &Classic, of: &Listener, around: &Around<'_>) -> config::TargetGroup {
    let delay = drain_seconds(balancer);
    let mut instances = classic.instances.clone();
    super::forget_drained(&mut instances, delay, around.now);
    let target = |instance: &crate::model::Target| {
        Some(config::Target {
            id: instance.id.clone(),
            address: instance.address?,
            port: of.instance_port,
            zone: instance.zone.clone(),
            draining_since: instance.draining_since.map(jiff::Timestamp::as_second),
        })
    };
    let is_http = matches!(of.instance_protocol, Protocol::Http | Protocol::Https);
    config::TargetGroup {
        arn: group_arn(balancer, of.port),
        name: balancer.name.clone(),
        protocol: of.instance_protocol,
        protocol_version: ProtocolVersion::Http1,
        kind: TargetKind::Instance,
        targets: instances.iter().filter_map(target).collect(),
        // *User Guide for Classic Load Balancers: round robin for TCP, the least outstanding requests for HTTP.*
        algorithm: if is_http { Algorithm::LeastOutstandingRequests } else { Algorithm::RoundRobin },
        stickiness: of.policies.iter().find_map(|name| stickiness(&classic.policy(name)?.is)),
        slow_start_seconds: 0,
        deregistration_delay_seconds: delay,
        // *ConnectionDraining: Timeout*: the time to keep existing connections open.
        terminate_connections_after_delay: true,
        cross_zone: None,
        preserve_client_ip: false,
        multi_value_headers: false,
        proxy_protocol_v2: false,
        proxy_protocol_v1: !is_http && classic.speaks_proxy_protocol(of.instance_port),
        fails_open: false,
        health_check: classic.health_check.for_node(),
    }
}

fn stickiness(policy: &PolicyType) -> Option<Stickiness> {
    match policy {
        PolicyType::AppCookieStickiness { cookie } => {
            Some(Stickiness::ClassicApplicationCookie { name: cookie.clone() })
        }
        PolicyType::LbCookieStickiness { seconds } => Some(Stickiness::ClassicCookie { duration_seconds: *seconds }),
        PolicyType::SslNegotiation { .. } | PolicyType::ProxyProtocol { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use freehold_balancer::config::Kind;
    use jiff::Timestamp;

    use super::super::Policy;
    use super::*;
    use crate::model::{Target, testing};

    #[test]
    fn each_listener_has_a_group_of_all_instances_by_its_port() {
        let listener = |protocol, port, instance_port, policies: &[&str]| Listener {
            protocol,
            port,
            instance_protocol: protocol,
            instance_port,
            certificate: None,
            policies: policies.iter().map(|name| (*name).to_owned()).collect(),
        };
        let mut classic =
            Classic::new(vec![listener(Protocol::Http, 80, 8080, &["mine"]), listener(Protocol::Tcp, 25, 2525, &[])]);
        let sticky = PolicyType::LbCookieStickiness { seconds: Some(60) };
        classic.policies.push(Policy { name: "mine".into(), is: sticky });
        classic.policies.push(Policy { name: "proxy".into(), is: PolicyType::ProxyProtocol { enabled: true } });
        classic.backends.insert(2525, vec!["proxy".into()]);
        classic.instances.push(Target {
            id: "i-1".into(),
            port: 0,
            address: Some([10, 0, 0, 5].into()),
            zone: "us-east-1a".into(),
            zone_was_named: false,
            registered: Timestamp::UNIX_EPOCH,
            draining_since: None,
        });
        let balancer = testing::balancer(Kind::Classic);
        let around = Around { region: "us-east-1", now: Timestamp::UNIX_EPOCH, buckets: Path::new("/buckets") };
        let config = node_config(&balancer, &classic, &BTreeMap::new(), &around);
        let [mail, web] = config.listeners.as_slice() else { panic!("{:?}", config.listeners) };
        let (mail, web) = (&config.target_groups[&mail.arn], &config.target_groups[&web.arn]);
        assert_eq!((mail.targets[0].port, web.targets[0].port), (2525, 8080));
        assert_eq!(web.stickiness, Some(Stickiness::ClassicCookie { duration_seconds: Some(60) }));
        assert!(mail.proxy_protocol_v1 && !web.proxy_protocol_v1 && !web.fails_open);
        assert_eq!(mail.health_check, web.health_check);
        assert_eq!(web.health_check.port, Some(8080));
        assert_eq!(config.attributes.client_keep_alive_seconds, 3600);
    }
}
