//! What lives longer than a configuration: the health, the work under way and the counters of each target.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use crate::counters::{Count, GroupCells, PerWorker};
use crate::status::State;

/// One registration of a target in a group.
#[derive(Debug)]
pub struct Live {
    state: AtomicU8,
    /// Whether its group has a slow start.
    starts_slowly: AtomicBool,
    /// Of the last change to healthy that began a slow start, in milliseconds since the epoch; 0 if none did.
    slow_since: AtomicI64,
    /// Requests or flows under way.
    pub active: PerWorker<Count>,
    /// Of its group and zone.
    pub cells: Arc<PerWorker<GroupCells>>,
    /// Reason and description that go with the state.
    why: Mutex<(String, String)>,
    /// When it was first seen to drain, in seconds since the epoch; 0 if it does not.
    draining_seen: AtomicI64,
    /// Until then (milliseconds since the epoch) the target is passed over, for connecting to it has just failed.
    unreachable_until: AtomicI64,
    ended: AtomicBool,
    end: Notify,
}

/// How long a target is passed over whose connection failed; a health check decides about more.
const PASSED_OVER_MILLIS: i64 = 1000;

impl Live {
    fn new(workers: usize, cells: Arc<PerWorker<GroupCells>>) -> Live {
        Live {
            state: AtomicU8::new(State::Initial as u8),
            starts_slowly: AtomicBool::new(false),
            slow_since: AtomicI64::new(0),
            active: PerWorker::new(workers),
            cells,
            why: Mutex::new(("Elb.RegistrationInProgress".into(), "Target registration is in progress".into())),
            draining_seen: AtomicI64::new(0),
            unreachable_until: AtomicI64::new(0),
            ended: AtomicBool::new(false),
            end: Notify::new(),
        }
    }

    pub fn state(&self) -> State {
        match self.state.load(Relaxed) {
            0 => State::Initial,
            1 => State::Healthy,
            2 => State::Unhealthy,
            3 => State::Unused,
            4 => State::Draining,
            _ => State::Unavailable,
        }
    }

    /// Says what the target's state is from now on. True if that is news.
    pub fn set(&self, state: State, reason: &str, description: &str, now_millis: i64) -> bool {
        let mut why = self.why.lock().unwrap_or_else(PoisonError::into_inner);
        let was = self.state();
        if was == state && why.0 == reason && why.1 == description {
            return false;
        }
        if state == State::Healthy && was != State::Healthy {
            let since = if self.starts_slowly.load(Relaxed) { now_millis } else { 0 };
            self.slow_since.store(since, Relaxed);
        }
        self.state.store(state as u8, Relaxed);
        *why = (reason.to_owned(), description.to_owned());
        true
    }

    pub fn why(&self) -> (String, String) {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says whether the target starts slowly once it becomes healthy. Who is healthy already does not, though a slow start is
    /// switched on later (*User Guide, Slow start mode*).
    pub fn starts_slowly(&self, does: bool) {
        self.starts_slowly.store(does, Relaxed);
        if !does {
            self.slow_since.store(0, Relaxed);
        }
    }

    pub fn slow_since(&self) -> i64 {
        self.slow_since.load(Relaxed)
    }

    /// When it began to drain, by this process's clock: a region whose clock a test has moved may say that it will.
    pub fn drains_since(&self, said: Option<i64>, now: i64) -> Option<i64> {
        let Some(said) = said else {
            // Registered again, so it may have flows again.
            if self.draining_seen.swap(0, Relaxed) != 0 {
                self.ended.store(false, Relaxed);
            }
            return None;
        };
        if self.draining_seen.load(Relaxed) == 0 {
            self.draining_seen.store(now, Relaxed);
        }
        Some(said.min(self.draining_seen.load(Relaxed)))
    }

    pub fn is_reachable(&self) {
        if self.unreachable_until.load(Relaxed) != 0 {
            self.unreachable_until.store(0, Relaxed);
        }
    }

    pub fn is_unreachable(&self, now_millis: i64) {
        self.unreachable_until.store(now_millis + PASSED_OVER_MILLIS, Relaxed);
    }

    pub fn seems_unreachable(&self, now_millis: impl FnOnce() -> i64) -> bool {
        let until = self.unreachable_until.load(Relaxed);
        until != 0 && now_millis() < until
    }

    pub fn outstanding(&self) -> u64 {
        self.active.sum(Count::get)
    }

    /// Ends all flows to the target: it is gone, or its time to drain is over.
    pub fn end_flows(&self) {
        self.ended.store(true, Relaxed);
        self.end.notify_waiters();
    }

    /// Resolves when flows to the target must end.
    pub async fn flows_end(&self) {
        loop {
            let notified = self.end.notified();
            if self.ended.load(Relaxed) {
                return;
            }
            notified.await;
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TargetKey {
    pub group: String,
    pub id: String,
    pub address: SocketAddr,
}

/// All registrations of all snapshots so far that are still there.
#[derive(Debug)]
pub struct Registry {
    workers: usize,
    targets: HashMap<TargetKey, Arc<Live>>,
    cells: HashMap<(String, String), Arc<PerWorker<GroupCells>>>,
}

impl Registry {
    pub fn new(workers: usize) -> Registry {
        Registry { workers, targets: HashMap::new(), cells: HashMap::new() }
    }

    pub fn target(&mut self, key: TargetKey, zone: &str) -> Arc<Live> {
        let workers = self.workers;
        let cells = self.cells.entry((key.group.clone(), zone.to_owned()));
        let cells = cells.or_insert_with(|| Arc::new(PerWorker::new(workers))).clone();
        self.targets.entry(key).or_insert_with(|| Arc::new(Live::new(workers, cells))).clone()
    }

    /// Forgets targets of which no group speaks any more, and ends what still flows to them.
    pub fn retain(&mut self, is_known: impl Fn(&TargetKey) -> bool) {
        self.targets.retain(|key, live| {
            let stays = is_known(key);
            if !stays {
                live.end_flows();
            }
            stays
        });
    }

    /// Counters by (group, zone); they stay when the targets go.
    pub fn cells(&self) -> impl Iterator<Item = (&(String, String), &Arc<PerWorker<GroupCells>>)> {
        self.cells.iter()
    }
}
