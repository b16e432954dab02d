//! What young messages say, in memory: most are received soon after they were sent.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

/// Bytes that are kept, but for the bookkeeping.
const CAPACITY: usize = 8 << 20;

#[derive(Debug, Default)]
pub struct Cache(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    contents: HashMap<u64, Bytes>,
    /// In the order in which they came; some are gone already.
    order: VecDeque<u64>,
    bytes: usize,
}

impl Cache {
    pub fn put(&self, content: u64, data: Bytes) {
        let mut kept = self.kept();
        kept.bytes += data.len();
        kept.contents.insert(content, data);
        kept.order.push_back(content);
        while kept.bytes > CAPACITY {
            let Some(oldest) = kept.order.pop_front() else { break };
            kept.remove(oldest);
        }
    }

    pub fn get(&self, content: u64) -> Option<Bytes> {
        self.kept().contents.get(&content).cloned()
    }

    pub fn forget(&self, content: u64) {
        let mut kept = self.kept();
        kept.remove(content);
        // Messages mostly go in the order in which they came, so that this keeps the list short.
        while kept.order.front().is_some_and(|oldest| !kept.contents.contains_key(oldest)) {
            kept.order.pop_front();
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn remove(&mut self, content: u64) {
        if let Some(data) = self.contents.remove(&content) {
            self.bytes -= data.len();
        }
    }
}
