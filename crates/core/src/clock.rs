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

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

    #[test]
    fn a_frozen_clock_moves_only_when_it_is_moved() {
        let clock = ManualClock::frozen(Timestamp::UNIX_EPOCH);
        clock.advance(Duration::from_secs(5));
        clock.advance(Duration::from_secs(2));
        assert_eq!(clock.now().as_second(), 7);
    }

    #[test]
    fn a_running_clock_can_be_a_year_ahead_and_never_overflows() {
        let clock = ManualClock::running();
        clock.advance(YEAR);
        assert!(clock.now() >= SystemClock.now().saturating_add(YEAR - Duration::from_secs(60)).unwrap());
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
    }
}
