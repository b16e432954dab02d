//! EventBridge's errors: AWS's codes with the sentences that its users know.

use crate::pattern::InvalidPattern;

/// Everything that `events` refuses.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Error {
    #[error("Event bus {0} does not exist.")]
    NoBus(String),
    #[error("Rule {rule} does not exist on EventBus {bus}.")]
    NoRule { rule: String, bus: String },
    #[error("{0}")]
    NotFound(String),
    #[error("Event bus {0} already exists.")]
    BusExists(String),
    #[error("{0}")]
    Exists(String),
    #[error("Replay {0} is not in a valid state for this operation.")]
    IllegalStatus(String),
    #[error("{0}")]
    Validation(String),
    #[error(transparent)]
    InvalidPattern(#[from] InvalidPattern),
    #[error("{0}")]
    LimitExceeded(String),
    #[error("Policy length exceeded: it can have up to {0} bytes.")]
    PolicyLengthExceeded(usize),
    #[error("The region's state cannot be read or written.")]
    Internal,
}

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn invalid(sentence: impl Into<String>) -> Self {
        Self::Validation(sentence.into())
    }

    /// A parameter that would have no effect here.
    pub fn unsupported(parameter: &str) -> Self {
        Self::Validation(format!("Parameter {parameter} is not valid. Reason: Freehold does not have it yet."))
    }

    pub fn code(&self) -> &'static str {
        match self {
            Self::NoBus(_) | Self::NoRule { .. } | Self::NotFound(_) => "ResourceNotFoundException",
            Self::BusExists(_) | Self::Exists(_) => "ResourceAlreadyExistsException",
            Self::IllegalStatus(_) => "IllegalStatusException",
            Self::Validation(_) => "ValidationException",
            Self::InvalidPattern(_) => "InvalidEventPatternException",
            Self::LimitExceeded(_) => "LimitExceededException",
            Self::PolicyLengthExceeded(_) => "PolicyLengthExceededException",
            Self::Internal => "InternalException",
        }
    }
}

impl From<freehold_store::Error> for Error {
    fn from(error: freehold_store::Error) -> Self {
        tracing::error!(%error, "the region's state");
        Self::Internal
    }
}

impl From<freehold_queues::Error> for Error {
    fn from(error: freehold_queues::Error) -> Self {
        tracing::error!(%error, "the region's queues");
        Self::Internal
    }
}

impl From<Error> for freehold_wire::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Internal => Self::receiver(error.code(), error.to_string()),
            _ => Self::sender(error.code(), error.to_string()),
        }
    }
}
