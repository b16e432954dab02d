//! What requests say of rules, turned into rules: each protocol and port range with each of its peers is one.

use freehold_api::ec2::{IpPermission, IpRange, SecurityGroupRuleRequest, UserIdGroupPair};
use ipnet::{Ipv4Net, Ipv6Net};

use super::group;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{Peer, Protocol, SecurityGroup, SecurityGroupRule, Tags};

/// Rules as asked for, groups among their peers not yet looked up.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted(Vec<WantedRule>);

#[derive(Debug, Clone)]
struct WantedRule {
    protocol: Protocol,
    peer: WantedPeer,
    description: Option<String>,
}

#[derive(Debug, Clone)]
enum WantedPeer {
    Cidr(Peer),
    Group(UserIdGroupPair),
}

/// The parameters of the oldest API, which say one rule beside `IpPermissions`.
#[derive(Debug, Default)]
pub(super) struct Plain {
    pub protocol: Option<String>,
    pub from_port: Option<i32>,
    pub to_port: Option<i32>,
    pub cidr: Option<String>,
    pub source_group: Option<String>,
    pub source_owner: Option<String>,
}

impl Plain {
    fn into_permission(self) -> Option<IpPermission> {
        let Self { protocol, from_port, to_port, cidr, source_group, source_owner } = self;
        if protocol.is_none() && cidr.is_none() && source_group.is_none() {
            return None;
        }
        let pair = |name| UserIdGroupPair { group_name: Some(name), user_id: source_owner, ..Default::default() };
        Some(IpPermission {
            // A source group without a protocol means all protocols.
            ip_protocol: protocol.or_else(|| source_group.is_some().then(|| "-1".into())),
            from_port,
            to_port,
            ip_ranges: cidr.map(|cidr| vec![IpRange { cidr_ip: Some(cidr), description: None }]),
            user_id_group_pairs: source_group.map(|name| vec![pair(name)]),
            ..Default::default()
        })
    }
}

impl Wanted {
    pub(super) fn parse(permissions: Option<Vec<IpPermission>>, plain: Plain) -> Result<Self> {
        let permissions = permissions.unwrap_or_default();
        let plain = plain.into_permission();
        if plain.is_some() && !permissions.is_empty() {
            return Err(Error::InvalidParameterCombination(
                "The parameter 'ipPermissions' may not be used in combination with 'ipProtocol'".into(),
            ));
        }
        let mut wanted = Vec::new();
        for permission in permissions.into_iter().chain(plain) {
            expand(permission, &mut wanted)?;
        }
        Ok(Self(wanted))
    }

    /// One rule, as ModifySecurityGroupRules has it.
    pub(super) fn parse_rule(rule: SecurityGroupRuleRequest) -> Result<Self> {
        if rule.prefix_list_id.is_some() {
            return Err(Error::no_effect("PrefixListId"));
        }
        let protocol = protocol(rule.ip_protocol.as_deref(), rule.from_port, rule.to_port)?;
        let peer = match (rule.cidr_ipv4, rule.cidr_ipv6, rule.referenced_group_id) {
            (Some(cidr), None, None) => WantedPeer::Cidr(Peer::Ipv4(ipv4(&cidr)?)),
            (None, Some(cidr), None) => WantedPeer::Cidr(Peer::Ipv6(ipv6(&cidr)?)),
            (None, None, Some(id)) => WantedPeer::Group(UserIdGroupPair { group_id: Some(id), ..Default::default() }),
            _ => {
                return Err(Error::InvalidParameterCombination("A rule has exactly one source or destination.".into()));
            }
        };
        Ok(Self(vec![WantedRule { protocol, peer, description: check_description(rule.description)? }]))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Looks up the groups that are named, in the VPC of the group that the rules are for. Ids and directions of the
    /// rules are the caller's to set.
    pub(super) fn resolve(
        &self,
        from: &mut (impl Reader + ?Sized),
        group: &SecurityGroup,
    ) -> Result<Vec<SecurityGroupRule>> {
        let rule = |wanted: &WantedRule| {
            let peer = match &wanted.peer {
                WantedPeer::Cidr(peer) => peer.clone(),
                WantedPeer::Group(pair) => find_peer(from, group, pair)?,
            };
            let (protocol, description) = (wanted.protocol, wanted.description.clone());
            Ok(SecurityGroupRule {
                id: String::new(),
                egress: false,
                protocol,
                peer,
                description,
                tags: Tags::default(),
            })
        };
        self.0.iter().map(rule).collect()
    }
}

fn find_peer(from: &mut (impl Reader + ?Sized), group: &SecurityGroup, pair: &UserIdGroupPair) -> Result<Peer> {
    if pair.user_id.as_ref().is_some_and(|user| *user != group.account) || pair.vpc_peering_connection_id.is_some() {
        return Err(Error::no_effect("UserIdGroupPairs of another account or a peered VPC"));
    }
    let peer: SecurityGroup = match (&pair.group_id, &pair.group_name) {
        (Some(id), _) => lookup::one(from, &group.account, id)?,
        (None, Some(name)) => group::by_name(from, &group.account, &group.vpc, name)?,
        (None, None) => return Err(Error::MissingParameter("groupId")),
    };
    if peer.vpc != group.vpc {
        let message = format!("You have specified two resources that belong to different networks: {}", peer.id);
        return Err(Error::NotFound { code: "InvalidGroup.NotFound", message });
    }
    Ok(Peer::Group { group: peer.id, account: peer.account })
}

fn expand(permission: IpPermission, wanted: &mut Vec<WantedRule>) -> Result<()> {
    let protocol = protocol(permission.ip_protocol.as_deref(), permission.from_port, permission.to_port)?;
    let before = wanted.len();
    if permission.prefix_list_ids.is_some_and(|lists| !lists.is_empty()) {
        return Err(Error::no_effect("PrefixListIds"));
    }
    for range in permission.ip_ranges.unwrap_or_default() {
        let cidr = ipv4(range.cidr_ip.as_deref().ok_or(Error::MissingParameter("cidrIp"))?)?;
        let (peer, description) = (WantedPeer::Cidr(Peer::Ipv4(cidr)), check_description(range.description)?);
        wanted.push(WantedRule { protocol, peer, description });
    }
    for range in permission.ipv6_ranges.unwrap_or_default() {
        let cidr = ipv6(range.cidr_ipv6.as_deref().ok_or(Error::MissingParameter("cidrIpv6"))?)?;
        let (peer, description) = (WantedPeer::Cidr(Peer::Ipv6(cidr)), check_description(range.description)?);
        wanted.push(WantedRule { protocol, peer, description });
    }
    for pair in permission.user_id_group_pairs.unwrap_or_default() {
        let description = check_description(pair.description.clone())?;
        wanted.push(WantedRule { protocol, peer: WantedPeer::Group(pair), description });
    }
    if wanted.len() == before {
        return Err(Error::Missing("The request must contain a source or destination: a CIDR block or a group".into()));
    }
    Ok(())
}

/// *API reference, IpPermission: IpProtocol, FromPort, ToPort*.
fn protocol(name: Option<&str>, from: Option<i32>, to: Option<i32>) -> Result<Protocol> {
    let name = name.ok_or(Error::MissingParameter("ipProtocol"))?.to_ascii_lowercase();
    match name.as_str() {
        "-1" | "all" => Ok(Protocol::All),
        "tcp" | "6" => ports("TCP", from, to).map(|(from, to)| Protocol::Tcp { from, to }),
        "udp" | "17" => ports("UDP", from, to).map(|(from, to)| Protocol::Udp { from, to }),
        "icmp" | "1" => icmp(from, to).map(|(kind, code)| Protocol::Icmp { kind, code }),
        "icmpv6" | "58" => icmp(from, to).map(|(kind, code)| Protocol::Icmpv6 { kind, code }),
        number => number.parse().map(Protocol::Other).map_err(|_| {
            Error::invalid_value("ipProtocol", number, "Expected: tcp, udp, icmp, icmpv6, -1, or a protocol number.")
        }),
    }
}

fn ports(protocol: &str, from: Option<i32>, to: Option<i32>) -> Result<(u16, u16)> {
    let (Some(from), Some(to)) = (from, to) else {
        return Err(Error::InvalidParameterValue("Must specify both from and to ports with TCP/UDP.".into()));
    };
    let port = |port: i32| {
        u16::try_from(port).map_err(|_| Error::InvalidParameterValue(format!("{protocol} port ({port}) out of range")))
    };
    let (from, to) = (port(from)?, port(to)?);
    if from > to {
        return Err(Error::InvalidParameterValue(format!("Invalid {protocol} port range: {from}-{to}")));
    }
    Ok((from, to))
}

fn icmp(kind: Option<i32>, code: Option<i32>) -> Result<(i16, i16)> {
    let field = |what: &str, value: Option<i32>| match value.unwrap_or(-1) {
        value @ -1..=255 => Ok(value as i16),
        other => Err(Error::InvalidParameterValue(format!("ICMP {what} ({other}) out of range"))),
    };
    let (kind, code) = (field("type", kind)?, field("code", code)?);
    if kind == -1 && code != -1 {
        return Err(Error::InvalidParameterValue("ICMP code must be -1 if the type is -1.".into()));
    }
    Ok((kind, code))
}

/// Host bits are cleared, as AWS clears them.
fn ipv4(text: &str) -> Result<Ipv4Net> {
    text.parse().map(|cidr: Ipv4Net| cidr.trunc()).map_err(|_| malformed_cidr(text))
}

fn ipv6(text: &str) -> Result<Ipv6Net> {
    text.parse().map(|cidr: Ipv6Net| cidr.trunc()).map_err(|_| malformed_cidr(text))
}

fn malformed_cidr(text: &str) -> Error {
    Error::InvalidParameterValue(format!("CIDR block {text} is malformed"))
}

/// *API reference, IpRange: Description*: up to 255 characters of a small alphabet.
pub(super) fn check_description(description: Option<String>) -> Result<Option<String>> {
    let legal = |c: char| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c);
    match description {
        Some(text) if text.chars().count() > 255 || !text.chars().all(legal) => Err(Error::invalid_value(
            "Description",
            text,
            "Up to 255 characters of a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$*.",
        )),
        other => Ok(other),
    }
}

/// AWS's sentence for a rule that exists already.
pub(super) fn duplicate(rule: &SecurityGroupRule) -> Error {
    let peer = match &rule.peer {
        Peer::Ipv4(cidr) => cidr.to_string(),
        Peer::Ipv6(cidr) => cidr.to_string(),
        Peer::Group { group, .. } => group.clone(),
    };
    let what = match rule.protocol {
        Protocol::All => "ALL".to_owned(),
        Protocol::Tcp { from, to } => format!("TCP, from port: {from}, to port: {to}"),
        Protocol::Udp { from, to } => format!("UDP, from port: {from}, to port: {to}"),
        Protocol::Icmp { kind, code } => format!("ICMP, type: {kind}, code: {code}"),
        Protocol::Icmpv6 { kind, code } => format!("ICMPv6, type: {kind}, code: {code}"),
        Protocol::Other(number) => format!("protocol {number}"),
    };
    let message = format!("the specified rule \"peer: {peer}, {what}, ALLOW\" already exists");
    Error::other("InvalidPermission.Duplicate", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_range_is_legal_when_it_is_one(from in -2i32..70000, to in -2i32..70000) {
            let legal = (0..=65535).contains(&from) && (0..=65535).contains(&to) && from <= to;
            prop_assert_eq!(protocol(Some("tcp"), Some(from), Some(to)).is_ok(), legal);
        }

        #[test]
        fn no_text_makes_it_panic(name in ".{0,8}", cidr in ".{0,20}") {
            let _ = protocol(Some(&name), None, None);
            let _ = (ipv4(&cidr), ipv6(&cidr));
        }
    }

    #[test]
    fn protocols_have_names_and_numbers() {
        assert_eq!(protocol(Some("6"), Some(22), Some(22)), protocol(Some("TCP"), Some(22), Some(22)));
        assert_eq!(protocol(Some("-1"), Some(22), Some(22)), Ok(Protocol::All));
        assert_eq!(protocol(Some("50"), None, None), Ok(Protocol::Other(50)));
        assert!(protocol(Some("sctpx"), None, None).is_err());
    }
}
