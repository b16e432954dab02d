//! The states of a version (*Lambda developer guide, Lambda function states*). A version is pending until its code is where
//! it can run; a change of `$LATEST` afterwards leaves it active and is under way until it is in force.

use serde::{Deserialize, Serialize};

/// Why what is wanted cannot be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failure {
    /// *StateReasonCode*
    #[serde(default = "Failure::internal")]
    pub code: String,
    pub reason: String,
}

impl Failure {
    pub fn new(code: &str, reason: impl Into<String>) -> Self {
        Self { code: code.to_owned(), reason: reason.into() }
    }

    fn internal() -> String {
        "InternalError".into()
    }
}

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self { code: Self::internal(), reason }
    }
}

/// Whether a version can be invoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum State {
    Pending,
    Active,
    /// Its code cannot be brought to where it would run.
    Failed(Failure),
}

/// What became of the last change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Update {
    InProgress,
    Successful,
    /// What was in force before still is.
    Failed(Failure),
}

impl State {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Active => "Active",
            Self::Failed(_) => "Failed",
        }
    }

    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Pending => Some("The function is being created."),
            Self::Active => None,
            Self::Failed(failure) => Some(&failure.reason),
        }
    }

    pub fn reason_code(&self) -> Option<&str> {
        match self {
            Self::Pending => Some("Creating"),
            Self::Active => None,
            Self::Failed(failure) => Some(&failure.code),
        }
    }

    /// After what was wanted is in place, or cannot be.
    pub fn settled(&self, outcome: Result<(), &Failure>) -> Self {
        match (self, outcome) {
            (_, Ok(())) => Self::Active,
            // A failed change leaves an active version active.
            (Self::Active, Err(_)) => Self::Active,
            (_, Err(failure)) => Self::Failed(failure.clone()),
        }
    }
}

impl Update {
    pub fn name(&self) -> &'static str {
        match self {
            Self::InProgress => "InProgress",
            Self::Successful => "Successful",
            Self::Failed(_) => "Failed",
        }
    }

    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::InProgress => Some("The function is being created."),
            Self::Successful => None,
            Self::Failed(failure) => Some(&failure.reason),
        }
    }

    pub fn reason_code(&self) -> Option<&str> {
        match self {
            Self::InProgress => Some("Creating"),
            Self::Successful => None,
            Self::Failed(failure) => Some(&failure.code),
        }
    }

    pub fn settled(outcome: Result<(), &Failure>) -> Self {
        match outcome {
            Ok(()) => Self::Successful,
            Err(failure) => Self::Failed(failure.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_change_leaves_what_was_active_active() {
        let disk = Failure::from("disk".to_owned());
        assert_eq!(State::Pending.settled(Ok(())), State::Active);
        assert_eq!(State::Active.settled(Err(&disk)), State::Active);
        assert_eq!(State::Pending.settled(Err(&disk)), State::Failed(disk.clone()));
        assert_eq!(State::Failed(disk.clone()).settled(Ok(())), State::Active);
        assert_eq!(Update::settled(Err(&disk)).name(), "Failed");
    }
}
