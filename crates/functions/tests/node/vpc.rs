//! A function in a VPC, which is made here as the control plane would.

use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::AsFd;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use freehold_functions::spec::{Interface, MacAddr, Network as Connected};
use freehold_machine::net::Network;
use freehold_machine::net::host::HostNetwork;
use freehold_machine::net::plan::{AddressPlan, EniPlan, PeerPlan, ProtocolPlan, RulePlan, SecurityGroupPlan};
use freehold_machine::net::plan::{SubnetPlan, VpcPlan};
use serde_json::json;

use crate::harness::{Region, until};

const VPC: &str = "vpc-00000000000000fa1";
const SERVER: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 10);
const FUNCTION: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 20);

/// With a machine that does nothing.
struct Vpc {
    network: Arc<HostNetwork>,
    machine: Child,
}

fn interface(address: Ipv4Addr) -> Interface {
    let [a, b, c, d] = address.octets();
    Interface {
        eni: format!("eni-000000000{d:08x}"),
        vpc: VPC.into(),
        mac: MacAddr([2, 0xee, a, b, c, d]),
        address,
        prefix: 24,
        gateway: Ipv4Addr::new(10, 0, 1, 1),
        mtu: 9001,
    }
}

/// What is in the function's group may ask the machine at port 7000.
fn plan() -> VpcPlan {
    let eni = |address: Ipv4Addr, group: &str| EniPlan {
        id: interface(address).eni,
        subnet: "subnet-1".into(),
        addresses: vec![AddressPlan { private: address, public: None }],
        groups: vec![group.into()],
        source_dest_check: true,
        relays: false,
        unfiltered: false,
    };
    let group = |id: &str, ingress: Vec<RulePlan>| SecurityGroupPlan {
        id: id.into(),
        ingress,
        egress: vec![RulePlan { protocol: ProtocolPlan::All, peer: PeerPlan::Cidr("0.0.0.0/0".parse().unwrap()) }],
    };
    let asks = RulePlan { protocol: ProtocolPlan::Tcp { from: 7000, to: 7000 }, peer: PeerPlan::Group("sg-f".into()) };
    VpcPlan {
        vpc: VPC.into(),
        cidrs: vec!["10.0.0.0/16".parse().unwrap()],
        subnets: vec![SubnetPlan { id: "subnet-1".into(), cidr: "10.0.1.0/24".parse().unwrap(), routes: Vec::new() }],
        enis: vec![eni(SERVER, "sg-m"), eni(FUNCTION, "sg-f")],
        security_groups: vec![group("sg-m", vec![asks]), group("sg-f", Vec::new())],
    }
}

impl Vpc {
    async fn new(region: &Region) -> Self {
        let pool = "198.19.250.0/24".parse().unwrap();
        let network = Arc::new(HostNetwork::new(region.place.path(), pool).unwrap());
        let mut sleeper = Command::new("unshare");
        sleeper.args(["--net", "sh", "-c", "echo; exec sleep infinity"]).stdout(Stdio::piped());
        let mut machine = sleeper.spawn().unwrap();
        // The line says that the namespace is there.
        std::io::Read::read_exact(&mut machine.stdout.take().unwrap(), &mut [0]).unwrap();
        let vpc = Self { network, machine };
        vpc.network.apply(&plan()).await.unwrap();
        vpc.network.attach_container(&interface(SERVER), 0, vpc.machine.id()).await.unwrap();
        vpc
    }

    /// A port of the machine's.
    fn listen(&self, port: u16) -> TcpListener {
        let path = format!("/proc/{}/ns/net", self.machine.id());
        let listen = move || {
            let namespace = std::fs::File::open(path).unwrap();
            rustix::thread::move_into_link_name_space(namespace.as_fd(), None).unwrap();
            TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).unwrap()
        };
        std::thread::spawn(listen).join().unwrap()
    }

    async fn has_functions_interface(&self) -> bool {
        self.network.traffic(&interface(FUNCTION)).await.unwrap().is_some()
    }
}

impl Drop for Vpc {
    fn drop(&mut self) {
        let _ = self.machine.kill();
        let _ = self.machine.wait();
        let network = Arc::clone(&self.network);
        let purge = move || tokio::runtime::Runtime::new().unwrap().block_on(network.purge());
        let purged = std::thread::spawn(purge).join();
        if !std::thread::panicking() {
            purged.unwrap().unwrap();
        }
    }
}

pub async fn a_function_in_a_vpc_reaches_what_its_group_reaches(mut region: Region) {
    region.ready().await;
    let vpc = Vpc::new(&region).await;
    let (asked, _other) = (vpc.listen(7000), vpc.listen(7001));
    let inside = |revision: &mut freehold_functions::spec::Revision| {
        revision.timeout_seconds = 10;
        revision.network = Connected::Vpc { interfaces: vec![interface(FUNCTION)] };
    };
    let (id, outside) = (region.revision(inside), region.revision(|revision| revision.timeout_seconds = 10));
    let connect = |port: u16| json!({"do": "connect", "argument": format!("{SERVER}:{port}")});
    assert_eq!(region.ask(&id, connect(7000)).await, json!("connected"));
    assert_eq!(asked.accept().unwrap().1.ip(), FUNCTION, "it hides behind its interface");
    let said = region.ask(&id, connect(7001)).await;
    assert!(said.as_str().unwrap().contains("timed out"), "{said}");
    // Whoever has the address in the world outside may answer; the machine is not asked.
    region.ask(&outside, connect(7000)).await;
    asked.set_nonblocking(true).unwrap();
    assert_eq!(asked.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);

    // The interface is as long in the VPC as something of the function is, however that ended.
    assert!(vpc.has_functions_interface().await);
    region.restart().await;
    until("the interface is gone", async || !vpc.has_functions_interface().await).await;
    assert_eq!(region.ask(&id, connect(7000)).await, json!("connected"));
    assert!(region.node.remove(&id).await.unwrap());
    until("the interface is gone", async || !vpc.has_functions_interface().await).await;
}
