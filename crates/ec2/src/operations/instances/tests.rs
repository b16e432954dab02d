//! What a launch leaves behind, and what a refused one does not.

use freehold_api::ec2::{InstanceNetworkInterfaceSpecification, RunInstancesRequest, StartInstancesRequest, op};
use freehold_store::{Filter, StoreExt};

use crate::model::{Instance, NetworkInterface, PrivateAddress, PublicAddress, Volume};
use crate::testing::{IMAGE, World, call};
use freehold_machine::capacity::Pool;

fn launch(count: i32) -> RunInstancesRequest {
    RunInstancesRequest {
        image_id: Some(IMAGE.into()),
        instance_type: Some("t3.nano".into()),
        min_count: Some(count),
        max_count: Some(count),
        ..Default::default()
    }
}

fn rows(world: &World) -> [usize; 5] {
    let all = Filter::default();
    [
        world.store.list::<Instance>(&all).unwrap().len(),
        world.store.list::<NetworkInterface>(&all).unwrap().len(),
        world.store.list::<Volume>(&all).unwrap().len(),
        world.store.list::<PrivateAddress>(&all).unwrap().len(),
        world.store.list::<PublicAddress>(&all).unwrap().len(),
    ]
}

#[tokio::test]
async fn a_launch_makes_an_instance_an_interface_a_volume_and_its_addresses() {
    let world = World::new();
    call(&world.region(), op::RunInstances, launch(3)).await.unwrap();
    assert_eq!(rows(&world), [3; 5]);
}

#[tokio::test]
async fn a_launch_that_fails_half_way_leaves_nothing() {
    let world = World::new();
    let ec2 = world.region();
    // The second interface asks for more addresses than the type has; the first is fine.
    let interface = |index, secondary| InstanceNetworkInterfaceSpecification {
        device_index: Some(index),
        secondary_private_ip_address_count: Some(secondary),
        ..Default::default()
    };
    let request = RunInstancesRequest { network_interfaces: Some(vec![interface(0, 0), interface(1, 9)]), ..launch(1) };
    let refused = call(&ec2, op::RunInstances, request).await.unwrap_err();
    assert_eq!(refused.code, "PrivateIpAddressLimitExceeded");
    assert_eq!(rows(&world), [0; 5]);
    assert_eq!(ec2.ledger.room_for(crate::catalogue::find("t3.nano").unwrap().share()), 128);
}

#[tokio::test]
async fn what_the_host_has_no_room_for_is_refused_at_once() {
    let world = World::new();
    // Room for two of 512 MiB.
    let pool = Pool { cpu_millis: 8000, memory_mib: 1200, cpu_overcommit_percent: 400 };
    let ec2 = world.region_with(pool);
    let refused = call(&ec2, op::RunInstances, launch(3)).await.unwrap_err();
    assert_eq!((refused.code.as_ref(), refused.status), ("InsufficientInstanceCapacity", 500));

    // As many as there is room for, where that is enough.
    let made = call(&ec2, op::RunInstances, RunInstancesRequest { min_count: Some(1), ..launch(3) }).await.unwrap();
    assert_eq!(made.instances.map(|instances| instances.len()), Some(2));

    // The next control plane knows what is promised.
    let next = world.region_with(pool);
    let refused = call(&next, op::RunInstances, launch(1)).await.unwrap_err();
    assert_eq!(refused.code, "InsufficientInstanceCapacity");
}

#[tokio::test]
async fn a_type_that_the_host_can_never_hold_says_so() {
    let world = World::new();
    let ec2 = world.region_with(Pool { cpu_millis: 8000, memory_mib: 4096, cpu_overcommit_percent: 400 });
    let request = RunInstancesRequest { instance_type: Some("m5.4xlarge".into()), ..launch(1) };
    let refused = call(&ec2, op::RunInstances, request).await.unwrap_err();
    assert!(refused.message.contains("can never hold"), "{}", refused.message);
}

#[tokio::test]
async fn a_dry_run_promises_nothing() {
    let world = World::new();
    let ec2 = world.region_with(Pool { cpu_millis: 8000, memory_mib: 600, cpu_overcommit_percent: 400 });
    let refused = call(&ec2, op::RunInstances, RunInstancesRequest { dry_run: Some(true), ..launch(1) }).await;
    assert_eq!(refused.unwrap_err().status, 412);
    assert_eq!(rows(&world), [0; 5]);
    call(&ec2, op::RunInstances, launch(1)).await.unwrap();
}

#[tokio::test]
async fn starting_what_does_not_exist_is_refused_with_all_the_names() {
    let ids = vec!["i-0123456789abcdef0".to_owned(), "i-0123456789abcdef1".to_owned()];
    let request = StartInstancesRequest { instance_ids: Some(ids), ..Default::default() };
    let refused = call(&World::new().region(), op::StartInstances, request).await.unwrap_err();
    assert_eq!(refused.message, "The instance IDs 'i-0123456789abcdef0, i-0123456789abcdef1' do not exist");
}
