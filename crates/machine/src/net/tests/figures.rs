//! How long things take. Nothing is asserted: the figures are for the reader (`--nocapture`).

use std::time::{Duration, Instant};

use super::Region;
use super::fixture::{Planning, everything, from_group, interface, rule, tcp, vpc};
use super::guest::Guest;
use crate::net::Network;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_long_a_vpc_of_100_interfaces_takes() {
    let Some(region) = Region::new() else { return };
    let groups: Vec<String> = (0..10).map(|n| format!("sg-{n:08x}")).collect();
    let empty = vpc("vpc-00000000000000e01");
    let plan = (0..100u8).fold(empty.clone(), |plan, n| {
        let id = format!("eni-000000000000000{n:02}");
        plan.eni(&id, n + 10, Some(region.public(n + 10)), &[&groups[usize::from(n % 10)]])
    });
    let plan = groups.iter().fold(plan, |plan, group| {
        let rules = (0..20).map(|n| rule(tcp(n * 100, n * 100 + 50), "0.0.0.0/0"));
        plan.group(group, rules.chain([from_group(tcp(0, 65535), group)]).collect(), everything())
    });
    let timed = |what: &'static str, since: Instant| eprintln!("{what}: {:?}", since.elapsed());

    let now = Instant::now();
    region.apply(&empty).await;
    timed("an empty VPC, new", now);
    let now = Instant::now();
    region.apply(&plan).await;
    timed("100 interfaces with public addresses, 10 groups of 21 rules, new", now);
    let now = Instant::now();
    region.apply(&plan).await;
    timed("the same, unchanged", now);
    let changed = plan.clone().group(&groups[0], everything(), everything());
    let now = Instant::now();
    region.apply(&changed).await;
    timed("the same, one group changed", now);

    let guests: Vec<Guest> = (0..50).map(|_| Guest::new()).collect();
    let mut single = Duration::ZERO;
    for (guest, eni) in guests.iter().zip(&plan.enis).take(20) {
        let now = Instant::now();
        region.network.attach_container(&interface(&plan, &eni.id), 0, guest.pid()).await.unwrap();
        single += now.elapsed();
    }
    eprintln!("attach, one at a time: {:?}", single / 20);
    let now = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for (guest, eni) in guests.iter().zip(&plan.enis).skip(20) {
        let (network, interface, pid) = (region.network.clone(), interface(&plan, &eni.id), guest.pid());
        tasks.spawn(async move { network.attach_container(&interface, 0, pid).await });
    }
    while let Some(attached) = tasks.join_next().await {
        attached.unwrap().unwrap();
    }
    timed("attach, 30 at once", now);
    let _listener = guests[1].listen(20);
    let now = Instant::now();
    assert!(guests[0].reaches([10, 0, 1, 11].into(), 20));
    timed("guest to guest, first connection", now);
    let now = Instant::now();
    assert!(guests[2].reaches([169, 254, 169, 254].into(), 80));
    timed("guest to metadata, first connection", now);
    let now = Instant::now();
    region.apply(&changed).await;
    timed("unchanged, with 50 attached", now);
}
