//! Message move tasks: dead letters on their way back (*API reference, StartMessageMoveTask*).

use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a task stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Progress {
    Running,
    /// Asked to end; what is under way is finished first.
    Cancelling,
    Completed,
    Cancelled,
    Failed {
        reason: String,
    },
}

impl Progress {
    pub fn is_active(&self) -> bool {
        matches!(self, Self::Running | Self::Cancelling)
    }

    /// AWS's word.
    pub fn status(&self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Cancelling => "CANCELLING",
            Self::Completed => "COMPLETED",
            Self::Cancelled => "CANCELLED",
            Self::Failed { .. } => "FAILED",
        }
    }
}

/// A task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct MoveTask {
    /// A UUID.
    id: String,
    account: String,
    pub source_arn: String,
    /// Each message's own source where there is none.
    pub destination_arn: Option<String>,
    /// As fast as it goes where there is none.
    pub per_second: Option<u32>,
    pub progress: Progress,
    pub moved: u64,
    /// When the task began.
    pub to_move: u64,
    pub started: Timestamp,
}

impl MoveTask {
    /// A task that begins now, with an id of its own.
    pub fn new(id: String, account: &str, source_arn: String, started: Timestamp) -> Self {
        Self {
            id,
            account: account.to_owned(),
            source_arn,
            destination_arn: None,
            per_second: None,
            progress: Progress::Running,
            moved: 0,
            to_move: 0,
            started,
        }
    }

    /// By this index the reconciler finds its work.
    pub const ACTIVE: &'static str = "active";
}

impl Document for MoveTask {
    const KIND: &'static str = "sqs.move-task";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn index(&self) -> [Option<String>; 3] {
        [Some(self.source_arn.clone()), self.progress.is_active().then(|| Self::ACTIVE.to_owned()), None]
    }
}
