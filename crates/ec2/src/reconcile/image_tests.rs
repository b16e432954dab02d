//! Images of instances, killed between any two steps.

use std::sync::Arc;

use freehold_api::ec2::{
    CreateImageRequest, Reservation, RunInstancesRequest, StopInstancesRequest, TerminateInstancesRequest, op,
};
use freehold_core::reconcile::harness::Scenario;
use freehold_core::reconcile::{Next, Reconciler};
use freehold_store::{Filter, StoreExt};

use super::{ConvergeInstances, ImageTurn, MakeImages, NoticeExits, SweepImages, Vpcs};
use crate::model::{Image, ImageState, Instance, InstanceState, Interruption};
use crate::testing::{IMAGE, World, call};

fn boot(world: &World) -> Vec<Arc<dyn Reconciler>> {
    let ec2 = world.region();
    let vpcs = Arc::new(Vpcs::new(Arc::clone(&ec2)));
    let turn = ImageTurn::default();
    vec![
        Arc::new(ConvergeInstances::new(Arc::clone(&ec2), Arc::clone(&vpcs))),
        Arc::new(NoticeExits::new(Arc::clone(&ec2))),
        Arc::new(MakeImages::new(Arc::clone(&ec2), vpcs, Arc::clone(&turn))),
        Arc::new(SweepImages::new(ec2, turn)),
    ]
}

/// Undisturbed, until the instances and images are what was asked.
async fn settle(world: &World) {
    let reconcilers = boot(world);
    for _ in 0..1000 {
        let mut is_settled = true;
        for reconciler in &reconcilers {
            for key in reconciler.pending().await.unwrap() {
                match reconciler.step(&key).await.unwrap() {
                    Next::Settled => continue,
                    Next::Again => {}
                    Next::After(pause) => world.clock.advance(pause),
                }
                is_settled = false;
            }
        }
        if is_settled {
            return;
        }
    }
    panic!("not settled");
}

async fn running() -> World {
    let world = World::new();
    let launch = RunInstancesRequest {
        image_id: Some(IMAGE.into()),
        instance_type: Some("t3.nano".into()),
        min_count: Some(1),
        max_count: Some(1),
        ..Default::default()
    };
    let _: Reservation = call(&world.region(), op::RunInstances, launch).await.unwrap();
    settle(&world).await;
    world
}

fn instance(world: &World) -> Instance {
    world.store.list(&Filter::default()).unwrap().pop().unwrap()
}

fn images(world: &World) -> Vec<Image> {
    world.store.list(&Filter::default()).unwrap()
}

async fn ask(world: &World, name: &str, no_reboot: bool) {
    let request = CreateImageRequest {
        instance_id: Some(instance(world).id),
        name: Some(name.into()),
        no_reboot: Some(no_reboot),
        ..Default::default()
    };
    call(&world.region(), op::CreateImage, request).await.unwrap();
}

/// A world in which an image is wanted of a running instance.
async fn asked(names: &[&str], no_reboot: bool) -> World {
    let world = running().await;
    for name in names {
        ask(&world, name, no_reboot).await;
    }
    world
}

fn boots(world: &World) -> u32 {
    world.host.state().machines[&instance(world).id].boots
}

fn all_are(world: &World, state: ImageState) -> Result<(), String> {
    match images(world).iter().find(|image| image.state != state || image.interruption != Interruption::None) {
        Some(image) => Err(format!("{} is {:?}, {:?}", image.name, image.state, image.interruption)),
        None => Ok(()),
    }
}

/// To its users the instance runs all the time.
fn stays_running(world: &World) -> Result<(), String> {
    match instance(world).state {
        InstanceState::Running => Ok(()),
        other => Err(format!("the instance is {other:?}")),
    }
}

fn runs_again(world: &World) -> Result<(), String> {
    all_are(world, ImageState::Available)?;
    if world.host.running().contains(&instance(world).id) { Ok(()) } else { Err("the machine is off".into()) }
}

async fn everywhere(scenario: Scenario<World>) {
    assert!(scenario.killed_after_each_step().await > 3);
    scenario.failing_at_each_step().await;
}

#[tokio::test]
async fn an_image_that_is_killed_anywhere_is_made_and_its_instance_runs_again() {
    let scenario = Scenario::new(|| asked(&["one"], false), boot)
        .waiting(|world, pause| world.clock.advance(pause))
        .invariant(stays_running)
        .outcome(|world| {
            runs_again(world)?;
            if boots(world) == 2 { Ok(()) } else { Err(format!("booted {} times", boots(world))) }
        });
    everywhere(scenario).await;
}

#[tokio::test]
async fn images_of_one_instance_at_once_leave_it_running() {
    let scenario = Scenario::new(|| asked(&["one", "two"], false), boot)
        .waiting(|world, pause| world.clock.advance(pause))
        .invariant(stays_running)
        .outcome(runs_again);
    everywhere(scenario).await;
}

#[tokio::test]
async fn without_a_reboot_the_machine_is_left_alone() {
    let world = asked(&["one"], true).await;
    settle(&world).await;
    runs_again(&world).unwrap();
    assert_eq!(boots(&world), 1);
}

#[tokio::test]
async fn a_guest_that_does_not_shut_down_is_cut_off() {
    let world = asked(&["one"], false).await;
    world.host.state().is_stubborn = true;
    settle(&world).await;
    runs_again(&world).unwrap();
    assert_eq!(boots(&world), 2);
}

#[tokio::test]
async fn an_instance_that_is_stopped_meanwhile_stays_stopped() {
    let world = asked(&["one"], false).await;
    let request = StopInstancesRequest { instance_ids: Some(vec![instance(&world).id]), ..Default::default() };
    call(&world.region(), op::StopInstances, request).await.unwrap();
    settle(&world).await;
    all_are(&world, ImageState::Available).unwrap();
    assert_eq!(instance(&world).state, InstanceState::Stopped);
    assert_eq!(boots(&world), 1);
}

#[tokio::test]
async fn an_image_of_an_instance_that_is_terminated_meanwhile_fails_and_says_why() {
    let world = asked(&["one"], false).await;
    let request = TerminateInstancesRequest { instance_ids: Some(vec![instance(&world).id]), ..Default::default() };
    call(&world.region(), op::TerminateInstances, request).await.unwrap();
    settle(&world).await;
    all_are(&world, ImageState::Failed).unwrap();
    assert!(images(&world)[0].state_reason.as_deref().unwrap().contains("terminated"));
    assert_eq!(instance(&world).state, InstanceState::Terminated);
}
