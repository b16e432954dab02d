//! The Scheduler's errors: AWS's codes with the sentences that its users know.

/// Everything that `scheduler` refuses.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Error {
    #[error("Schedule {0} does not exist.")]
    NoSchedule(String),
    #[error("Schedule group {0} does not exist.")]
    NoGroup(String),
    #[error("{0}")]
    NotFound(String),
    #[error("{0}")]
    Conflict(String),
    #[error("{0}")]
    Validation(String),
    #[error("{0}")]
    QuotaExceeded(String),
    #[error("The region's state cannot be read or written.")]
    Internal,
}

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn invalid(sentence: impl Into<String>) -> Self {
        Self::Validation(sentence.into())
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoSchedule(_) | Self::NoGroup(_) | Self::NotFound(_) => "ResourceNotFoundException",
            Self::Conflict(_) => "ConflictException",
            Self::Validation(_) => "ValidationException",
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

impl From<freehold_store::idempotency::Refused> for Error {
    fn from(refused: freehold_store::idempotency::Refused) -> Self {
        match refused {
            freehold_store::idempotency::Refused::Mismatch => {
                Self::Conflict("The client token was used before with other parameters.".into())
            }
            freehold_store::idempotency::Refused::Store(error) => error.into(),
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
