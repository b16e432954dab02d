//! Room that is held on a host which has little of it.

use std::sync::Arc;

use freehold_api::ec2::{
    CancelCapacityReservationRequest, CapacityReservationSpecification, CapacityReservationTarget,
    CreateCapacityReservationRequest, GetCapacityReservationUsageRequest, ModifyCapacityReservationRequest,
    RunInstancesRequest, TerminateInstancesRequest, op,
};
use freehold_core::reconcile::{Next, Reconciler};
use freehold_machine::capacity::Pool;
use freehold_metering::{Stretch, Used};
use freehold_store::{Filter, StoreExt};

use crate::Ec2;
use crate::reconcile::{ConvergeInstances, EndReservations, Vpcs};
use crate::testing::{IMAGE, World, call};

/// Room for three of 512 MiB.
const POOL: Pool = Pool { cpu_millis: 8000, memory_mib: 1600, cpu_overcommit_percent: 400 };

fn reservation(count: i32) -> CreateCapacityReservationRequest {
    CreateCapacityReservationRequest {
        instance_type: Some("t3.nano".into()),
        instance_platform: Some("Linux/UNIX".into()),
        availability_zone: Some("us-east-1a".into()),
        instance_count: Some(count),
        ..Default::default()
    }
}

fn launch(preference: &str) -> RunInstancesRequest {
    RunInstancesRequest {
        image_id: Some(IMAGE.into()),
        instance_type: Some("t3.nano".into()),
        min_count: Some(1),
        max_count: Some(1),
        capacity_reservation_specification: Some(CapacityReservationSpecification {
            capacity_reservation_preference: Some(preference.into()),
            ..Default::default()
        }),
        ..Default::default()
    }
}

async fn reserve(ec2: &Arc<Ec2>, input: CreateCapacityReservationRequest) -> Result<String, freehold_wire::Error> {
    let made = call(ec2, op::CreateCapacityReservation, input).await?;
    Ok(made.capacity_reservation.unwrap().capacity_reservation_id.unwrap())
}

async fn free(ec2: &Arc<Ec2>, id: &str) -> Option<i32> {
    let input = GetCapacityReservationUsageRequest { capacity_reservation_id: Some(id.into()), ..Default::default() };
    call(ec2, op::GetCapacityReservationUsage, input).await.unwrap().available_instance_count
}

async fn settle(world: &World, ec2: &Arc<Ec2>) {
    let vpcs = Arc::new(Vpcs::new(Arc::clone(ec2)));
    let all: [Arc<dyn Reconciler>; 2] =
        [Arc::new(ConvergeInstances::new(Arc::clone(ec2), vpcs)), Arc::new(EndReservations::new(Arc::clone(ec2)))];
    for _ in 0..100 {
        for reconciler in &all {
            for key in reconciler.pending().await.unwrap() {
                if let Next::After(pause) = reconciler.step(&key).await.unwrap() {
                    world.clock.advance(pause);
                }
            }
        }
    }
}

fn metered(world: &World, id: &str) -> Vec<(u32, i64)> {
    let mut all: Vec<Stretch> = world.store.list(&Filter::all()).unwrap();
    all.retain(|stretch| stretch.resource == id);
    all.sort_by_key(|stretch| stretch.from);
    let parts = all.into_iter().map(|stretch| match stretch.used {
        Used::Reserved { instances, .. } => (instances, stretch.to.duration_since(stretch.from).as_secs()),
        other => panic!("{other:?}"),
    });
    parts.collect()
}

#[tokio::test]
async fn held_room_is_for_those_who_hold_it_also_after_a_restart() {
    let world = World::new();
    let ec2 = world.region_with(POOL);
    let id = reserve(&ec2, reservation(2)).await.unwrap();
    assert_eq!(free(&ec2, &id).await, Some(2));
    // The third place is everybody's.
    call(&ec2, op::RunInstances, launch("none")).await.unwrap();
    let ec2 = world.region_with(POOL);
    let refused = call(&ec2, op::RunInstances, launch("none")).await.unwrap_err();
    assert_eq!(refused.code, "InsufficientInstanceCapacity");
    assert_eq!(reserve(&ec2, reservation(1)).await.unwrap_err().code, "InsufficientInstanceCapacity");
    for left in [1, 0] {
        let made = call(&ec2, op::RunInstances, launch("open")).await.unwrap().instances.unwrap();
        assert_eq!(made[0].capacity_reservation_id.as_ref(), Some(&id));
        assert_eq!(free(&ec2, &id).await, Some(left));
    }
    assert_eq!(call(&ec2, op::RunInstances, launch("open")).await.unwrap_err().code, "InsufficientInstanceCapacity");
    let only = call(&ec2, op::RunInstances, launch("capacity-reservations-only")).await;
    assert_eq!(only.unwrap_err().code, "ReservationCapacityExceeded");
}

#[tokio::test]
async fn what_is_unused_is_metered_whenever_it_changes() {
    let world = World::new();
    let ec2 = world.region_with(POOL);
    let id = reserve(&ec2, reservation(2)).await.unwrap();
    world.clock.advance(std::time::Duration::from_secs(100));
    let made = call(&ec2, op::RunInstances, launch("open")).await.unwrap().instances.unwrap();
    let instance = made[0].instance_id.clone().unwrap();
    world.clock.advance(std::time::Duration::from_secs(50));
    let end = TerminateInstancesRequest {
        instance_ids: Some(vec![instance]),
        skip_os_shutdown: Some(true),
        ..Default::default()
    };
    call(&ec2, op::TerminateInstances, end).await.unwrap();
    settle(&world, &ec2).await;
    assert_eq!(free(&ec2, &id).await, Some(2));
    let fewer = ModifyCapacityReservationRequest {
        capacity_reservation_id: Some(id.clone()),
        instance_count: Some(1),
        ..Default::default()
    };
    world.clock.advance(std::time::Duration::from_secs(10));
    call(&ec2, op::ModifyCapacityReservation, fewer).await.unwrap();
    world.clock.advance(std::time::Duration::from_secs(30));
    let cancel = CancelCapacityReservationRequest { capacity_reservation_id: Some(id.clone()), ..Default::default() };
    call(&ec2, op::CancelCapacityReservation, cancel).await.unwrap();
    let parts = metered(&world, &id);
    assert_eq!(parts.iter().map(|part| part.0).collect::<Vec<_>>(), [2, 1, 2, 1]);
    assert_eq!((parts[0].1, parts[3].1), (100, 30));
    assert!(parts[1].1 >= 50 && parts[2].1 >= 10, "{parts:?}");
}

#[tokio::test]
async fn at_its_date_room_is_everybodys_again_and_who_is_in_it_stays() {
    let world = World::new();
    let ec2 = world.region_with(POOL);
    let end = world.clock_now() + jiff::SignedDuration::from_secs(60);
    let input = CreateCapacityReservationRequest {
        end_date_type: Some("limited".into()),
        end_date: Some(end),
        instance_match_criteria: Some("targeted".into()),
        ..reservation(3)
    };
    let id = reserve(&ec2, input).await.unwrap();
    let target = CapacityReservationTarget { capacity_reservation_id: Some(id.clone()), ..Default::default() };
    let specification =
        CapacityReservationSpecification { capacity_reservation_target: Some(target), ..Default::default() };
    assert!(call(&ec2, op::RunInstances, launch("open")).await.is_err());
    let inside =
        RunInstancesRequest { capacity_reservation_specification: Some(specification.clone()), ..launch("open") };
    call(&ec2, op::RunInstances, inside.clone()).await.unwrap();
    settle(&world, &ec2).await;
    // Noticed late, it still ended at its date.
    world.clock.advance(std::time::Duration::from_secs(600));
    settle(&world, &ec2).await;
    assert_eq!(metered(&world, &id).last().map(|part| part.0), Some(2));
    assert_eq!(metered(&world, &id).iter().map(|part| part.1).sum::<i64>(), 60);
    assert_eq!(call(&ec2, op::RunInstances, inside).await.unwrap_err().code, "ReservationCapacityExceeded");
    for _ in 0..2 {
        call(&ec2, op::RunInstances, launch("open")).await.unwrap();
    }
    assert!(call(&ec2, op::RunInstances, launch("open")).await.is_err());
}

#[tokio::test]
async fn instances_that_run_already_are_in_an_open_reservation_at_once() {
    let world = World::new();
    let ec2 = world.region_with(POOL);
    for _ in 0..2 {
        call(&ec2, op::RunInstances, launch("open")).await.unwrap();
    }
    settle(&world, &ec2).await;
    let id = reserve(&ec2, reservation(3)).await.unwrap();
    assert_eq!(free(&ec2, &id).await, Some(1));
    assert!(call(&ec2, op::RunInstances, launch("none")).await.is_err());
    call(&ec2, op::RunInstances, launch("open")).await.unwrap();
    assert_eq!(free(&world.region_with(POOL), &id).await, Some(0));
}
