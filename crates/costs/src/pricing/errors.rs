//! Errors of the price list: AWS's codes, with sentences that say what is meant.

/// Everything that the service refuses.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum Error {
    #[error("{0}")]
    InvalidParameter(String),
    #[error("The service {0} is not in the price list.")]
    NoService(String),
    #[error("The pagination token is invalid. Try again without a pagination token.")]
    InvalidNextToken,
    #[error("The price list cannot be read.")]
    Internal,
}

pub(super) type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    fn code(&self) -> &'static str {
        match self {
            Self::InvalidParameter(_) => "InvalidParameterException",
            Self::NoService(_) => "NotFoundException",
            Self::InvalidNextToken => "InvalidNextTokenException",
            Self::Internal => "InternalErrorException",
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
