//! A group grows and shrinks, its reconcilers killed wherever they could be.

use freehold_core::reconcile::harness::Scenario;

use super::super::instances::Instances;
use super::*;
use crate::testing::World;

fn boot(world: &World) -> Vec<Arc<dyn Reconciler>> {
    let own = world.boot();
    vec![Arc::new(Capacity(Arc::clone(&own))), Arc::new(Instances(own))]
}

fn members(world: &World) -> Vec<Member> {
    world.store.list(&Filter::all()).unwrap()
}

/// Each instance has one member, and each member one instance.
fn nothing_doubled(world: &World) -> Result<(), String> {
    let alive = world.ec2.alive();
    let mut tokens: Vec<_> = alive.iter().filter_map(|one| one.client_token.clone()).collect();
    tokens.sort();
    tokens.dedup();
    if tokens.len() != alive.len() {
        return Err(format!("{} instances of {} launches", alive.len(), tokens.len()));
    }
    let keys: Vec<String> = members(world).into_iter().map(|member| member.key).collect();
    match tokens.iter().find(|token| !keys.contains(token)) {
        Some(token) => Err(format!("nobody knows the instance of {token}")),
        None => Ok(()),
    }
}

fn serves(count: usize) -> impl Fn(&World) -> Result<(), String> {
    move |world| {
        let serving = members(world).iter().filter(|member| member.serves()).count();
        let (all, alive) = (members(world).len(), world.ec2.alive().len());
        if (serving, all, alive) == (count, count, count) {
            return Ok(());
        }
        Err(format!("{serving} of {all} members serve, {alive} instances live"))
    }
}

async fn everywhere(scenario: Scenario<World>) {
    assert!(scenario.killed_after_each_step().await > 0);
    scenario.failing_at_each_step().await;
}

fn time_passes(world: &World, pause: Duration) {
    world.clock.advance(pause);
}

#[tokio::test]
async fn a_group_comes_to_its_size_whatever_happens() {
    let scenario = Scenario::new(|| World::with_group(3), boot);
    everywhere(scenario.waiting(time_passes).invariant(nothing_doubled).outcome(serves(3))).await;
}

async fn settle(world: &World) {
    for _ in 0..1000 {
        let mut is_settled = true;
        for reconciler in boot(world) {
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

async fn shrinking(desired: u32) -> World {
    let world = World::with_group(3).await;
    settle(&world).await;
    world.put(Group { desired, ..world.group() }).await;
    world
}

#[tokio::test]
async fn a_group_shrinks_whatever_happens() {
    let scenario = Scenario::new(|| shrinking(1), boot);
    everywhere(scenario.waiting(time_passes).invariant(nothing_doubled).outcome(serves(1))).await;
}

#[tokio::test]
async fn a_group_that_is_deleted_while_it_launches_leaves_nothing() {
    let make = async || {
        let world = World::with_group(2).await;
        // Decided upon, and one of them launched.
        let steps = boot(&world);
        for reconciler in [&steps[0], &steps[1], &steps[1]] {
            let key = reconciler.pending().await.unwrap().remove(0);
            reconciler.step(&key).await.unwrap();
        }
        world.put(Group { deleting: true, ..world.group() }).await;
        world
    };
    let gone = |world: &World| {
        let left =
            (members(world).len(), world.ec2.alive().len(), world.store.list::<Group>(&Filter::all()).unwrap().len());
        if left == (0, 0, 0) { Ok(()) } else { Err(format!("left: {left:?}")) }
    };
    everywhere(Scenario::new(make, boot).waiting(time_passes).invariant(nothing_doubled).outcome(gone)).await;
}
