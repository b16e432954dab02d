//! Wakes receivers when time makes a message visible. Only queues that somebody waits at are watched, so that what
//! nobody waits for costs nothing.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use freehold_core::Clock;
use tokio::sync::Notify;

use crate::cell::Cell;
use crate::message::{Millis, QueueId};

pub struct Alarm {
    clock: Arc<dyn Clock>,
    set: Mutex<Set>,
    /// The first alarm is another one now, or the clock was moved.
    changed: Notify,
}

#[derive(Default)]
struct Set {
    first: BTreeSet<(Millis, QueueId)>,
    cells: HashMap<QueueId, (Millis, Weak<Cell>)>,
}

impl Alarm {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, set: Mutex::default(), changed: Notify::new() }
    }

    /// Looks at the queue at this time at the latest, if anybody waits there.
    pub fn set(&self, cell: &Arc<Cell>, due: Millis) {
        if cell.waiting() == 0 {
            return;
        }
        let mut set = self.lock();
        match set.cells.get(&cell.id) {
            Some((earlier, _)) if *earlier <= due => return,
            Some((later, _)) => {
                let later = *later;
                set.first.remove(&(later, cell.id));
            }
            None => {}
        }
        set.cells.insert(cell.id, (due, Arc::downgrade(cell)));
        set.first.insert((due, cell.id));
        let is_first = set.first.first() == Some(&(due, cell.id));
        drop(set);
        if is_first {
            self.changed.notify_one();
        }
    }

    /// Looks at the clock again.
    pub fn wake(&self) {
        self.changed.notify_one();
    }

    /// Rings until the task is dropped.
    pub async fn run(self: Arc<Self>) {
        loop {
            let now = self.clock.now().as_millisecond();
            while let Some(cell) = self.next_due(now) {
                self.ring(&cell, now);
            }
            let changed = self.changed.notified();
            let first = self.lock().first.first().map(|(due, _)| *due);
            match first {
                None => changed.await,
                Some(due) => {
                    let pause = Duration::from_millis(u64::try_from(due - now).unwrap_or(0).max(1));
                    let _ = tokio::time::timeout(pause, changed).await;
                }
            }
        }
    }

    fn next_due(&self, now: Millis) -> Option<Arc<Cell>> {
        let mut set = self.lock();
        while let Some((_, queue)) = set.first.first().copied().filter(|(due, _)| *due <= now) {
            set.first.pop_first();
            if let Some(cell) = set.cells.remove(&queue).and_then(|(_, cell)| cell.upgrade()) {
                return Some(cell);
            }
        }
        None
    }

    fn ring(&self, cell: &Arc<Cell>, now: Millis) {
        let mut state = cell.state();
        let opened = state.advance(now);
        let next = state.next_due();
        drop(state);
        cell.announce(opened);
        if let Some(due) = next {
            self.set(cell, due);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Set> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
