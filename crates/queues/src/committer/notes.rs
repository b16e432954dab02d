//! How often messages were received, written down a moment later: most messages are deleted soon after they were
//! received, and then nobody asks any more.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use freehold_store::messages::Change;

use super::job::Received;

/// How long a note may wait. A crash loses no message by it, only that it was received within this time.
const PATIENCE: Duration = Duration::from_millis(20);

#[derive(Default)]
pub struct Notes {
    waiting: HashMap<u64, Received>,
    /// When the oldest came.
    since: Option<Instant>,
}

impl Notes {
    pub fn add(&mut self, received: Vec<Received>) {
        self.since.get_or_insert_with(Instant::now);
        self.waiting.extend(received.into_iter().map(|one| (one.sequence, one)));
    }

    /// The message is out.
    pub fn forget(&mut self, sequence: u64) {
        self.waiting.remove(&sequence);
    }

    /// How long they may wait still; `None` where there are none.
    pub fn patience(&self) -> Option<Duration> {
        self.since.map(|since| PATIENCE.saturating_sub(since.elapsed()))
    }

    /// Takes what is to be written now.
    pub fn take_due(&mut self) -> Vec<Received> {
        let is_due = self.patience().is_some_and(|patience| patience.is_zero());
        if is_due { self.take_all() } else { Vec::new() }
    }

    /// There is no later moment.
    pub fn take_all(&mut self) -> Vec<Received> {
        self.since = None;
        self.waiting.drain().map(|(_, received)| received).collect()
    }
}

impl From<Received> for Change {
    fn from(Received { sequence, count, first }: Received) -> Self {
        Self::Received { sequence, count, first }
    }
}
