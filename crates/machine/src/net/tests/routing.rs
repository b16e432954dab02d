//! Ways out of a VPC: through the host to the world, and through an interface that forwards.

use std::net::Ipv4Addr;
use std::os::fd::AsFd;

use super::Region;
use super::fixture::{Planning, everything, vpc};
use super::guest::{Guest, accept};
use crate::net::netlink::{Netlink, Route, VethPeer};
use crate::net::plan::{AddressPlan, RoutePlan, RouteTarget};
use crate::net::{netns, sysctl};
use crate::spec::MacAddr;

const A: &str = "eni-0000000000000000a";
const B: &str = "eni-0000000000000000b";

/// Somebody out in the world: a neighbour of the host. `third` keeps the tests' worlds apart.
struct World {
    guest: Guest,
    address: Ipv4Addr,
    host: Ipv4Addr,
}

impl World {
    fn new(name: &str, third: u8) -> Self {
        let (host, address) = (Ipv4Addr::new(192, 0, third, 1), Ipv4Addr::new(192, 0, third, 2));
        let guest = Guest::new();
        let mut here = Netlink::open().unwrap();
        let namespace = std::fs::File::open(netns::path_of_process(guest.pid())).unwrap();
        let mac = MacAddr([2, 0, 0, 0, 0, 9]);
        here.add_veth(name, None, 1500, &VethPeer { name: "eth0", mac, namespace: namespace.as_fd() }).unwrap();
        let mut there = netns::enter(&netns::path_of_process(guest.pid()), Netlink::open).unwrap();
        for (netlink, name, address) in [(&mut here, name, host), (&mut there, "eth0", address)] {
            let device = netlink.link(name).unwrap().unwrap().index;
            netlink.set_up(device, None).unwrap();
            netlink.add_address(device, address, 30).unwrap();
        }
        Self { guest, address, host }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_world_sees_the_host_in_the_place_of_a_guest() {
    let Some(region) = Region::new() else { return };
    let world = World::new("testworld1", 8);
    let plan = vpc("vpc-00000000000000f01")
        .eni(A, 10, Some(region.public(10)), &["sg-1"])
        .eni(B, 11, None, &["sg-1"])
        .group("sg-1", everything(), everything());
    region.apply(&plan).await;
    let (a, b) = (region.guest(&plan, A).await, region.guest(&plan, B).await);
    let listener = world.guest.listen(80);
    assert!(a.reaches(world.address, 80));
    assert_eq!(accept(&listener), world.host);
    assert!(a.pings(world.address, true));
    assert!(b.is_dropped(world.address, 80), "no public address");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interface_that_forwards_is_a_way_out_for_others() {
    let Some(region) = Region::new() else { return };
    let world = World::new("testworld2", 9);
    let mut plan = vpc("vpc-00000000000000f02")
        .eni(A, 10, Some(region.public(10)), &["sg-1"])
        .eni(B, 11, None, &["sg-1"])
        .group("sg-1", everything(), everything());
    // B moves to a subnet whose way out is A, which is a router.
    let mut private = plan.subnets[0].clone();
    private.id = "subnet-2".to_owned();
    private.cidr = "10.0.2.0/24".parse().unwrap();
    private.routes =
        vec![RoutePlan { destination: "0.0.0.0/0".parse().unwrap(), target: RouteTarget::Eni(A.to_owned()) }];
    plan.subnets.push(private);
    plan.enis[0].source_dest_check = false;
    plan.enis[1].subnet = "subnet-2".to_owned();
    plan.enis[1].addresses = vec![AddressPlan { private: Ipv4Addr::new(10, 0, 2, 11), public: None }];
    region.apply(&plan).await;
    let b = region.guest(&plan, B).await;
    assert!(b.is_dropped(world.address, 80), "the router is not there yet");

    let router = region.guest(&plan, A).await;
    router.inside(|| {
        sysctl::set("ipv4/ip_forward", "1").unwrap();
        crate::net::nft::load(
            "table ip nat { chain out { type nat hook postrouting priority srcnat; oifname \"eth0\" masquerade; }; }",
        )
        .unwrap();
    });
    let listener = world.guest.listen(80);
    assert!(b.reaches(world.address, 80));
    assert_eq!(accept(&listener), world.host);
    assert!(b.pings(Ipv4Addr::new(10, 0, 1, 10), true), "the VPC's own addresses are still local");

    plan.subnets[1].routes.clear();
    region.apply(&plan).await;
    assert!(b.is_dropped(world.address, 80), "the route is gone");
    let mut inside = netns::enter(
        &netns::path(&crate::net::names::Tag::of(region.directory.path()).namespace(&plan.vpc)),
        Netlink::open,
    )
    .unwrap();
    let routes: Vec<Route> = inside.routes().unwrap();
    assert!(routes.iter().all(|route| route.table < 1000));
    assert!(inside.marked_tables().unwrap().is_empty());
}
