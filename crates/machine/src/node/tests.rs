//! Nodes with real processes and real packets. They need root.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;

use rustix::net::{AddressFamily, SocketType};

use super::*;
use crate::container::cgroup;
use crate::net::names::Tag;
use crate::net::netns;
use crate::net::plan::VpcPlan;
use crate::net::tests::fixture::{Planning, Region, everything, from_group, interface, tcp, vpc};
use crate::net::tests::guest::{Guest, connect, host_reaches, http};
use crate::testing::wait_until;

const A: &str = "eni-0000000000000000a";
const B: &str = "eni-0000000000000000b";
const CLIENT: &str = "eni-0000000000000000c";
const TARGET: &str = "eni-0000000000000000d";

/// Serves its directory on port 80 of all of its addresses, as far as its user may read it.
fn program() -> Program {
    Program::open("/bin/busybox".as_ref(), "busybox", &["httpd", "-f", "-p", "80", "-h", "."]).unwrap()
}

fn nodes(region: &Region) -> HostNodes {
    HostNodes::new(region.directory.path(), Arc::clone(&region.network) as _, program()).unwrap()
}

/// Control groups are named by the node alone, so each test has another one.
fn spec(id: &str, plan: &VpcPlan, interfaces: &[&str], relays: bool) -> NodeSpec {
    let interfaces = interfaces.iter().map(|eni| interface(plan, eni)).collect();
    NodeSpec { id: id.to_owned(), interfaces, relays }
}

fn plan(region: &Region, name: &str) -> VpcPlan {
    let open = |plan: VpcPlan| plan.group("sg-1", everything(), everything());
    open(vpc(name))
        .eni(A, 10, Some(region.public(10)), &["sg-1"])
        .eni(B, 11, Some(region.public(11)), &["sg-1"])
        .eni(CLIENT, 30, None, &["sg-1"])
        .eni(TARGET, 40, None, &["sg-1"])
}

fn pid(state: NodeState) -> u32 {
    match state {
        NodeState::Running { pid } => pid,
        other => panic!("{other:?}"),
    }
}

/// A program that ended soon after its start is given a pause.
async fn start_again(nodes: &HostNodes, spec: &NodeSpec) -> u32 {
    loop {
        match nodes.ensure(spec).await.unwrap() {
            NodeState::Dead => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
            other => return pid(other),
        }
    }
}

fn get(stream: TcpStream) -> String {
    http(stream, "GET /config.json HTTP/1.1")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_serves_at_all_of_its_addresses_and_leaves_nothing() {
    const NODE: &str = "50dc6c495c0c9181";
    let Some(region) = Region::new() else { return };
    let plan = plan(&region, "vpc-00000000000000b01");
    region.apply(&plan).await;
    let client = region.guest(&plan, CLIENT).await;
    let nodes = nodes(&region);
    nodes.configure(NODE, b"{\"revision\": 1}").await.unwrap();
    nodes.ensure(&spec(NODE, &plan, &[A, B], false)).await.unwrap();
    for address in [10, 11] {
        let private = Ipv4Addr::new(10, 0, 1, address);
        wait_until("the node listens", || client.reaches(private, 80));
        assert!(get(client.connect(private, 80).unwrap()).ends_with("{\"revision\": 1}"));
        assert!(host_reaches(region.public(address), 80));
    }
    // One interface less: the other still answers.
    nodes.ensure(&spec(NODE, &plan, &[B], false)).await.unwrap();
    assert!(client.reaches(Ipv4Addr::new(10, 0, 1, 11), 80));
    assert!(!client.pings(Ipv4Addr::new(10, 0, 1, 10), false));

    assert_eq!(nodes.list().await.unwrap(), [NODE]);
    nodes.destroy(NODE).await.unwrap();
    nodes.destroy(NODE).await.unwrap();
    assert_eq!(nodes.state(NODE).await.unwrap(), NodeState::Absent);
    assert!(nodes.list().await.unwrap().is_empty());
    assert!(!netns::exists(&Tag::of(region.directory.path()).node_namespace(NODE)));
    assert!(!region.directory.path().join("balancers").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_is_adopted_and_a_dead_one_is_started_again() {
    const NODE: &str = "50dc6c495c0c9182";
    let Some(region) = Region::new() else { return };
    let plan = plan(&region, "vpc-00000000000000b02");
    region.apply(&plan).await;
    let first = nodes(&region);
    let wanted = spec(NODE, &plan, &[A], false);
    let before = pid(first.ensure(&wanted).await.unwrap());
    assert_eq!(pid(first.ensure(&wanted).await.unwrap()), before);
    drop(first);
    let second = nodes(&region);
    assert_eq!(pid(second.state(NODE).await.unwrap()), before);
    assert_eq!(pid(second.ensure(&wanted).await.unwrap()), before);

    let mut exits = second.exits();
    let victim = rustix::process::Pid::from_raw(i32::try_from(before).unwrap()).unwrap();
    rustix::process::kill_process(victim, rustix::process::Signal::KILL).unwrap();
    exits.changed().await.unwrap();
    assert_eq!(second.state(NODE).await.unwrap(), NodeState::Dead);
    assert_ne!(start_again(&second, &wanted).await, before);
    wait_until("it serves again", || host_reaches(region.public(10), 80));

    // A program whose number nobody came to write down is not left beside another one.
    let record = region.directory.path().join("balancers").join(NODE).join("node.json");
    std::fs::write(&record, "{").unwrap();
    let orphan = start_again(&second, &wanted).await;
    wait_until("it serves again", || host_reaches(region.public(10), 80));
    assert!(cgroup::holds(&format!("lb-{NODE}"), orphan));
    second.destroy(NODE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_is_nobody_and_forges_nothing() {
    const NODE: &str = "50dc6c495c0c9183";
    let Some(region) = Region::new() else { return };
    let plan = plan(&region, "vpc-00000000000000b03");
    region.apply(&plan).await;
    let nodes = nodes(&region);
    nodes.configure(NODE, b"{}").await.unwrap();
    let pid = pid(nodes.ensure(&spec(NODE, &plan, &[A], false)).await.unwrap());
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    assert!(field("Uid:").split_whitespace().all(|id| id.parse::<u32>().unwrap() >= 0x7000_0000), "{status}");
    assert_eq!(field("CapEff:"), "0000000000000000");
    assert_eq!(field("NoNewPrivs:"), "1");
    // What is ours in its directory is not its own to replace, and nobody else looks into it.
    use std::os::unix::fs::MetadataExt;
    let directory = nodes.directory(NODE).unwrap();
    let known = std::fs::metadata(&directory).unwrap();
    assert_eq!((known.mode() & 0o7777, known.uid()), (0o1770, 0));
    let config = std::fs::metadata(directory.join("config.json")).unwrap();
    assert_eq!((config.mode() & 0o777, config.uid()), (0o640, 0));
    // By a socket of ours it reaches us, and nobody else does.
    let listener = nodes.listen(NODE, "ask.sock").await.unwrap();
    let socket = std::fs::metadata(directory.join("ask.sock")).unwrap();
    assert_eq!((socket.mode() & 0o777, socket.uid(), socket.gid()), (0o660, 0, known.gid()));
    std::os::unix::net::UnixStream::connect(directory.join("ask.sock")).unwrap();
    assert!(listener.accept().is_ok());
    drop(listener);
    nodes.listen(NODE, "ask.sock").await.expect("what is left of an earlier one is no hindrance");
    // A link in the place of its status leads nowhere.
    std::os::unix::fs::symlink("/etc/shadow", directory.join("status.json")).unwrap();
    assert!(nodes.status(NODE).is_err());
    nodes.destroy(NODE).await.unwrap();
}

/// A connection in the name of `client`, from the calling thread's namespace.
fn connect_as(client: Ipv4Addr, target: SocketAddrV4) -> std::io::Result<TcpStream> {
    let socket: OwnedFd = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None)?;
    let on: libc::c_int = 1;
    // SAFETY: the option is an int, of which the size is given.
    let set =
        unsafe { libc::setsockopt(socket.as_raw_fd(), libc::SOL_IP, libc::IP_TRANSPARENT, (&raw const on).cast(), 4) };
    assert_eq!(set, 0);
    rustix::net::sockopt::set_socket_timeout(
        &socket,
        rustix::net::sockopt::Timeout::Send,
        Some(std::time::Duration::from_secs(5)),
    )?;
    rustix::net::bind(&socket, &SocketAddrV4::new(client, 0))?;
    rustix::net::connect(&socket, &target)?;
    Ok(TcpStream::from(socket))
}

fn exchange(listener: &TcpListener, target: &Guest, mut stream: TcpStream) -> Ipv4Addr {
    let (mut served, peer) = target.inside(|| listener.accept().unwrap());
    stream.write_all(b"ping").unwrap();
    let mut word = [0; 4];
    served.read_exact(&mut word).unwrap();
    served.write_all(&word).unwrap();
    stream.read_exact(&mut word).unwrap();
    assert_eq!(&word, b"ping");
    match peer.ip() {
        std::net::IpAddr::V4(address) => address,
        std::net::IpAddr::V6(address) => panic!("{address}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_in_a_client_s_name_is_answered_to_the_node() {
    const NODE: &str = "50dc6c495c0c9184";
    let Some(region) = Region::new() else { return };
    let mut plan = plan(&region, "vpc-00000000000000b04");
    // The target lets the node's group in, and so whoever it speaks for.
    plan = plan.group("sg-node", everything(), everything());
    plan = plan.group("sg-target", vec![from_group(tcp(8080, 8080), "sg-node")], everything());
    for eni in &mut plan.enis {
        match eni.id.as_str() {
            A => (eni.relays, eni.groups) = (true, vec!["sg-node".into()]),
            TARGET => eni.groups = vec!["sg-target".into()],
            _ => {}
        }
    }
    region.apply(&plan).await;
    let (client, target) = (region.guest(&plan, CLIENT).await, region.guest(&plan, TARGET).await);
    let nodes = nodes(&region);
    let pid = pid(nodes.ensure(&spec(NODE, &plan, &[A], true)).await.unwrap());
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    assert!(status.contains("CapEff:\t0000000000002000"), "CAP_NET_RAW and nothing else: {status}");

    let listener = target.listen(8080);
    let inside = netns::path(&Tag::of(region.directory.path()).node_namespace(NODE));
    let there = SocketAddrV4::new(Ipv4Addr::new(10, 0, 1, 40), 8080);
    let wait = || netns::enter(&inside, || Ok(connect(*there.ip(), 8080, std::time::Duration::from_secs(1)).is_ok()));
    wait_until("the node reaches the target in its own name", || wait().unwrap());
    target.inside(|| drop(listener.accept().unwrap()));
    // Of the world, and of the VPC, where the answer would otherwise go to the client itself.
    for name in [Ipv4Addr::new(203, 0, 113, 7), Ipv4Addr::new(10, 0, 1, 30)] {
        let stream = netns::enter(&inside, || Ok(connect_as(name, there).unwrap())).unwrap();
        assert_eq!(exchange(&listener, &target, stream), name);
    }
    // The client itself is not in the group.
    assert!(client.is_dropped(*there.ip(), 8080));
    nodes.destroy(NODE).await.unwrap();
}
