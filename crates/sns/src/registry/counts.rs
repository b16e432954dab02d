//! How deliveries to a subscriber went since the region started.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts of one subscription.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    delivered: AtomicU64,
    failed: AtomicU64,
}

impl Counts {
    /// The subscriber has a message.
    pub fn delivered(&self) -> u64 {
        self.delivered.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The subscriber will not get a message.
    pub fn failed(&self) -> u64 {
        self.failed.fetch_add(1, Ordering::Relaxed) + 1
    }
}
