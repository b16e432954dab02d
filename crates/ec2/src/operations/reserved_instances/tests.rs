//! Reserved Instances of a zone keep room on a host that has little.

use std::sync::Arc;

use freehold_api::ec2::{
    AcceptReservedInstancesExchangeQuoteRequest, DescribeReservedInstancesModificationsRequest,
    ModifyReservedInstancesRequest, Placement, PurchaseReservedInstancesOfferingRequest,
    ReservedInstancesConfiguration, ReservedInstancesModification, RunInstancesRequest, TargetConfigurationRequest, op,
};
use freehold_billing::model::Reserved;
use freehold_billing::offers::{Class, Payment, ReservationOffer, Term};
use freehold_core::reconcile::Reconciler;
use freehold_machine::capacity::Pool;
use freehold_store::{Filter, StoreExt, Tx, TxExt};

use crate::Ec2;
use crate::model::{Instance, InstanceState};
use crate::reconcile::{EndReserved, ModifyReserved};
use crate::reserved::tests::bought;
use crate::testing::{IMAGE, World, call};

/// Room for two m5.large.
const POOL: Pool = Pool { cpu_millis: 64_000, memory_mib: 16 << 10, cpu_overcommit_percent: 400 };

async fn buy(ec2: &Arc<Ec2>, offer: &ReservationOffer, count: i32) -> Result<String, String> {
    let wanted = PurchaseReservedInstancesOfferingRequest {
        reserved_instances_offering_id: Some(offer.id()),
        instance_count: Some(count),
        ..Default::default()
    };
    let bought = call(ec2, op::PurchaseReservedInstancesOffering, wanted).await;
    bought.map(|bought| bought.reserved_instances_id.unwrap()).map_err(|error| error.code.to_string())
}

fn offer(zone: Option<char>) -> ReservationOffer {
    ReservationOffer { zone, ..bought("m5.large", 1).offer }
}

async fn launch(ec2: &Arc<Ec2>, zone: &str) -> bool {
    let placement = Placement { availability_zone: Some(zone.into()), ..Default::default() };
    let wanted = RunInstancesRequest {
        image_id: Some(IMAGE.into()),
        instance_type: Some("m5.large".into()),
        min_count: Some(1),
        max_count: Some(1),
        placement: Some(placement),
        ..Default::default()
    };
    call(ec2, op::RunInstances, wanted).await.is_ok()
}

async fn modify(ec2: &Arc<Ec2>, id: &str, zone: &str, count: i32) -> ReservedInstancesModification {
    let target = ReservedInstancesConfiguration {
        availability_zone: Some(zone.into()),
        instance_count: Some(count),
        ..Default::default()
    };
    let wanted = ModifyReservedInstancesRequest {
        reserved_instances_ids: Some(vec![id.into()]),
        target_configurations: Some(vec![target]),
        ..Default::default()
    };
    let asked = call(ec2, op::ModifyReservedInstances, wanted).await.unwrap();
    settle(&ModifyReserved::new(Arc::clone(ec2))).await;
    let ids = asked.reserved_instances_modification_id.into_iter().collect();
    let wanted = DescribeReservedInstancesModificationsRequest {
        reserved_instances_modification_ids: Some(ids),
        ..Default::default()
    };
    let found = call(ec2, op::DescribeReservedInstancesModifications, wanted).await.unwrap();
    found.reserved_instances_modifications.unwrap().pop().unwrap()
}

async fn settle(reconciler: &dyn Reconciler) {
    for key in reconciler.pending().await.unwrap() {
        reconciler.step(&key).await.unwrap();
    }
    assert!(reconciler.pending().await.unwrap().is_empty());
}

#[tokio::test]
async fn room_is_kept_for_instances_of_the_zone() {
    let world = World::new();
    let ec2 = world.region_with(POOL);
    buy(&ec2, &offer(Some('a')), 1).await.unwrap();
    assert!(launch(&ec2, "us-east-1b").await);
    assert!(!launch(&ec2, "us-east-1b").await, "the rest is kept");
    assert!(launch(&ec2, "us-east-1a").await);
    assert!(!launch(&ec2, "us-east-1a").await, "it is kept once");
}

#[tokio::test]
async fn more_than_there_is_room_for_is_not_sold() {
    let world = World::new();
    let ec2 = world.region_with(POOL);
    assert_eq!(buy(&ec2, &offer(Some('a')), 3).await.unwrap_err(), "ReservedInstancesUnavailable");
    assert!(ec2.store.list::<Reserved>(&Filter::all()).unwrap().is_empty());
    buy(&ec2, &offer(None), 3).await.unwrap();
    buy(&ec2, &offer(Some('b')), 2).await.unwrap();
    assert!(!launch(&ec2, "us-east-1a").await);
}

#[tokio::test]
async fn room_is_kept_after_the_control_plane_begins_again_and_until_the_end_of_the_term() {
    let world = World::new();
    buy(&world.region_with(POOL), &offer(Some('a')), 2).await.unwrap();
    let ec2 = world.region_with(POOL);
    assert!(!launch(&ec2, "us-east-1b").await);
    world.clock.advance(std::time::Duration::from_secs(365 * 24 * 3600));
    settle(&EndReserved::new(Arc::clone(&ec2))).await;
    assert!(launch(&ec2, "us-east-1b").await);
}

#[tokio::test]
async fn a_modification_takes_its_room_along_and_fails_where_there_is_none() {
    let world = World::new();
    let ec2 = world.region_with(POOL);
    let regional = buy(&ec2, &offer(None), 2).await.unwrap();
    assert!(launch(&ec2, "us-east-1a").await);
    let failed = modify(&ec2, &regional, "us-east-1b", 2).await;
    assert_eq!(failed.status.as_deref(), Some("failed"));
    assert!(failed.status_message.is_some_and(|why| why.contains("capacity")));
    // The one that runs has its place in the room already.
    let running = |tx: &mut dyn Tx| {
        let mut instance = tx.list::<Instance>(&Filter::all())?.remove(0);
        instance.state = InstanceState::Running;
        tx.put(&instance)
    };
    ec2.store.transact(running).await.unwrap();
    let moved = modify(&ec2, &regional, "us-east-1a", 2).await;
    assert_eq!(moved.status.as_deref(), Some("fulfilled"), "{:?}", moved.status_message);
    assert!(!launch(&ec2, "us-east-1b").await);
    assert!(launch(&ec2, "us-east-1a").await);
}

#[tokio::test]
async fn a_zone_is_left_for_another_though_the_host_is_full() {
    let world = World::new();
    let ec2 = world.region_with(POOL);
    let zonal = buy(&ec2, &offer(Some('a')), 2).await.unwrap();
    let moved = modify(&ec2, &zonal, "us-east-1b", 2).await;
    assert_eq!(moved.status.as_deref(), Some("fulfilled"));
    assert!(!launch(&ec2, "us-east-1a").await);
    assert!(launch(&ec2, "us-east-1b").await);
}

#[tokio::test]
async fn an_exchange_that_finds_no_room_changes_nothing() {
    let world = World::new();
    let ec2 = world.region_with(POOL);
    let upfront = |zone| ReservationOffer {
        class: Class::Convertible,
        payment: Payment::AllUpfront,
        term: Term::OneYear,
        ..offer(zone)
    };
    let zonal = buy(&ec2, &upfront(Some('a')), 2).await.unwrap();
    let exchange = |instance_type: &str| {
        let target = ReservationOffer { instance_type: instance_type.into(), ..upfront(Some('b')) };
        AcceptReservedInstancesExchangeQuoteRequest {
            reserved_instance_ids: Some(vec![zonal.clone()]),
            target_configurations: Some(vec![TargetConfigurationRequest {
                offering_id: Some(target.id()),
                instance_count: None,
            }]),
            dry_run: None,
        }
    };
    let refused = call(&ec2, op::AcceptReservedInstancesExchangeQuote, exchange("m5.4xlarge")).await;
    assert_eq!(refused.unwrap_err().code, "InsufficientInstanceCapacity");
    assert!(!launch(&ec2, "us-east-1b").await, "the old ones keep their room");
    call(&ec2, op::AcceptReservedInstancesExchangeQuote, exchange("m5.large")).await.unwrap();
    assert!(launch(&ec2, "us-east-1b").await);
}
