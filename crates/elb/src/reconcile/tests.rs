//! Reconcilers over a store in memory, with an EC2 of a few lines and a driver that runs nothing.

mod world;

use std::sync::Arc;

use freehold_balancer::config::Kind;
use freehold_core::reconcile::harness::Scenario;
use freehold_core::reconcile::{Next, Reconciler};
use freehold_store::{Filter, StoreExt, TxExt};
use jiff::Timestamp;
use world::World;

use super::{ConvergeBalancers, FollowTargets};
use crate::model::testing::{balancer, target_group};
use crate::model::{LoadBalancer, State, Target, TargetGroup};

const GROUP: &str = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web/73e2d6bc24d8a067";

fn boot(world: &World) -> Vec<Arc<dyn Reconciler>> {
    vec![Arc::new(ConvergeBalancers::new(world.elb(), world.tools())), Arc::new(FollowTargets::new(world.elb()))]
}

async fn with(balancer: LoadBalancer) -> World {
    let world = World::new();
    world.store.transact(move |tx| tx.put(&balancer)).await.unwrap();
    world
}

fn only(world: &World) -> Option<LoadBalancer> {
    world.store.list::<LoadBalancer>(&Filter::all()).unwrap().pop()
}

/// Nothing is made twice.
fn nothing_doubled(world: &World) -> Result<(), String> {
    let mut subnets: Vec<_> = world.interfaces().iter().filter_map(|one| one.subnet_id.clone()).collect();
    subnets.sort();
    if subnets.windows(2).any(|pair| pair[0] == pair[1]) { Err(format!("{subnets:?}")) } else { Ok(()) }
}

#[tokio::test]
async fn a_balancer_gets_interfaces_and_a_node_once_whenever_the_control_plane_dies() {
    let scenario = Scenario::new(|| with(balancer(Kind::Application)), boot)
        .invariant(nothing_doubled)
        .waiting(|world, pause| world.clock.advance(pause))
        .outcome(|world| {
            let balancer = only(world).ok_or("it is gone")?;
            let nodes = world.host.nodes.lock().unwrap();
            let spec = nodes.get(&balancer.id).ok_or("no node")?;
            let public: Vec<_> = balancer.zones.iter().filter_map(|zone| zone.public_address).collect();
            let is_well = balancer.state == State::Active && spec.interfaces.len() == 2 && public.len() == 2;
            if is_well && !spec.relays { Ok(()) } else { Err(format!("{balancer:?} {spec:?}")) }
        });
    scenario.killed_after_each_step().await;
    scenario.failing_at_each_step().await;
}

#[tokio::test]
async fn what_was_made_for_a_balancer_goes_with_it_whenever_the_control_plane_dies() {
    let make = || async {
        let world = with(balancer(Kind::Network)).await;
        settle(&world).await;
        let mut deleted = only(&world).unwrap();
        assert!(world.host.nodes.lock().unwrap()[&deleted.id].relays);
        deleted.deleted = true;
        world.store.transact(move |tx| tx.put(&deleted)).await.unwrap();
        world
    };
    let scenario = Scenario::new(make, boot).invariant(nothing_doubled).outcome(|world| {
        let left = (only(world), world.interfaces().clone(), world.host.nodes.lock().unwrap().clone());
        if left.0.is_none() && left.1.is_empty() && left.2.is_empty() { Ok(()) } else { Err(format!("{left:?}")) }
    });
    scenario.killed_after_each_step().await;
    scenario.failing_at_each_step().await;
}

#[tokio::test]
async fn an_interface_in_a_subnet_that_was_left_is_taken_back() {
    let world = with(balancer(Kind::Application)).await;
    settle(&world).await;
    let mut changed = only(&world).unwrap();
    changed.zones.remove(0);
    changed.security_groups = vec!["sg-2".into()];
    world.store.transact(move |tx| tx.put(&changed)).await.unwrap();
    settle(&world).await;
    let interfaces = world.interfaces();
    let [one] = interfaces.as_slice() else { panic!("{interfaces:?}") };
    assert_eq!(one.subnet_id.as_deref(), Some("subnet-2"));
    assert_eq!(one.groups.as_ref().unwrap()[0].group_id.as_deref(), Some("sg-2"));
    assert_eq!(world.host.nodes.lock().unwrap().values().next().unwrap().interfaces.len(), 1);
}

#[tokio::test]
async fn targets_that_have_drained_or_died_leave_their_group() {
    let target = |id: &str, draining_since| Target {
        id: id.into(),
        port: 80,
        address: Some([10, 0, 0, 5].into()),
        zone: "us-east-1a".into(),
        zone_was_named: false,
        registered: Timestamp::UNIX_EPOCH,
        draining_since,
    };
    let mut group = target_group(GROUP);
    group.targets = vec![target("i-1", None), target("i-1", Some(Timestamp::UNIX_EPOCH)), target("i-2", None)];
    group.targets[1].port = 81;
    let (world, arn) = (World::new(), group.arn.clone());
    world.store.transact(move |tx| tx.put(&group)).await.unwrap();
    let follow = FollowTargets::new(world.elb());
    assert_eq!(follow.pending().await.unwrap(), [arn.as_str()]);
    let Next::After(pause) = follow.step(&arn).await.unwrap() else { panic!("one is draining") };
    let ports =
        || world.store.get::<TargetGroup>(&arn).unwrap().unwrap().targets.iter().map(|t| t.port).collect::<Vec<_>>();
    assert_eq!(ports(), [80, 81]);
    world.clock.advance(pause);
    assert_eq!(follow.step(&arn).await.unwrap(), Next::Settled);
    assert_eq!(ports(), [80]);
    assert!(follow.pending().await.unwrap().is_empty());
}

/// Undisturbed, until nothing is left to do.
async fn settle(world: &World) {
    for reconciler in boot(world) {
        for _ in 0..100 {
            for key in reconciler.pending().await.unwrap() {
                reconciler.step(&key).await.unwrap();
            }
        }
        assert!(reconciler.pending().await.unwrap().is_empty());
    }
}
