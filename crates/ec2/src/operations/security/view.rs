//! How the resources of this family are shown: model in, generated types out.

use freehold_api::ec2 as api;
use freehold_core::Arn;

use crate::model::{KeyPair, Peer, Protocol, SecurityGroup, SecurityGroupRule};

pub(super) fn key_pair(pair: &KeyPair) -> api::KeyPair {
    api::KeyPair {
        key_pair_id: Some(pair.id.clone()),
        key_name: Some(pair.name.clone()),
        key_fingerprint: Some(pair.fingerprint.clone()),
        tags: crate::view::tags(&pair.tags),
        key_material: None,
    }
}

pub(super) fn group_arn(region: &str, group: &SecurityGroup) -> String {
    Arn::new("ec2", region, &group.account, format!("security-group/{}", group.id)).to_string()
}

pub(super) fn security_group(region: &str, group: &SecurityGroup) -> api::SecurityGroup {
    api::SecurityGroup {
        group_id: Some(group.id.clone()),
        group_name: Some(group.name.clone()),
        description: Some(group.description.clone()),
        owner_id: Some(group.account.clone()),
        vpc_id: Some(group.vpc.clone()),
        security_group_arn: Some(group_arn(region, group)),
        ip_permissions: Some(permissions(group.rules.iter().filter(|rule| !rule.egress))),
        ip_permissions_egress: Some(permissions(group.rules.iter().filter(|rule| rule.egress))),
        tags: crate::view::tags(&group.tags),
    }
}

/// Rules of one protocol and port range are shown as one permission with several peers.
pub(super) fn permissions<'a>(rules: impl Iterator<Item = &'a SecurityGroupRule>) -> Vec<api::IpPermission> {
    let mut shown: Vec<(Protocol, api::IpPermission)> = Vec::new();
    for rule in rules {
        let at = shown.iter().position(|(protocol, _)| *protocol == rule.protocol).unwrap_or_else(|| {
            shown.push((rule.protocol, empty_permission(rule.protocol)));
            shown.len() - 1
        });
        add_peer(&mut shown[at].1, rule);
    }
    shown.into_iter().map(|(_, permission)| permission).collect()
}

fn empty_permission(protocol: Protocol) -> api::IpPermission {
    let (ip_protocol, range) = protocol_and_range(protocol);
    api::IpPermission {
        ip_protocol: Some(ip_protocol),
        from_port: range.map(|(from, _)| from),
        to_port: range.map(|(_, to)| to),
        user_id_group_pairs: Some(Vec::new()),
        ip_ranges: Some(Vec::new()),
        ipv6_ranges: Some(Vec::new()),
        prefix_list_ids: Some(Vec::new()),
    }
}

fn add_peer(permission: &mut api::IpPermission, rule: &SecurityGroupRule) {
    let description = rule.description.clone();
    match &rule.peer {
        Peer::Ipv4(cidr) => permission
            .ip_ranges
            .get_or_insert_default()
            .push(api::IpRange { cidr_ip: Some(cidr.to_string()), description }),
        Peer::Ipv6(cidr) => permission
            .ipv6_ranges
            .get_or_insert_default()
            .push(api::Ipv6Range { cidr_ipv6: Some(cidr.to_string()), description }),
        Peer::Group { group, account } => {
            permission.user_id_group_pairs.get_or_insert_default().push(api::UserIdGroupPair {
                group_id: Some(group.clone()),
                user_id: Some(account.clone()),
                description,
                ..Default::default()
            })
        }
    }
}

/// The protocol's name on the wire and the two numbers that go with it: ports, or type and code.
pub(super) fn protocol_and_range(protocol: Protocol) -> (String, Option<(i32, i32)>) {
    match protocol {
        Protocol::All => ("-1".into(), None),
        Protocol::Tcp { from, to } => ("tcp".into(), Some((from.into(), to.into()))),
        Protocol::Udp { from, to } => ("udp".into(), Some((from.into(), to.into()))),
        Protocol::Icmp { kind, code } => ("icmp".into(), Some((kind.into(), code.into()))),
        Protocol::Icmpv6 { kind, code } => ("icmpv6".into(), Some((kind.into(), code.into()))),
        Protocol::Other(number) => (number.to_string(), None),
    }
}

pub(super) fn rule(region: &str, group: &SecurityGroup, rule: &SecurityGroupRule) -> api::SecurityGroupRule {
    let (ip_protocol, range) = protocol_and_range(rule.protocol);
    // Rules have no ports where the protocol has none; the answer says -1 there.
    let (from, to) = range.unwrap_or((-1, -1));
    let arn = Arn::new("ec2", region, &group.account, format!("security-group-rule/{}", rule.id));
    let mut shown = api::SecurityGroupRule {
        security_group_rule_id: Some(rule.id.clone()),
        group_id: Some(group.id.clone()),
        group_owner_id: Some(group.account.clone()),
        is_egress: Some(rule.egress),
        ip_protocol: Some(ip_protocol),
        from_port: Some(from),
        to_port: Some(to),
        description: rule.description.clone(),
        tags: Some(crate::view::tags(&rule.tags).unwrap_or_default()),
        security_group_rule_arn: Some(arn.to_string()),
        ..Default::default()
    };
    match &rule.peer {
        Peer::Ipv4(cidr) => shown.cidr_ipv4 = Some(cidr.to_string()),
        Peer::Ipv6(cidr) => shown.cidr_ipv6 = Some(cidr.to_string()),
        Peer::Group { group: id, account } => {
            shown.referenced_group_info = Some(api::ReferencedSecurityGroup {
                group_id: Some(id.clone()),
                user_id: Some(account.clone()),
                vpc_id: Some(group.vpc.clone()),
                ..Default::default()
            });
        }
    }
    shown
}

pub(super) fn revoked_rule(
    region: &str,
    group: &SecurityGroup,
    revoked: &SecurityGroupRule,
) -> api::RevokedSecurityGroupRule {
    let shown = rule(region, group, revoked);
    api::RevokedSecurityGroupRule {
        security_group_rule_id: shown.security_group_rule_id,
        group_id: shown.group_id,
        is_egress: shown.is_egress,
        ip_protocol: shown.ip_protocol,
        from_port: shown.from_port,
        to_port: shown.to_port,
        cidr_ipv4: shown.cidr_ipv4,
        cidr_ipv6: shown.cidr_ipv6,
        prefix_list_id: None,
        referenced_group_id: shown.referenced_group_info.and_then(|info| info.group_id),
        description: shown.description,
    }
}
