//! Instance refreshes: the instances of a group are replaced by such that are launched from what it has now.

use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::LaunchSource;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Refresh {
    pub id: String,
    pub account: String,
    /// The group's id.
    pub group: String,
    pub group_name: String,
    pub status: RefreshStatus,
    pub reason: Option<String>,
    pub start: Timestamp,
    pub end: Option<Timestamp>,
    pub preferences: RefreshPreferences,
    /// What the group is to launch from when this has succeeded; nothing where it keeps what it has.
    pub wanted: Option<LaunchSource>,
    /// What the group launched from before.
    pub before: LaunchSource,
    /// Members that are to be replaced, by their keys: those that were there at its begin and do not match.
    pub doomed: Vec<String>,
    pub progress: Progress,
    /// Checkpoints that were reached.
    pub checkpoints_passed: usize,
    /// A checkpoint or the bake time waits until then.
    pub waits_until: Option<Timestamp>,
    pub rollback: Option<Rollback>,
    /// Counts the refreshes of a moment, so that the later one is shown first.
    pub serial: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// Of all that are to be replaced.
    pub total: u32,
    pub replaced: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RefreshPreferences {
    pub min_healthy: u32,
    pub max_healthy: u32,
    /// Seconds; the group's where nothing is said.
    pub warmup: Option<u32>,
    pub checkpoints: Vec<u32>,
    /// Seconds.
    pub checkpoint_delay: u32,
    pub skip_matching: bool,
    pub auto_rollback: bool,
    /// `Refresh`, `Ignore`, `Wait`
    pub protected: String,
    /// `Terminate`, `Ignore`, `Wait`
    pub standby: String,
    pub alarms: Vec<String>,
    /// Seconds.
    pub bake_time: u32,
}

/// What a rollback left behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rollback {
    pub reason: String,
    pub start: Timestamp,
    pub progress: Progress,
}

/// *API reference, InstanceRefresh: Status*
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum RefreshStatus {
    Pending,
    InProgress,
    Baking,
    Cancelling,
    RollbackInProgress,
    Successful,
    Failed,
    Cancelled,
    RollbackSuccessful,
    RollbackFailed,
}

impl RefreshStatus {
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::InProgress => "InProgress",
            Self::Baking => "Baking",
            Self::Cancelling => "Cancelling",
            Self::RollbackInProgress => "RollbackInProgress",
            Self::Successful => "Successful",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
            Self::RollbackSuccessful => "RollbackSuccessful",
            Self::RollbackFailed => "RollbackFailed",
        }
    }

    /// Whether it still does something.
    pub fn is_active(self) -> bool {
        matches!(self, Self::Pending | Self::InProgress | Self::Baking | Self::Cancelling | Self::RollbackInProgress)
    }
}

impl Progress {
    /// 0 to 100.
    pub fn percentage(self) -> u32 {
        (self.replaced.min(self.total) * 100).checked_div(self.total).unwrap_or(100)
    }

    pub fn left(self) -> u32 {
        self.total.saturating_sub(self.replaced)
    }
}

impl Document for Refresh {
    const KIND: &'static str = "autoscaling.refresh";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// The group; `active` while it does something.
    fn index(&self) -> [Option<String>; 3] {
        [Some(self.group.clone()), self.status.is_active().then(|| "active".to_owned()), None]
    }
}
