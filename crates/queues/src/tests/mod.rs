//! The whole of a region's queues against a journal: single behaviours, and random interleavings against a model.

mod behaviours;
mod model;
mod random;

use std::sync::Arc;
use std::time::Duration;

use freehold_core::ManualClock;
use freehold_store::messages::{Journal, MemoryJournal};
use jiff::Timestamp;

use crate::{Fifo, Outgoing, Queues, Receive, Received, Settings};

const QUEUE: u64 = 1;
const DEAD: u64 = 2;

/// When tests begin, in milliseconds.
const START: i64 = 1_800_000_000_000;

/// Queues with a clock that stands still.
struct Bench {
    queues: Arc<Queues>,
    clock: Arc<ManualClock>,
}

impl Bench {
    fn new() -> Self {
        Self::over(MemoryJournal::default(), clock())
    }

    fn over(journal: impl Journal, clock: Arc<ManualClock>) -> Self {
        let queues = Queues::open(journal, Arc::clone(&clock) as _).unwrap();
        Self { queues, clock }
    }

    fn standard(self) -> Self {
        self.queues.configure(QUEUE, standard());
        self
    }

    fn fifo(self) -> Self {
        self.queues.configure(QUEUE, fifo());
        self
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
        self.queues.wake();
    }

    async fn send(&self, text: &str) -> u64 {
        self.send_with(outgoing(text)).await
    }

    async fn send_with(&self, message: Outgoing) -> u64 {
        self.queues.send(vec![message]).await.unwrap()[0].sequence
    }

    async fn receive(&self, max: usize, seconds: u64) -> Vec<Received> {
        self.queues.receive(QUEUE, receive(max, seconds)).await.unwrap()
    }

    async fn texts(&self, max: usize, seconds: u64) -> Vec<String> {
        self.receive(max, seconds).await.iter().map(text).collect()
    }
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::frozen(Timestamp::from_millisecond(START).unwrap()))
}

fn standard() -> Settings {
    Settings { fifo: None, retention: Duration::from_secs(345_600), dead_letters: None, max_in_flight: 120_000 }
}

fn fifo() -> Settings {
    Settings { fifo: Some(Fifo::default()), ..standard() }
}

fn outgoing(text: &str) -> Outgoing {
    Outgoing {
        queue: QUEUE,
        id: rand::random(),
        content: text.to_owned().into(),
        delay: Duration::ZERO,
        group: None,
        deduplication: None,
    }
}

fn in_group(group: &str, text: &str) -> Outgoing {
    Outgoing { group: Some(group.into()), deduplication: Some(text.into()), ..outgoing(text) }
}

fn receive(max: usize, seconds: u64) -> Receive {
    Receive { max, visibility: Duration::from_secs(seconds), wait: Duration::ZERO, attempt: None }
}

fn text(message: &Received) -> String {
    String::from_utf8(message.content.to_vec()).unwrap()
}
