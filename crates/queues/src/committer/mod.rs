//! The one thread that writes. It takes what waits, turns it into changes, commits them together, and only then lets
//! the queues in memory know and answers: nobody receives what could still be lost.

mod group;
mod job;
mod notes;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};

use freehold_core::Clock;
use freehold_store::messages::{Change, Journal};

pub use job::{Departure, Destination, Job, Received};

use crate::alarm::Alarm;
use crate::cache::Cache;
use crate::registry::Registry;
use group::Group;
pub use notes::Notes;

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
    pub notes: Notes,
}

impl Committer {
    /// Works until the last sender of jobs is gone.
    pub fn run(mut self) {
        loop {
            let next = match self.notes.patience() {
                None => self.queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(patience) => self.queue.recv_timeout(patience),
            };
            match next {
                Ok(first) => self.commit_group(Some(first)),
                Err(RecvTimeoutError::Timeout) => self.commit_group(None),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let notes: Vec<Change> = self.notes.take_all().into_iter().map(Change::from).collect();
        if let Err(error) = self.journal.commit(&notes) {
            tracing::warn!(%error, "how often messages were received could not be written down");
        }
    }

    fn commit_group(&mut self, first: Option<Job>) {
        let mut group = Group::new(self.clock.now().as_millisecond(), self.next);
        let mut next = first;
        while let Some(job) = next {
            group.add(job, &self.registry, &mut self.notes);
            next = if group.changes() < GROUP { self.queue.try_recv().ok() } else { None };
        }
        let reserved = group.reserve(self.reserved, RESERVED);
        let notes = self.notes.take_due();
        group.write(notes.iter().copied().map(Change::from));
        match group.commit(self.journal.as_mut()) {
            Ok(()) => {
                (self.next, self.reserved) = (group.next_sequence(), reserved);
                group.apply(&self.cache, &self.alarm);
            }
            Err(error) => {
                tracing::warn!(%error, "a commit of messages failed and was taken back");
                self.notes.add(notes);
                group.take_back(&error);
            }
        }
    }
}
