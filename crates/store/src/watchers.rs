//! Who waits for which kind of row. Shared by both stores.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

/// One counter per kind that anybody asked for.
#[derive(Debug, Default)]
pub(crate) struct Watchers {
    counters: Mutex<HashMap<String, watch::Sender<u64>>>,
}

impl Watchers {
    pub fn subscribe(&self, kind: &str) -> watch::Receiver<u64> {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        counters.entry(kind.to_owned()).or_insert_with(|| watch::Sender::new(0)).subscribe()
    }

    /// Tells everybody who waits for one of `kinds`. To be called after the commit, never before.
    pub fn committed(&self, kinds: &BTreeSet<String>) {
        let counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        for kind in kinds {
            if let Some(counter) = counters.get(kind) {
                counter.send_modify(|count| *count += 1);
            }
        }
    }
}
