//! A queue that is in use: its state, and who waits for its messages.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::message::{QueueId, Settings};
use crate::state::Queue;

#[derive(Debug)]
pub struct Cell {
    pub id: QueueId,
    state: Mutex<Queue>,
    /// Receivers that wait, served in the order in which they came.
    arrivals: Notify,
    waiting: AtomicUsize,
}

impl Cell {
    pub fn new(id: QueueId, settings: Settings) -> Self {
        Self { id, state: Mutex::new(Queue::new(settings)), arrivals: Notify::new(), waiting: AtomicUsize::new(0) }
    }

    /// Nothing that panics is done with it, so a poisoned one is whole.
    pub fn state(&self) -> MutexGuard<'_, Queue> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes as many waiting receivers as may find something.
    pub fn announce(&self, opened: usize) {
        for _ in 0..opened.min(self.waiting()) {
            self.arrivals.notify_one();
        }
    }

    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }

    /// Takes a place among those who wait.
    pub fn wait(&self) -> Waiter<'_> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        Waiter(self)
    }
}

/// A place among those who wait, until it is dropped.
pub struct Waiter<'a>(&'a Cell);

impl Waiter<'_> {
    /// Resolves when there may be something. Once it was polled or enabled, no announcement is missed.
    pub fn arrival(&self) -> tokio::sync::futures::Notified<'_> {
        self.0.arrivals.notified()
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}
