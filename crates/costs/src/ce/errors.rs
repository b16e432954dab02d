//! Errors of Cost Explorer: AWS's codes, with sentences that say what is meant.

/// Everything that the service refuses.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum Error {
    #[error("{0}")]
    Validation(String),
    #[error("{0}")]
    DataUnavailable(String),
    #[error("The pagination token is invalid. Try again without a pagination token.")]
    InvalidNextToken,
    #[error(
        "The request parameters changed between pages. Try again with the old parameters or without a pagination token."
    )]
    RequestChanged,
    #[error("The region's state cannot be read.")]
    Internal,
}

pub(super) type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn invalid(sentence: impl Into<String>) -> Self {
        Self::Validation(sentence.into())
    }

    /// What AWS has and Freehold does not.
    pub fn unsupported(what: impl std::fmt::Display) -> Self {
        Self::Validation(format!("{what} is not supported in this region."))
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Validation(_) => "ValidationException",
            Self::DataUnavailable(_) => "DataUnavailableException",
            Self::InvalidNextToken => "InvalidNextTokenException",
            Self::RequestChanged => "RequestChangedException",
            Self::Internal => "InternalFailure",
        }
    }
}

impl From<freehold_store::Error> for Error {
    fn from(error: freehold_store::Error) -> Self {
        tracing::error!(%error, "the region's state");
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
