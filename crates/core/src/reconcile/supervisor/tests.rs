use std::collections::BTreeMap;
use std::sync::Mutex as StdMutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use tokio::sync::Semaphore;

use super::*;
use crate::SystemClock;
use crate::reconcile::{Failure, KeyState, Next};

/// A world of counters that are to reach zero.
struct Down {
    left: StdMutex<BTreeMap<String, u32>>,
    moved: watch::Sender<u64>,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
    fails: AtomicBool,
    panics: AtomicBool,
    gate: Semaphore,
}

impl Down {
    fn new(left: &[(&str, u32)]) -> Arc<Self> {
        Arc::new(Self {
            left: StdMutex::new(left.iter().map(|&(key, count)| (key.to_owned(), count)).collect()),
            moved: watch::Sender::new(0),
            in_flight: AtomicUsize::new(0),
            most_in_flight: AtomicUsize::new(0),
            fails: AtomicBool::new(false),
            panics: AtomicBool::new(false),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
        })
    }

    fn want(&self, key: &str, count: u32) {
        self.left.lock().unwrap().insert(key.to_owned(), count);
        self.moved.send_modify(|moved| *moved += 1);
    }

    fn total(&self) -> u32 {
        self.left.lock().unwrap().values().sum()
    }
}

struct Counter(Arc<Down>);

#[async_trait]
impl Reconciler for Counter {
    fn name(&self) -> &'static str {
        "test.count"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(3600)
    }

    fn concurrency(&self) -> usize {
        2
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let left = self.0.left.lock().unwrap();
        Ok(left.iter().filter(|(_, count)| **count > 0).map(|(key, _)| key.clone()).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let flying = self.0.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.most_in_flight.fetch_max(flying, Ordering::SeqCst);
        let permit = self.0.gate.acquire().await?;
        tokio::task::yield_now().await;
        drop(permit);
        self.0.in_flight.fetch_sub(1, Ordering::SeqCst);
        assert!(!self.0.panics.swap(false, Ordering::SeqCst), "on purpose");
        if self.0.fails.swap(false, Ordering::SeqCst) {
            return Err("on purpose".into());
        }
        let mut left = self.0.left.lock().unwrap();
        let count = left.get_mut(key).ok_or("gone")?;
        *count = count.saturating_sub(1);
        Ok(if *count == 0 { Next::Settled } else { Next::Again })
    }
}

async fn eventually(what: &str, condition: impl Fn() -> bool) {
    let waiting = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.unwrap_or_else(|_| panic!("never: {what}"));
}

fn start(world: &Arc<Down>) -> (Arc<Reconcilers>, Handle) {
    let reconcilers = Arc::new(Reconcilers::new(Arc::new(SystemClock)));
    let handle = reconcilers.spawn(Counter(Arc::clone(world)), vec![world.moved.subscribe()]);
    (reconcilers, handle)
}

#[tokio::test]
async fn what_is_pending_at_the_start_is_stepped_until_it_is_settled() {
    let world = Down::new(&[("a", 3), ("b", 1), ("c", 2), ("d", 5)]);
    let (reconcilers, _handle) = start(&world);
    eventually("all zero", || world.total() == 0).await;
    assert_eq!(world.most_in_flight.load(Ordering::SeqCst), 2);
    eventually("steps are counted", || reconcilers.snapshot()[0].steps == 11).await;
    assert!(reconcilers.snapshot()[0].keys.is_empty());
}

#[tokio::test]
async fn a_commit_and_a_handle_both_wake() {
    let world = Down::new(&[]);
    let (reconcilers, handle) = start(&world);
    eventually("the first look", || reconcilers.snapshot()[0].activations == 1).await;
    world.want("a", 2);
    eventually("woken by the signal", || world.total() == 0).await;
    world.left.lock().unwrap().insert("b".into(), 1);
    handle.wake();
    eventually("woken by hand", || world.total() == 0).await;
    world.left.lock().unwrap().insert("c".into(), 1);
    reconcilers.wake_all();
    eventually("woken with all others", || world.total() == 0).await;
}

#[tokio::test]
async fn a_failing_or_panicking_step_is_retried_and_its_error_kept() {
    let world = Down::new(&[("a", 2)]);
    world.fails.store(true, Ordering::SeqCst);
    world.panics.store(true, Ordering::SeqCst);
    let (reconcilers, _handle) = start(&world);
    eventually("settled in spite of both", || world.total() == 0).await;
    eventually("both are counted", || reconcilers.snapshot()[0].steps == 4).await;
    let status = reconcilers.snapshot().remove(0);
    assert_eq!(status.failures, 2);
    let error = status.last_error.unwrap();
    assert_eq!((error.key.as_deref(), error.message.as_str()), (Some("a"), "on purpose"));
}

#[tokio::test]
async fn a_snapshot_shows_the_keys_in_work() {
    let world = Down::new(&[("a", 1), ("b", 1), ("c", 1)]);
    world.gate.forget_permits(Semaphore::MAX_PERMITS);
    let (reconcilers, _handle) = start(&world);
    eventually("two run", || world.in_flight.load(Ordering::SeqCst) == 2).await;
    let states: Vec<_> = reconcilers.snapshot()[0].keys.iter().map(|key| (key.key.clone(), key.state)).collect();
    let expected = [("a", KeyState::Running), ("b", KeyState::Running), ("c", KeyState::Ready)];
    assert_eq!(states, expected.map(|(key, state)| (key.to_owned(), state)));
    world.gate.add_permits(1);
    eventually("settled", || world.total() == 0).await;
}

#[tokio::test]
async fn stopping_waits_for_the_step_in_flight_and_starts_no_other() {
    let world = Down::new(&[("a", 5)]);
    world.gate.forget_permits(Semaphore::MAX_PERMITS);
    let (reconcilers, _handle) = start(&world);
    eventually("in flight", || world.in_flight.load(Ordering::SeqCst) == 1).await;
    let stopping = tokio::spawn({
        let reconcilers = Arc::clone(&reconcilers);
        async move { reconcilers.stop(Duration::from_secs(20)).await }
    });
    tokio::task::yield_now().await;
    assert!(!stopping.is_finished());
    world.gate.add_permits(1);
    stopping.await.unwrap();
    assert_eq!(world.total(), 4);
}

#[tokio::test]
async fn a_step_that_does_not_end_is_cut_off_when_the_grace_is_over() {
    let world = Down::new(&[("a", 1)]);
    world.gate.forget_permits(Semaphore::MAX_PERMITS);
    let (reconcilers, _handle) = start(&world);
    eventually("in flight", || world.in_flight.load(Ordering::SeqCst) == 1).await;
    reconcilers.stop(Duration::from_millis(10)).await;
    assert_eq!(world.total(), 1);
}
