//! What extensions are told of their environment: what the platform says, and what function and extensions write
//! (*Developer Guide, Accessing real-time telemetry data for extensions using the Telemetry API*).
//!
//! ```text
//!  environment ──publish──▶ backlog, while the environment is initialized ──subscribe──▶┐
//!                   └──────────────────────────────────────────────────────────▶ buffer of each ──▶ its courier
//! ```
//!
//! Nothing is kept for whom nobody waits: with the end of the initialization subscriptions end, and without one there is
//! nothing to do any more.

mod buffer;
mod courier;
mod subscription;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

pub use buffer::Buffer;
pub use courier::run as courier;
pub use subscription::{Subscription, Way};

/// Bytes of what is kept for those who are not subscribed yet.
const BACKLOG: usize = 1 << 20;

/// *Developer Guide, Telemetry API reference, Subscribe: types*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Platform,
    Function,
    Extension,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Function => "function",
            Self::Extension => "extension",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Platform, Self::Function, Self::Extension].into_iter().find(|kind| kind.name() == name)
    }
}

/// One event, as it is sent.
pub type Record = Arc<str>;

/// Of one environment.
pub struct Telemetry {
    state: Mutex<State>,
    /// Whether anybody is subscribed or may yet be.
    is_wanted: AtomicBool,
}

#[derive(Default)]
struct State {
    backlog: Vec<(Kind, Record)>,
    backlog_bytes: usize,
    is_closed: bool,
    /// By the extension's name.
    subscribers: Vec<(String, Arc<Subscription>, Arc<Buffer>)>,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self { state: Mutex::default(), is_wanted: AtomicBool::new(true) }
    }
}

impl Telemetry {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells all who want it. The event is made only if there are any.
    pub fn publish(&self, kind: Kind, event: impl FnOnce() -> Option<Value>) {
        if !self.is_wanted.load(Ordering::Relaxed) {
            return;
        }
        let Some(event) = event() else { return };
        let record: Record = event.to_string().into();
        let mut state = self.lock();
        for (_, subscription, buffer) in &state.subscribers {
            if subscription.kinds.contains(&kind) {
                buffer.push(Arc::clone(&record));
            }
        }
        if !state.is_closed && state.backlog_bytes < BACKLOG {
            state.backlog_bytes += record.len();
            state.backlog.push((kind, record));
        }
    }

    /// Takes a subscription, which replaces an earlier one of the same extension. What was said before comes first. `None` if
    /// it is too late.
    pub fn subscribe(&self, name: &str, subscription: Subscription) -> Option<(Arc<Subscription>, Arc<Buffer>)> {
        let mut state = self.lock();
        if state.is_closed {
            return None;
        }
        let subscription = Arc::new(subscription);
        let buffer = Arc::new(Buffer::new(subscription.limits));
        for (kind, record) in &state.backlog {
            if subscription.kinds.contains(kind) {
                buffer.push(Arc::clone(record));
            }
        }
        state.subscribers.retain(|(known, _, buffer)| {
            let stays = known != name;
            if !stays {
                buffer.close();
            }
            stays
        });
        state.subscribers.push((name.to_owned(), Arc::clone(&subscription), Arc::clone(&buffer)));
        Some((subscription, buffer))
    }

    /// Nobody may subscribe any more.
    pub fn close(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        state.backlog = Vec::new();
        if state.subscribers.is_empty() {
            self.is_wanted.store(false, Ordering::Relaxed);
        }
    }

    /// Sends what waits now, however little it is.
    pub fn flush(&self) {
        for (_, _, buffer) in &self.lock().subscribers {
            buffer.flush();
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn a_subscriber_gets_its_kinds_from_the_beginning() {
        let telemetry = Telemetry::default();
        let say = |kind, text: &str| telemetry.publish(kind, || Some(json!(text)));
        say(Kind::Platform, "start");
        say(Kind::Function, "line");
        let body = br#"{"schemaVersion":"2022-12-13","types":["platform"],
            "destination":{"protocol":"HTTP","URI":"http://sandbox.localdomain:8080"}}"#;
        let (_, buffer) = telemetry.subscribe("e", Subscription::parse(body).unwrap()).unwrap();
        telemetry.close();
        say(Kind::Platform, "end");
        say(Kind::Extension, "other");
        telemetry.flush();
        let batch = buffer.next().await.unwrap();
        assert_eq!(batch.iter().map(|record| &**record).collect::<Vec<_>>(), ["\"start\"", "\"end\""]);
        assert!(telemetry.subscribe("late", Subscription::parse(body).unwrap()).is_none());
    }

    #[test]
    fn nothing_is_made_for_nobody() {
        let telemetry = Telemetry::default();
        telemetry.close();
        telemetry.publish(Kind::Platform, || panic!("nobody asked"));
    }
}
