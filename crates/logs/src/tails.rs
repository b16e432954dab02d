//! Events as they come, for those who listen. Nothing is kept for anybody: who is too slow misses some.

use std::sync::Arc;

use tokio::sync::broadcast;

use crate::events::NewEvent;

/// Batches that a listener may be behind.
const BEHIND: usize = 1024;

/// Events of one stream that came together, and are on disk.
#[derive(Debug)]
pub(crate) struct Came {
    /// The group's number.
    pub group: i64,
    pub stream: String,
    /// Milliseconds since 1970.
    pub ingested: i64,
    pub events: Vec<NewEvent>,
}

pub(crate) struct Tails(broadcast::Sender<Arc<Came>>);

impl Default for Tails {
    fn default() -> Self {
        Self(broadcast::Sender::new(BEHIND))
    }
}

impl Tails {
    pub fn listen(&self) -> broadcast::Receiver<Arc<Came>> {
        self.0.subscribe()
    }

    /// Whether anybody does.
    pub fn are_heard(&self) -> bool {
        self.0.receiver_count() > 0
    }

    pub fn tell(&self, came: Came) {
        // Nobody may listen any more.
        let _ = self.0.send(Arc::new(came));
    }
}
