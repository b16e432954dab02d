//! The one thread that writes. It takes what waits, turns it into changes and writes them in one commit; a second
//! thread ([`finisher`]) waits until they are on disk, and only then lets the queues in memory know and answers: nobody
//! receives what could still be lost. While one group is on its way to the disk, the next is being written.

mod finisher;
mod group;
mod job;
mod notes;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;

use freehold_core::Clock;
use freehold_store::messages::{Change, Journal};

pub use job::{Departure, Destination, Job, Received};

use crate::alarm::Alarm;
use crate::cache::Cache;
use crate::registry::Registry;
use finisher::Finisher;
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
    /// Sets both threads to work, until the last sender of jobs is gone.
    pub fn start(self) -> std::io::Result<JoinHandle<()>> {
        // No room in between: whoever writes waits for whoever waits for the disk, and meanwhile a bigger group gathers.
        let (written, groups) = sync_channel(0);
        let finisher = Finisher::new(self.journal.disk(), groups, Arc::clone(&self.cache), Arc::clone(&self.alarm));
        let finisher = std::thread::Builder::new().name("queues-disk".into()).spawn(move || finisher.run())?;
        std::thread::Builder::new().name("queues".into()).spawn(move || {
            self.run(&written);
            drop(written);
            let _ = finisher.join();
        })
    }

    fn run(mut self, written: &SyncSender<Group>) {
        loop {
            let next = match self.notes.patience() {
                None => self.queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(patience) => self.queue.recv_timeout(patience),
            };
            match next {
                Ok(first) => self.write_group(Some(first), written),
                Err(RecvTimeoutError::Timeout) => self.write_group(None, written),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let notes: Vec<Change> = self.notes.take_all().into_iter().map(Change::from).collect();
        if let Err(error) = self.journal.write(&notes) {
            tracing::warn!(%error, "how often messages were received could not be written down");
        }
    }

    fn write_group(&mut self, first: Option<Job>, written: &SyncSender<Group>) {
        let mut group = Group::new(self.clock.now().as_millisecond(), self.next);
        let mut next = first;
        while let Some(job) = next {
            group.add(job, &self.registry, &mut self.notes);
            next = if group.changes() < GROUP { self.queue.try_recv().ok() } else { None };
        }
        let reserved = group.reserve(self.reserved, RESERVED);
        let notes = self.notes.take_due();
        group.change(notes.iter().copied().map(Change::from));
        match group.write_to(self.journal.as_mut()) {
            Ok(()) => {
                (self.next, self.reserved) = (group.next_sequence(), reserved);
                // The other thread ends after this one.
                let _ = written.send(group);
            }
            Err(error) => {
                tracing::warn!(%error, "a commit of messages failed and was taken back");
                self.notes.add(notes);
                group.take_back(&error);
            }
        }
    }
}
