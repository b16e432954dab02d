//! Room taken back for On-Demand instances, and prices that rise with it, killed between any two steps.

use std::sync::Arc;
use std::time::Duration;

use freehold_api::ec2::{
    InstanceMarketOptionsRequest, RunInstancesRequest, SpotMarketOptions, StartInstancesRequest, StopInstancesRequest,
    TerminateInstancesRequest, op,
};
use freehold_core::reconcile::harness::Scenario;
use freehold_core::reconcile::{Next, Reconciler};
use freehold_machine::capacity::Pool;
use freehold_metering::{Ongoing, Stretch, Used};
use freehold_store::{Filter, StoreExt, TxExt};
use jiff::SignedDuration;

use super::{ConvergeInstances, FollowSpot, MovePrices, NoticeExits, ReclaimRoom, Vpcs};
use crate::errors::Error;
use crate::model::{Instance, InstanceState, SpotRequest, SpotShare};
use crate::testing::{IMAGE, World, call};

/// Room for two of the smallest instances.
const TWO: Pool = Pool { cpu_millis: 4000, memory_mib: 1024, cpu_overcommit_percent: 400 };

fn boot(world: &World) -> Vec<Arc<dyn Reconciler>> {
    boot_with(world, TWO)
}

fn boot_with(world: &World, pool: Pool) -> Vec<Arc<dyn Reconciler>> {
    let ec2 = world.region_with(pool);
    let vpcs = Arc::new(Vpcs::new(Arc::clone(&ec2)));
    vec![
        Arc::new(ConvergeInstances::new(Arc::clone(&ec2), vpcs)),
        Arc::new(NoticeExits::new(Arc::clone(&ec2))),
        Arc::new(FollowSpot::new(Arc::clone(&ec2))),
        Arc::new(ReclaimRoom::new(ec2)),
    ]
}

async fn settle(world: &World, pool: Pool, patience: Duration) {
    settle_with(world, boot_with(world, pool), patience).await;
}

/// With a price that follows how full the host is.
async fn settle_at_prices(world: &World, patience: Duration) {
    let mut reconcilers = boot(world);
    reconcilers.insert(0, Arc::new(MovePrices::new(world.region_with(TWO))));
    settle_with(world, reconcilers, patience).await;
}

async fn settle_with(world: &World, reconcilers: Vec<Arc<dyn Reconciler>>, patience: Duration) {
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

/// Launches so many, as Spot instances at a maximum price or On-Demand; the first one's id.
async fn run(world: &World, count: i32, max_price: Option<&str>, stops: bool) -> Result<String, String> {
    let spot = max_price.map(|price| SpotMarketOptions {
        max_price: Some(price.into()),
        spot_instance_type: stops.then(|| "persistent".into()),
        instance_interruption_behavior: stops.then(|| "stop".into()),
        ..Default::default()
    });
    let input = RunInstancesRequest {
        image_id: Some(IMAGE.into()),
        instance_type: Some("t3.nano".into()),
        min_count: Some(count),
        max_count: Some(count),
        instance_market_options: spot.map(|options| InstanceMarketOptionsRequest {
            market_type: Some("spot".into()),
            spot_options: Some(options),
        }),
        ..Default::default()
    };
    let made = call(&world.region_with(TWO), op::RunInstances, input).await.map_err(|error| error.code.to_string())?;
    world.clock.advance(Duration::from_secs(1));
    Ok(made.instances.unwrap().remove(0).instance_id.unwrap())
}

fn instance(world: &World, id: &str) -> Instance {
    world.store.get(id).unwrap().unwrap()
}

fn states(world: &World, ids: &[String]) -> Vec<InstanceState> {
    ids.iter().map(|id| instance(world, id).state).collect()
}

fn pass(world: &World, pause: Duration) {
    world.clock.advance(pause);
}

/// The host never has more machines than it has room for.
fn room_is_kept(world: &World) -> Result<(), String> {
    let machines = world.host.counts().0;
    if machines <= 2 { Ok(()) } else { Err(format!("{machines} machines in the room of two")) }
}

async fn full() -> (World, Vec<String>) {
    let world = World::new();
    let mut ids = Vec::new();
    for price in ["0.0040", "0.0030"] {
        ids.push(run(&world, 1, Some(price), false).await.unwrap());
    }
    settle(&world, TWO, Duration::from_millis(10)).await;
    assert_eq!(states(&world, &ids), [InstanceState::Running; 2]);
    (world, ids)
}

#[tokio::test]
async fn whoever_pays_least_makes_room_for_on_demand_whatever_happens() {
    let make = async || {
        let (world, _) = full().await;
        run(&world, 1, None, false).await.unwrap();
        world
    };
    let scenario = Scenario::new(make, boot).waiting(pass).invariant(room_is_kept).outcome(|world| {
        let mut all: Vec<Instance> = world.store.list(&Filter::all()).unwrap();
        all.sort_by_key(|instance| instance.created);
        let states: Vec<_> = all.iter().map(|instance| instance.state).collect();
        let waited = all[2].running_since.unwrap_or_default().duration_since(all[2].launch_time);
        // Told two minutes before, and off within ten seconds.
        let in_time = (120..140).contains(&waited.as_secs());
        let expected = [InstanceState::Running, InstanceState::Terminated, InstanceState::Running];
        let code = all[1].state_reason.as_ref().map(|reason| reason.code.as_str());
        let requests: Vec<SpotRequest> = world.store.list(&Filter::all()).unwrap();
        let of_it = requests.iter().find(|request| request.instance.as_ref() == Some(&all[1].id));
        let told = of_it.map(|request| request.status.code.as_str()) == Some("instance-terminated-no-capacity");
        if states == expected && in_time && code == Some("Server.SpotInstanceTermination") && told {
            Ok(())
        } else {
            Err(format!("{states:?} {waited:?} {code:?} {of_it:?}"))
        }
    });
    assert!(scenario.killed_after_each_step().await > 1);
    scenario.failing_at_each_step().await;
}

#[tokio::test]
async fn of_those_that_pay_the_same_the_youngest_goes() {
    let world = World::new();
    let old = run(&world, 1, Some("0.0040"), false).await.unwrap();
    let young = run(&world, 1, Some("0.0040"), false).await.unwrap();
    settle(&world, TWO, Duration::from_millis(10)).await;
    let paid = run(&world, 1, None, false).await.unwrap();
    settle(&world, TWO, Duration::from_secs(5)).await;
    let is_marked = |id: &str| instance(&world, id).spot.unwrap().interruption.is_some();
    assert!(is_marked(&young) && !is_marked(&old));
    assert_eq!(instance(&world, &paid).state, InstanceState::Pending);
    settle(&world, TWO, Duration::from_secs(200)).await;
    let expected = [InstanceState::Running, InstanceState::Terminated, InstanceState::Running];
    assert_eq!(states(&world, &[old, young, paid]), expected);
}

#[tokio::test]
async fn room_is_made_for_no_more_than_there_can_be_and_for_no_spot_instance() {
    let (world, _) = full().await;
    assert_eq!(run(&world, 3, None, false).await, Err("InsufficientInstanceCapacity".to_owned()));
    assert_eq!(run(&world, 1, Some("0.0052"), false).await, Err("InsufficientInstanceCapacity".to_owned()));
    let two = run(&world, 2, None, false).await.unwrap();
    // What is claimed is nobody else's, whatever they pay.
    assert_eq!(run(&world, 1, None, false).await, Err("InsufficientInstanceCapacity".to_owned()));
    settle(&world, TWO, Duration::from_secs(300)).await;
    assert_eq!(instance(&world, &two).state, InstanceState::Running);
    assert_eq!(run(&world, 1, None, false).await, Err("InsufficientInstanceCapacity".to_owned()));
}

#[tokio::test]
async fn an_instance_that_is_started_again_has_room_made_and_those_that_stop_come_back_after_it() {
    let world = World::new();
    let paid = run(&world, 1, None, false).await.unwrap();
    settle(&world, TWO, Duration::from_millis(10)).await;
    let stop = StopInstancesRequest { instance_ids: Some(vec![paid.clone()]), ..Default::default() };
    call(&world.region_with(TWO), op::StopInstances, stop).await.unwrap();
    settle(&world, TWO, Duration::from_secs(30)).await;
    let stops = run(&world, 2, Some("0.0052"), true).await.unwrap();
    settle(&world, TWO, Duration::from_millis(10)).await;
    let start = StartInstancesRequest { instance_ids: Some(vec![paid.clone()]), ..Default::default() };
    call(&world.region_with(TWO), op::StartInstances, start).await.unwrap();
    settle(&world, TWO, Duration::from_secs(200)).await;
    let all: Vec<Instance> = world.store.list(&Filter::all()).unwrap();
    let count = |state| all.iter().filter(|instance| instance.state == state).count();
    assert_eq!(instance(&world, &paid).state, InstanceState::Running);
    assert_eq!((count(InstanceState::Running), count(InstanceState::Stopped)), (2, 1), "{all:?}");
    let end = TerminateInstancesRequest { instance_ids: Some(vec![paid]), ..Default::default() };
    call(&world.region_with(TWO), op::TerminateInstances, end).await.unwrap();
    settle(&world, TWO, Duration::from_secs(200)).await;
    assert_eq!(instance(&world, &stops).state, InstanceState::Running);
}

#[tokio::test]
async fn where_no_room_is_left_to_take_the_launch_ends() {
    let (world, _) = full().await;
    let paid = run(&world, 1, None, false).await.unwrap();
    // The next control plane promises less of the host.
    let less = Pool { memory_mib: 256, ..TWO };
    settle(&world, less, Duration::from_secs(300)).await;
    let ended = instance(&world, &paid);
    assert_eq!(ended.state, InstanceState::Terminated);
    let reason = ended.state_reason.unwrap();
    assert_eq!(reason.code, "Server.InsufficientInstanceCapacity");
}

#[tokio::test]
async fn a_price_that_rises_above_what_is_paid_interrupts_and_one_that_falls_fulfils() {
    let world = World::new();
    let cheap = run(&world, 1, Some("0.0020"), true).await.unwrap();
    settle_at_prices(&world, Duration::from_millis(10)).await;
    let paid = run(&world, 1, None, false).await.unwrap();
    settle_at_prices(&world, Duration::from_millis(10)).await;
    assert_eq!(states(&world, &[cheap.clone(), paid.clone()]), [InstanceState::Running; 2]);
    world.clock.advance(Duration::from_secs(301));
    settle_at_prices(&world, Duration::from_secs(1)).await;
    let request = || world.store.list::<SpotRequest>(&Filter::all()).unwrap().remove(0);
    assert_eq!(request().status.code, "marked-for-stop");
    settle_at_prices(&world, Duration::from_secs(130)).await;
    assert_eq!(instance(&world, &cheap).state, InstanceState::Stopped);
    settle_at_prices(&world, Duration::from_secs(100)).await;
    assert_eq!(request().status.code, "price-too-low");
    let end = TerminateInstancesRequest { instance_ids: Some(vec![paid]), ..Default::default() };
    call(&world.region_with(TWO), op::TerminateInstances, end).await.unwrap();
    for _ in 0..6 {
        world.clock.advance(Duration::from_secs(301));
        settle_at_prices(&world, Duration::from_secs(30)).await;
    }
    assert_eq!((instance(&world, &cheap).state, &*request().status.code), (InstanceState::Running, "fulfilled"));
}

fn priced(stretches: &[Stretch]) -> Vec<(i64, String, bool)> {
    let priced = stretches.iter().filter_map(|stretch| match &stretch.used {
        Used::Instance { spot_price, .. } => {
            let seconds = stretch.to.duration_since(stretch.from).as_secs();
            Some((seconds, spot_price.clone().unwrap_or_default(), stretch.goes_on))
        }
        _ => None,
    });
    priced.collect()
}

async fn for_hours() -> World {
    let world = World::new();
    let plenty = Pool { cpu_millis: 64_000, memory_mib: 64 << 10, ..TWO };
    let id = run(&world, 1, Some("0.0052"), false).await.unwrap();
    settle(&world, Pool::UNLIMITED, Duration::from_millis(10)).await;
    let began = instance(&world, &id).running_since.unwrap();
    // The second hour's price is the one at its beginning, though two others follow in it; the third's is the same.
    for (minutes, share) in [(50, 5000), (70, 9000), (110, 5000), (170, 10_000)] {
        let row = SpotShare::new(began + SignedDuration::from_mins(minutes), share);
        world.store.transact::<_, Error, _>(move |tx| Ok(tx.put(&row)?)).await.unwrap();
    }
    world.clock.advance(Duration::from_secs(3 * 3600 + 10));
    let end = TerminateInstancesRequest { instance_ids: Some(vec![id]), ..Default::default() };
    let expected = [(3600, "0.001600", false), (7200, "0.002600", true), (10, "0.005200", true)]
        .map(|(seconds, price, goes_on)| (seconds, price.to_owned(), goes_on));
    let region = world.region_with(plenty);
    assert_eq!(priced(&region.ongoing(world.clock_now()).unwrap()), expected);
    call(&region, op::TerminateInstances, end).await.unwrap();
    world
}

#[tokio::test]
async fn each_hour_costs_what_it_cost_at_its_beginning_and_none_is_lost_or_counted_twice() {
    let boot = |world: &World| boot_with(world, Pool::UNLIMITED);
    let scenario = Scenario::new(for_hours, boot).waiting(pass).outcome(|world| {
        let mut stretches: Vec<Stretch> = world.store.list(&Filter::all()).unwrap();
        stretches.sort_by_key(|stretch| stretch.from);
        let priced = priced(&stretches);
        let seconds: i64 = priced.iter().map(|(seconds, ..)| seconds).sum();
        if priced.len() == 3 && seconds == 3 * 3600 + 10 { Ok(()) } else { Err(format!("{priced:?}")) }
    });
    assert!(scenario.killed_after_each_step().await > 1);
}
