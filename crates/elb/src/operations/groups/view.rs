//! A target group as the API shows it.

use freehold_api::elbv2::{self, Matcher, TargetGroupAttribute};
use freehold_balancer::config::{Protocol, ProtocolVersion};

use crate::model::{TargetGroup, Uses, attributes, names};

pub(super) fn group(group: &TargetGroup, uses: &Uses) -> elbv2::TargetGroup {
    let check = &group.health_check;
    let whole = |number: u32| i32::try_from(number).ok();
    let is_grpc = group.protocol_version == Some(ProtocolVersion::Grpc);
    let has_path = check.protocol != Protocol::Tcp;
    let matcher = has_path.then(|| match is_grpc {
        true => Matcher { grpc_code: Some(check.matcher.clone()), http_code: None },
        false => Matcher { http_code: Some(check.matcher.clone()), grpc_code: None },
    });
    // Functions have neither ports nor protocols.
    let has_port = group.protocol.is_some();
    let check_port = || check.port.map_or_else(|| "traffic-port".to_owned(), |port| port.to_string());
    elbv2::TargetGroup {
        target_group_arn: Some(group.arn.clone()),
        target_group_name: Some(group.name.clone()),
        protocol: group.protocol.map(|protocol| names::protocol(protocol).to_owned()),
        port: group.port.map(i32::from),
        vpc_id: group.vpc.clone(),
        health_check_protocol: has_port.then(|| names::protocol(check.protocol).to_owned()),
        health_check_port: has_port.then(check_port),
        health_check_enabled: Some(check.enabled),
        health_check_interval_seconds: whole(check.interval_seconds),
        health_check_timeout_seconds: whole(check.timeout_seconds),
        healthy_threshold_count: whole(check.healthy_threshold),
        unhealthy_threshold_count: whole(check.unhealthy_threshold),
        health_check_path: has_path.then(|| check.path.clone()),
        matcher,
        load_balancer_arns: Some(uses.balancers(&group.arn).map(str::to_owned).collect()),
        target_type: Some(names::target_kind(group.kind).to_owned()),
        protocol_version: group.protocol_version.map(|version| names::version(version).to_owned()),
        ip_address_type: has_port.then(|| "ipv4".to_owned()),
        target_control_port: None,
    }
}

pub(super) fn attributes(group: &TargetGroup) -> Vec<TargetGroupAttribute> {
    let attribute =
        |(key, value): (&str, String)| TargetGroupAttribute { key: Some(key.to_owned()), value: Some(value) };
    attributes::of_group(group).all().into_iter().map(attribute).collect()
}
