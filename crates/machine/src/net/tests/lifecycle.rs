//! What is made, and that nothing of it stays.

use std::process::Command;

use super::Region;
use super::fixture::{Planning, everything, interface, vpc};
use super::guest::{Guest, host_reaches};
use crate::net::Network;
use crate::net::host::HostNetwork;
use crate::net::names::{Tag, eni_link};
use crate::net::{netns, nft};

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Everything on the host that carries the region's tag or an address of its pool.
fn traces(region: &Region) -> Vec<String> {
    let tag = Tag::of(region.directory.path());
    let pool = region.pool.network().to_string();
    let marks = [tag.uplink_prefix(), tag.table(), pool.trim_end_matches('0').to_owned()];
    let all = [
        output("ip", &["netns"]),
        output("ip", &["link"]),
        output("ip", &["route"]),
        output("ip", &["address"]),
        output("nft", &["list", "ruleset"]),
    ];
    let lines = all.iter().flat_map(|text| text.lines());
    lines.filter(|line| marks.iter().any(|mark| line.contains(mark.as_str()))).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn removing_the_last_vpc_leaves_no_trace() {
    let Some(region) = Region::new() else { return };
    assert_eq!(traces(&region), Vec::<String>::new());
    let plan = vpc("vpc-00000000000000a01").eni("eni-00000000000000001", 10, Some(region.public(10)), &["sg-1"]).group(
        "sg-1",
        everything(),
        everything(),
    );
    region.apply(&plan).await;
    let guest = region.guest(&plan, "eni-00000000000000001").await;
    assert_eq!(region.network.list().await.unwrap(), [plan.vpc.as_str()]);
    assert!(!traces(&region).is_empty());
    region.network.remove(&plan.vpc).await.unwrap();
    region.network.remove(&plan.vpc).await.unwrap();
    assert!(region.network.list().await.unwrap().is_empty());
    assert_eq!(traces(&region), Vec::<String>::new());
    drop(guest);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interface_that_was_not_brought_up_yet_is_no_obstacle() {
    let Some(region) = Region::new() else { return };
    let eni = "eni-00000000000000001";
    let plan = vpc("vpc-00000000000000a0a").eni(eni, 10, Some(region.public(10)), &["sg-1"]).group(
        "sg-1",
        everything(),
        everything(),
    );
    region.apply(&plan).await;
    let guest = region.guest(&plan, eni).await;
    let listener = guest.listen(80);
    // As it is between the making of a device and bringing it up, where a control plane may be killed.
    let namespace = Tag::of(region.directory.path()).namespace(&plan.vpc);
    output("ip", &["-n", &namespace, "link", "set", &eni_link(eni), "down"]);
    assert!(!host_reaches(region.public(10), 80));
    region.apply(&plan).await;
    assert!(host_reaches(region.public(10), 80));
    drop((listener, guest));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_control_plane_adopts_what_an_older_one_made() {
    let Some(region) = Region::new() else { return };
    let plan = vpc("vpc-00000000000000a02").eni("eni-00000000000000001", 10, Some(region.public(10)), &["sg-1"]).group(
        "sg-1",
        everything(),
        everything(),
    );
    region.apply(&plan).await;
    let guest = region.guest(&plan, "eni-00000000000000001").await;
    let listener = guest.listen(80);
    assert!(host_reaches(region.public(10), 80));

    // The older one's sockets must be closed, as they are when its process ends.
    let successor = HostNetwork::new(region.directory.path(), region.pool).unwrap();
    assert_eq!(successor.list().await.unwrap(), [plan.vpc.as_str()]);
    assert!(host_reaches(region.public(10), 80), "nothing is disturbed by looking");
    region.network.attach_container(&interface(&plan, "eni-00000000000000001"), 0, guest.pid()).await.unwrap();
    assert!(host_reaches(region.public(10), 80));
    drop(listener);
    successor.purge().await.unwrap();
    assert_eq!(traces(&region), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interface_moves_to_the_next_machine_that_holds_it() {
    let Some(region) = Region::new() else { return };
    let plan = vpc("vpc-00000000000000a03").eni("eni-00000000000000001", 10, Some(region.public(10)), &["sg-1"]).group(
        "sg-1",
        everything(),
        everything(),
    );
    region.apply(&plan).await;
    let first = region.guest(&plan, "eni-00000000000000001").await;
    let second = region.guest(&plan, "eni-00000000000000001").await;
    assert!(!first.has_address([10, 0, 1, 10].into()));
    assert!(second.has_address([10, 0, 1, 10].into()));
    let _listener = second.listen(80);
    assert!(host_reaches(region.public(10), 80));
    region.network.detach(&interface(&plan, "eni-00000000000000001")).await.unwrap();
    region.network.detach(&interface(&plan, "eni-00000000000000001")).await.unwrap();
    assert!(!second.has_address([10, 0, 1, 10].into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tap_lives_as_long_as_its_descriptor() {
    let Some(region) = Region::new() else { return };
    let plan = vpc("vpc-00000000000000a04").eni("eni-00000000000000001", 10, None, &[]);
    region.apply(&plan).await;
    let namespace = Tag::of(region.directory.path()).namespace(&plan.vpc);
    let link = eni_link("eni-00000000000000001");
    let is_there = || output("ip", &["-n", &namespace, "link"]).contains(&link);
    let tap = match region.network.attach_vm(&interface(&plan, "eni-00000000000000001")).await {
        Ok(tap) => tap,
        Err(crate::Error::Unsupported(reason)) => return eprintln!("SKIPPED: {reason}"),
        Err(error) => panic!("{error}"),
    };
    assert!(is_there());
    let again = region.network.attach_vm(&interface(&plan, "eni-00000000000000001")).await.unwrap();
    drop(tap);
    assert!(is_there());
    drop(again);
    assert!(!is_there());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_interfaces_are_attached_at_once() {
    let Some(region) = Region::new() else { return };
    let ids: Vec<String> = (0..50).map(|n| format!("eni-000000000000000{n:02}")).collect();
    let plan =
        ids.iter().zip(10..).fold(vpc("vpc-00000000000000a05"), |plan, (id, host)| plan.eni(id, host, None, &["sg-1"]));
    let plan = plan.group("sg-1", everything(), everything());
    region.apply(&plan).await;
    let guests: Vec<Guest> = ids.iter().map(|_| Guest::new()).collect();
    let mut tasks = tokio::task::JoinSet::new();
    for (id, guest) in ids.iter().zip(&guests) {
        let (network, interface, pid) = (region.network.clone(), interface(&plan, id), guest.pid());
        tasks.spawn(async move { network.attach_container(&interface, 0, pid).await });
    }
    while let Some(attached) = tasks.join_next().await {
        attached.unwrap().unwrap();
    }
    let _listener = guests[49].listen(80);
    assert!(guests[0].reaches([10, 0, 1, 59].into(), 80));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_crash_left_half_made_is_finished_or_removed() {
    let Some(region) = Region::new() else { return };
    let tag = Tag::of(region.directory.path());
    let plan = vpc("vpc-00000000000000a06").eni("eni-00000000000000001", 10, Some(region.public(10)), &["sg-1"]).group(
        "sg-1",
        everything(),
        everything(),
    );
    // A name without a namespace.
    let name = netns::path(&tag.namespace(&plan.vpc));
    std::fs::create_dir_all(name.parent().unwrap()).unwrap();
    std::fs::write(&name, "").unwrap();
    assert_eq!(region.network.list().await.unwrap(), [plan.vpc.as_str()]);
    region.network.remove(&plan.vpc).await.unwrap();
    assert_eq!(traces(&region), Vec::<String>::new());

    // A namespace without anything in it, and an uplink of another VPC that leads nowhere.
    std::fs::write(&name, "").unwrap();
    netns::create(&tag.namespace(&plan.vpc)).unwrap();
    let lost = tag.uplink("vpc-00000000000000a07");
    assert!(
        output("ip", &["link", "add", &lost, "type", "veth", "peer", "name", &format!("t{}", &lost[3..])]).is_empty()
    );
    region.apply(&plan).await;
    let guest = region.guest(&plan, "eni-00000000000000001").await;
    let _listener = guest.listen(80);
    assert!(host_reaches(region.public(10), 80));
    region.network.purge().await.unwrap();
    assert_eq!(traces(&region), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_of_the_host_that_somebody_flushed_are_put_back() {
    let Some(region) = Region::new() else { return };
    let plan = vpc("vpc-00000000000000a08");
    region.apply(&plan).await;
    let table = Tag::of(region.directory.path()).table();
    assert!(nft::table_exists(&table).unwrap());
    nft::delete_table(&table).unwrap();
    assert!(!nft::table_exists(&table).unwrap());
    region.apply(&plan).await;
    assert!(nft::table_exists(&table).unwrap());
}
