//! The ruleset of one VPC.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::groups::{Direction, add_groups, interface_chain};
use super::{Chain, Table, VPC_TABLE, dispatch, identifier, list};
use crate::net::names::{UPLINK, eni_link};
use crate::net::plan::{EniPlan, RoutePlan, RouteTarget, SubnetPlan, VpcPlan};
use crate::net::policy;
use crate::net::services::{ENDPOINT_ADDRESS, METADATA_ADDRESS, RESOLVER_ADDRESS, resolver_addresses};

const ESTABLISHED: &str = "ct state vmap { established : accept, related : accept, invalid : drop }";

/// The whole table of a VPC's namespace. Its text depends on the plan alone, not on the order of its parts
/// where the order has no meaning.
pub fn vpc_ruleset(plan: &VpcPlan) -> String {
    let plan = &canonical(plan);
    let mut table = Table::new(VPC_TABLE);
    add_sources(&mut table, plan);
    add_marks(&mut table, plan);
    add_returns(&mut table, plan);
    add_translation(&mut table, plan);
    add_routing(&mut table, plan);
    add_groups(&mut table, plan);

    let mut egress = Chain::base("egress", "filter", "forward", "filter - 1", "drop");
    egress.rule(ESTABLISHED).rule(format!("iifname \"{UPLINK}\" accept"));
    dispatch(&mut egress, "iifname", interface_chains(plan, Direction::Egress));
    table.chain(&egress);

    let mut ingress = Chain::base("ingress", "filter", "forward", "filter", "drop");
    ingress.rule(ESTABLISHED).rule(format!("oifname \"{UPLINK}\" accept"));
    dispatch(&mut ingress, "oifname", interface_chains(plan, Direction::Ingress));
    table.chain(&ingress);

    add_input(&mut table, plan);
    table.finish()
}

fn canonical(plan: &VpcPlan) -> VpcPlan {
    let mut plan = plan.clone();
    plan.enis.sort_by(|a, b| a.id.cmp(&b.id));
    plan.enis.dedup_by(|a, b| a.id == b.id);
    for eni in &mut plan.enis {
        eni.groups.sort();
        eni.groups.dedup();
    }
    plan.subnets.sort_by(|a, b| a.id.cmp(&b.id));
    plan.subnets.dedup_by(|a, b| a.id == b.id);
    plan.security_groups.sort_by(|a, b| a.id.cmp(&b.id));
    plan.security_groups.dedup_by(|a, b| a.id == b.id);
    plan
}

fn interface_chains(plan: &VpcPlan, direction: Direction) -> impl Iterator<Item = (String, String)> {
    plan.enis.iter().map(move |eni| (eni_link(&eni.id), interface_chain(eni, direction)))
}

/// Nobody sends in another's name, neither guests nor the world.
fn add_sources(table: &mut Table, plan: &VpcPlan) {
    let owned: BTreeSet<_> = plan
        .enis
        .iter()
        .flat_map(|eni| eni.addresses.iter().map(|address| (eni_link(&eni.id), address.private)))
        .collect();
    let owned = owned.into_iter().map(|(link, address)| format!("\"{link}\" . {address}"));
    table.set("set", "owned", "ifname . ipv4_addr", owned);

    let unchecked: Vec<_> = plan
        .enis
        .iter()
        .filter(|eni| !eni.source_dest_check || eni.relays)
        .map(|eni| format!("\"{}\"", eni_link(&eni.id)))
        .collect();

    let mut chain = Chain::base("sources", "filter", "prerouting", "raw", "drop");
    chain.rule("iifname \"lo\" accept");
    if !plan.cidrs.is_empty() {
        chain.rule(format!("iifname \"{UPLINK}\" ip saddr {{ {} }} drop", cidrs(plan)));
    }
    chain.rule(format!("iifname \"{UPLINK}\" accept")).rule("iifname . ip saddr @owned accept");
    // A guest that asks for its address.
    chain.rule("ip saddr 0.0.0.0 ip daddr 255.255.255.255 udp sport 68 udp dport 67 accept");
    if !unchecked.is_empty() {
        chain.rule(format!("iifname {{ {} }} accept", list(unchecked)));
    }
    table.chain(&chain);
}

fn cidrs(plan: &VpcPlan) -> String {
    list(Ipv4Net::aggregate(&plan.cidrs))
}

/// Packets of subnets with a route table of the kernel's own carry its number.
fn add_marks(table: &mut Table, plan: &VpcPlan) {
    let mut marks = Vec::new();
    for (mark, subnet) in policy::tables(plan) {
        let members = plan.enis.iter().filter(|eni| eni.subnet == subnet.id);
        marks.extend(members.map(|eni| format!("\"{}\" : {mark}", eni_link(&eni.id))));
    }
    if !marks.is_empty() {
        let mut chain = Chain::base("marks", "filter", "prerouting", "mangle", "accept");
        chain.rule(format!("meta mark set iifname map {{ {} }}", list(marks)));
        table.chain(&chain);
    }
}

/// What an interface sends in another's name is a connection whose answers are its own: they carry the number of the
/// table that leads back to it.
fn add_returns(table: &mut Table, plan: &VpcPlan) {
    let relays: Vec<_> = policy::returns(plan).collect();
    if relays.is_empty() {
        return;
    }
    let mut chain = Chain::base("returns", "filter", "prerouting", "mangle + 1", "accept");
    for (mark, eni) in &relays {
        let own = list(eni.addresses.iter().map(|address| address.private));
        chain.rule(format!("iifname \"{}\" ip saddr != {{ {own} }} ct mark set {mark}", eni_link(&eni.id)));
    }
    let marks = list(relays.iter().map(|(mark, _)| mark));
    chain.rule(format!("ct direction reply ct mark {{ {marks} }} meta mark set ct mark"));
    table.chain(&chain);
}

/// One private address for each public one and the other way round, at the edge to the world.
fn add_translation(table: &mut Table, plan: &VpcPlan) {
    let published = published_addresses(plan);
    let inward: BTreeMap<_, _> = published.iter().map(|(private, public)| (*public, *private)).collect();
    table.set("set", "published", "ipv4_addr", published.keys());
    table.set("map", "private_of", "ipv4_addr : ipv4_addr", inward.iter().map(|(k, v)| format!("{k} : {v}")));
    table.set("map", "public_of", "ipv4_addr : ipv4_addr", published.iter().map(|(k, v)| format!("{k} : {v}")));

    let mut publish = Chain::base("publish", "nat", "prerouting", "dstnat", "accept");
    publish.rule(format!("iifname \"{UPLINK}\" dnat to ip daddr map @private_of"));
    table.chain(&publish);
    let mut hide = Chain::base("hide", "nat", "postrouting", "srcnat", "accept");
    hide.rule(format!("oifname \"{UPLINK}\" snat to ip saddr map @public_of"));
    table.chain(&hide);
}

/// Private addresses with a public one, in subnets that have a way to the internet gateway at all.
pub fn published_addresses(plan: &VpcPlan) -> BTreeMap<Ipv4Addr, Ipv4Addr> {
    let connected: BTreeSet<_> =
        plan.subnets.iter().filter(|subnet| is_connected(subnet)).map(|subnet| subnet.id.as_str()).collect();
    plan.enis
        .iter()
        .filter(|eni| connected.contains(eni.subnet.as_str()))
        .flat_map(|eni| &eni.addresses)
        .filter_map(|address| Some((address.private, address.public?)))
        .collect()
}

fn is_connected(subnet: &SubnetPlan) -> bool {
    subnet.routes.iter().any(|route| route.target == RouteTarget::InternetGateway)
}

/// What passes between interfaces and the world, packet by packet, established or not.
fn add_routing(table: &mut Table, plan: &VpcPlan) {
    let connected: Vec<_> = plan.subnets.iter().filter(|subnet| is_connected(subnet)).collect();
    for subnet in &connected {
        let name = identifier(&subnet.id);
        table.chain(&route_chain(format!("to_world_{name}"), "ip daddr", &subnet.routes));
        table.chain(&route_chain(format!("from_world_{name}"), "ip saddr", &subnet.routes));
    }
    let targets = |direction: &'static str| {
        let ids: BTreeSet<_> = connected.iter().map(|subnet| subnet.id.as_str()).collect();
        let known = move |eni: &&EniPlan| ids.contains(eni.subnet.as_str());
        plan.enis
            .iter()
            .filter(known)
            .map(move |eni| (eni_link(&eni.id), format!("{direction}_{}", identifier(&eni.subnet))))
    };

    let mut out = Chain::new("to_world");
    // What is inside the VPC's blocks and belongs to nobody is not to be looked for outside, nor are the
    // addresses that mean something on each link only.
    let inside: Vec<_> = plan.cidrs.iter().copied().chain([LINK_LOCAL]).collect();
    out.rule(format!("ip daddr {{ {} }} drop", list(Ipv4Net::aggregate(&inside))))
        .rule("ip saddr != @published drop")
        .rule("tcp flags syn / syn,rst tcp option maxseg size set rt mtu");
    dispatch(&mut out, "iifname", targets("to_world"));
    out.rule("drop");
    table.chain(&out);

    let mut back = Chain::new("from_world");
    dispatch(&mut back, "oifname", targets("from_world"));
    back.rule("drop");
    table.chain(&back);

    let mut routing = Chain::base("routing", "filter", "forward", "filter - 2", "accept");
    routing
        .rule(format!("iifname \"{UPLINK}\" oifname \"{UPLINK}\" drop"))
        .rule(format!("oifname \"{UPLINK}\" goto to_world"))
        .rule(format!("iifname \"{UPLINK}\" goto from_world"));
    table.chain(&routing);
}

const LINK_LOCAL: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(169, 254, 0, 0), 16);

/// A route table as rules: the longest prefix first, and only the internet gateway leads out.
fn route_chain(name: String, field: &str, routes: &[RoutePlan]) -> Chain {
    let mut routes: Vec<_> = routes.iter().collect();
    routes.sort_by_key(|route| (Reverse(route.destination.prefix_len()), route.destination.network()));
    let mut chain = Chain::new(name);
    for route in routes {
        let verdict = if route.target == RouteTarget::InternetGateway { "accept" } else { "drop" };
        chain.rule(match route.destination.prefix_len() {
            0 => verdict.to_owned(),
            _ => format!("{field} {} {verdict}", route.destination.trunc()),
        });
    }
    if chain.rules.last().is_none_or(|last| last.contains(' ')) {
        chain.rule("drop");
    }
    chain
}

/// The namespace itself offers metadata, names and the region's API to guests, and nothing else to anybody.
fn add_input(table: &mut Table, plan: &VpcPlan) {
    let mut input = Chain::base("input", "filter", "input", "filter", "drop");
    input
        .rule("iifname \"lo\" accept")
        .rule(format!("iifname \"{UPLINK}\" drop"))
        .rule("ct state established,related accept")
        .rule(format!("ip daddr {{ {ENDPOINT_ADDRESS}, {METADATA_ADDRESS} }} tcp dport 80 accept"))
        .rule(format!(
            "ip daddr {{ {} }} meta l4proto {{ tcp, udp }} th dport 53 accept",
            list(resolver_addresses(&plan.cidrs))
        ))
        .rule(format!("ip daddr {{ 255.255.255.255, {RESOLVER_ADDRESS} }} udp dport 67 accept"));
    table.chain(&input);
}
