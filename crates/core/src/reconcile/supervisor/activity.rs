//! One reconciler's loop: look, step, note.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};
use tokio::task::{Id, JoinError, JoinSet};

use super::super::schedule::{Entry, Schedule, State, backoff};
use super::super::status::{KeyState, KeyStatus, LastError, Status};
use super::super::{Failure, Next, Reconciler};
use crate::Clock;

/// What the loop shares with those who ask how it is doing.
#[derive(Debug)]
pub(super) struct Board {
    /// All but the keys.
    status: Mutex<Status>,
    schedule: Mutex<Schedule>,
}

impl Board {
    pub fn new(reconciler: &dyn Reconciler) -> Self {
        let status = Status {
            name: reconciler.name(),
            period: reconciler.period(),
            last_activation: None,
            last_duration: Duration::ZERO,
            activations: 0,
            steps: 0,
            failures: 0,
            last_error: None,
            keys: Vec::new(),
        };
        Self { status: Mutex::new(status), schedule: Mutex::default() }
    }

    pub fn read(&self) -> Status {
        let keys = self.schedule().entries().iter().map(|(key, entry)| describe_key(key, entry)).collect();
        Status { keys, ..self.status.lock().unwrap_or_else(PoisonError::into_inner).clone() }
    }

    fn update(&self, change: impl FnOnce(&mut Status)) {
        change(&mut self.status.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn schedule(&self) -> MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn describe_key(key: &str, entry: &Entry) -> KeyStatus {
    KeyStatus {
        key: key.to_owned(),
        state: match entry.state {
            State::Ready => KeyState::Ready,
            State::Running { .. } => KeyState::Running,
            State::Pausing { .. } => KeyState::Pausing,
            State::BackingOff { .. } => KeyState::BackingOff,
        },
        failures: entry.failures,
        last_error: entry.last_error.clone(),
    }
}

type Outcome = Result<Next, Failure>;

pub(super) struct Activity {
    reconciler: Arc<dyn Reconciler>,
    clock: Arc<dyn Clock>,
    board: Arc<Board>,
    steps: JoinSet<Outcome>,
    /// Which key each task steps; needed where a task ends by a panic.
    keys: HashMap<Id, String>,
    /// Looks that failed in a row.
    failed_looks: u32,
}

impl Activity {
    pub fn new(reconciler: Arc<dyn Reconciler>, clock: Arc<dyn Clock>, board: Arc<Board>) -> Self {
        Self { reconciler, clock, board, steps: JoinSet::new(), keys: HashMap::new(), failed_looks: 0 }
    }

    pub async fn run(mut self, signal: Arc<Notify>, mut stop: watch::Receiver<bool>) {
        let mut is_signalled = true;
        let mut next_look = Instant::now();
        loop {
            let now = Instant::now();
            if is_signalled || next_look <= now {
                tokio::select! {
                    biased;
                    _ = stop.wait_for(|&stop| stop) => break,
                    pause = self.look(is_signalled) => next_look = Instant::now() + pause,
                }
                is_signalled = false;
            }
            self.start_steps();
            let due = self.board.schedule().next_due().map_or(next_look, |due| due.min(next_look));
            tokio::select! {
                biased;
                _ = stop.wait_for(|&stop| stop) => break,
                () = signal.notified() => is_signalled = true,
                Some(ended) = self.steps.join_next_with_id() => self.finish_step(ended),
                () = tokio::time::sleep_until(due.into()) => {}
            }
        }
        while let Some(ended) = self.steps.join_next_with_id().await {
            self.finish_step(ended);
        }
    }

    /// Asks what is pending; returns the pause until it is to be asked again.
    async fn look(&mut self, signalled: bool) -> Duration {
        let (at, began) = (self.clock.now(), Instant::now());
        let pending = self.reconciler.pending().await;
        let took = began.elapsed();
        self.board.update(|status| {
            status.last_activation = Some(at);
            status.last_duration = took;
            status.activations += 1;
        });
        let period = self.reconciler.period();
        match pending {
            Ok(keys) => {
                self.failed_looks = 0;
                self.board.schedule().offer(keys, signalled, Instant::now());
                period
            }
            Err(failure) => {
                self.failed_looks = self.failed_looks.saturating_add(1);
                self.note_failure(None, &describe(failure.as_ref()));
                period.min(backoff(self.failed_looks))
            }
        }
    }

    fn start_steps(&mut self) {
        loop {
            // A statement of its own, so that the lock is not held while the step is spawned.
            let started = self.board.schedule().start(self.reconciler.concurrency(), Instant::now());
            let Some(key) = started else { return };
            let (reconciler, stepped) = (Arc::clone(&self.reconciler), key.clone());
            let task = self.steps.spawn(async move { reconciler.step(&stepped).await });
            self.keys.insert(task.id(), key);
        }
    }

    fn finish_step(&mut self, ended: Result<(Id, Outcome), JoinError>) {
        let (id, outcome) = match ended {
            Ok((id, Ok(next))) => (id, Ok(next)),
            Ok((id, Err(failure))) => (id, Err(describe(failure.as_ref()))),
            Err(panic) => (panic.id(), Err(format!("the step panicked: {panic}"))),
        };
        let Some(key) = self.keys.remove(&id) else { return };
        self.board.update(|status| status.steps += 1);
        if let Err(message) = &outcome {
            self.note_failure(Some(&key), message);
        }
        self.board.schedule().finish(&key, outcome, Instant::now());
    }

    fn note_failure(&self, key: Option<&str>, message: &str) {
        tracing::warn!(reconciler = self.reconciler.name(), key, error = message, "a step failed and will be retried");
        let at = self.clock.now();
        self.board.update(|status| {
            status.failures += 1;
            status.last_error = Some(LastError { at, key: key.map(str::to_owned), message: message.to_owned() });
        });
    }
}

/// The error with what led to it.
pub(crate) fn describe(failure: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(failure.source(), |cause| cause.source());
    causes.fold(failure.to_string(), |text, cause| format!("{text}: {cause}"))
}
