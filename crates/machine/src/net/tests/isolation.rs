//! What a guest cannot do.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};

use ipnet::Ipv4Net;

use super::Region;
use super::fixture::{Planning, everything, interface, vpc};
use super::guest::{accept, arrives, host_reaches};
use crate::net::netlink::Netlink;
use crate::net::plan::{RouteTarget, VpcPlan};
use crate::net::{Network, netns};

const A: &str = "eni-0000000000000000a";
const B: &str = "eni-0000000000000000b";
const IP_A: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 10);
const IP_B: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 11);

fn open_vpc(id: &str, a: Option<Ipv4Addr>, b: Option<Ipv4Addr>) -> VpcPlan {
    vpc(id).eni(A, 10, a, &["sg-1"]).eni(B, 11, b, &["sg-1"]).group("sg-1", everything(), everything())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guests_are_reached_through_public_addresses_by_the_host_and_by_each_other() {
    let Some(region) = Region::new() else { return };
    let (public_a, public_b, public_c) = (region.public(10), region.public(11), region.public(12));
    let plan = open_vpc("vpc-00000000000000b01", Some(public_a), Some(public_b));
    let other = open_vpc("vpc-00000000000000b02", Some(public_c), None);
    region.apply(&plan).await;
    region.apply(&other).await;
    let (a, b) = (region.guest(&plan, A).await, region.guest(&plan, B).await);
    let c = region.guest(&other, A).await;
    let (at_b, at_c) = (b.listen(80), c.listen(80));

    assert!(host_reaches(public_b, 80));
    assert_eq!(accept(&at_b), region.network.host_address());
    assert!(a.reaches(IP_B, 80));
    assert_eq!(accept(&at_b), IP_A);
    assert!(a.reaches(public_b, 80), "same VPC, public address");
    assert_eq!(accept(&at_b), public_a);
    assert!(a.reaches(public_c, 80), "other VPC, public address");
    assert_eq!(accept(&at_c), public_a);
    assert!(a.pings(public_c, true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_public_address_or_a_route_there_is_no_way_out() {
    let Some(region) = Region::new() else { return };
    let (public_a, public_b) = (region.public(10), region.public(11));
    let mut plan = open_vpc("vpc-00000000000000b03", Some(public_a), None);
    let other = open_vpc("vpc-00000000000000b04", None, Some(public_b));
    region.apply(&plan).await;
    region.apply(&other).await;
    let (a, b) = (region.guest(&plan, A).await, region.guest(&plan, B).await);
    let far = region.guest(&other, B).await;
    let _listener = far.listen(80);
    assert!(a.reaches(public_b, 80));
    assert!(b.is_dropped(public_b, 80), "no public address");

    plan.subnets[0].routes[0].destination = "203.0.113.0/24".parse().unwrap();
    region.apply(&plan).await;
    assert!(a.is_dropped(public_b, 80), "no route that matches");

    plan.subnets[0].routes[0].destination = Ipv4Net::from(public_b);
    region.apply(&plan).await;
    assert!(a.reaches(public_b, 80), "a route to just there");

    plan.subnets[0].routes[0].target = RouteTarget::Blackhole;
    region.apply(&plan).await;
    assert!(a.is_dropped(public_b, 80), "the gateway is gone");
    let _listener = a.listen(80);
    assert!(super::guest::is_dropped(public_a, 80), "and with it the way in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_reaches_no_port_of_the_host() {
    let Some(region) = Region::new() else { return };
    let plan = open_vpc("vpc-00000000000000b05", Some(region.public(10)), None);
    region.apply(&plan).await;
    let a = region.guest(&plan, A).await;
    let everywhere = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    let port = everywhere.local_addr().unwrap().port();
    assert!(host_reaches(Ipv4Addr::LOCALHOST, port));
    let mut addresses = vec![region.network.host_address(), Ipv4Addr::new(169, 254, 0, 1)];
    // The address that the host would call the world from. No packet is sent to find it.
    let probe = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    if probe.connect((Ipv4Addr::new(192, 0, 2, 77), 9)).is_ok()
        && let std::net::IpAddr::V4(own) = probe.local_addr().unwrap().ip()
    {
        addresses.push(own);
    }
    for address in addresses {
        assert!(a.is_dropped(address, port), "{address}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vpcs_do_not_see_each_others_private_addresses() {
    let Some(region) = Region::new() else { return };
    // Both use the same block, as tenants may; the second has an address that the first has not.
    let plan = open_vpc("vpc-00000000000000b06", Some(region.public(10)), None);
    let other = vpc("vpc-00000000000000b07").eni(A, 77, Some(region.public(11)), &["sg-1"]).group(
        "sg-1",
        everything(),
        everything(),
    );
    let hidden = Ipv4Addr::new(10, 0, 1, 77);
    region.apply(&plan).await;
    region.apply(&other).await;
    let (a, far) = (region.guest(&plan, A).await, region.guest(&other, A).await);
    let _listener = far.listen(80);
    assert!(host_reaches(region.public(11), 80));
    assert!(!a.pings(hidden, false));
    assert!(a.is_dropped(hidden, 80));
    // The host itself knows the way to public addresses only.
    let routes = Netlink::open().unwrap().routes().unwrap();
    assert!(routes.iter().all(|route| !plan.cidrs[0].contains(&route.destination)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_source_address_is_dropped_unless_the_check_is_off() {
    let Some(region) = Region::new() else { return };
    let mut plan = open_vpc("vpc-00000000000000b08", None, None);
    region.apply(&plan).await;
    let (a, b) = (region.guest(&plan, A).await, region.guest(&plan, B).await);
    let forged = Ipv4Addr::new(10, 0, 1, 99);
    let mut netlink = netns::enter(&netns::path_of_process(a.pid()), Netlink::open).unwrap();
    let eth0 = netlink.link("eth0").unwrap().unwrap().index;
    netlink.add_address(eth0, forged, 32).unwrap();
    let at_b = b.udp(9000);
    let honest = a.inside(|| UdpSocket::bind((IP_A, 0)).unwrap());
    let lying = a.inside(|| UdpSocket::bind((forged, 0)).unwrap());
    assert!(arrives(&honest, (IP_B, 9000), &at_b, true));
    assert!(!arrives(&lying, (IP_B, 9000), &at_b, false));
    plan.enis[0].source_dest_check = false;
    region.apply(&plan).await;
    assert!(arrives(&lying, (IP_B, 9000), &at_b, true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_router_answers_nothing_and_nobody_claims_a_guests_own_address() {
    let Some(region) = Region::new() else { return };
    let plan = open_vpc("vpc-00000000000000b09", None, None);
    region.apply(&plan).await;
    let a = region.guest(&plan, A).await;
    assert!(!a.pings(Ipv4Addr::new(10, 0, 1, 1), false));
    assert!(a.is_dropped(Ipv4Addr::new(169, 254, 169, 254), 22));
    assert!(a.is_dropped(Ipv4Addr::new(10, 0, 0, 2), 80));
    // Attached again, the interface keeps its address: nothing has been left in the way.
    region.network.attach_container(&interface(&plan, A), 0, a.pid()).await.unwrap();
    assert!(a.has_address(IP_A));
}
