//! Event source mappings at work (*Developer guide, Using Lambda with Amazon SQS*).
//!
//! A mapping that is on has one poller, a task that gathers batches from the queue and hands each to the function. Messages
//! are deleted after the function has taken them; what it has not taken is left to the queue, which shows it again when its
//! visibility timeout ends. So a crash loses nothing, and how often something is tried is the queue's to count.

mod batch;
mod gather;
mod poller;
mod record;
mod scale;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::Lambda;

/// Mappings that have a poller, by id.
#[derive(Default)]
pub(crate) struct Pollers {
    working: Mutex<HashSet<String>>,
}

impl Pollers {
    fn end(&self, id: &str) {
        self.working.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// Whether the mapping is being read.
    pub fn has(&self, id: &str) -> bool {
        self.working.lock().unwrap_or_else(PoisonError::into_inner).contains(id)
    }
}

impl Lambda {
    /// Makes sure that the mapping has a poller. It ends by itself when the mapping is off or gone.
    pub(crate) fn poll(self: &Arc<Self>, id: &str) {
        let mut working = self.pollers.working.lock().unwrap_or_else(PoisonError::into_inner);
        if working.insert(id.to_owned()) {
            tokio::spawn(poller::run(Arc::clone(self), id.to_owned()));
        }
    }
}
