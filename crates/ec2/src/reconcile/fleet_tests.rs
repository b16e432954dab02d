//! Fleets that launch, replace and end, killed between any two steps.

use std::sync::Arc;
use std::time::Duration;

use freehold_api::ec2::{
    CreateFleetRequest, CreateLaunchTemplateRequest, DeleteFleetsRequest, FleetLaunchTemplateConfigRequest,
    FleetLaunchTemplateOverridesRequest, FleetLaunchTemplateSpecificationRequest, RequestLaunchTemplateData,
    TargetCapacitySpecificationRequest, op,
};
use freehold_core::reconcile::Reconciler;
use freehold_core::reconcile::harness::Scenario;
use freehold_machine::capacity::Pool;
use freehold_store::{Filter, StoreExt};
use jiff::SignedDuration;

use super::{ConvergeInstances, FollowSpot, KeepFleets, NoticeExits, ReclaimRoom, Vpcs};
use crate::model::{Fleet, FleetMember, FleetState, Instance, InstanceState};
use crate::spot;
use crate::testing::{IMAGE, World, call};

/// Room for three of the smallest instances.
const THREE: Pool = Pool { cpu_millis: 4000, memory_mib: 1536, cpu_overcommit_percent: 400 };

fn boot(world: &World) -> Vec<Arc<dyn Reconciler>> {
    let ec2 = world.region_with(THREE);
    let vpcs = Arc::new(Vpcs::new(Arc::clone(&ec2)));
    vec![
        Arc::new(KeepFleets::new(Arc::clone(&ec2))),
        Arc::new(ConvergeInstances::new(Arc::clone(&ec2), vpcs)),
        Arc::new(NoticeExits::new(Arc::clone(&ec2))),
        Arc::new(FollowSpot::new(Arc::clone(&ec2))),
        Arc::new(ReclaimRoom::new(ec2)),
    ]
}

async fn created(kind: &str, total: i32, on_demand: i32) -> (World, String) {
    let world = World::new();
    let region = world.region_with(THREE);
    let data = RequestLaunchTemplateData { image_id: Some(IMAGE.into()), ..Default::default() };
    let template = CreateLaunchTemplateRequest {
        launch_template_name: Some("workers".into()),
        launch_template_data: Some(data),
        ..Default::default()
    };
    call(&region, op::CreateLaunchTemplate, template).await.unwrap();
    let named = FleetLaunchTemplateSpecificationRequest {
        launch_template_name: Some("workers".into()),
        version: Some("$Latest".into()),
        ..Default::default()
    };
    let nano = FleetLaunchTemplateOverridesRequest { instance_type: Some("t3.nano".into()), ..Default::default() };
    let input = CreateFleetRequest {
        r#type: Some(kind.into()),
        launch_template_configs: Some(vec![FleetLaunchTemplateConfigRequest {
            launch_template_specification: Some(named),
            overrides: Some(vec![nano]),
        }]),
        target_capacity_specification: Some(TargetCapacitySpecificationRequest {
            total_target_capacity: Some(total),
            on_demand_target_capacity: Some(on_demand),
            default_target_capacity_type: Some("spot".into()),
            ..Default::default()
        }),
        ..Default::default()
    };
    let fleet = call(&region, op::CreateFleet, input).await.unwrap().fleet_id.unwrap();
    (world, fleet)
}

/// Until every reconciler has nothing more to do at this time.
async fn settle(world: &World) {
    let reconcilers = boot(world);
    for _ in 0..200 {
        for reconciler in &reconcilers {
            for key in reconciler.pending().await.unwrap() {
                reconciler.step(&key).await.unwrap();
            }
        }
    }
}

fn pass(world: &World, pause: Duration) {
    world.clock.advance(pause);
}

fn instances(world: &World) -> Vec<Instance> {
    world.store.list(&Filter::all()).unwrap()
}

fn alive(world: &World) -> Vec<Instance> {
    instances(world).into_iter().filter(|instance| !instance.state.is_ending()).collect()
}

/// Whatever runs is a member, and there is never more of it than was asked for.
fn no_more_than(world: &World, count: usize) -> Result<(), String> {
    let alive = alive(world);
    let members: Vec<FleetMember> = world.store.list(&Filter::all()).unwrap();
    let is_member = |instance: &Instance| members.iter().any(|member| member.id == instance.id);
    if alive.len() <= count && alive.iter().all(is_member) {
        Ok(())
    } else {
        Err(format!("{} instances, {} members", alive.len(), members.len()))
    }
}

fn runs(world: &World, count: usize) -> Result<(), String> {
    let fleet: Fleet = world.store.list(&Filter::all()).unwrap().remove(0);
    let states: Vec<_> = alive(world).iter().map(|instance| instance.state).collect();
    if states == vec![InstanceState::Running; count] && fleet.state == FleetState::Active {
        Ok(())
    } else {
        Err(format!("{states:?}, {:?}", fleet.state))
    }
}

async fn everywhere(scenario: Scenario<World>) {
    assert!(scenario.killed_after_each_step().await > 1);
    scenario.failing_at_each_step().await;
}

#[tokio::test]
async fn a_fleet_comes_to_its_target_whatever_happens() {
    let scenario = Scenario::new(async || created("maintain", 3, 1).await.0, boot).waiting(pass);
    everywhere(scenario.invariant(|world| no_more_than(world, 3)).outcome(|world| runs(world, 3))).await;
}

#[tokio::test]
async fn what_is_interrupted_is_replaced_once_whatever_happens() {
    let make = async || {
        let (world, _) = created("maintain", 2, 0).await;
        settle(&world).await;
        let victim = alive(&world).remove(0).id;
        spot::interrupt(&world.region_with(THREE), &victim, SignedDuration::ZERO).await.unwrap();
        world
    };
    let scenario = Scenario::new(make, boot).waiting(pass);
    everywhere(scenario.invariant(|world| no_more_than(world, 2)).outcome(|world| {
        runs(world, 2)?;
        let all = instances(world).len();
        if all == 3 { Ok(()) } else { Err(format!("{all} instances in all")) }
    }))
    .await;
}

#[tokio::test]
async fn a_fleet_that_is_deleted_ends_with_its_last_instance_whatever_happens() {
    let make = async || {
        let (world, fleet) = created("maintain", 2, 1).await;
        settle(&world).await;
        let input =
            DeleteFleetsRequest { fleet_ids: Some(vec![fleet]), terminate_instances: Some(true), ..Default::default() };
        call(&world.region_with(THREE), op::DeleteFleets, input).await.unwrap();
        world
    };
    let scenario = Scenario::new(make, boot).waiting(pass);
    everywhere(scenario.invariant(|world| no_more_than(world, 2)).outcome(|world| {
        let fleet: Fleet = world.store.list(&Filter::all()).unwrap().remove(0);
        let is_well = fleet.state == FleetState::Deleted && alive(world).is_empty() && world.host.counts().0 == 0;
        if is_well { Ok(()) } else { Err(format!("{:?}", fleet.state)) }
    }))
    .await;
}

#[tokio::test]
async fn an_instant_fleet_has_what_there_is_and_gives_back_what_it_did_not_use() {
    let (world, _) = created("instant", 5, 1).await;
    settle(&world).await;
    let fleet: Fleet = world.store.list(&Filter::all()).unwrap().remove(0);
    assert_eq!(alive(&world).len(), 3);
    assert!(fleet.faults.iter().all(|fault| fault.code == "InsufficientInstanceCapacity") && !fleet.faults.is_empty());
    assert!(world.store.list::<Instance>(&Filter::all()).unwrap().iter().filter(|one| one.spot.is_none()).count() == 1);
}
