//! Delivery: what is to be told waits in a queue on disk until a target has taken it, it was tried for too long, or trying
//! is in vain; then it goes to the dead-letter queue of the target, if it has one (*EventBridge user guide, Retry policy
//! and dead-letter queues*).
//!
//! ```text
//!  PutEvents, schedules ─▶ spool, one commit ─▶ answer
//!                            └─▶ courier ─▶ attempt ─▶ targets
//!                                  ▲           ├─ not yet: hidden for a while
//!                                  └───────────┘─ in vain: dead-letter queue
//! ```

mod attempt;
mod courier;
mod farewell;

use std::time::Duration;

use freehold_core::ids;
use freehold_queues::{Outgoing, Settings};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::errors::Error;
use crate::model::Retry;
use crate::{Events, SPOOL};

pub(crate) use courier::run;

/// Something that is to be told to one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Delivery {
    pub origin: Origin,
    /// ARN of the rule or the schedule.
    pub source: String,
    pub account: String,
    /// ARN.
    pub target: String,
    pub payload: String,
    /// ARN of the role that a schedule acts by.
    #[serde(default)]
    pub role: Option<String>,
    /// Message group of a FIFO queue.
    pub group: Option<String>,
    pub retry: Retry,
    /// ARN of a queue.
    pub dead_letter: Option<String>,
    pub created: Timestamp,
    /// The event came from another bus, and goes to no third one.
    pub is_forwarded: bool,
}

/// Who tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Origin {
    Rule { name: String },
    Schedule { execution: String, due: Timestamp },
}

impl Origin {
    /// As policies of targets know it.
    pub fn service(&self) -> &'static str {
        match self {
            Self::Rule { .. } => "events.amazonaws.com",
            Self::Schedule { .. } => "scheduler.amazonaws.com",
        }
    }
}

/// Nothing waits longer than a target may be tried.
const RETENTION: Duration = Duration::from_secs(14 * 86_400);
const AT_ONCE: usize = 1 << 20;

pub(crate) fn settings() -> Settings {
    Settings { fifo: None, retention: RETENTION, dead_letters: None, max_in_flight: AT_ONCE }
}

impl Events {
    /// Has all of it on disk when it resolves, or nothing.
    pub(crate) async fn post(&self, deliveries: Vec<Delivery>) -> Result<(), Error> {
        if deliveries.is_empty() {
            return Ok(());
        }
        let outgoing = |delivery: &Delivery| {
            let content = serde_json::to_vec(delivery).map_err(|error| {
                tracing::error!(%error, "a delivery cannot be written");
                Error::Internal
            })?;
            Ok(Outgoing {
                queue: SPOOL,
                id: ids::new_uuid(),
                content: content.into(),
                delay: Duration::ZERO,
                group: None,
                deduplication: None,
            })
        };
        let outgoing: Result<Vec<_>, Error> = deliveries.iter().map(outgoing).collect();
        self.queues.send(outgoing?).await?;
        Ok(())
    }
}
