//! Rulesets as text: two whole ones to read, and what holds for all.

use std::net::Ipv4Addr;
use std::path::Path;

use ipnet::Ipv4Net;
use proptest::collection::vec;
use proptest::prelude::*;

use super::{host_ruleset, vpc_ruleset};
use crate::net::names::Tag;
use crate::net::nft;
use crate::net::plan::*;

fn net(text: &str) -> Ipv4Net {
    text.parse().unwrap()
}

fn rule(protocol: ProtocolPlan, peer: PeerPlan) -> RulePlan {
    RulePlan { protocol, peer }
}

fn anywhere() -> PeerPlan {
    PeerPlan::Cidr(net("0.0.0.0/0"))
}

/// A web server with a public address, and a database behind it that only the web server may ask.
fn two_tiers() -> VpcPlan {
    let eni = |id: &str, subnet: &str, private: [u8; 4], public: Option<Ipv4Addr>, group: &str| EniPlan {
        id: id.to_owned(),
        subnet: subnet.to_owned(),
        addresses: vec![AddressPlan { private: private.into(), public }],
        groups: vec![group.to_owned()],
        source_dest_check: true,
        relays: false,
        unfiltered: false,
    };
    VpcPlan {
        vpc: "vpc-0aaaaaaaaaaaaaaaa".to_owned(),
        cidrs: vec![net("10.0.0.0/16")],
        subnets: vec![
            SubnetPlan {
                id: "subnet-front".to_owned(),
                cidr: net("10.0.1.0/24"),
                routes: vec![
                    RoutePlan { destination: net("0.0.0.0/0"), target: RouteTarget::InternetGateway },
                    RoutePlan { destination: net("203.0.113.0/24"), target: RouteTarget::Blackhole },
                ],
            },
            SubnetPlan { id: "subnet-back".to_owned(), cidr: net("10.0.2.0/24"), routes: vec![] },
        ],
        enis: vec![
            eni("eni-0000000000000000a", "subnet-front", [10, 0, 1, 5], Some([198, 18, 0, 5].into()), "sg-web"),
            eni("eni-0000000000000000b", "subnet-back", [10, 0, 2, 5], Some([198, 18, 0, 6].into()), "sg-db"),
        ],
        security_groups: vec![
            SecurityGroupPlan {
                id: "sg-web".to_owned(),
                ingress: vec![
                    rule(ProtocolPlan::Tcp { from: 80, to: 80 }, anywhere()),
                    rule(ProtocolPlan::Tcp { from: 8000, to: 8080 }, PeerPlan::Cidr(net("192.0.2.0/24"))),
                    rule(ProtocolPlan::Icmp { kind: Some(8), code: None }, anywhere()),
                ],
                egress: vec![rule(ProtocolPlan::All, anywhere())],
            },
            SecurityGroupPlan {
                id: "sg-db".to_owned(),
                ingress: vec![rule(ProtocolPlan::Tcp { from: 5432, to: 5432 }, PeerPlan::Group("sg-web".to_owned()))],
                egress: vec![],
            },
        ],
    }
}

#[test]
fn the_ruleset_of_a_vpc_reads_like_this() {
    insta::assert_snapshot!(vpc_ruleset(&two_tiers()));
}

#[test]
fn the_ruleset_of_the_host_reads_like_this() {
    let tag = Tag::of(Path::new("/var/lib/freehold"));
    insta::assert_snapshot!(host_ruleset(&tag, net("198.18.0.0/16")));
}

#[test]
fn what_a_balancer_sends_for_a_client_comes_back_to_it() {
    let mut plan = two_tiers();
    (plan.enis[0].relays, plan.enis[0].source_dest_check) = (true, false);
    let text = vpc_ruleset(&plan);
    let mark = "ct mark set";
    let line = text.lines().find(|line| line.contains(mark)).unwrap();
    assert!(line.trim().starts_with("iifname \"e00000000000a\" ip saddr != { 10.0.1.5 }"), "{line}");
    let number = line.rsplit(' ').next().unwrap();
    assert!(text.contains(&format!("ct direction reply ct mark {{ {number} }} meta mark set ct mark")));
    // What it sends for others counts as its group's.
    let database = text.split("chain ingress_sg_db {").nth(1).unwrap().split('}').take(2).collect::<String>();
    assert!(database.contains("iifname { \"e00000000000a\" "), "{database}");
    // In no group at all, everything passes it.
    plan.enis[0].unfiltered = true;
    let text = vpc_ruleset(&plan);
    let chain = text.split("chain ingress_e00000000000a {").nth(1).unwrap();
    assert_eq!(chain.split('}').next().unwrap().trim(), "accept");
}

fn protocols() -> impl Strategy<Value = ProtocolPlan> {
    prop_oneof![
        Just(ProtocolPlan::All),
        any::<(u16, u16)>().prop_map(|(from, to)| ProtocolPlan::Tcp { from, to }),
        any::<(u16, u16)>().prop_map(|(from, to)| ProtocolPlan::Udp { from, to }),
        any::<(Option<u8>, Option<u8>)>().prop_map(|(kind, code)| ProtocolPlan::Icmp { kind, code }),
        any::<u8>().prop_map(ProtocolPlan::Other),
    ]
}

fn nets() -> impl Strategy<Value = Ipv4Net> {
    (any::<u32>(), 0..=32u8).prop_map(|(bits, prefix)| Ipv4Net::new(Ipv4Addr::from(bits), prefix).unwrap())
}

fn group_ids() -> impl Strategy<Value = String> {
    (0..4u8).prop_map(|n| format!("sg-{n}"))
}

fn rules() -> impl Strategy<Value = Vec<RulePlan>> {
    let peers = prop_oneof![nets().prop_map(PeerPlan::Cidr), group_ids().prop_map(PeerPlan::Group)];
    vec((protocols(), peers).prop_map(|(protocol, peer)| RulePlan { protocol, peer }), 0..5)
}

fn plans() -> impl Strategy<Value = VpcPlan> {
    let targets = prop_oneof![
        Just(RouteTarget::InternetGateway),
        Just(RouteTarget::Blackhole),
        Just(RouteTarget::Eni("eni-0".to_owned())),
    ];
    let routes = (nets(), targets).prop_map(|(destination, target)| RoutePlan { destination, target });
    let subnets = (0..3u8, vec(routes, 0..4)).prop_map(|(n, routes)| SubnetPlan {
        id: format!("subnet-{n}"),
        cidr: Ipv4Net::new(Ipv4Addr::new(10, 0, n, 0), 24).unwrap(),
        routes,
    });
    let addresses = (0..40u8, any::<Option<u8>>()).prop_map(|(host, public)| AddressPlan {
        private: Ipv4Addr::new(10, 0, 0, host),
        public: public.map(|n| Ipv4Addr::new(198, 18, 0, n)),
    });
    let enis = (0..8u8, 0..4u8, vec(addresses, 0..3), vec(group_ids(), 0..3), any::<[bool; 3]>()).prop_map(
        |(id, subnet, addresses, groups, [source_dest_check, relays, unfiltered])| EniPlan {
            id: format!("eni-{id}"),
            subnet: format!("subnet-{subnet}"),
            addresses,
            groups,
            source_dest_check,
            relays,
            unfiltered,
        },
    );
    let groups =
        (group_ids(), rules(), rules()).prop_map(|(id, ingress, egress)| SecurityGroupPlan { id, ingress, egress });
    let cidrs =
        prop_oneof![Just(vec![]), Just(vec![net("10.0.0.0/16")]), Just(vec![net("10.0.0.0/17"), net("10.0.128.0/17")])];
    (cidrs, vec(subnets, 0..3), vec(enis, 0..8), vec(groups, 0..4)).prop_map(
        |(cidrs, subnets, enis, security_groups)| VpcPlan {
            vpc: "vpc-1".to_owned(),
            cidrs,
            subnets,
            enis,
            security_groups,
        },
    )
}

proptest! {
    #[test]
    fn no_rule_of_a_group_is_open_to_a_peer_it_does_not_name(rules in rules()) {
        let mut plan = two_tiers();
        plan.security_groups[1].ingress = rules.clone();
        let text = vpc_ruleset(&plan);
        let chain = text.split("chain ingress_sg_db {").nth(1).and_then(|rest| rest.split('}').next()).unwrap();
        let accepts: Vec<_> = chain.lines().filter(|line| line.contains("accept")).collect();
        prop_assert_eq!(accepts.len(), rules.len());
        for (line, rule) in accepts.iter().zip(&rules) {
            match &rule.peer {
                PeerPlan::Cidr(net) if net.prefix_len() == 0 => prop_assert!(!line.contains("saddr")),
                PeerPlan::Cidr(net) => {
                    let wanted = format!("ip saddr {} ", net.trunc());
                    prop_assert!(line.contains(&wanted));
                }
                PeerPlan::Group(_) => prop_assert!(line.contains("ip saddr @members_")),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn every_plan_makes_a_ruleset_that_nftables_accepts(plan in plans()) {
        if !rustix::process::geteuid().is_root() {
            eprintln!("SKIPPED: needs root to ask nftables");
            return Ok(());
        }
        let text = vpc_ruleset(&plan);
        if let Err(error) = nft::check(&text) {
            prop_assert!(false, "{error}\n{text}");
        }
    }

    #[test]
    fn the_order_of_a_plans_parts_does_not_matter(plan in plans()) {
        let mut ids = std::collections::BTreeSet::new();
        let mut plan = plan;
        // Two parts of one id contradict each other; which one counts is nobody's business.
        plan.enis.retain(|eni| ids.insert(eni.id.clone()));
        plan.subnets.retain(|subnet| ids.insert(subnet.id.clone()));
        plan.security_groups.retain(|group| ids.insert(group.id.clone()));
        let mut privates = std::collections::BTreeSet::new();
        let mut publics = std::collections::BTreeSet::new();
        for eni in &mut plan.enis {
            eni.addresses.retain(|address| privates.insert(address.private));
            eni.addresses.retain(|address| address.public.is_none_or(|public| publics.insert(public)));
        }
        let mut reversed = plan.clone();
        reversed.enis.reverse();
        reversed.subnets.reverse();
        reversed.security_groups.reverse();
        prop_assert_eq!(vpc_ruleset(&plan), vpc_ruleset(&reversed));
    }
}
