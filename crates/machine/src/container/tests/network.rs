//! Machines in a real VPC: metadata, keys, user data, and a log-in from the host through the public address.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use async_trait::async_trait;

use super::*;
use crate::net::Network;
use crate::net::host::HostNetwork;
use crate::net::metadata::{InstanceMetadata, MetadataSource};
use crate::net::plan::*;
use crate::spec::{Interface, MacAddr};

const PRIVATE: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 10);

struct Answers {
    machine: String,
    key: String,
    user_data: String,
}

#[async_trait]
impl MetadataSource for Answers {
    async fn instance(&self, _: &str, address: Ipv4Addr) -> Option<InstanceMetadata> {
        let leaf = |path: &str, value: &str| (path.to_owned(), value.to_owned());
        (address == PRIVATE).then(|| InstanceMetadata {
            machine: self.machine.clone(),
            enabled: true,
            tokens_required: true,
            hop_limit: 1,
            leaves: BTreeMap::from([
                leaf("meta-data/instance-id", &self.machine),
                leaf("meta-data/ami-id", "ami-0123456789abcdef0"),
                leaf("meta-data/instance-type", "t3.micro"),
                leaf("meta-data/hostname", "ip-10-0-0-5.ec2.internal"),
                leaf("meta-data/local-hostname", "ip-10-0-0-5.ec2.internal"),
                leaf("meta-data/local-ipv4", &PRIVATE.to_string()),
                leaf("meta-data/mac", "02:00:00:00:00:01"),
                leaf("meta-data/placement/availability-zone", "us-east-1a"),
                leaf("meta-data/network/interfaces/macs/02:00:00:00:00:01/local-ipv4s", &PRIVATE.to_string()),
                leaf("meta-data/network/interfaces/macs/02:00:00:00:00:01/device-number", "0"),
                leaf("dynamic/instance-identity/document", "{\"region\": \"us-east-1\"}"),
                leaf("meta-data/public-keys/0/openssh-key", &self.key),
            ]),
            user_data: Some(self.user_data.clone().into_bytes()),
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

/// A key pair in `directory`; answers the public half.
fn key_pair(directory: &Path) -> String {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f"])
        .arg(directory.join("key"))
        .status();
    assert!(made.is_ok_and(|status| status.success()), "ssh-keygen is needed for this test");
    std::fs::read_to_string(directory.join("key.pub")).unwrap().trim().to_owned()
}

/// Runs a command over SSH; waits for a server that is not up yet.
fn over_ssh(directory: &Path, user: &str, address: Ipv4Addr, command: &str) -> String {
    for _ in 0..100 {
        let output = Command::new("ssh")
            .args(["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"])
            .args(["-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-i"])
            .arg(directory.join("key"))
            .arg(format!("{user}@{address}"))
            .arg(command)
            .output()
            .unwrap();
        if output.status.success() {
            return String::from_utf8_lossy(&output.stdout).trim().to_owned();
        }
        eprintln!("ssh: {}", String::from_utf8_lossy(&output.stderr).trim());
        std::thread::sleep(Duration::from_millis(300));
    }
    panic!("no log-in to {user}@{address}");
}

/// Launches a machine of that image in a VPC of its own and logs in.
async fn launch_and_log_in(region: Region, recipe: Recipe, user: &'static str, number: u8) {
    let directory = region.place.path().to_owned();
    let third = ((std::process::id() + u32::from(number)) % 200) as u8;
    let public = Ipv4Addr::new(198, 19, third, 9);
    let network = Arc::new(HostNetwork::new(&directory, format!("198.19.{third}.0/24").parse().unwrap()).unwrap());
    let answers = Answers {
        machine: "i-0123456789abcdef0".into(),
        key: key_pair(&directory),
        user_data: "#!/bin/sh\necho user data of $(hostname) by $(id -un) > /root/note\ncat /root/note\n".into(),
    };
    network.serve_metadata(Arc::new(answers));
    let mut spec = region.spec(1);
    spec.image = recipe.image_id();
    spec.resources.memory_mib = 512;
    spec.resources.cpu_limit_millis = None;
    let (vpc, eni) = (format!("vpc-0000000000ct{number:03}"), format!("eni-0000000000ct{number:03}"));
    spec.interfaces.push(Interface {
        eni: eni.clone(),
        vpc: vpc.clone(),
        mac: MacAddr([2, 0, 0, 0, 0, 1]),
        address: PRIVATE,
        prefix: 24,
        gateway: Ipv4Addr::new(10, 0, 1, 1),
        mtu: 1500,
    });
    let purge = Arc::clone(&network);
    // Apart, so that the network is removed whatever happens in it.
    let done = tokio::spawn(async move {
        network.apply(&plan(&vpc, &eni, public)).await.unwrap();
        let driver = ContainerDriver::new(&directory, region.images.clone(), network).unwrap();
        let began = std::time::Instant::now();
        driver.create(&spec).await.unwrap();
        driver.start(&spec.id).await.unwrap();
        region.console_shows(&spec.id, "user data of ip-10-0-0-5 by root").await;
        eprintln!("{}: user data had run {:?} after the launch", recipe.name(), began.elapsed());
        region.console_shows(&spec.id, "-----END SSH HOST KEY KEYS-----").await;
        let command = match user {
            "root" => "id -un; hostname; free -m | awk '/^Mem/ {print $2}'",
            _ => "id -un; hostname; sudo free -m | awk '/^Mem/ {print $2}'",
        };
        let said = tokio::task::spawn_blocking(move || over_ssh(&directory, user, public, command));
        assert_eq!(said.await.unwrap(), format!("{user}\nip-10-0-0-5\n512"));
        eprintln!("{}: logged in {:?} after the launch", recipe.name(), began.elapsed());
        region.console_shows(&spec.id, "boot finished").await;
        // The second boot keeps the host key and does not run user data again.
        driver.reboot(&spec.id).await.unwrap();
        region.console_shows_times(&spec.id, "boot finished", 2).await;
        let console = driver.console(&spec.id).await.unwrap();
        let console = String::from_utf8_lossy(&console).into_owned();
        assert_eq!(console.matches("user data of ip-10-0-0-5 by root").count(), 1, "{console}");
        let keys: std::collections::BTreeSet<_> =
            console.lines().filter(|line| line.starts_with("ssh-ed25519 ")).collect();
        assert_eq!(keys.len(), 1, "{console}");
        driver.destroy(&spec.id).await.unwrap();
        region.assert_clean();
    })
    .await;
    purge.purge().await.unwrap();
    done.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_minimal_machine_in_a_vpc_takes_its_key_and_runs_its_user_data() {
    let Some(region) = Region::new() else { return };
    launch_and_log_in(region, Recipe::Minimal, "root", 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_debian_machine_in_a_vpc_is_set_up_by_cloud_init() {
    let Some(region) = Region::new() else { return };
    if Command::new("mmdebstrap").arg("--version").output().is_err() {
        eprintln!("SKIPPED: mmdebstrap is not installed");
        return;
    }
    region.images.build(Recipe::Debian12, &|step| eprintln!("image: {step}")).unwrap();
    launch_and_log_in(region, Recipe::Debian12, "admin", 2).await;
}
