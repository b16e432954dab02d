//! Replays: events of an archive that are put on its bus again.
//!
//! ```text
//!  STARTING ─▶ RUNNING ─▶ COMPLETED
//!      │          ├─▶ FAILED          the archive is gone
//!      └──────────┴─▶ CANCELLING ─▶ CANCELLED
//! ```

use freehold_core::Arn;
use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Replay {
    pub arn: String,
    pub account: String,
    pub name: String,
    pub description: Option<String>,
    pub state: ReplayState,
    pub reason: Option<String>,
    /// ARN and key of the archive.
    pub archive: String,
    pub archive_key: String,
    /// ARN of the bus.
    pub bus: String,
    /// ARNs of the rules that alone get them; all of the bus if there are none.
    pub rules: Vec<String>,
    /// From when on, and until before when.
    pub from: Timestamp,
    pub until: Timestamp,
    /// Id of the last event that was replayed, or a place before the first.
    pub position: String,
    /// Its time.
    pub last: Option<Timestamp>,
    pub started: Timestamp,
    pub ended: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ReplayState {
    Starting,
    Running,
    Cancelling,
    Completed,
    Cancelled,
    Failed,
}

impl ReplayState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Starting => "STARTING",
            Self::Running => "RUNNING",
            Self::Cancelling => "CANCELLING",
            Self::Completed => "COMPLETED",
            Self::Cancelled => "CANCELLED",
            Self::Failed => "FAILED",
        }
    }

    pub fn has_ended(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled | Self::Failed)
    }

    /// *CancelReplay*: what is being replayed; `None` where there is nothing to cancel.
    pub fn cancelled(self) -> Option<Self> {
        matches!(self, Self::Starting | Self::Running).then_some(Self::Cancelling)
    }
}

impl Replay {
    pub fn end(&mut self, state: ReplayState, reason: Option<&str>, now: Timestamp) {
        self.state = state;
        self.reason = reason.map(str::to_owned);
        self.ended = Some(now);
    }
}

pub(crate) fn replay_arn(region: &str, account: &str, name: &str) -> String {
    Arn::new("events", region, account, format!("replay/{name}")).to_string()
}

impl Document for Replay {
    const KIND: &'static str = "events.replay";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// Whether it has not ended.
    fn index(&self) -> [Option<String>; 3] {
        [(!self.state.has_ended()).then(|| "going".to_owned()), None, None]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_ended_is_not_cancelled() {
        use ReplayState::*;
        for state in [Starting, Running] {
            assert_eq!(state.cancelled(), Some(Cancelling));
        }
        for state in [Cancelling, Completed, Cancelled, Failed] {
            assert_eq!(state.cancelled(), None);
        }
        assert!(!Cancelling.has_ended() && Failed.has_ended());
    }
}
