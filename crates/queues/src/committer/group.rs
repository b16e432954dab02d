//! The jobs of one commit: what they change on disk, and what follows in memory once it is there.

use std::sync::Arc;

use bytes::Bytes;
use freehold_store::messages::{Change, Deduplication, Journal, Message};

use super::job::{Answer, Departure, Destination, Job};
use super::notes::Notes;
use crate::Error;
use crate::alarm::Alarm;
use crate::cache::Cache;
use crate::cell::Cell;
use crate::message::{Millis, Outgoing, Sent, millis};
use crate::registry::Registry;
use crate::state::{Entry, Labels, Phase, Used, deduplication_key};

pub struct Group {
    now: Millis,
    next: u64,
    changes: Vec<Change>,
    arrivals: Vec<Arrival>,
    departures: Vec<Departure>,
    sent: Vec<(Answer<Vec<Sent>>, Vec<Sent>)>,
    /// Ids that were noted in memory already, so that a later job of the group sees them, and what they stood for.
    noted: Vec<(Arc<Cell>, [u8; 16], Option<Used>)>,
}

/// A message that will be in a queue.
struct Arrival {
    queue: Arc<Cell>,
    sequence: u64,
    entry: Entry,
    /// Worth keeping in memory.
    content: Option<Bytes>,
}

impl Group {
    pub fn new(now: Millis, next: u64) -> Self {
        Self {
            now,
            next,
            changes: Vec::new(),
            arrivals: Vec::new(),
            departures: Vec::new(),
            sent: Vec::new(),
            noted: Vec::new(),
        }
    }

    pub fn changes(&self) -> usize {
        self.changes.len()
    }

    pub fn next_sequence(&self) -> u64 {
        self.next
    }

    pub fn add(&mut self, job: Job, registry: &Registry, notes: &mut Notes) {
        match job {
            Job::Send { messages, answer } => self.send(messages, answer, registry),
            Job::Leave(departure) => {
                departure.sequences.iter().for_each(|sequence| notes.forget(*sequence));
                self.leave(departure);
            }
            Job::Received(received) => notes.add(received),
            Job::Forget(change) => self.changes.push(change),
        }
    }

    /// Changes that follow from no job of this group.
    pub fn write(&mut self, changes: impl Iterator<Item = Change>) {
        self.changes.extend(changes);
    }

    /// Reserves sequences ahead where those that were are used up; returns below which they may be given.
    pub fn reserve(&mut self, reserved: u64, ahead: u64) -> u64 {
        if self.next <= reserved {
            return reserved;
        }
        self.changes.push(Change::Reserve(self.next + ahead));
        self.next + ahead
    }

    pub fn commit(&self, journal: &mut dyn Journal) -> Result<(), Error> {
        // Departures of no messages are there to be answered in turn.
        if self.changes.is_empty() { Ok(()) } else { Ok(journal.commit(&self.changes)?) }
    }

    fn send(&mut self, messages: Vec<Outgoing>, answer: Answer<Vec<Sent>>, registry: &Registry) {
        let queues: Result<Vec<Arc<Cell>>, Error> =
            messages.iter().map(|message| registry.find(message.queue)).collect();
        match queues {
            Ok(queues) => {
                let sent = messages.into_iter().zip(queues).map(|(message, queue)| self.send_one(message, queue));
                let sent = sent.collect();
                self.sent.push((answer, sent));
            }
            Err(error) => drop(answer.send(Err(error))),
        }
    }

    fn send_one(&mut self, message: Outgoing, queue: Arc<Cell>) -> Sent {
        let sequence = self.next;
        if let Some(id) = &message.deduplication
            && let Some(used) = self.deduplicate(&queue, message.group.as_deref(), id, sequence, message.id)
        {
            return Sent { id: used.id, sequence: used.sequence, is_duplicate: true };
        }
        self.next += 1;
        let sent = Sent { id: message.id, sequence, is_duplicate: false };
        let labels = Labels::of(message.group, message.deduplication);
        let mut entry = Entry::new(message.id, sequence, self.now, labels);
        if !message.delay.is_zero() {
            entry = entry.hidden_until(self.now.saturating_add(millis(message.delay)));
        }
        self.arrive(queue, sequence, entry, Some(message.content));
        sent
    }

    /// The message that the id stands for already; if there is none, it stands for this one from now on. Only FIFO
    /// queues deduplicate.
    fn deduplicate(
        &mut self,
        queue: &Arc<Cell>,
        group: Option<&str>,
        id: &str,
        sequence: u64,
        message: u128,
    ) -> Option<Used> {
        let mut state = queue.state();
        let fifo = state.settings.fifo?;
        let key = deduplication_key(group.filter(|_| fifo.deduplicate_by_group), id);
        if let Some(used) = state.deduplications.find(&key, self.now) {
            return Some(used);
        }
        let used = Used { sequence, id: message, at: self.now };
        let before = state.deduplications.note(key, used);
        drop(state);
        self.noted.push((Arc::clone(queue), key, before));
        let note = Deduplication { queue: queue.id, key, sequence, id: message, at: self.now };
        self.changes.push(Change::Deduplicate(note));
        None
    }

    fn arrive(&mut self, queue: Arc<Cell>, sequence: u64, entry: Entry, content: Option<Bytes>) {
        let labels = entry.labels.as_deref();
        let message = Message {
            sequence,
            queue: queue.id,
            content: entry.content,
            id: entry.id,
            sent: entry.sent,
            due: entry.phase.due().unwrap_or(entry.sent),
            receive_count: entry.receive_count,
            first_received: entry.first_received,
            origin: entry.origin,
            group: labels.and_then(|labels| labels.group.clone()),
            deduplication: labels.and_then(|labels| labels.deduplication.clone()),
        };
        self.changes.push(Change::Add(message, content.clone()));
        self.arrivals.push(Arrival { queue, sequence, entry, content });
    }

    fn leave(&mut self, departure: Departure) {
        for &sequence in &departure.sequences {
            let Some(entry) = departure.queue.state().entry(sequence).cloned() else { continue };
            let (queue, entry) = match &departure.to {
                Destination::Nowhere => {
                    self.changes.push(Change::Remove { sequence, content: Some(entry.content) });
                    continue;
                }
                Destination::Bury(queue) => (queue, buried(entry, departure.queue.id, queue, self.now)),
                Destination::Renew(queue) => (queue, renewed(entry, self.now)),
            };
            self.changes.push(Change::Remove { sequence, content: None });
            let (queue, sequence) = (Arc::clone(queue), self.next);
            self.next += 1;
            self.arrive(queue, sequence, entry, None);
        }
        self.departures.push(departure);
    }

    /// It is on disk: lets everybody know.
    pub fn apply(self, cache: &Cache, alarm: &Alarm) {
        for Arrival { queue, sequence, entry, content } in self.arrivals {
            if let Some(content) = content {
                cache.put(entry.content, content);
            }
            let due = entry.phase.due();
            let opened = queue.state().add(sequence, entry);
            queue.announce(usize::from(opened));
            if let Some(due) = due {
                alarm.set(&queue, due);
            }
        }
        for Departure { queue, sequences, to, answer } in self.departures {
            let mut state = queue.state();
            let mut opened = 0;
            for sequence in sequences {
                if let (Destination::Nowhere, Some(entry)) = (&to, state.entry(sequence)) {
                    cache.forget(entry.content);
                }
                opened += usize::from(state.gone(sequence));
            }
            drop(state);
            queue.announce(opened);
            answer.map(|answer| answer.send(Ok(())));
        }
        for (answer, sent) in self.sent {
            // Nobody is there to be told if the caller has gone; so everywhere.
            let _ = answer.send(Ok(sent));
        }
    }

    /// Nothing of it is on disk: everything is as it was.
    pub fn take_back(self, error: &Error) {
        for (queue, key, before) in self.noted.into_iter().rev() {
            queue.state().deduplications.restore(&key, before);
        }
        for Departure { queue, sequences, answer, .. } in self.departures {
            let mut state = queue.state();
            let opened = sequences.into_iter().filter(|sequence| state.stay(*sequence)).count();
            drop(state);
            queue.announce(opened);
            answer.map(|answer| answer.send(Err(error.clone())));
        }
        for (answer, _) in self.sent {
            let _ = answer.send(Err(error.clone()));
        }
    }
}

/// As it goes on in a dead-letter queue. A FIFO queue counts its retention anew (*SQS developer guide, Dead-letter
/// queues: message retention*).
fn buried(entry: Entry, from: u64, to: &Cell, now: Millis) -> Entry {
    let sent = if to.state().is_fifo() { now } else { entry.sent };
    Entry { sent, origin: from, phase: Phase::Visible, leaving: false, ..entry }
}

/// As it goes on where it came from: a new message (*SQS developer guide, Dead-letter queue redrive*).
fn renewed(entry: Entry, now: Millis) -> Entry {
    Entry::new(rand::random(), entry.content, now, entry.labels)
}
