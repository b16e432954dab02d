//! Rows for tests.

use std::collections::BTreeMap;

use freehold_balancer::config::{HealthCheck, Kind, Protocol, ProtocolVersion, TargetKind};
use freehold_core::tags::Tags;
use jiff::Timestamp;

use super::{LoadBalancer, Scheme, State, TargetGroup, Zone};

/// A balancer in two zones that was just asked for.
pub(crate) fn balancer(kind: Kind) -> LoadBalancer {
    let word = if kind == Kind::Network { "net" } else { "app" };
    let id = "50dc6c495c0c9188";
    LoadBalancer {
        arn: format!("arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/{word}/web/{id}"),
        id: id.into(),
        account: "111122223333".into(),
        name: "web".into(),
        kind,
        scheme: Scheme::InternetFacing,
        dns_name: LoadBalancer::dns_name(kind, Scheme::InternetFacing, "web", id, "us-east-1"),
        vpc: "vpc-1".into(),
        zones: vec![Zone::new("us-east-1a", "subnet-1"), Zone::new("us-east-1b", "subnet-2")],
        security_groups: vec!["sg-1".into()],
        attributes: BTreeMap::new(),
        enforce_on_private_link: None,
        tags: Tags::default(),
        created: Timestamp::UNIX_EPOCH,
        state: State::Provisioning,
        state_reason: String::new(),
        classic: None,
        deleted: false,
    }
}

/// A group of instances, so far of none, which listen on port 80.
pub(crate) fn target_group(arn: &str) -> TargetGroup {
    TargetGroup {
        arn: arn.into(),
        account: "111122223333".into(),
        name: "web".into(),
        kind: TargetKind::Instance,
        protocol: Some(Protocol::Http),
        protocol_version: Some(ProtocolVersion::Http1),
        port: Some(80),
        vpc: Some("vpc-1".into()),
        health_check: HealthCheck {
            enabled: true,
            protocol: Protocol::Http,
            port: None,
            path: "/".into(),
            matcher: "200".into(),
            interval_seconds: 30,
            timeout_seconds: 5,
            healthy_threshold: 5,
            unhealthy_threshold: 2,
        },
        attributes: BTreeMap::new(),
        targets: Vec::new(),
        tags: Tags::default(),
        created: Timestamp::UNIX_EPOCH,
    }
}
