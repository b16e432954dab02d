//! Receiving: take what is there, or wait in line for what comes.

use std::sync::Arc;

use tokio::time::Instant;

use crate::cell::Cell;
use crate::committer::{Departure, Destination, Job, Received as Noted};
use crate::message::millis;
use crate::state::{Lease, Taken};
use crate::{Error, QueueId, Queues, Receipt, Receive, Received};

impl Queues {
    /// Takes messages, hidden from others for a while. Waits for the first one if there is none; whoever waits longest
    /// is served first.
    ///
    /// # Errors
    /// [`Error::TooManyInFlight`] from a standard queue for a caller that does not wait.
    pub async fn receive(&self, queue: QueueId, how: Receive) -> Result<Vec<Received>, Error> {
        let cell = self.registry.find(queue)?;
        match self.receive_now(&cell, &how) {
            Err(Error::TooManyInFlight) if !how.wait.is_zero() => {}
            Ok(found) if found.is_empty() && !how.wait.is_zero() => {}
            found => return found,
        }
        // Boxed, so that a call which does not wait need not carry what waiting takes.
        Box::pin(self.receive_later(cell, how)).await
    }

    async fn receive_later(&self, cell: Arc<Cell>, how: Receive) -> Result<Vec<Received>, Error> {
        let end = Instant::now() + how.wait;
        let waiter = cell.wait();
        loop {
            let mut arrival = std::pin::pin!(waiter.arrival());
            // From here on no announcement is missed.
            arrival.as_mut().enable();
            let found = match self.receive_now(&cell, &how) {
                Err(Error::TooManyInFlight) => Vec::new(),
                found => found?,
            };
            if !found.is_empty() {
                return Ok(found);
            }
            let due = cell.state().next_due();
            if let Some(due) = due {
                self.alarm.set(&cell, due);
            }
            if tokio::time::timeout_at(end, arrival).await.is_err() {
                return Ok(Vec::new());
            }
            // The queue may be gone.
            self.registry.find(cell.id)?;
        }
    }

    fn receive_now(&self, cell: &Arc<Cell>, how: &Receive) -> Result<Vec<Received>, Error> {
        let now = self.now();
        let until = now.saturating_add(millis(how.visibility));
        let mut state = cell.state();
        let opened = state.advance(now);
        if let Some(attempt) = &how.attempt
            && let Some(leases) = state.retake(attempt, now, until)
        {
            drop(state);
            return self.read(cell, leases);
        }
        // Without a queue to go to, dead letters stay.
        let bury = state.settings.dead_letters.and_then(|to| Some((self.registry.find(to.queue).ok()?, to)));
        let taken = state.take(now, how.max, until, bury.as_ref().map(|(_, to)| to.max_receives));
        if let Some(attempt) = how.attempt.clone().filter(|_| !taken.leases.is_empty()) {
            state.remember(attempt, now, &taken.leases);
        }
        let is_fifo = state.is_fifo();
        drop(state);
        cell.announce(opened.saturating_sub(taken.leases.len()));
        let bury = bury.map_or(Destination::Nowhere, |(queue, _)| Destination::Bury(queue));
        self.note(cell, &taken, bury)?;
        if taken.leases.is_empty() {
            let refused = taken.is_full && !is_fifo;
            return if refused { Err(Error::TooManyInFlight) } else { Ok(Vec::new()) };
        }
        self.alarm.set(cell, until);
        self.read(cell, taken.leases)
    }

    /// Writes down how often messages were received, and lets go what turned out to be too old or a dead letter.
    fn note(&self, cell: &Arc<Cell>, taken: &Taken, bury: Destination) -> Result<(), Error> {
        let received = |lease: &Lease| Noted {
            sequence: lease.sequence,
            count: lease.entry.receive_count,
            first: lease.entry.first_received,
        };
        if !taken.leases.is_empty() {
            self.submit(Job::Received(taken.leases.iter().map(received).collect()))?;
        }
        for (sequences, to) in [(&taken.dead, bury), (&taken.expired, Destination::Nowhere)] {
            if !sequences.is_empty() {
                let (queue, sequences) = (Arc::clone(cell), sequences.clone());
                self.submit(Job::Leave(Departure { queue, sequences, to, answer: None }))?;
            }
        }
        Ok(())
    }

    /// Reads what the messages say.
    fn read(&self, cell: &Cell, leases: Vec<Lease>) -> Result<Vec<Received>, Error> {
        let mut contents: Vec<_> = leases.iter().map(|lease| self.cache.get(lease.entry.content)).collect();
        let missing: Vec<u64> = leases
            .iter()
            .zip(&contents)
            .filter(|(_, content)| content.is_none())
            .map(|(it, _)| it.entry.content)
            .collect();
        if !missing.is_empty() {
            let mut read = self.contents.read(&missing)?.into_iter();
            for slot in contents.iter_mut().filter(|content| content.is_none()) {
                *slot = read.next().flatten();
            }
        }
        // What was deleted since it was taken says nothing any more.
        let known = leases.into_iter().zip(contents).filter_map(|(lease, content)| Some((lease, content?)));
        Ok(known.map(|(lease, content)| received(cell.id, lease, content)).collect())
    }
}

fn received(queue: QueueId, lease: Lease, content: bytes::Bytes) -> Received {
    let Lease { sequence, entry } = lease;
    let labels = entry.labels.map(|labels| *labels);
    let (group, deduplication) = labels.map_or((None, None), |labels| (labels.group, labels.deduplication));
    Received {
        id: entry.id,
        sequence,
        receipt: Receipt { queue, sequence, lease: entry.lease },
        content,
        group,
        deduplication,
        sent: entry.sent,
        first_received: entry.first_received,
        receive_count: entry.receive_count,
        origin: (entry.origin != 0).then_some(entry.origin),
    }
}
