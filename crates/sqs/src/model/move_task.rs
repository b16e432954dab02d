//! Message move tasks: dead letters on their way back (*API reference, StartMessageMoveTask*).

use std::time::Duration;

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

/// How often a task with a rate moves some.
const PORTION: Duration = Duration::from_secs(1);

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
    /// When the last portion of a task with a rate was moved.
    #[serde(default)]
    pub last_portion: Option<Timestamp>,
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
            last_portion: None,
            to_move: 0,
            started,
        }
    }

    /// How long its rate forbids to move more: a portion is what may be moved in a second.
    pub fn pause(&self, now: Timestamp) -> Option<Duration> {
        let next = self.per_second.and(self.last_portion)? + PORTION;
        // A clock that was set back must not hold it up for longer.
        Duration::try_from(next - now).ok().map(|pause| pause.min(PORTION)).filter(|pause| !pause.is_zero())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_with_a_rate_moves_a_portion_a_second_however_often_it_is_looked_at() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let mut task = MoveTask::new("id".into(), "111122223333", "arn".into(), now);
        task.last_portion = Some(now);
        assert_eq!(task.pause(now), None);
        task.per_second = Some(1);
        assert_eq!(task.pause(now + Duration::from_millis(400)), Some(Duration::from_millis(600)));
        assert_eq!(task.pause(now + PORTION), None);
        assert_eq!(task.pause(now - Duration::from_secs(3600)), Some(PORTION));
        task.last_portion = None;
        assert_eq!(task.pause(now), None);
    }
}
