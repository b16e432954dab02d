//! The journal without a disk. Clones share what is in it, so that a test can take up where another left off.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::{Change, Contents, Deduplication, Journal, Message};
use crate::Error;

#[derive(Debug, Clone, Default)]
pub struct MemoryJournal(Arc<Mutex<Rows>>);

#[derive(Debug, Default)]
struct Rows {
    messages: BTreeMap<u64, Message>,
    contents: BTreeMap<u64, Bytes>,
    deduplications: BTreeMap<(u64, [u8; 16]), Deduplication>,
    reserved: u64,
}

impl MemoryJournal {
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Journal for MemoryJournal {
    fn commit(&mut self, changes: &[Change]) -> Result<(), Error> {
        let mut rows = self.rows();
        for change in changes {
            match change.clone() {
                Change::Add(message, content) => {
                    if let Some(content) = content {
                        rows.contents.insert(message.content, content);
                    }
                    rows.messages.insert(message.sequence, message);
                }
                Change::Remove { sequence, content } => {
                    rows.messages.remove(&sequence);
                    content.map(|content| rows.contents.remove(&content));
                }
                Change::Received { sequence, count, first } => {
                    if let Some(message) = rows.messages.get_mut(&sequence) {
                        (message.receive_count, message.first_received) = (count, first);
                    }
                }
                Change::Deduplicate(used) => {
                    rows.deduplications.insert((used.queue, used.key), used);
                }
                Change::ForgetDeduplications { before } => rows.deduplications.retain(|_, used| used.at >= before),
                Change::Reserve(sequence) => rows.reserved = sequence,
            }
        }
        Ok(())
    }

    fn reserved(&mut self) -> Result<u64, Error> {
        Ok(self.rows().reserved.max(1))
    }

    fn messages(&mut self, each: &mut dyn FnMut(Message)) -> Result<(), Error> {
        self.rows().messages.values().cloned().for_each(each);
        Ok(())
    }

    fn deduplications(&mut self) -> Result<Vec<Deduplication>, Error> {
        Ok(self.rows().deduplications.values().copied().collect())
    }

    fn contents(&self) -> Box<dyn Contents> {
        Box::new(self.clone())
    }
}

impl Contents for MemoryJournal {
    fn read(&self, contents: &[u64]) -> Result<Vec<Option<Bytes>>, Error> {
        let rows = self.rows();
        Ok(contents.iter().map(|content| rows.contents.get(content).cloned()).collect())
    }
}
