//! One message, as its queue remembers it. There may be millions: every field counts.

use crate::message::{Millis, QueueId};

/// Where a message is in its life.
///
/// ```text
///           due                  receive
///  Delayed ─────▶ Visible ◀─────────────────▶ InFlight
///                          due, or made visible
/// ```
/// From anywhere a message may be *leaving*: a change that takes it out of the queue is on its way to the disk. If that
/// fails, it is where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Visible,
    Delayed { until: Millis },
    InFlight { until: Millis },
}

#[derive(Debug, Clone)]
pub struct Entry {
    pub id: u128,
    pub content: u64,
    pub sent: Millis,
    /// 0 if it was never received.
    pub first_received: Millis,
    /// When the present lease began.
    pub received: Millis,
    /// Of the receipt that was given last.
    pub lease: u64,
    /// The queue it was moved from as a dead letter; 0 if it was not.
    pub origin: QueueId,
    pub labels: Option<Box<Labels>>,
    pub receive_count: u32,
    pub phase: Phase,
    pub leaving: bool,
}

/// What only few messages have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    pub group: Option<String>,
    pub deduplication: Option<String>,
}

impl Entry {
    /// A message that nobody received yet.
    pub fn new(id: u128, content: u64, sent: Millis, labels: Option<Box<Labels>>) -> Self {
        Self {
            id,
            content,
            sent,
            first_received: 0,
            received: 0,
            lease: 0,
            origin: 0,
            labels,
            receive_count: 0,
            phase: Phase::Visible,
            leaving: false,
        }
    }

    /// Hidden until `due` at first.
    pub fn hidden_until(mut self, due: Millis) -> Self {
        self.phase = Phase::Delayed { until: due };
        self
    }

    /// Whether the receipt of this lease is the last one that was given. Leases are forgotten when the region ends, and
    /// until the message is received again whoever had it may delete it: an acknowledged deletion must stay.
    pub fn is_leased_to(&self, lease: u64) -> bool {
        self.lease == lease || self.lease == 0
    }

    /// Whether the last lease is known to have ended.
    pub fn is_over(&self) -> bool {
        self.lease != 0 && !self.phase.is_in_flight()
    }

    /// Empty where the message has none.
    pub fn group(&self) -> &str {
        self.labels.as_ref().and_then(|labels| labels.group.as_deref()).unwrap_or_default()
    }
}

impl Phase {
    /// When time makes the message visible.
    pub fn due(self) -> Option<Millis> {
        match self {
            Self::Visible => None,
            Self::Delayed { until } | Self::InFlight { until } => Some(until),
        }
    }

    pub fn is_in_flight(self) -> bool {
        matches!(self, Self::InFlight { .. })
    }
}

impl Labels {
    /// `None` where there is nothing to keep.
    pub fn of(group: Option<String>, deduplication: Option<String>) -> Option<Box<Self>> {
        (group.is_some() || deduplication.is_some()).then(|| Box::new(Self { group, deduplication }))
    }
}
