//! What a VPC should look like on the host, from what is stored. No I/O but reading the store.

use std::collections::HashSet;

use freehold_machine::net::plan::{
    AddressPlan, EniPlan, PeerPlan, ProtocolPlan, RoutePlan, RouteTarget as Target, RulePlan, SecurityGroupPlan,
    SubnetPlan, VpcPlan,
};

use crate::errors::Result;
use crate::lookup::{Reader, by_index};
use crate::model::{
    InterfaceKind, InternetGateway, NetworkInterface, Peer, Protocol, RouteTable, RouteTarget, SecurityGroup,
    SecurityGroupRule, Subnet, Vpc,
};

/// The plan of a VPC that has interfaces; `None` where there is nothing to be reached: a VPC without interfaces takes
/// nothing of the host.
pub fn plan(from: &mut (impl Reader + ?Sized), vpc: &Vpc) -> Result<Option<VpcPlan>> {
    let mut enis: Vec<NetworkInterface> = by_index(from, 0, &vpc.id)?;
    if enis.is_empty() {
        return Ok(None);
    }
    enis.sort_by(|a, b| a.id.cmp(&b.id));
    let subnets: Vec<Subnet> = by_index(from, 0, &vpc.id)?;
    let tables: Vec<RouteTable> = by_index(from, 0, &vpc.id)?;
    let gateways: Vec<InternetGateway> = by_index(from, 0, &vpc.id)?;
    let groups: Vec<SecurityGroup> = by_index(from, 0, &vpc.id)?;
    let targets = Targets {
        gateways: gateways.iter().map(|gateway| gateway.id.as_str()).collect(),
        enis: enis.iter().map(|eni| eni.id.as_str()).collect(),
    };
    Ok(Some(VpcPlan {
        vpc: vpc.id.clone(),
        cidrs: vpc.cidrs.iter().map(|association| association.cidr).collect(),
        subnets: subnets.iter().map(|subnet| subnet_plan(subnet, &tables, &targets)).collect(),
        enis: enis.iter().map(eni_plan).collect(),
        security_groups: groups.iter().map(group_plan).collect(),
    }))
}

/// What routes of this VPC can lead to.
struct Targets<'a> {
    gateways: HashSet<&'a str>,
    enis: HashSet<&'a str>,
}

fn subnet_plan(subnet: &Subnet, tables: &[RouteTable], targets: &Targets<'_>) -> SubnetPlan {
    let own = |table: &&RouteTable| table.associations.iter().any(|a| a.subnet.as_ref() == Some(&subnet.id));
    let table = tables.iter().find(own).or_else(|| tables.iter().find(|table| table.is_main()));
    let routes = table.into_iter().flat_map(|table| &table.routes).filter_map(|route| {
        let target = match &route.target {
            RouteTarget::Local => return None,
            RouteTarget::InternetGateway(id) if targets.gateways.contains(id.as_str()) => Target::InternetGateway,
            RouteTarget::NetworkInterface(id) if targets.enis.contains(id.as_str()) => Target::Eni(id.clone()),
            RouteTarget::InternetGateway(_) | RouteTarget::NetworkInterface(_) => Target::Blackhole,
        };
        Some(RoutePlan { destination: route.destination, target })
    });
    SubnetPlan { id: subnet.id.clone(), cidr: subnet.cidr, routes: routes.collect() }
}

fn eni_plan(eni: &NetworkInterface) -> EniPlan {
    let addresses = eni.addresses.iter().map(|address| AddressPlan {
        private: address.private,
        public: address.association.as_ref().map(|association| association.public),
    });
    EniPlan {
        id: eni.id.clone(),
        subnet: eni.subnet.clone(),
        addresses: addresses.collect(),
        groups: eni.groups.clone(),
        source_dest_check: eni.source_dest_check,
        relays: eni.kind() == InterfaceKind::NetworkLoadBalancer,
        // *Network Load Balancer user guide, Security groups*: without any, all traffic is allowed.
        unfiltered: eni.kind() == InterfaceKind::NetworkLoadBalancer && eni.groups.is_empty(),
    }
}

fn group_plan(group: &SecurityGroup) -> SecurityGroupPlan {
    let rules = |egress| group.rules.iter().filter(move |rule| rule.egress == egress).filter_map(rule_plan).collect();
    SecurityGroupPlan { id: group.id.clone(), ingress: rules(false), egress: rules(true) }
}

/// `None` for what can match no packet of an IPv4 network.
fn rule_plan(rule: &SecurityGroupRule) -> Option<RulePlan> {
    // -1 is any; what does not fit a byte matches nothing and was refused when the rule was made.
    let byte = |number: i16| u8::try_from(number).ok();
    let protocol = match rule.protocol {
        Protocol::All => ProtocolPlan::All,
        Protocol::Tcp { from, to } => ProtocolPlan::Tcp { from, to },
        Protocol::Udp { from, to } => ProtocolPlan::Udp { from, to },
        Protocol::Icmp { kind, code } => ProtocolPlan::Icmp { kind: byte(kind), code: byte(code) },
        Protocol::Icmpv6 { .. } => return None,
        Protocol::Other(number) => ProtocolPlan::Other(number),
    };
    let peer = match &rule.peer {
        Peer::Ipv4(cidr) => PeerPlan::Cidr(*cidr),
        Peer::Ipv6(_) => return None,
        Peer::Group { group, .. } => PeerPlan::Group(group.clone()),
    };
    Some(RulePlan { protocol, peer })
}
