//! Runs reconcilers until it is told to stop: one loop task each, a task per step, and a small forwarder per signal.

mod activity;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use super::{Reconciler, Status};
use crate::Clock;
use activity::{Activity, Board};

/// All reconcilers of the process.
pub struct Reconcilers {
    clock: Arc<dyn Clock>,
    stop: watch::Sender<bool>,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    loops: JoinSet<()>,
    boards: Vec<Arc<Board>>,
    handles: Vec<Handle>,
}

/// Wakes one reconciler.
#[derive(Debug, Clone)]
pub struct Handle {
    signal: Arc<Notify>,
}

impl Handle {
    /// Lets the reconciler look at once. Signals given while it looks are kept as one.
    pub fn wake(&self) {
        self.signal.notify_one();
    }
}

impl Reconcilers {
    /// `clock` dates what [`Self::snapshot`] shows; pauses and periods run in real time.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, stop: watch::Sender::new(false), inner: Mutex::default() }
    }

    /// Starts a reconciler, which looks at once, then whenever one of `wake` changes and every period. Must be called
    /// inside a tokio runtime.
    pub fn spawn(&self, reconciler: impl Reconciler, wake: Vec<watch::Receiver<u64>>) -> Handle {
        self.spawn_shared(Arc::new(reconciler), wake)
    }

    /// As [`Self::spawn`], for a reconciler that others hold too.
    pub fn spawn_shared(&self, reconciler: Arc<dyn Reconciler>, wake: Vec<watch::Receiver<u64>>) -> Handle {
        let handle = Handle { signal: Arc::new(Notify::new()) };
        let board = Arc::new(Board::new(reconciler.as_ref()));
        let activity = Activity::new(reconciler, Arc::clone(&self.clock), Arc::clone(&board));
        let mut inner = self.inner();
        for mut counter in wake {
            let (handle, mut stop) = (handle.clone(), self.stop.subscribe());
            inner.loops.spawn(async move {
                let forward = async {
                    while counter.changed().await.is_ok() {
                        handle.wake();
                    }
                };
                tokio::select! {
                    () = forward => {}
                    _ = stop.wait_for(|&stop| stop) => {}
                }
            });
        }
        inner.loops.spawn(activity.run(Arc::clone(&handle.signal), self.stop.subscribe()));
        inner.boards.push(board);
        inner.handles.push(handle.clone());
        handle
    }

    /// Lets every reconciler look at once: after the clock was moved, for example.
    pub fn wake_all(&self) {
        self.inner().handles.iter().for_each(Handle::wake);
    }

    /// What each reconciler is doing, in the order in which they were started.
    pub fn snapshot(&self) -> Vec<Status> {
        self.inner().boards.iter().map(|board| board.read()).collect()
    }

    /// Starts no more steps and waits for those in flight, for at most `grace`; those that take longer are cut off,
    /// which steps must bear anyway. Reconcilers that are spawned later do nothing.
    pub async fn stop(&self, grace: Duration) {
        self.stop.send_replace(true);
        let mut loops = std::mem::take(&mut self.inner().loops);
        let all = async { while loops.join_next().await.is_some() {} };
        if tokio::time::timeout(grace, all).await.is_err() {
            loops.shutdown().await;
        }
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
