//! Launch, stop and terminate, killed between any two steps.

use std::sync::Arc;

use freehold_api::ec2::{Reservation, RunInstancesRequest, StopInstancesRequest, TerminateInstancesRequest, op};
use freehold_core::reconcile::harness::Scenario;
use freehold_core::reconcile::{Next, Reconciler};
use freehold_machine::{MachineSpec, Resources};
use freehold_store::{Filter, StoreExt};

use super::{ApplyVpcs, BuryMachines, ConvergeInstances, NoticeExits, Vpcs};
use crate::model::{Instance, InstanceState, NetworkInterface, PrivateAddress, PublicAddress, Volume};
use crate::testing::{IMAGE, World, call};

fn boot(world: &World) -> Vec<Arc<dyn Reconciler>> {
    let ec2 = world.region();
    let vpcs = Arc::new(Vpcs::new(Arc::clone(&ec2)));
    vec![
        Arc::new(ConvergeInstances::new(Arc::clone(&ec2), Arc::clone(&vpcs))),
        Arc::new(NoticeExits::new(Arc::clone(&ec2))),
        Arc::new(BuryMachines::new(ec2)),
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

fn launch(count: i32) -> RunInstancesRequest {
    RunInstancesRequest {
        image_id: Some(IMAGE.into()),
        instance_type: Some("t3.nano".into()),
        min_count: Some(count),
        max_count: Some(count),
        ..Default::default()
    }
}

async fn launched(request: RunInstancesRequest) -> World {
    let world = World::new();
    let _: Reservation = call(&world.region(), op::RunInstances, request).await.unwrap();
    world
}

async fn running(request: RunInstancesRequest) -> World {
    let world = launched(request).await;
    settle(&world).await;
    world
}

fn instances(world: &World) -> Vec<Instance> {
    world.store.list(&Filter::default()).unwrap()
}

fn ids(world: &World) -> Option<Vec<String>> {
    Some(instances(world).into_iter().map(|instance| instance.id).collect())
}

async fn stop(world: &World) {
    let request = StopInstancesRequest { instance_ids: ids(world), ..Default::default() };
    call(&world.region(), op::StopInstances, request).await.unwrap();
}

async fn terminate(world: &World) {
    let request = TerminateInstancesRequest { instance_ids: ids(world), ..Default::default() };
    call(&world.region(), op::TerminateInstances, request).await.unwrap();
}

/// No machine without an instance, none booted twice.
fn nothing_doubled(world: &World) -> Result<(), String> {
    let known = instances(world);
    for (id, machine) in &world.host.state().machines {
        if !known.iter().any(|instance| instance.id == *id) {
            return Err(format!("{id} runs for nobody"));
        }
        if machine.boots > 1 {
            return Err(format!("{id} was booted {} times", machine.boots));
        }
    }
    Ok(())
}

fn all_are(world: &World, state: InstanceState) -> Result<(), String> {
    let others: Vec<_> = instances(world).into_iter().filter(|i| i.state != state).map(|i| (i.id, i.state)).collect();
    if others.is_empty() { Ok(()) } else { Err(format!("not {state:?}: {others:?}")) }
}

/// Of a terminated instance nothing but its memory is left.
fn nothing_left(world: &World) -> Result<(), String> {
    all_are(world, InstanceState::Terminated)?;
    let all = Filter::default();
    let (machines, networks) = world.host.counts();
    let left = [
        ("machines", machines),
        ("networks", networks),
        ("interfaces", world.store.list::<NetworkInterface>(&all).unwrap().len()),
        ("volumes", world.store.list::<Volume>(&all).unwrap().len()),
        ("private addresses", world.store.list::<PrivateAddress>(&all).unwrap().len()),
        ("public addresses", world.store.list::<PublicAddress>(&all).unwrap().len()),
    ];
    match left.iter().find(|(_, count)| *count > 0) {
        Some((what, count)) => Err(format!("{count} {what} are left")),
        None => Ok(()),
    }
}

async fn everywhere(scenario: Scenario<World>) {
    assert!(scenario.killed_after_each_step().await > 3);
    scenario.failing_at_each_step().await;
}

fn time_passes(world: &World, pause: std::time::Duration) {
    world.clock.advance(pause);
}

#[tokio::test]
async fn a_launch_that_is_killed_anywhere_ends_with_each_machine_booted_once() {
    let scenario =
        Scenario::new(|| launched(launch(2)), boot).waiting(time_passes).invariant(nothing_doubled).outcome(|world| {
            all_are(world, InstanceState::Running)?;
            let wanted = instances(world).into_iter().map(|instance| instance.id).collect();
            if world.host.running() == wanted { Ok(()) } else { Err("not all machines run".into()) }
        });
    everywhere(scenario).await;
}

#[tokio::test]
async fn a_stop_that_is_killed_anywhere_keeps_the_disk_and_gives_the_public_address_back() {
    let make = || async {
        let world = running(launch(1)).await;
        stop(&world).await;
        world
    };
    let scenario = Scenario::new(make, boot).waiting(time_passes).invariant(nothing_doubled).outcome(|world| {
        all_are(world, InstanceState::Stopped)?;
        let (machines, _) = world.host.counts();
        let running = world.host.running().len();
        let public = world.store.list::<PublicAddress>(&Filter::default()).unwrap().len();
        let private = world.store.list::<PrivateAddress>(&Filter::default()).unwrap().len();
        let found = (machines, running, public, private);
        if found == (1, 0, 0, 1) { Ok(()) } else { Err(format!("{found:?}")) }
    });
    everywhere(scenario).await;
}

#[tokio::test]
async fn a_guest_that_does_not_obey_is_cut_off_after_a_minute() {
    let world = running(launch(1)).await;
    world.host.state().is_stubborn = true;
    stop(&world).await;
    let asked = world.clock_now();
    settle(&world).await;
    all_are(&world, InstanceState::Stopped).unwrap();
    let took = world.clock_now().duration_since(asked).as_secs();
    assert!((60..=62).contains(&took), "{took} s");
}

#[tokio::test]
async fn a_termination_that_is_killed_anywhere_leaves_nothing() {
    let make = || async {
        let world = running(launch(2)).await;
        terminate(&world).await;
        world
    };
    let scenario = Scenario::new(make, boot).waiting(time_passes).invariant(nothing_doubled).outcome(nothing_left);
    everywhere(scenario).await;
}

#[tokio::test]
async fn an_instance_that_is_terminated_while_it_is_launched_leaves_nothing() {
    let make = || async {
        let world = launched(launch(1)).await;
        terminate(&world).await;
        world
    };
    everywhere(Scenario::new(make, boot).waiting(time_passes).invariant(nothing_doubled).outcome(nothing_left)).await;
}

#[tokio::test]
async fn a_guest_that_powers_off_is_stopped_or_terminated_as_its_instance_says() {
    for (behavior, state) in [("stop", InstanceState::Stopped), ("terminate", InstanceState::Terminated)] {
        let request = RunInstancesRequest { instance_initiated_shutdown_behavior: Some(behavior.into()), ..launch(1) };
        let world = running(request).await;
        world.host.power_off(&instances(&world)[0].id);
        settle(&world).await;
        all_are(&world, state).unwrap();
        let reason = instances(&world)[0].state_reason.clone().unwrap();
        assert_eq!(reason.code, "Client.InstanceInitiatedShutdown");
    }
}

#[tokio::test]
async fn an_instance_that_ended_with_its_host_is_stopped_and_never_terminated() {
    let request = RunInstancesRequest { instance_initiated_shutdown_behavior: Some("terminate".into()), ..launch(1) };
    let world = running(request).await;
    // Then the host's boot, as long ago as that of the computer that tests run on, is younger than the launch.
    world.clock.advance(freehold_machine::uptime() + std::time::Duration::from_secs(60));
    world.host.power_off(&instances(&world)[0].id);
    settle(&world).await;
    all_are(&world, InstanceState::Stopped).unwrap();
}

#[tokio::test]
async fn an_instance_whose_disk_is_gone_is_terminated() {
    let world = running(launch(1)).await;
    world.host.state().machines.clear();
    settle(&world).await;
    nothing_left(&world).unwrap();
    assert_eq!(instances(&world)[0].state_reason.as_ref().unwrap().code, "Server.InternalError");
}

#[tokio::test]
async fn a_launch_that_the_host_refuses_ends_with_the_reason() {
    let world = launched(launch(1)).await;
    world.host.state().is_full = true;
    settle(&world).await;
    nothing_left(&world).unwrap();
    assert_eq!(instances(&world)[0].state_reason.as_ref().unwrap().code, "Server.InternalError");
}

#[tokio::test]
async fn a_machine_that_no_instance_stands_for_is_removed() {
    let world = World::new();
    let spec = MachineSpec {
        id: "i-0123456789abcdef0".into(),
        image: IMAGE.into(),
        resources: Resources { vcpus: 1, memory_mib: 64, cpu_weight: 100, cpu_limit_millis: None, cpuset: Vec::new() },
        root_disk_gib: 8,
        hostname: "left".into(),
        interfaces: Vec::new(),
    };
    freehold_machine::Driver::create(world.host.as_ref(), &spec).await.unwrap();
    settle(&world).await;
    assert!(world.host.state().machines.is_empty());
}

#[tokio::test]
async fn a_terminated_instance_is_forgotten_after_an_hour() {
    let world = running(launch(1)).await;
    terminate(&world).await;
    settle(&world).await;
    assert_eq!(instances(&world).len(), 1);
    world.clock.advance(std::time::Duration::from_secs(3601));
    settle(&world).await;
    assert!(instances(&world).is_empty());
}
