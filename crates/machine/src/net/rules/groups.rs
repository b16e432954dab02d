//! Security groups: a chain per group and direction, shared by all interfaces in the group, and a chain per
//! interface that asks its groups in turn.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::{Chain, Table, VPC_TABLE, identifier, list};
use crate::driver::Result;
use crate::net::plan::{EniPlan, PeerPlan, ProtocolPlan, RulePlan, VpcPlan};
use crate::net::{names, nft};

/// Which side of an interface a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Ingress,
    Egress,
}

impl Direction {
    fn word(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }

    /// The packet's field that holds the peer's address.
    fn peer_field(self) -> &'static str {
        match self {
            Self::Ingress => "ip saddr",
            Self::Egress => "ip daddr",
        }
    }
}

/// The chain that decides for an interface.
pub fn interface_chain(eni: &EniPlan, direction: Direction) -> String {
    chain_of(&eni.id, direction)
}

fn chain_of(eni: &str, direction: Direction) -> String {
    format!("{}_{}", direction.word(), names::eni_link(eni))
}

/// Whether the rules of the VPC whose namespace the calling thread is in decide for the interface already.
pub fn decide_for(eni: &str) -> Result<bool> {
    nft::chain_exists(VPC_TABLE, &chain_of(eni, Direction::Egress))
}

/// Adds all groups, and the sets of members that their rules refer to.
pub fn add_groups(table: &mut Table, plan: &VpcPlan) {
    for (group, members) in referenced_members(plan) {
        table.set("set", &members_set(group), "ipv4_addr", members);
    }
    for group in &plan.security_groups {
        for (direction, rules) in [(Direction::Ingress, &group.ingress), (Direction::Egress, &group.egress)] {
            let mut chain = Chain::new(group_chain(&group.id, direction));
            for rule in rules {
                chain.rule(allow(rule, direction));
                if direction == Direction::Ingress {
                    chain.rules.extend(allow_relayed(plan, rule));
                }
            }
            table.chain(&chain);
        }
    }
    let known: BTreeSet<_> = plan.security_groups.iter().map(|group| group.id.as_str()).collect();
    for eni in &plan.enis {
        for direction in [Direction::Ingress, Direction::Egress] {
            let mut chain = Chain::new(interface_chain(eni, direction));
            if eni.unfiltered {
                table.chain(chain.rule("accept"));
                continue;
            }
            for group in eni.groups.iter().filter(|group| known.contains(group.as_str())) {
                chain.rule(format!("jump {}", group_chain(group, direction)));
            }
            chain.rule("drop");
            table.chain(&chain);
        }
    }
}

/// The private addresses of each group that some rule names as its peer. A group without members, or one that
/// is gone, matches nothing.
fn referenced_members(plan: &VpcPlan) -> BTreeMap<&str, BTreeSet<Ipv4Addr>> {
    let rules = plan.security_groups.iter().flat_map(|group| group.ingress.iter().chain(&group.egress));
    let mut members: BTreeMap<&str, BTreeSet<Ipv4Addr>> = rules
        .filter_map(|rule| match &rule.peer {
            PeerPlan::Group(id) => Some((id.as_str(), BTreeSet::new())),
            PeerPlan::Cidr(_) => None,
        })
        .collect();
    for eni in &plan.enis {
        for group in &eni.groups {
            if let Some(members) = members.get_mut(group.as_str()) {
                members.extend(eni.addresses.iter().map(|address| address.private));
            }
        }
    }
    members
}

fn members_set(group: &str) -> String {
    format!("members_{}", identifier(group))
}

fn group_chain(group: &str, direction: Direction) -> String {
    format!("{}_{}", direction.word(), identifier(group))
}

fn allow(rule: &RulePlan, direction: Direction) -> String {
    let field = direction.peer_field();
    let peer = match &rule.peer {
        PeerPlan::Cidr(net) if net.prefix_len() == 0 => None,
        PeerPlan::Cidr(net) => Some(format!("{field} {}", net.trunc())),
        PeerPlan::Group(id) => Some(format!("{field} @{}", members_set(id))),
    };
    let parts = peer.into_iter().chain(protocol(rule.protocol)).chain(["accept".to_owned()]);
    parts.collect::<Vec<_>>().join(" ")
}

/// What members of a group send in their clients' names comes from them (*Network Load Balancer user guide, Security
/// groups*).
fn allow_relayed(plan: &VpcPlan, rule: &RulePlan) -> Option<String> {
    let PeerPlan::Group(group) = &rule.peer else { return None };
    let relays = plan.enis.iter().filter(|eni| eni.relays && eni.groups.contains(group));
    let links: Vec<_> = relays.map(|eni| format!("\"{}\"", names::eni_link(&eni.id))).collect();
    if links.is_empty() {
        return None;
    }
    let from = format!("iifname {{ {} }}", list(links));
    let parts = [from].into_iter().chain(protocol(rule.protocol)).chain(["accept".to_owned()]);
    Some(parts.collect::<Vec<_>>().join(" "))
}

fn protocol(protocol: ProtocolPlan) -> Option<String> {
    match protocol {
        ProtocolPlan::All => None,
        ProtocolPlan::Tcp { from, to } => Some(ports("tcp", 6, from, to)),
        ProtocolPlan::Udp { from, to } => Some(ports("udp", 17, from, to)),
        ProtocolPlan::Icmp { kind: None, .. } => Some("meta l4proto 1".to_owned()),
        ProtocolPlan::Icmp { kind: Some(kind), code: None } => Some(format!("icmp type {kind}")),
        ProtocolPlan::Icmp { kind: Some(kind), code: Some(code) } => Some(format!("icmp type {kind} icmp code {code}")),
        ProtocolPlan::Other(number) => Some(format!("meta l4proto {number}")),
    }
}

fn ports(name: &str, number: u8, from: u16, to: u16) -> String {
    match (from.min(to), from.max(to)) {
        (0, u16::MAX) => format!("meta l4proto {number}"),
        (port, same) if port == same => format!("{name} dport {port}"),
        (low, high) => format!("{name} dport {low}-{high}"),
    }
}
