//! Spot requests fulfilled, interrupted and opened again, killed between any two steps.

use std::sync::Arc;
use std::time::Duration;

use freehold_api::ec2::{
    InstanceMarketOptionsRequest, RequestSpotInstancesRequest, RequestSpotLaunchSpecification, RunInstancesRequest,
    SpotMarketOptions, op,
};
use freehold_core::reconcile::harness::Scenario;
use freehold_core::reconcile::{Next, Reconciler};
use freehold_machine::net::metadata::MetadataSource;
use freehold_store::{Filter, StoreExt};
use jiff::SignedDuration;

use super::{ConvergeInstances, FollowSpot, NoticeExits, Vpcs};
use crate::metadata::Metadata;
use crate::model::{Instance, InstanceState, SpotRequest, SpotState};
use crate::spot;
use crate::testing::{IMAGE, World, call};

fn boot(world: &World) -> Vec<Arc<dyn Reconciler>> {
    let ec2 = world.region();
    let vpcs = Arc::new(Vpcs::new(Arc::clone(&ec2)));
    vec![
        Arc::new(ConvergeInstances::new(Arc::clone(&ec2), vpcs)),
        Arc::new(NoticeExits::new(Arc::clone(&ec2))),
        Arc::new(FollowSpot::new(ec2)),
    ]
}

/// Until nothing is left to do for so long.
async fn settle(world: &World, patience: Duration) {
    let reconcilers = boot(world);
    let mut left = patience;
    for _ in 0..1000 {
        let (mut did, mut pause) = (false, None);
        for reconciler in &reconcilers {
            for key in reconciler.pending().await.unwrap() {
                match reconciler.step(&key).await.unwrap() {
                    Next::Again => did = true,
                    Next::After(wait) => pause = [pause, Some(wait)].into_iter().flatten().min(),
                    Next::Settled => {}
                }
            }
        }
        match pause {
            _ if did => {}
            Some(pause) if pause <= left => {
                world.clock.advance(pause);
                left -= pause;
            }
            _ => return,
        }
    }
    panic!("not settled");
}

async fn requested(kind: &str) -> World {
    let world = World::new();
    let specification = RequestSpotLaunchSpecification {
        image_id: Some(IMAGE.into()),
        instance_type: Some("t3.nano".into()),
        ..Default::default()
    };
    let input = RequestSpotInstancesRequest {
        launch_specification: Some(specification),
        r#type: Some(kind.into()),
        ..Default::default()
    };
    call(&world.region(), op::RequestSpotInstances, input).await.unwrap();
    world
}

fn instances(world: &World) -> Vec<Instance> {
    let mut all: Vec<Instance> = world.store.list(&Filter::default()).unwrap();
    all.sort_by_key(|instance| instance.created);
    all
}

fn request(world: &World) -> SpotRequest {
    world.store.list(&Filter::default()).unwrap().remove(0)
}

async fn fulfilled(kind: &str) -> World {
    let world = requested(kind).await;
    settle(&world, Duration::from_secs(1)).await;
    world
}

async fn interrupt(world: &World, after: i64) {
    let id = instances(world).pop().unwrap().id;
    spot::interrupt(&world.region(), &id, SignedDuration::from_secs(after)).await.unwrap();
}

fn time_passes(world: &World, pause: Duration) {
    world.clock.advance(pause);
}

/// Never more than one instance that is not ending.
fn one_at_a_time(world: &World) -> Result<(), String> {
    let alive = instances(world).into_iter().filter(|instance| !instance.state.is_ending()).count();
    if alive <= 1 { Ok(()) } else { Err(format!("{alive} instances for one request")) }
}

async fn everywhere(scenario: Scenario<World>) {
    assert!(scenario.killed_after_each_step().await > 1);
    scenario.failing_at_each_step().await;
}

#[tokio::test]
async fn a_request_brings_one_instance_whatever_happens() {
    let scenario = Scenario::new(|| requested("one-time"), boot).waiting(time_passes).invariant(one_at_a_time);
    everywhere(scenario.outcome(|world| {
        let (request, all) = (request(world), instances(world));
        let runs = all.len() == 1 && all[0].state == InstanceState::Running;
        let is_told = request.state == SpotState::Active && request.instance.as_ref() == Some(&all[0].id);
        if runs && is_told { Ok(()) } else { Err(format!("{request:?}")) }
    }))
    .await;
}

#[tokio::test]
async fn a_persistent_request_has_another_instance_after_each_interruption() {
    let make = async || {
        let world = fulfilled("persistent").await;
        interrupt(&world, 120).await;
        world
    };
    let scenario = Scenario::new(make, boot).waiting(time_passes).invariant(one_at_a_time);
    everywhere(scenario.outcome(|world| {
        let (request, all) = (request(world), instances(world));
        let states: Vec<_> = all.iter().map(|instance| instance.state).collect();
        let code = all[0].state_reason.as_ref().map(|reason| reason.code.as_str());
        let is_well = states == [InstanceState::Terminated, InstanceState::Running]
            && code == Some("Server.SpotInstanceTermination")
            && request.state == SpotState::Active
            && request.instance.as_ref() == Some(&all[1].id);
        if is_well { Ok(()) } else { Err(format!("{states:?} {code:?} {request:?}")) }
    }))
    .await;
}

#[tokio::test]
async fn an_instance_that_was_stopped_has_its_room_again() {
    let make = async || {
        let world = World::new();
        let options = SpotMarketOptions {
            spot_instance_type: Some("persistent".into()),
            instance_interruption_behavior: Some("stop".into()),
            ..Default::default()
        };
        let input = RunInstancesRequest {
            image_id: Some(IMAGE.into()),
            instance_type: Some("t3.nano".into()),
            min_count: Some(1),
            max_count: Some(1),
            instance_market_options: Some(InstanceMarketOptionsRequest {
                market_type: Some("spot".into()),
                spot_options: Some(options),
            }),
            ..Default::default()
        };
        call(&world.region(), op::RunInstances, input).await.unwrap();
        settle(&world, Duration::from_secs(1)).await;
        interrupt(&world, 0).await;
        world
    };
    let scenario = Scenario::new(make, boot).waiting(time_passes).invariant(one_at_a_time);
    everywhere(scenario.outcome(|world| {
        let all = instances(world);
        let boots = world.host.state().machines.values().map(|machine| machine.boots).collect::<Vec<_>>();
        let is_well = all.len() == 1 && all[0].state == InstanceState::Running && boots == [2];
        if is_well { Ok(()) } else { Err(format!("{all:?} {boots:?}")) }
    }))
    .await;
}

#[tokio::test]
async fn the_instance_reads_that_it_goes() {
    let world = fulfilled("one-time").await;
    let instance = instances(&world).remove(0);
    let source = Metadata::new(world.region());
    let address = instance.private_ip.parse().unwrap();
    let leaf = async |path: &str| {
        let told = source.instance(&instance.vpc, address).await.unwrap();
        told.leaves.get(&format!("meta-data/{path}")).cloned()
    };
    assert_eq!(leaf("instance-life-cycle").await.as_deref(), Some("spot"));
    assert_eq!(leaf("events/recommendations/rebalance").await, None);
    interrupt(&world, 300).await;
    assert!(leaf("events/recommendations/rebalance").await.is_some());
    assert_eq!(leaf("spot/instance-action").await, None);
    world.clock.advance(Duration::from_secs(200));
    let action = leaf("spot/instance-action").await.unwrap();
    let at = world.clock_now().saturating_add(SignedDuration::from_secs(100)).unwrap();
    let at = at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    assert_eq!(action, format!("{{\"action\":\"terminate\",\"time\":\"{at}\"}}"));
    assert_eq!(leaf("spot/termination-time").await, Some(at));
}

#[tokio::test]
async fn a_request_that_is_over_is_forgotten_after_two_days() {
    let world = fulfilled("one-time").await;
    interrupt(&world, 0).await;
    settle(&world, Duration::from_secs(30)).await;
    assert_eq!(request(&world).state, SpotState::Closed);
    world.clock.advance(Duration::from_secs(49 * 3600));
    settle(&world, Duration::from_secs(30)).await;
    assert!(world.store.list::<SpotRequest>(&Filter::default()).unwrap().is_empty());
}
