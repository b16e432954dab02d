//! What waits for one subscriber. It is bounded: what comes while the subscriber is too slow is dropped, and it is told
//! (*Developer Guide, Telemetry API event schema: platform.logsDropped*).

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde_json::json;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::Record;
use super::subscription::Limits;
use crate::logs::{iso, now_ms};

/// Batches that may wait.
const WAITING: usize = 4;

pub struct Buffer {
    limits: Limits,
    state: Mutex<State>,
    news: Notify,
}

#[derive(Default)]
struct State {
    records: VecDeque<Record>,
    bytes: usize,
    /// When the oldest of them came.
    since: Option<Instant>,
    is_flushed: bool,
    is_closed: bool,
    dropped: u64,
    dropped_bytes: u64,
}

impl Buffer {
    pub fn new(limits: Limits) -> Self {
        Self { limits, state: Mutex::default(), news: Notify::new() }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn push(&self, record: Record) {
        let mut state = self.lock();
        let (items, bytes) = (state.records.len() + 1, state.bytes + record.len());
        if items > self.limits.items * WAITING || bytes > self.limits.bytes * WAITING {
            state.dropped += 1;
            state.dropped_bytes += record.len() as u64;
            return;
        }
        state.bytes = bytes;
        state.records.push_back(record);
        state.since.get_or_insert_with(Instant::now);
        drop(state);
        self.news.notify_one();
    }

    /// What waits is due now.
    pub fn flush(&self) {
        self.lock().is_flushed = true;
        self.news.notify_one();
    }

    /// Nothing comes any more.
    pub fn close(&self) {
        self.lock().is_closed = true;
        self.news.notify_one();
    }

    /// The next batch, when it is due; `None` when nothing comes any more.
    pub async fn next(&self) -> Option<Vec<Record>> {
        loop {
            let due = {
                let mut state = self.lock();
                if state.is_due(&self.limits) {
                    return Some(state.take(&self.limits));
                }
                if state.is_closed {
                    return None;
                }
                state.since.map(|since| since + self.limits.timeout)
            };
            match due {
                Some(due) => _ = tokio::time::timeout_at(due, self.news.notified()).await,
                None => self.news.notified().await,
            }
        }
    }
}

impl State {
    fn is_due(&mut self, limits: &Limits) -> bool {
        if self.records.is_empty() {
            self.is_flushed = false;
            return false;
        }
        let is_full = self.records.len() >= limits.items || self.bytes >= limits.bytes;
        is_full
            || self.is_flushed
            || self.is_closed
            || self.since.is_some_and(|since| since.elapsed() >= limits.timeout)
    }

    /// At least one, and what was dropped.
    fn take(&mut self, limits: &Limits) -> Vec<Record> {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while let Some(record) = self.records.front() {
            if !batch.is_empty() && (batch.len() >= limits.items || bytes + record.len() > limits.bytes) {
                break;
            }
            bytes += record.len();
            batch.extend(self.records.pop_front());
        }
        self.bytes = self.bytes.saturating_sub(bytes);
        self.since = (!self.records.is_empty()).then(Instant::now);
        if self.dropped > 0 {
            let reason = "Some logs were dropped because the subscriber is slower than what is written";
            let record = json!({"reason": reason, "droppedRecords": self.dropped, "droppedBytes": self.dropped_bytes});
            let event = json!({"time": iso(now_ms()), "type": "platform.logsDropped", "record": record});
            batch.push(event.to_string().into());
            (self.dropped, self.dropped_bytes) = (0, 0);
        }
        batch
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn buffer(items: usize, bytes: usize, ms: u64) -> Buffer {
        Buffer::new(Limits { items, bytes, timeout: Duration::from_millis(ms) })
    }

    #[tokio::test]
    async fn a_batch_is_due_when_it_is_full_or_old() {
        let old = buffer(2, 100, 25);
        old.push("a".into());
        assert_eq!(old.next().await.unwrap().len(), 1);
        let slow = buffer(2, 100, 3_600_000);
        slow.push("a".into());
        assert!(tokio::time::timeout(Duration::from_millis(20), slow.next()).await.is_err());
        slow.push("b".into());
        slow.push("c".into());
        assert_eq!(slow.next().await.unwrap().len(), 2);
        slow.flush();
        assert_eq!(slow.next().await.unwrap().len(), 1);
        slow.push("x".repeat(100).into());
        assert_eq!(slow.next().await.unwrap().len(), 1);
        slow.close();
        assert!(slow.next().await.is_none());
    }

    #[tokio::test]
    async fn what_is_too_much_is_dropped_and_told() {
        let buffer = buffer(1, 10, 1000);
        for _ in 0..WAITING + 3 {
            buffer.push("ab".into());
        }
        let batch = buffer.next().await.unwrap();
        let told: serde_json::Value = serde_json::from_str(&batch[1]).unwrap();
        assert_eq!(told["type"], "platform.logsDropped");
        assert_eq!((&told["record"]["droppedRecords"], &told["record"]["droppedBytes"]), (&json!(3), &json!(6)));
    }
}
