//! Sandboxes in VPCs, with real namespaces and real packets.

use std::net::Ipv4Addr;

use super::*;
use crate::net::plan::{PeerPlan, RulePlan, VpcPlan};
use crate::net::tests::fixture::{Planning, Region, everything, from_group, interface, rule, tcp, vpc};
use crate::net::tests::guest::{Guest, PATIENCE, accept, connect, is_dropped};
use crate::sandbox::{network, place};

const SERVER: &str = "eni-0000000000000c00a";
const FUNCTION: &str = "eni-0000000000000c00b";
const SERVER_IP: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 10);
const FUNCTION_IP: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 20);

/// What the node has, without what it runs.
struct Node {
    region: Region,
    tag: Tag,
    network: Network,
    gateways: Gateways,
}

/// The network of a sandbox.
struct Inside {
    namespace: OwnedFd,
    gateway: Arc<Gateway>,
}

impl Node {
    fn new() -> Option<Self> {
        let region = Region::new()?;
        let tag = Tag::of(region.directory.path());
        let network = Network::open(tag.clone()).unwrap();
        Some(Self { region, tag, network, gateways: Gateways::default() })
    }

    fn sandbox(&self, plan: &VpcPlan, slot: u32) -> Inside {
        let mut place = place::make(&[]).unwrap();
        self.network.connect(slot, &place.namespace, &mut place.netlink).unwrap();
        let gateway = self.gateways.get(&self.tag, &interface(plan, FUNCTION)).unwrap();
        gateway.join(&self.network, slot, place.namespace.as_fd()).unwrap();
        Inside { namespace: place.namespace, gateway }
    }

    async fn guest(&self, plan: &VpcPlan) -> Guest {
        self.region.guest(plan, SERVER).await
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        network::remove(&self.tag).unwrap();
    }
}

impl Inside {
    fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        netns::enter_open(self.namespace.as_fd(), || Ok(work())).unwrap()
    }

    fn reaches(&self, address: Ipv4Addr, port: u16) -> bool {
        self.run(|| connect(address, port, PATIENCE).is_ok())
    }

    fn is_dropped(&self, address: Ipv4Addr, port: u16) -> bool {
        self.run(|| is_dropped(address, port))
    }
}

/// A server that members of the function's group may ask at port 80, and a function that may ask anybody.
fn plan(id: &str) -> VpcPlan {
    vpc(id)
        .eni(SERVER, 10, None, &["sg-server"])
        .eni(FUNCTION, 20, None, &["sg-function"])
        .group("sg-server", vec![from_group(tcp(80, 80), "sg-function")], everything())
        .group("sg-function", Vec::new(), everything())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sandbox_reaches_what_its_interfaces_groups_reach_and_is_seen_as_the_interface() {
    let Some(node) = Node::new() else { return };
    let mut plan = plan("vpc-00000000000000f01");
    node.region.apply(&plan).await;
    let server = node.guest(&plan).await;
    let (at_80, _at_81) = (server.listen(80), server.listen(81));
    let sandbox = node.sandbox(&plan, 1);
    assert!(sandbox.reaches(SERVER_IP, 80));
    assert_eq!(accept(&at_80), FUNCTION_IP);
    assert!(sandbox.is_dropped(SERVER_IP, 81), "no rule of the server's group");

    // Another one shares the interface, and neither reaches the other.
    let second = node.sandbox(&plan, 2);
    assert!(Arc::ptr_eq(&sandbox.gateway, &second.gateway));
    assert!(second.reaches(SERVER_IP, 80));
    assert_eq!(accept(&at_80), FUNCTION_IP);
    let _listener = second.run(|| std::net::TcpListener::bind((Ipv4Addr::UNSPECIFIED, 80)).unwrap());
    assert!(sandbox.is_dropped(Ipv4Addr::from(u32::from(INSIDE) + 2), 80));

    // Nobody in the VPC reaches a sandbox, whatever the group says.
    plan = plan.group("sg-function", everything(), everything());
    node.region.apply(&plan).await;
    assert!(server.is_dropped(FUNCTION_IP, 80));

    // What the function's own group does not let out does not get out.
    let away = RulePlan { peer: PeerPlan::Cidr("203.0.113.0/24".parse().unwrap()), ..everything()[0].clone() };
    plan = plan.group("sg-function", Vec::new(), vec![away]);
    node.region.apply(&plan).await;
    assert!(sandbox.is_dropped(SERVER_IP, 80), "the function's egress rules");
    plan = plan.group("sg-function", Vec::new(), vec![rule(tcp(80, 80), "10.0.1.10/32")]);
    node.region.apply(&plan).await;
    assert!(sandbox.reaches(SERVER_IP, 80));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sandbox_in_a_vpc_reaches_nothing_else() {
    let Some(node) = Node::new() else { return };
    // Both VPCs use the same block; the server is in the second.
    let (own, other) = (plan("vpc-00000000000000f02"), plan("vpc-00000000000000f03"));
    node.region.apply(&own).await;
    node.region.apply(&other).await;
    let server = node.guest(&other).await;
    let at_80 = server.listen(80);
    let sandbox = node.sandbox(&own, 1);
    assert!(sandbox.is_dropped(SERVER_IP, 80), "another VPC");
    let host = std::net::TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    let port = host.local_addr().unwrap().port();
    for address in [node.region.network.host_address(), Ipv4Addr::new(169, 254, 0, 1), FUNCTION_IP] {
        assert!(sandbox.is_dropped(address, port), "{address}");
    }
    assert!(sandbox.is_dropped(Ipv4Addr::new(169, 254, 169, 254), 80), "a function has no metadata service");

    // One in the other VPC does.
    let neighbour = node.sandbox(&other, 2);
    assert!(!Arc::ptr_eq(&sandbox.gateway, &neighbour.gateway));
    assert!(neighbour.reaches(SERVER_IP, 80));
    assert_eq!(accept(&at_80), FUNCTION_IP);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_of_the_vpc_resolve_and_the_gateway_goes_with_its_last_sandbox() {
    let Some(node) = Node::new() else { return };
    let plan = plan("vpc-00000000000000f04");
    node.region.apply(&plan).await;
    let sandbox = node.sandbox(&plan, 1);
    let query = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x0cip-10-0-1-10\x03ec2\x08internal\0\0\x01\0\x01";
    for transport in [Transport::Udp, Transport::Tcp] {
        let answer = Resolver(Some(Arc::clone(&sandbox.gateway))).resolve(query, transport).await.unwrap();
        assert!(answer.ends_with(&SERVER_IP.octets()), "{transport:?}: {answer:?}");
    }
    let namespace = node.tag.namespace(&plan.vpc);
    let link = crate::net::names::eni_link(FUNCTION);
    let has_link = || {
        let mut vpc = netns::enter(&netns::path(&namespace), Netlink::open).unwrap();
        vpc.link(&link).unwrap().is_some()
    };
    assert!(has_link());
    drop(sandbox);
    let began = Instant::now();
    while has_link() {
        assert!(began.elapsed() < PATIENCE, "the interface stays in the VPC");
        std::thread::sleep(LOOK);
    }
    let again = node.sandbox(&plan, 3);
    assert!(has_link() && again.is_dropped(SERVER_IP, 81));
}
