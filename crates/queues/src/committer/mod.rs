//! The one thread that writes. It takes what waits, turns it into changes, commits them together, and only then lets
//! the queues in memory know and answers: nobody receives what could still be lost.

mod group;
mod job;

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use freehold_core::Clock;
use freehold_store::messages::Journal;

pub use job::{Departure, Destination, Job};

use crate::alarm::Alarm;
use crate::cache::Cache;
use crate::registry::Registry;
use group::Group;

/// Messages in one commit, about: the first of them shall not wait for ever.
const GROUP: usize = 1024;
/// Sequences that are reserved at a time, so that most commits need not note where the next begins.
const RESERVED: u64 = 1 << 20;

pub struct Committer {
    pub journal: Box<dyn Journal>,
    pub queue: Receiver<Job>,
    pub registry: Arc<Registry>,
    pub cache: Arc<Cache>,
    pub alarm: Arc<Alarm>,
    pub clock: Arc<dyn Clock>,
    /// The next to be given.
    pub next: u64,
    /// Those below may be given.
    pub reserved: u64,
}

impl Committer {
    /// Works until the last sender of jobs is gone.
    pub fn run(mut self) {
        while let Ok(first) = self.queue.recv() {
            self.commit_group(first);
        }
    }

    fn commit_group(&mut self, first: Job) {
        let mut group = Group::new(self.clock.now().as_millisecond(), self.next);
        let mut next = Some(first);
        while let Some(job) = next {
            group.add(job, &self.registry);
            next = if group.changes() < GROUP { self.queue.try_recv().ok() } else { None };
        }
        let reserved = group.reserve(self.reserved, RESERVED);
        match group.commit(self.journal.as_mut()) {
            Ok(()) => {
                (self.next, self.reserved) = (group.next_sequence(), reserved);
                group.apply(&self.cache, &self.alarm);
            }
            Err(error) => {
                tracing::warn!(%error, "a commit of messages failed and was taken back");
                group.take_back(&error);
            }
        }
    }
}
