//! The log stream of one execution environment.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::frames::Event;
use super::{Spool, now_ms};
use crate::contract::Used;

/// *API reference, Invoke: LogType*: the last 4 KB.
const TAIL: usize = 4 << 10;

pub struct Stream {
    account: String,
    group: String,
    pub name: String,
    spool: Arc<Spool>,
    tail: Mutex<VecDeque<u8>>,
}

impl Stream {
    pub fn new(account: &str, group: &str, name: String, spool: Arc<Spool>) -> Self {
        Self { account: account.into(), group: group.into(), name, spool, tail: Mutex::default() }
    }

    /// Writes lines of the platform's own, and what was used, for the bill.
    pub fn platform(&self, messages: impl Iterator<Item = String>, used: Option<Used>) {
        let events = messages.map(|message| Event { timestamp_ms: now_ms(), message });
        self.write_all(events.collect(), used);
    }

    /// Writes what a program has written.
    pub fn write(&self, events: Vec<Event>) {
        self.write_all(events, None);
    }

    fn write_all(&self, events: Vec<Event>, used: Option<Used>) {
        {
            let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
            for event in &events {
                tail.extend(event.message.bytes());
                tail.push_back(b'\n');
            }
            let surplus = tail.len().saturating_sub(TAIL);
            tail.drain(..surplus);
        }
        self.spool.append((&self.account, &self.group, &self.name), events, used);
    }

    /// What follows belongs to another invocation.
    pub fn begin(&self) {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The end of what was written since then.
    pub fn tail(&self) -> Vec<u8> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }
}
