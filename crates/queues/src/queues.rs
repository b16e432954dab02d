//! The public handle.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use freehold_core::Clock;
use freehold_store::messages::{Contents, Journal};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use crate::alarm::Alarm;
use crate::cache::Cache;
use crate::cell::Cell;
use crate::committer::{Committer, Departure, Destination, Job, Notes};
use crate::message::{Millis, millis};
use crate::registry::Registry;
use crate::{Counts, Error, Outgoing, QueueId, Receipt, ReceiptError, Sent, Settings, load};

/// Messages that leave in one commit where many do: others shall not wait for all of them.
const AT_ONCE: usize = 128;

/// All queues of a region. Dropping it closes it.
pub struct Queues {
    pub(crate) registry: Arc<Registry>,
    pub(crate) contents: Box<dyn Contents>,
    pub(crate) cache: Arc<Cache>,
    pub(crate) alarm: Arc<Alarm>,
    clock: Arc<dyn Clock>,
    /// `None` once it is closed.
    jobs: Mutex<Option<Sender<Job>>>,
    committer: Mutex<Option<JoinHandle<()>>>,
    ringing: AbortHandle,
}

impl Queues {
    /// Takes up what the journal holds. Queues answer once they are configured. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// What the journal reports.
    pub fn open(mut journal: impl Journal, clock: Arc<dyn Clock>) -> Result<Arc<Self>, Error> {
        let contents = journal.contents();
        let registry = Arc::new(Registry::default());
        load::load(&mut journal, &registry)?;
        let reserved = journal.reserved()?;
        let cache = Arc::new(Cache::default());
        let alarm = Arc::new(Alarm::new(Arc::clone(&clock)));
        let (jobs, queue) = channel();
        let committer = Committer {
            journal: Box::new(journal),
            queue,
            registry: Arc::clone(&registry),
            cache: Arc::clone(&cache),
            alarm: Arc::clone(&alarm),
            clock: Arc::clone(&clock),
            next: reserved,
            reserved,
            notes: Notes::default(),
        };
        let committer = std::thread::Builder::new()
            .name("queues".into())
            .spawn(move || committer.run())
            .map_err(|error| freehold_store::Error::Engine(format!("no thread to write with: {error}")))?;
        let ringing = tokio::spawn(Arc::clone(&alarm).run()).abort_handle();
        let (jobs, committer) = (Mutex::new(Some(jobs)), Mutex::new(Some(committer)));
        Ok(Arc::new(Self { registry, contents, cache, alarm, clock, jobs, committer, ringing }))
    }

    /// Makes a queue known, or changes its settings. Messages that it had before a restart are in it.
    pub fn configure(&self, queue: QueueId, settings: Settings) {
        let cell = self.registry.find_or_make(queue, settings.clone());
        cell.state().configure(settings);
    }

    /// Puts messages into queues, all or none. Answers in their order, when they are on disk.
    pub async fn send(&self, messages: Vec<Outgoing>) -> Result<Vec<Sent>, Error> {
        let (answer, outcome) = oneshot::channel();
        self.submit(Job::Send { messages, answer })?;
        outcome.await.unwrap_or(Err(Error::Store(freehold_store::Error::Closed)))
    }

    /// Deletes messages; answers in the order of the receipts, when it is on disk.
    pub async fn delete(&self, queue: QueueId, receipts: Vec<Receipt>) -> Result<Vec<Result<(), ReceiptError>>, Error> {
        let cell = self.registry.find(queue)?;
        // Somebody else may be deleting the same: what is not on disk yet is not acknowledged.
        while cell.state().are_leaving(&receipts) {
            self.depart(Arc::clone(&cell), Vec::new(), Destination::Nowhere).await?;
        }
        let (outcomes, sequences) = begin_to_leave(&cell, &receipts, self.now());
        if !sequences.is_empty() {
            self.depart(cell, sequences, Destination::Nowhere).await?;
        }
        Ok(outcomes)
    }

    /// Changes how long a received message stays hidden, from now on; zero makes it visible at once.
    pub fn change_visibility(
        &self,
        queue: QueueId,
        receipt: Receipt,
        hidden: Duration,
    ) -> Result<Result<(), ReceiptError>, Error> {
        let cell = self.registry.find(queue)?;
        if receipt.queue != queue {
            return Ok(Err(ReceiptError::OtherQueue));
        }
        let now = self.now();
        let until = now.saturating_add(millis(hidden));
        let mut state = cell.state();
        let passed = state.advance(now);
        let outcome = state.hide(&receipt, now, until);
        drop(state);
        cell.announce(passed + usize::from(outcome == Ok(true)));
        self.alarm.set(&cell, until);
        Ok(outcome.map(drop))
    }

    /// Moves a received message to another queue with its id, content, times and count: a dead letter.
    pub async fn forward(
        &self,
        queue: QueueId,
        receipt: Receipt,
        to: QueueId,
    ) -> Result<Result<(), ReceiptError>, Error> {
        let (cell, to) = (self.registry.find(queue)?, self.registry.find(to)?);
        let (outcomes, sequences) = begin_to_leave(&cell, &[receipt], self.now());
        if !sequences.is_empty() {
            self.depart(cell, sequences, Destination::Bury(to)).await?;
        }
        Ok(outcomes.into_iter().next().unwrap_or(Err(ReceiptError::Gone)))
    }

    /// Moves up to `max` visible messages out of a queue as new ones: to `to`, or each where it came from. Tells how
    /// many were moved, which is fewer only when no more can be.
    ///
    /// # Errors
    /// [`Error::NoQueue`] where a message came from nowhere, or from a queue that is gone; what could be moved was.
    pub async fn redrive(&self, from: QueueId, to: Option<QueueId>, max: usize) -> Result<usize, Error> {
        let cell = self.registry.find(from)?;
        let mut moved = 0;
        while moved < max {
            let Some(returning) = self.begin_to_return(&cell, to, (max - moved).min(AT_ONCE))? else { break };
            let Returning { sequences, to } = returning;
            moved += sequences.len();
            self.depart(Arc::clone(&cell), sequences, Destination::Renew(to)).await?;
        }
        Ok(moved)
    }

    /// Forgets all messages that are in the queue now.
    pub async fn purge(&self, queue: QueueId) -> Result<(), Error> {
        let cell = self.registry.find(queue)?;
        let sequences = cell.state().staying().collect();
        self.forget(&cell, sequences).await
    }

    /// Forgets the queue and its messages.
    pub async fn remove(&self, queue: QueueId) -> Result<(), Error> {
        let Ok(cell) = self.registry.remove(queue) else { return Ok(()) };
        cell.announce(usize::MAX);
        // What was on its way to the queue is in it after this.
        self.depart(Arc::clone(&cell), Vec::new(), Destination::Nowhere).await?;
        let sequences = cell.state().staying().collect();
        self.forget(&cell, sequences).await
    }

    /// How many messages there are.
    pub fn counts(&self, queue: QueueId) -> Result<Counts, Error> {
        let cell = self.registry.find(queue)?;
        let mut state = cell.state();
        let opened = state.advance(self.now());
        let counts = state.counts();
        drop(state);
        cell.announce(opened);
        Ok(counts)
    }

    /// Looks at the clock again: it was moved.
    pub fn wake(&self) {
        self.alarm.wake();
    }

    /// Commits what was asked for so far, and closes the journal. Whatever is asked afterwards is refused.
    pub fn close(&self) {
        self.ringing.abort();
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(committer) = self.committer.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // Its panics would have been seen where they happen; there is nothing left to tell.
            let _ = committer.join();
        }
    }

    pub(crate) fn now(&self) -> Millis {
        self.clock.now().as_millisecond()
    }

    pub(crate) fn submit(&self, job: Job) -> Result<(), Error> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = jobs.as_ref().map(|jobs| jobs.send(job).is_ok());
        if sent == Some(true) { Ok(()) } else { Err(Error::Store(freehold_store::Error::Closed)) }
    }

    /// Forgets messages, some at a time.
    pub(crate) async fn forget(&self, cell: &Arc<Cell>, mut sequences: Vec<u64>) -> Result<(), Error> {
        // In the order in which they lie on disk, so that each page is changed once and not for each message anew.
        sequences.sort_unstable();
        for some in sequences.chunks(AT_ONCE) {
            let started = Instant::now();
            cell.state().all_begin_to_leave(some);
            self.depart(Arc::clone(cell), some.to_vec(), Destination::Nowhere).await?;
            // Others have the journal as long to themselves.
            tokio::time::sleep(started.elapsed()).await;
        }
        Ok(())
    }

    /// Marks the messages that are first in line and go to the same queue as leaving: to `to`, or where they came from.
    fn begin_to_return(&self, cell: &Cell, to: Option<QueueId>, max: usize) -> Result<Option<Returning>, Error> {
        let mut state = cell.state();
        state.advance(self.now());
        let mut sequences = state.visible(max);
        let origin = |sequence: u64| state.entry(sequence).map_or(0, |entry| entry.origin);
        let Some(first) = sequences.first().map(|sequence| origin(*sequence)) else { return Ok(None) };
        let same = sequences.iter().take_while(|sequence| to.is_some() || origin(**sequence) == first).count();
        sequences.truncate(same);
        let to = self.registry.find(to.unwrap_or(first))?;
        // In the same breath, so that nobody receives what goes.
        state.all_begin_to_leave(&sequences);
        Ok(Some(Returning { sequences, to }))
    }

    /// Lets messages leave that are held as leaving, and waits until they have.
    async fn depart(&self, queue: Arc<Cell>, sequences: Vec<u64>, to: Destination) -> Result<(), Error> {
        let (answer, outcome) = oneshot::channel();
        self.submit(Job::Leave(Departure { queue, sequences, to, answer: Some(answer) }))?;
        outcome.await.unwrap_or(Err(Error::Store(freehold_store::Error::Closed)))
    }
}

/// Messages that are held as leaving, and where they go.
struct Returning {
    sequences: Vec<u64>,
    to: Arc<Cell>,
}

impl Drop for Queues {
    fn drop(&mut self) {
        self.close();
    }
}

/// Marks the messages of good receipts as leaving.
fn begin_to_leave(cell: &Cell, receipts: &[Receipt], now: Millis) -> (Vec<Result<(), ReceiptError>>, Vec<u64>) {
    let mut state = cell.state();
    let opened = state.advance(now);
    let mut sequences = Vec::with_capacity(receipts.len());
    let mut leave = |receipt: &Receipt| {
        if receipt.queue != cell.id {
            return Err(ReceiptError::OtherQueue);
        }
        state.find(receipt)?;
        state.begin_to_leave(receipt.sequence);
        sequences.push(receipt.sequence);
        Ok(())
    };
    let outcomes = receipts.iter().map(&mut leave).collect();
    drop(state);
    cell.announce(opened);
    (outcomes, sequences)
}

/// A number for a new queue.
pub fn new_queue_id() -> QueueId {
    rand::random_range(1..=i64::MAX.cast_unsigned())
}
