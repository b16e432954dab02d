//! Errors of Savings Plans: AWS's codes, with sentences that say what is meant.

use freehold_core::tags::InvalidTag;

/// Everything that the service refuses.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum Error {
    #[error("{0}")]
    Validation(String),
    #[error("{0}")]
    NotFound(String),
    #[error("{0}")]
    QuotaExceeded(String),
    #[error("The region's state cannot be read or written.")]
    Internal,
}

pub(super) type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn invalid(sentence: impl Into<String>) -> Self {
        Self::Validation(sentence.into())
    }

    /// Neither in the region nor anybody else's business.
    pub fn no_plan(id: &str) -> Self {
        Self::NotFound(format!("Savings Plan {id} does not exist."))
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Validation(_) => "ValidationException",
            Self::NotFound(_) => "ResourceNotFoundException",
            Self::QuotaExceeded(_) => "ServiceQuotaExceededException",
            Self::Internal => "InternalServerException",
        }
    }
}

impl From<freehold_store::Error> for Error {
    fn from(error: freehold_store::Error) -> Self {
        tracing::error!(%error, "the region's state");
        Self::Internal
    }
}

impl From<InvalidTag> for Error {
    fn from(error: InvalidTag) -> Self {
        match error {
            InvalidTag::TooMany => Self::QuotaExceeded(error.to_string()),
            other => Self::Validation(other.to_string()),
        }
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
