//! CloudWatch Logs' errors: AWS's codes with the sentences that its users know.

use crate::events::Failure;
use crate::model::Class;
use crate::pattern::InvalidPattern;

/// Everything that `logs` refuses.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Error {
    /// With the whole sentence.
    #[error("{0}")]
    InvalidParameter(String),
    #[error("{0}")]
    Validation(String),
    #[error("The specified log group does not exist.")]
    NoGroup,
    #[error("The specified log stream does not exist.")]
    NoStream,
    #[error("The specified log group already exists")]
    GroupExists,
    #[error("The specified log stream already exists")]
    StreamExists,
    #[error("The specified {0} filter does not exist.")]
    NoFilter(&'static str),
    #[error("The specified resource policy does not exist.")]
    NoPolicy,
    #[error("Resource limit exceeded.")]
    LimitExceeded,
    #[error("{0}")]
    TooManyTags(String),
    #[error("The service cannot complete the request.")]
    Internal,
}

impl Error {
    /// A parameter of AWS's that has no effect here.
    pub fn not_here(name: &str) -> Self {
        Self::InvalidParameter(format!("Freehold does not have the parameter {name} yet."))
    }

    /// What groups of this class do not have.
    pub fn of_class(what: &str, class: Class) -> Self {
        Self::InvalidParameter(format!("{what} are not supported by log groups of the class {}.", class.name()))
    }

    fn code(&self) -> &'static str {
        match self {
            Self::InvalidParameter(_) => "InvalidParameterException",
            Self::Validation(_) => "ValidationException",
            Self::NoGroup | Self::NoStream | Self::NoFilter(_) | Self::NoPolicy => "ResourceNotFoundException",
            Self::GroupExists | Self::StreamExists => "ResourceAlreadyExistsException",
            Self::LimitExceeded => "LimitExceededException",
            Self::TooManyTags(_) => "TooManyTagsException",
            Self::Internal => "ServiceUnavailableException",
        }
    }
}

impl From<freehold_store::Error> for Error {
    fn from(error: freehold_store::Error) -> Self {
        tracing::error!(%error, "the region's state");
        Self::Internal
    }
}

impl From<Failure> for Error {
    fn from(error: Failure) -> Self {
        tracing::error!(%error, "log events");
        Self::Internal
    }
}

impl From<InvalidPattern> for Error {
    fn from(error: InvalidPattern) -> Self {
        Self::InvalidParameter(error.to_string())
    }
}

impl From<freehold_core::pagination::InvalidToken> for Error {
    fn from(_: freehold_core::pagination::InvalidToken) -> Self {
        Self::InvalidParameter("The specified nextToken is invalid.".into())
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
