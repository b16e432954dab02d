//! Sandboxes that are ready before anybody asks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use freehold_machine::sandbox::{Sandbox, Sandboxes};
use tokio::sync::Notify;

/// After a failure.
const PAUSE: Duration = Duration::from_secs(1);

pub struct Stock {
    shared: Arc<Shared>,
}

struct Shared {
    sandboxes: Sandboxes,
    ready: Mutex<VecDeque<Sandbox>>,
    wanted: usize,
    taken: Notify,
}

impl Stock {
    /// Keeps `wanted` of them, which are made in the background.
    pub fn new(sandboxes: Sandboxes, wanted: usize) -> Self {
        let shared = Arc::new(Shared { sandboxes, ready: Mutex::default(), wanted, taken: Notify::new() });
        let keeper = Arc::downgrade(&shared);
        tokio::spawn(async move {
            while let Some(shared) = keeper.upgrade() {
                if shared.lock().len() < shared.wanted {
                    match shared.sandboxes.prepare().await {
                        Ok(sandbox) => shared.lock().push_back(sandbox),
                        Err(error) => {
                            tracing::error!(%error, "a sandbox could not be made ahead");
                            tokio::time::sleep(PAUSE).await;
                        }
                    }
                    continue;
                }
                // Looks again now and then, so that it ends with its stock.
                let _ = tokio::time::timeout(PAUSE, shared.taken.notified()).await;
            }
        });
        Self { shared }
    }

    /// One that is ready, or a new one.
    pub async fn take(&self) -> freehold_machine::Result<Sandbox> {
        let ready = self.shared.lock().pop_front();
        self.shared.taken.notify_one();
        match ready {
            Some(sandbox) => Ok(sandbox),
            None => self.shared.sandboxes.prepare().await,
        }
    }

    pub fn clear(&self) {
        self.shared.lock().clear();
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Sandbox>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
