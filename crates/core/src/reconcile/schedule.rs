//! Which key is stepped when: a pure state machine, one per reconciler.
//!
//! ```text
//!            offer                  start                 Settled
//!  (unknown) ─────▶ Ready ────────────────▶ Running ───────────────▶ (unknown)
//!                     ▲                     │  │  │ failed
//!                     │ Again, or offered   │  │  ▼
//!                     ├─────────────────────┘  │ BackingOff ──┐
//!                     │   offered, or time ◀── ▼ After        │ time
//!                     ├─────────────────────── Pausing        │
//!                     └───────────────────────────────────────┘
//! ```
//! A key that an offer no longer names is forgotten, unless it is running.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use super::Next;

/// The first pause after a failure; each further one is twice as long.
const FIRST_BACKOFF: Duration = Duration::from_millis(100);
/// The longest pause.
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);
/// A signal cuts a long pause to this, counted from the failure: what failed may be wanted no more, yet a step
/// whose failures are themselves signals must not spin.
const SIGNALLED_BACKOFF: Duration = Duration::from_secs(1);

/// The pause after so many failures in a row.
pub(super) fn backoff(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    (FIRST_BACKOFF * (1 << doublings)).min(LONGEST_BACKOFF)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Waits in the queue.
    Ready,
    Running {
        /// Offered meanwhile, so what it looked at may be old.
        is_stale: bool,
    },
    Pausing {
        until: Instant,
    },
    BackingOff {
        since: Instant,
        until: Instant,
    },
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub state: State,
    /// In a row.
    pub failures: u32,
    pub last_error: Option<String>,
}

/// All keys in work.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    entries: BTreeMap<String, Entry>,
    /// Keys in the state `Ready`, each once, the longest waiting first.
    queue: VecDeque<String>,
    running: usize,
}

impl Schedule {
    /// Takes what is pending now; whether a signal led to it, or only the period.
    pub fn offer(&mut self, keys: Vec<String>, signalled: bool, now: Instant) {
        let offered: HashSet<&str> = keys.iter().map(String::as_str).collect();
        self.entries
            .retain(|key, entry| offered.contains(key.as_str()) || matches!(entry.state, State::Running { .. }));
        let Self { entries, queue, .. } = self;
        queue.retain(|key| entries.contains_key(key));
        for key in keys {
            let Some(entry) = entries.get_mut(&key) else {
                queue.push_back(key.clone());
                entries.insert(key, Entry { state: State::Ready, failures: 0, last_error: None });
                continue;
            };
            match &mut entry.state {
                State::Ready => {}
                State::Running { is_stale } => *is_stale |= signalled,
                State::Pausing { .. } if signalled => {
                    entry.state = State::Ready;
                    queue.push_back(key);
                }
                State::BackingOff { since, until } if signalled => *until = (*until).min(*since + SIGNALLED_BACKOFF),
                State::Pausing { .. } | State::BackingOff { .. } => {}
            }
        }
        self.release(now);
    }

    /// The next key to step, if fewer than `concurrency` are in flight.
    pub fn start(&mut self, concurrency: usize, now: Instant) -> Option<String> {
        // First, so that a pause which is over does not stay due while all places are taken.
        self.release(now);
        if self.running >= concurrency.max(1) {
            return None;
        }
        let key = self.queue.pop_front()?;
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.state = State::Running { is_stale: false };
        }
        self.running += 1;
        Some(key)
    }

    /// Notes how the step of a running key ended.
    pub fn finish(&mut self, key: &str, outcome: Result<Next, String>, now: Instant) {
        let Some(entry) = self.entries.get_mut(key) else { return };
        let State::Running { is_stale } = entry.state else { return };
        self.running -= 1;
        match outcome {
            Ok(next) => {
                entry.failures = 0;
                entry.last_error = None;
                match next {
                    Next::Settled if !is_stale => {
                        self.entries.remove(key);
                    }
                    Next::After(pause) if !is_stale => entry.state = State::Pausing { until: now + pause },
                    Next::Settled | Next::Again | Next::After(_) => {
                        entry.state = State::Ready;
                        self.queue.push_back(key.to_owned());
                    }
                }
            }
            Err(error) => {
                entry.failures += 1;
                entry.last_error = Some(error);
                entry.state = State::BackingOff { since: now, until: now + backoff(entry.failures) };
            }
        }
    }

    /// When the next pause ends.
    pub fn next_due(&self) -> Option<Instant> {
        let ends = self.entries.values().filter_map(|entry| match entry.state {
            State::Pausing { until } | State::BackingOff { until, .. } => Some(until),
            State::Ready | State::Running { .. } => None,
        });
        ends.min()
    }

    pub fn entries(&self) -> &BTreeMap<String, Entry> {
        &self.entries
    }

    /// Puts keys whose pause is over into the queue.
    fn release(&mut self, now: Instant) {
        for (key, entry) in &mut self.entries {
            if let State::Pausing { until } | State::BackingOff { until, .. } = entry.state
                && until <= now
            {
                entry.state = State::Ready;
                self.queue.push_back(key.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests;
