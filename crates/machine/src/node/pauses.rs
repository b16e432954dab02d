//! When a program that ended may be started again: at once if it had served for a while, and after growing pauses if it
//! ends as soon as it is started.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Whoever lived this long did not die of its start.
const WELL: Duration = Duration::from_secs(5);
const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(10);

/// The starts of this process's nodes.
#[derive(Debug, Default)]
pub struct Pauses(Mutex<HashMap<String, Start>>);

#[derive(Debug, Clone, Copy)]
struct Start {
    at: Instant,
    /// Starts before this one that ended soon, in a row.
    failed: u32,
}

impl Pauses {
    /// Notes a start of the node now, if it may be started.
    pub fn may_start(&self, id: &str, now: Instant) -> bool {
        let mut starts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = match starts.get(id) {
            Some(last) if now.duration_since(last.at) < pause(last.failed) => return false,
            // Of the time since its start it may have been dead for the pause.
            Some(last) if now.duration_since(last.at) < pause(last.failed) + WELL => last.failed.saturating_add(1),
            _ => 0,
        };
        starts.insert(id.to_owned(), Start { at: now, failed });
        true
    }

    pub fn forget(&self, id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

fn pause(failed: u32) -> Duration {
    FIRST.saturating_mul(1 << failed.min(10)).min(LONGEST)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_program_that_ends_at_once_is_started_less_and_less_often() {
        let (pauses, mut now) = (Pauses::default(), Instant::now());
        let mut starts = 0;
        for _ in 0..6000 {
            starts += u32::from(pauses.may_start("a", now));
            now += Duration::from_millis(10);
        }
        assert!((8..16).contains(&starts), "{starts} in a minute");
        assert!(pauses.may_start("b", now), "another one is not meant");
    }

    #[test]
    fn one_that_had_served_is_started_at_once() {
        let (pauses, now) = (Pauses::default(), Instant::now());
        assert!(pauses.may_start("a", now));
        assert!(!pauses.may_start("a", now + Duration::from_millis(50)));
        assert!(pauses.may_start("a", now + WELL + FIRST));
        assert!(!pauses.may_start("a", now + WELL + FIRST));
    }
}
