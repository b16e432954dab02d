//! Time as the region sees it. Nothing below the binary reads the system's clock directly, so that a
//! test can move time by a year.

use std::sync::Mutex;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Where time comes from.
pub trait Clock: Send + Sync + 'static {
    /// The current instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that runs with the machine's and can be moved forward (`--test-clock`), or frozen (unit tests).
#[derive(Debug)]
pub struct ManualClock {
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    Frozen(Timestamp),
    Ahead(SignedDuration),
}

impl ManualClock {
    /// A clock that stands still at `at`.
    pub fn frozen(at: Timestamp) -> Self {
        Self { state: Mutex::new(State::Frozen(at)) }
    }

    /// A clock that runs with the machine's.
    pub fn running() -> Self {
        Self { state: Mutex::new(State::Ahead(SignedDuration::ZERO)) }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        let mut state = self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        *state = match *state {
            State::Frozen(at) => State::Frozen(at.saturating_add(by).unwrap_or(Timestamp::MAX)),
            State::Ahead(offset) => State::Ahead(offset.saturating_add(by)),
        };
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        match *self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) {
            State::Frozen(at) => at,
            State::Ahead(offset) => Timestamp::now().saturating_add(offset).unwrap_or(Timestamp::MAX),
        }
    }
}
