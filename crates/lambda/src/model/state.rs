//! The states of a version (*Lambda developer guide, Lambda function states*). A version is pending until its code is where
//! it can run; a change of `$LATEST` afterwards leaves it active and is under way until it is in force.

use serde::{Deserialize, Serialize};

/// Whether a version can be invoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum State {
    Pending,
    Active,
    /// Its code cannot be brought to where it would run.
    Failed {
        reason: String,
    },
}

/// What became of the last change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Update {
    InProgress,
    Successful,
    /// What was in force before still is.
    Failed {
        reason: String,
    },
}

impl State {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Active => "Active",
            Self::Failed { .. } => "Failed",
        }
    }

    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Pending => Some("The function is being created."),
            Self::Active => None,
            Self::Failed { reason } => Some(reason),
        }
    }

    pub fn reason_code(&self) -> Option<&'static str> {
        match self {
            Self::Pending => Some("Creating"),
            Self::Active => None,
            Self::Failed { .. } => Some("InternalError"),
        }
    }

    /// After what was wanted is in place, or cannot be.
    pub fn settled(&self, outcome: Result<(), &str>) -> Self {
        match (self, outcome) {
            (_, Ok(())) => Self::Active,
            // A failed change leaves an active version active.
            (Self::Active, Err(_)) => Self::Active,
            (_, Err(reason)) => Self::Failed { reason: reason.to_owned() },
        }
    }
}

impl Update {
    pub fn name(&self) -> &'static str {
        match self {
            Self::InProgress => "InProgress",
            Self::Successful => "Successful",
            Self::Failed { .. } => "Failed",
        }
    }

    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::InProgress => Some("The function is being created."),
            Self::Successful => None,
            Self::Failed { reason } => Some(reason),
        }
    }

    pub fn reason_code(&self) -> Option<&'static str> {
        match self {
            Self::InProgress => Some("Creating"),
            Self::Successful => None,
            Self::Failed { .. } => Some("InternalError"),
        }
    }

    pub fn settled(outcome: Result<(), &str>) -> Self {
        match outcome {
            Ok(()) => Self::Successful,
            Err(reason) => Self::Failed { reason: reason.to_owned() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_change_leaves_what_was_active_active() {
        assert_eq!(State::Pending.settled(Ok(())), State::Active);
        assert_eq!(State::Active.settled(Err("disk")), State::Active);
        assert_eq!(State::Pending.settled(Err("disk")), State::Failed { reason: "disk".into() });
        assert_eq!(State::Failed { reason: "disk".into() }.settled(Ok(())), State::Active);
        assert_eq!(Update::settled(Err("disk")).name(), "Failed");
    }
}
