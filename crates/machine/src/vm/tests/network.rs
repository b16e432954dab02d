//! A machine in a real VPC: it finds its metadata, runs its user data and answers on its public address.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use super::*;
use crate::image::Recipe;
use crate::net::host::HostNetwork;
use crate::net::metadata::InstanceMetadata;
use crate::net::plan::{
    AddressPlan, EniPlan, PeerPlan, ProtocolPlan, RoutePlan, RouteTarget, RulePlan, SecurityGroupPlan, SubnetPlan,
};

const PRIVATE: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 10);

struct Answers;

#[async_trait]
impl MetadataSource for Answers {
    async fn instance(&self, _: &str, _: Ipv4Addr) -> Option<InstanceMetadata> {
        let leaf = |path: &str, value: &str| (path.to_owned(), value.to_owned());
        Some(InstanceMetadata {
            machine: "i-vmtest3".into(),
            enabled: true,
            tokens_required: true,
            hop_limit: 1,
            leaves: BTreeMap::from([
                leaf("meta-data/instance-id", "i-vmtest3"),
                leaf("meta-data/local-ipv4", "10.0.1.10"),
            ]),
            user_data: Some(b"#!/bin/sh\necho user data of $(hostname)\n".to_vec()),
        })
    }

    async fn resolve(&self, _: &str, _: &str) -> Option<Ipv4Addr> {
        None
    }

    async fn reverse(&self, _: &str, _: Ipv4Addr) -> Option<String> {
        None
    }
}

fn plan(vpc: &str, eni: &str, public: Ipv4Addr) -> VpcPlan {
    let anywhere = || "0.0.0.0/0".parse().unwrap();
    let rule = |protocol| RulePlan { protocol, peer: PeerPlan::Cidr(anywhere()) };
    VpcPlan {
        vpc: vpc.into(),
        cidrs: vec!["10.0.0.0/16".parse().unwrap()],
        subnets: vec![SubnetPlan {
            id: "subnet-1".into(),
            cidr: "10.0.1.0/24".parse().unwrap(),
            routes: vec![RoutePlan { destination: anywhere(), target: RouteTarget::InternetGateway }],
        }],
        enis: vec![EniPlan {
            id: eni.into(),
            subnet: "subnet-1".into(),
            addresses: vec![AddressPlan { private: PRIVATE, public: Some(public) }],
            groups: vec!["sg-1".into()],
            source_dest_check: true,
            relays: false,
            unfiltered: false,
        }],
        security_groups: vec![SecurityGroupPlan {
            id: "sg-1".into(),
            ingress: vec![rule(ProtocolPlan::Tcp { from: 22, to: 22 })],
            egress: vec![rule(ProtocolPlan::All)],
        }],
    }
}

/// What is said first by whoever listens there.
fn banner(address: Ipv4Addr, port: u16) -> Option<String> {
    let address = SocketAddr::from((address, port));
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(5)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let mut said = [0; 64];
    let length = stream.read(&mut said).ok()?;
    Some(String::from_utf8_lossy(&said[..length]).into_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_in_a_vpc_runs_its_user_data_and_is_reached() {
    if !can_run() {
        return;
    }
    let place = crate::testing::directory("vm-network");
    let (data_dir, id) = (place.path(), "i-vmtest3");
    let _guard = Guard(data_dir, id);
    share_kernels(data_dir);
    // Built once for all runs of the tests.
    let images = std::env::temp_dir().join("freehold-test-images");
    ImageStore::open(&images).unwrap().build(Recipe::Minimal, &|_| {}).unwrap();
    std::os::unix::fs::symlink(images.join("images"), data_dir.join("images")).unwrap();

    let third = (std::process::id() % 200) as u8;
    let (pool, public) = (format!("198.19.{third}.0/24"), Ipv4Addr::new(198, 19, third, 9));
    let network = Arc::new(HostNetwork::new(data_dir, pool.parse().unwrap()).unwrap());
    network.serve_metadata(Arc::new(Answers));
    let purged = run(data_dir, id, network.clone(), public).await;
    network.purge().await.unwrap();
    purged.unwrap();
}

/// Apart, so that the network is removed whatever happens in it.
async fn run(
    data_dir: &Path,
    id: &'static str,
    network: Arc<HostNetwork>,
    public: Ipv4Addr,
) -> std::result::Result<(), tokio::task::JoinError> {
    let data_dir = data_dir.to_owned();
    tokio::spawn(async move {
        let (vpc, eni) = ("vpc-0000000000000vm01", "eni-0000000000000vm01");
        network.apply(&plan(vpc, eni, public)).await.unwrap();
        let driver = driver_on(&data_dir, network);
        let mut spec = spec(id, &Recipe::Minimal.image_id());
        let interface = &mut spec.interfaces[0];
        interface.eni = eni.into();
        interface.vpc = vpc.into();
        interface.address = PRIVATE;
        interface.gateway = Ipv4Addr::new(10, 0, 1, 1);
        interface.prefix = 24;
        driver.create(&spec).await.unwrap();
        let begun = Instant::now();
        driver.start(id).await.unwrap();
        shows(&driver, id, "user data of ip-10-0-0-5", 1).await;
        eprintln!("user data had run {} ms after the start", begun.elapsed().as_millis());
        let said = tokio::task::spawn_blocking(move || {
            let begun = Instant::now();
            loop {
                if let Some(said) = banner(public, 22) {
                    return said;
                }
                assert!(begun.elapsed() < PATIENCE, "nobody answers on port 22");
            }
        });
        assert!(said.await.unwrap().starts_with("SSH-2.0"));
        eprintln!("SSH answered {} ms after the start", begun.elapsed().as_millis());
        driver.destroy(id).await.unwrap();
    })
    .await
}
