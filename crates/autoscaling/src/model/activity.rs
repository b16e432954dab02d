//! Scaling activities: what a group did, when and why.

use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Group;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Activity {
    pub id: String,
    pub account: String,
    /// The group's id.
    pub group: String,
    pub group_name: String,
    pub group_arn: String,
    pub description: String,
    /// Sentences, two spaces between them.
    pub cause: String,
    pub start: Timestamp,
    pub end: Option<Timestamp>,
    pub status: ActivityStatus,
    pub message: Option<String>,
    pub progress: u8,
    pub subnet: Option<String>,
    pub zone: String,
    /// Counts the activities of a moment, so that the later one is shown first.
    pub serial: u64,
}

/// *API reference, Activity: StatusCode*
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ActivityStatus {
    PreInService,
    InProgress,
    MidLifecycleAction,
    WaitingForELBConnectionDraining,
    Successful,
    Failed,
    Cancelled,
}

impl ActivityStatus {
    pub fn name(self) -> &'static str {
        match self {
            Self::PreInService => "PreInService",
            Self::InProgress => "InProgress",
            Self::MidLifecycleAction => "MidLifecycleAction",
            Self::WaitingForELBConnectionDraining => "WaitingForELBConnectionDraining",
            Self::Successful => "Successful",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
        }
    }
}

impl Activity {
    /// One that begins now. `id` is given where what it tells of bears the same.
    pub fn begin(group: &mut Group, id: String, description: String, cause: String, now: Timestamp) -> Self {
        group.serial += 1;
        Self {
            id,
            account: group.account.clone(),
            group: group.id.clone(),
            group_name: group.name.clone(),
            group_arn: group.arn.clone(),
            description,
            cause,
            start: now,
            end: None,
            status: ActivityStatus::InProgress,
            message: None,
            progress: 0,
            subnet: None,
            zone: String::new(),
            serial: group.serial,
        }
    }

    /// It is over.
    pub fn end(&mut self, status: ActivityStatus, now: Timestamp) {
        self.status = status;
        self.end = Some(now);
        self.progress = 100;
    }

    /// It has come so far.
    pub fn advance(&mut self, status: ActivityStatus, progress: u8) {
        self.status = status;
        self.progress = progress;
    }
}

impl Document for Activity {
    const KIND: &'static str = "autoscaling.activity";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// The group.
    fn index(&self) -> [Option<String>; 3] {
        [Some(self.group.clone()), None, None]
    }
}
