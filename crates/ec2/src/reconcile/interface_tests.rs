//! Interfaces that come to a running instance and leave it, killed between any two steps.

use std::sync::Arc;

use freehold_api::ec2::{
    AssignPrivateIpAddressesRequest, AssociateAddressRequest, AttachNetworkInterfaceRequest,
    CreateNetworkInterfaceRequest, DetachNetworkInterfaceRequest, Reservation, RunInstancesRequest,
    TerminateInstancesRequest, op,
};
use freehold_core::reconcile::harness::Scenario;
use freehold_core::reconcile::{Next, Reconciler};
use freehold_store::{Filter, StoreExt};

use super::{ApplyVpcs, ConvergeInstances, NoticeExits, Vpcs};
use crate::model::{AttachmentStatus, Instance, InstanceState, NetworkInterface};
use crate::testing::{IMAGE, World, call};

fn boot(world: &World) -> Vec<Arc<dyn Reconciler>> {
    let ec2 = world.region();
    let vpcs = Arc::new(Vpcs::new(Arc::clone(&ec2)));
    vec![
        Arc::new(ConvergeInstances::new(Arc::clone(&ec2), Arc::clone(&vpcs))),
        Arc::new(NoticeExits::new(ec2)),
        Arc::new(ApplyVpcs::new(vpcs)),
    ]
}

/// Undisturbed, until nothing is left to do.
async fn settle(world: &World) {
    let reconcilers = boot(world);
    for _ in 0..1000 {
        let mut is_settled = true;
        for reconciler in &reconcilers {
            for key in reconciler.pending().await.unwrap() {
                is_settled = false;
                if let Next::After(pause) = reconciler.step(&key).await.unwrap() {
                    world.clock.advance(pause);
                }
            }
        }
        if is_settled {
            return;
        }
    }
    panic!("not settled");
}

/// An instance that runs, and an interface beside its own.
async fn running() -> World {
    let world = World::new();
    let launch = RunInstancesRequest {
        image_id: Some(IMAGE.into()),
        instance_type: Some("t3.micro".into()),
        min_count: Some(1),
        max_count: Some(1),
        ..Default::default()
    };
    let _: Reservation = call(&world.region(), op::RunInstances, launch).await.unwrap();
    settle(&world).await;
    let subnet_id = Some(instance(&world).subnet);
    let request = CreateNetworkInterfaceRequest { subnet_id, ..Default::default() };
    call(&world.region(), op::CreateNetworkInterface, request).await.unwrap();
    world
}

async fn attaching() -> World {
    let world = running().await;
    let request = AttachNetworkInterfaceRequest {
        network_interface_id: Some(second(&world).id),
        instance_id: Some(instance(&world).id),
        device_index: Some(1),
        ..Default::default()
    };
    call(&world.region(), op::AttachNetworkInterface, request).await.unwrap();
    world
}

async fn detaching() -> World {
    let world = attaching().await;
    settle(&world).await;
    let attachment_id = second(&world).attachment.map(|attachment| attachment.id);
    let request = DetachNetworkInterfaceRequest { attachment_id, ..Default::default() };
    call(&world.region(), op::DetachNetworkInterface, request).await.unwrap();
    world
}

fn instance(world: &World) -> Instance {
    world.store.list(&Filter::default()).unwrap().remove(0)
}

/// The interface that did not come with the launch.
fn second(world: &World) -> NetworkInterface {
    let all: Vec<NetworkInterface> = world.store.list(&Filter::default()).unwrap();
    all.into_iter().find(|one| !one.public_at_start).unwrap()
}

fn machine_has(world: &World, interface: &str) -> bool {
    world.host.state().machines.values().any(|machine| machine.spec.interfaces.iter().any(|one| one.eni == interface))
}

/// What a machine has is its own, and what is said to be attached is there.
fn nothing_is_shared(world: &World) -> Result<(), String> {
    let interface = second(world);
    let status = interface.attachment.map(|attachment| attachment.status);
    match (status, machine_has(world, &interface.id)) {
        (None, true) => Err("a machine has what is free for others".into()),
        (Some(AttachmentStatus::Attached), false) => Err("it is attached and not there".into()),
        _ => Ok(()),
    }
}

async fn everywhere(scenario: Scenario<World>) {
    assert!(scenario.killed_after_each_step().await > 0);
    scenario.failing_at_each_step().await;
}

#[tokio::test]
async fn an_interface_is_attached_when_the_machine_has_it() {
    let scenario = Scenario::new(attaching, boot).invariant(nothing_is_shared).outcome(|world| {
        match second(world).attachment.map(|attachment| attachment.status) {
            Some(AttachmentStatus::Attached) if machine_has(world, &second(world).id) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
    everywhere(scenario).await;
}

#[tokio::test]
async fn an_interface_is_free_when_the_machine_has_lost_it() {
    let scenario = Scenario::new(detaching, boot).invariant(nothing_is_shared).outcome(|world| {
        let interface = second(world);
        let is_free = interface.attachment.is_none() && !machine_has(world, &interface.id);
        if is_free { Ok(()) } else { Err(format!("{:?}", interface.attachment)) }
    });
    everywhere(scenario).await;
}

#[tokio::test]
async fn an_interface_that_is_leaving_outlives_its_instance() {
    let make = || async {
        let world = detaching().await;
        let instance_ids = Some(vec![instance(&world).id]);
        let request = TerminateInstancesRequest { instance_ids, ..Default::default() };
        call(&world.region(), op::TerminateInstances, request).await.unwrap();
        world
    };
    let pass = |world: &World, pause| world.clock.advance(pause);
    let scenario = Scenario::new(make, boot).waiting(pass).outcome(|world| {
        let is_over = instance(world).state == InstanceState::Terminated;
        if is_over && second(world).attachment.is_none() { Ok(()) } else { Err("not over".into()) }
    });
    everywhere(scenario).await;
}

#[tokio::test]
async fn the_plan_carries_elastic_and_further_addresses() {
    let world = attaching().await;
    let id = second(&world).id;
    let more = AssignPrivateIpAddressesRequest {
        network_interface_id: Some(id.clone()),
        secondary_private_ip_address_count: Some(1),
        ..Default::default()
    };
    call(&world.region(), op::AssignPrivateIpAddresses, more).await.unwrap();
    let address = call(&world.region(), op::AllocateAddress, Default::default()).await.unwrap();
    let further = second(&world).addresses[1].private;
    let associate = AssociateAddressRequest {
        allocation_id: address.allocation_id,
        network_interface_id: Some(id.clone()),
        private_ip_address: Some(further.to_string()),
        ..Default::default()
    };
    call(&world.region(), op::AssociateAddress, associate).await.unwrap();
    settle(&world).await;
    let state = world.host.state();
    let planned = state.vpcs.values().flat_map(|plan| &plan.enis).find(|eni| eni.id == id).unwrap();
    let found: Vec<_> = planned.addresses.iter().map(|one| (one.private, one.public.map(|p| p.to_string()))).collect();
    assert_eq!(found[1], (further, address.public_ip));
    assert_eq!(found[0].1, None);
}
