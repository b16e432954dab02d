//! Security groups, probed with real packets between three guests of one VPC: `a` (client), `b` (server) and
//! `c` (another client).

use std::net::{Ipv4Addr, TcpListener, UdpSocket};

use super::Region;
use super::fixture::{Planning, everything, from_group, rule, tcp, udp, vpc};
use super::guest::{Guest, accept, arrives, host_reaches, http, is_dropped};
use crate::net::plan::{ProtocolPlan, RulePlan, VpcPlan};

const A: &str = "eni-0000000000000000a";
const B: &str = "eni-0000000000000000b";
const C: &str = "eni-0000000000000000c";
const IP_A: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 10);
const IP_B: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 11);

/// One packet from `a` to `b`, and whether it should arrive.
#[derive(Debug, Clone, Copy)]
enum Probe {
    Tcp(u16, bool),
    Udp(u16, bool),
    Ping(bool),
}
use Probe::{Ping, Tcp, Udp};

fn icmp(kind: Option<u8>, code: Option<u8>) -> ProtocolPlan {
    ProtocolPlan::Icmp { kind, code }
}

/// Name, what `b` lets in, what `a` lets out, probes.
type Case = (&'static str, Vec<RulePlan>, Vec<RulePlan>, Vec<Probe>);

fn cases() -> Vec<Case> {
    let all = everything;
    let any = "0.0.0.0/0";
    vec![
        ("nothing", vec![], all(), vec![Tcp(80, false), Udp(53, false), Ping(false)]),
        ("everything", all(), all(), vec![Tcp(80, true), Udp(53, true), Ping(true)]),
        ("one port", vec![rule(tcp(80, 80), any)], all(), vec![Tcp(80, true), Tcp(81, false), Udp(80, false)]),
        (
            "range",
            vec![rule(tcp(80, 90), any)],
            all(),
            vec![Tcp(79, false), Tcp(80, true), Tcp(90, true), Tcp(91, false)],
        ),
        (
            "all tcp",
            vec![rule(tcp(0, 65535), any)],
            all(),
            vec![Tcp(1, true), Tcp(65535, true), Udp(80, false), Ping(false)],
        ),
        ("udp port", vec![rule(udp(53, 53), any)], all(), vec![Udp(53, true), Udp(54, false), Tcp(53, false)]),
        ("udp range", vec![rule(udp(60000, 61000), any)], all(), vec![Udp(60500, true), Udp(61001, false)]),
        (
            "two rules",
            vec![rule(tcp(80, 80), any), rule(udp(53, 53), any)],
            all(),
            vec![Tcp(80, true), Udp(53, true), Ping(false)],
        ),
        ("all icmp", vec![rule(icmp(None, None), any)], all(), vec![Ping(true), Tcp(80, false)]),
        ("echo", vec![rule(icmp(Some(8), None), any)], all(), vec![Ping(true), Udp(53, false)]),
        ("echo with code", vec![rule(icmp(Some(8), Some(0)), any)], all(), vec![Ping(true)]),
        ("another icmp type", vec![rule(icmp(Some(3), None), any)], all(), vec![Ping(false)]),
        ("protocol by number", vec![rule(ProtocolPlan::Other(17), any)], all(), vec![Udp(53, true), Tcp(80, false)]),
        ("its address", vec![rule(tcp(80, 80), "10.0.1.10/32")], all(), vec![Tcp(80, true), Tcp(81, false)]),
        ("its subnet", vec![rule(tcp(80, 80), "10.0.1.0/24")], all(), vec![Tcp(80, true)]),
        ("another address", vec![rule(tcp(80, 80), "10.0.1.12/32")], all(), vec![Tcp(80, false)]),
        ("its group", vec![from_group(tcp(80, 80), "sg-a")], all(), vec![Tcp(80, true), Tcp(81, false)]),
        ("another group", vec![from_group(tcp(80, 80), "sg-c")], all(), vec![Tcp(80, false)]),
        ("a group without members", vec![from_group(tcp(80, 80), "sg-gone")], all(), vec![Tcp(80, false)]),
        ("no egress", all(), vec![], vec![Tcp(80, false), Udp(53, false), Ping(false)]),
        ("egress to a port", all(), vec![rule(tcp(80, 80), any)], vec![Tcp(80, true), Tcp(81, false), Ping(false)]),
        ("egress to an address", all(), vec![rule(ProtocolPlan::All, "10.0.1.11/32")], vec![Tcp(80, true), Ping(true)]),
        (
            "egress to another address",
            all(),
            vec![rule(ProtocolPlan::All, "10.0.1.12/32")],
            vec![Tcp(80, false), Ping(false)],
        ),
        ("egress to a group", all(), vec![from_group(tcp(80, 80), "sg-b")], vec![Tcp(80, true), Tcp(81, false)]),
    ]
}

fn plan(id: &str, public: Option<Ipv4Addr>, ingress: Vec<RulePlan>, egress: Vec<RulePlan>) -> VpcPlan {
    vpc(id)
        .eni(A, 10, None, &["sg-a"])
        .eni(B, 11, public, &["sg-b"])
        .eni(C, 12, None, &["sg-c"])
        .group("sg-a", vec![], egress)
        .group("sg-b", ingress, everything())
        .group("sg-c", vec![], everything())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_rule_set_opens_what_it_says_and_nothing_else() {
    let Some(region) = Region::new() else { return };
    let id = "vpc-00000000000000c01";
    let first = plan(id, None, vec![], vec![]);
    region.apply(&first).await;
    let (a, b) = (region.guest(&first, A).await, region.guest(&first, B).await);
    for (name, ingress, egress, probes) in cases() {
        region.apply(&plan(id, None, ingress, egress)).await;
        for probe in probes {
            match probe {
                Tcp(port, expected) => {
                    let _listener: TcpListener = b.listen(port);
                    let outcome = if expected { a.reaches(IP_B, port) } else { !a.is_dropped(IP_B, port) };
                    assert_eq!(outcome, expected, "{name}: {probe:?}");
                }
                Udp(port, expected) => {
                    // A socket of its own each time: what was established before proves nothing.
                    let (client, server): (UdpSocket, UdpSocket) = (a.udp(0), b.udp(port));
                    assert_eq!(arrives(&client, (IP_B, port), &server, expected), expected, "{name}: {probe:?}");
                }
                Ping(expected) => assert_eq!(a.pings(IP_B, expected), expected, "{name}: {probe:?}"),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_come_and_go_with_their_groups() {
    let Some(region) = Region::new() else { return };
    let mut plan = plan("vpc-00000000000000c02", None, vec![from_group(tcp(80, 80), "sg-a")], everything());
    region.apply(&plan).await;
    let b = region.guest(&plan, B).await;
    let c = region.guest(&plan, C).await;
    let _listener = b.listen(80);
    assert!(c.is_dropped(IP_B, 80));
    plan.enis[2].groups.push("sg-a".to_owned());
    region.apply(&plan).await;
    assert!(c.reaches(IP_B, 80));
    plan.enis[2].groups.pop();
    region.apply(&plan).await;
    assert!(c.is_dropped(IP_B, 80));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_rule_ends_new_connections_but_not_established_ones() {
    let Some(region) = Region::new() else { return };
    let id = "vpc-00000000000000c03";
    let open = plan(id, None, vec![rule(tcp(80, 80), "0.0.0.0/0")], everything());
    region.apply(&open).await;
    let (a, b): (Guest, Guest) = (region.guest(&open, A).await, region.guest(&open, B).await);
    let listener = b.listen(80);
    let established = a.connect(IP_B, 80).unwrap();
    let (mut at_server, _) = listener.accept().unwrap();
    region.apply(&plan(id, None, vec![], everything())).await;
    assert!(a.is_dropped(IP_B, 80));
    let answering = std::thread::spawn(move || {
        use std::io::{BufRead, BufReader, Write};
        let request = BufReader::new(at_server.try_clone().unwrap()).lines();
        request.map_while(Result::ok).take_while(|line| !line.is_empty()).for_each(drop);
        at_server.write_all(b"still here").unwrap();
    });
    assert_eq!(http(established, "GET /"), "still here");
    answering.join().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_host_passes_the_rules_like_anybody_in_the_world() {
    let Some(region) = Region::new() else { return };
    let (id, public) = ("vpc-00000000000000c04", region.public(11));
    let host = format!("{}/32", region.network.host_address());
    let open = |cidr: &str| plan(id, Some(public), vec![rule(tcp(80, 80), cidr)], everything());
    region.apply(&open("0.0.0.0/0")).await;
    let b = region.guest(&open("0.0.0.0/0"), B).await;
    let listener = b.listen(80);
    assert!(host_reaches(public, 80));
    assert_eq!(accept(&listener), region.network.host_address());
    assert!(is_dropped(public, 81));
    region.apply(&open("192.0.2.99/32")).await;
    assert!(is_dropped(public, 80));
    region.apply(&open(&host)).await;
    assert!(host_reaches(public, 80));
    region.apply(&plan(id, None, vec![rule(tcp(80, 80), &host)], everything())).await;
    assert!(is_dropped(public, 80), "the address was taken away");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_to_what_was_allowed_out_come_back_in() {
    let Some(region) = Region::new() else { return };
    let plan = plan("vpc-00000000000000c05", None, everything(), everything());
    region.apply(&plan).await;
    let (a, b) = (region.guest(&plan, A).await, region.guest(&plan, B).await);
    let (client, server) = (a.udp(4000), b.udp(53));
    assert!(!arrives(&server, (IP_A, 4000), &client, false), "nobody asked yet");
    assert!(arrives(&client, (IP_B, 53), &server, true));
    assert!(arrives(&server, (IP_A, 4000), &client, true));
}
