//! Metadata and names, as a guest sees them.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::Duration;

use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, QCLASS, QTYPE, Question, TYPE};

use super::Region;
use super::fixture::{Planning, vpc};
use super::guest::{Guest, SILENCE, http};
use crate::net::netlink::Netlink;
use crate::net::nft;
use crate::net::plan::VpcPlan;

const EVEN: &str = "eni-0000000000000000a";
const ODD: &str = "eni-0000000000000000b";
const METADATA: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);

/// No groups: these services are for everybody.
fn plan(id: &str) -> VpcPlan {
    vpc(id).eni(EVEN, 10, None, &[]).eni(ODD, 11, None, &[])
}

/// Status and body.
fn ask(guest: &Guest, request: &str) -> (String, String) {
    let answer = http(guest.connect(METADATA, 80).unwrap(), request);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().to_owned(), body.to_owned())
}

fn get(guest: &Guest, path: &str, token: Option<&str>) -> (String, String) {
    let header = token.map(|token| format!("\r\nX-aws-ec2-metadata-token: {token}")).unwrap_or_default();
    ask(guest, &format!("GET {path} HTTP/1.1{header}"))
}

const PUT: &str = "PUT /latest/api/token HTTP/1.1\r\nX-aws-ec2-metadata-token-ttl-seconds: 60";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metadata_is_each_guests_own() {
    let Some(region) = Region::new() else { return };
    let plan = plan("vpc-00000000000000d01");
    region.apply(&plan).await;
    let (even, odd) = (region.guest(&plan, EVEN).await, region.guest(&plan, ODD).await);
    let id = "/latest/meta-data/instance-id";
    assert_eq!(get(&even, id, None), ("200".into(), "i-10".into()));
    assert_eq!(get(&even, "/latest/meta-data/vpc", None).1, plan.vpc);
    assert_eq!(get(&odd, id, None).0, "401", "version 2 only");

    let (status, token) = ask(&odd, PUT);
    assert_eq!(status, "200");
    assert_eq!(get(&odd, id, Some(&token)), ("200".into(), "i-11".into()));
    assert_eq!(get(&even, id, Some(&token)).0, "401", "another machine's token");
    assert_eq!(ask(&odd, &format!("{PUT}\r\nX-Forwarded-For: 1.2.3.4")).0, "403");
    assert_eq!(get(&odd, "/latest/meta-data/", Some(&token)).1, "instance-id\nvpc");
    assert_eq!(get(&even, "/latest/nothing", None).0, "404");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_survives_a_restart_of_the_control_plane() {
    let Some(mut region) = Region::new() else { return };
    let plan = plan("vpc-00000000000000d02");
    region.apply(&plan).await;
    let odd = region.guest(&plan, ODD).await;
    let token = ask(&odd, PUT).1;
    region.restart(&plan).await;
    assert_eq!(get(&odd, "/latest/meta-data/instance-id", Some(&token)).1, "i-11");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_with_a_token_gets_no_further_than_it_may() {
    let Some(region) = Region::new() else { return };
    let plan = plan("vpc-00000000000000d04");
    region.apply(&plan).await;
    let even = region.guest(&plan, EVEN).await;
    // What a router inside the guest would not pass on: packets with no hop left. The limit of these machines
    // is 1.
    even.inside(|| {
        nft::load("table ip hops { chain in { type filter hook input priority 0; ip ttl < 2 drop; }; }").unwrap();
    });
    assert_eq!(get(&even, "/latest/meta-data/instance-id", None).0, "200");
    let mut stream = even.connect(METADATA, 80).unwrap();
    stream.write_all(format!("{PUT}\r\nHost: x\r\n\r\n").as_bytes()).unwrap();
    stream.set_read_timeout(Some(SILENCE)).unwrap();
    assert!(stream.read(&mut [0; 1]).is_err(), "the answer was dropped on the way");
}

/// The answer's records, or the error code.
fn lookup(guest: &Guest, server: Ipv4Addr, name: &str, kind: TYPE) -> Vec<String> {
    let mut query = Packet::new_query(99);
    let class = QCLASS::CLASS(CLASS::IN);
    query.questions.push(Question::new(Name::new(name).unwrap(), QTYPE::TYPE(kind), class, false));
    let socket: UdpSocket = guest.udp(0);
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    socket.send_to(&query.build_bytes_vec().unwrap(), (server, 53)).unwrap();
    let mut buffer = [0; 512];
    let (length, peer) = socket.recv_from(&mut buffer).unwrap();
    assert_eq!(peer.ip(), server);
    let reply = Packet::parse(&buffer[..length]).unwrap();
    let answers = reply.answers.iter().map(|record| match &record.rdata {
        RData::A(a) => Ipv4Addr::from(a.address).to_string(),
        RData::PTR(ptr) => ptr.0.to_string(),
        other => format!("{other:?}"),
    });
    answers.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn private_names_are_resolved_in_both_directions() {
    let Some(region) = Region::new() else { return };
    let plan = plan("vpc-00000000000000d03");
    region.apply(&plan).await;
    let guest = region.guest(&plan, EVEN).await;
    for server in [Ipv4Addr::new(169, 254, 169, 253), Ipv4Addr::new(10, 0, 0, 2)] {
        assert_eq!(lookup(&guest, server, "ip-10-0-1-11.ec2.internal", TYPE::A), ["10.0.1.11"]);
        assert_eq!(lookup(&guest, server, "11.1.0.10.in-addr.arpa", TYPE::PTR), ["ip-10-0-1-11.ec2.internal"]);
        assert!(lookup(&guest, server, "ip-10-0-1-11.ec2.internal", TYPE::AAAA).is_empty());
    }
    // And those that are the same everywhere.
    let found = lookup(&guest, Ipv4Addr::new(10, 0, 0, 2), "Web.elb.test", TYPE::A);
    assert_eq!(found, ["198.19.0.5", "198.19.0.6"]);
    let mut stream = guest.connect(Ipv4Addr::new(10, 0, 0, 2), 53).unwrap();
    let mut query = Packet::new_query(5);
    let class = QCLASS::CLASS(CLASS::IN);
    let name = Name::new("ip-10-0-1-11.ec2.internal").unwrap();
    query.questions.push(Question::new(name, QTYPE::TYPE(TYPE::A), class, false));
    let bytes = query.build_bytes_vec().unwrap();
    stream.write_all(&(bytes.len() as u16).to_be_bytes()).unwrap();
    stream.write_all(&bytes).unwrap();
    let mut length = [0; 2];
    stream.read_exact(&mut length).unwrap();
    let mut reply = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut reply).unwrap();
    assert_eq!(Packet::parse(&reply).unwrap().answers.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stock_client_gets_its_address_by_dhcp() {
    let Some(region) = Region::new() else { return };
    if Command::new("busybox").arg("udhcpc").arg("--help").output().is_err() {
        return eprintln!("SKIPPED: no busybox to ask with");
    }
    let plan = plan("vpc-00000000000000d05");
    region.apply(&plan).await;
    let guest = region.guest(&plan, ODD).await;
    // The client says what it was told by calling a script.
    let script = region.directory.path().join("told");
    std::fs::write(
        &script,
        "#!/bin/sh\n[ \"$1\" = bound ] && echo \"told $ip $mask $router $dns $hostname $domain\"\nexit 0\n",
    )
    .unwrap();
    std::fs::set_permissions(&script, PermissionsExt::from_mode(0o755)).unwrap();
    let output = guest.inside(|| {
        let mut netlink = Netlink::open().unwrap();
        let eth0 = netlink.link("eth0").unwrap().unwrap();
        assert!(Command::new("ip").args(["address", "flush", "dev", &eth0.name]).status().unwrap().success());
        let options = ["udhcpc", "-f", "-n", "-q", "-O", "hostname", "-i", "eth0", "-s"];
        Command::new("busybox").args(options).arg(&script).output().unwrap()
    });
    let said = String::from_utf8_lossy(&output.stdout);
    let expected = "told 10.0.1.11 24 10.0.1.1 10.0.0.2 ip-10-0-1-11 ec2.internal";
    assert!(said.contains(expected), "{said}{}", String::from_utf8_lossy(&output.stderr));
}
