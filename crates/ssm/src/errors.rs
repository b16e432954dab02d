//! SSM's errors.

use freehold_core::pagination::InvalidToken;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    #[error("Parameter {0} not found.")]
    ParameterNotFound(String),
    #[error("Systems Manager could not find version {version} of {name}. Verify the version and try again.")]
    ParameterVersionNotFound { name: String, version: String },
    #[error("The specified token is not valid.")]
    InvalidNextToken,
    #[error("The following filter key is not valid: {0}. Valid filter keys include: [{1}].")]
    InvalidFilterKey(String, &'static str),
    #[error("The following filter option is not valid: {0}. Valid options include: [{1}].")]
    InvalidFilterOption(String, &'static str),
    #[error("{0}")]
    InvalidFilterValue(&'static str),
    #[error("{0}")]
    ValidationException(String),
}

impl From<InvalidToken> for Error {
    fn from(_: InvalidToken) -> Self {
        Self::InvalidNextToken
    }
}

impl From<Error> for freehold_wire::Error {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::ParameterNotFound(_) => "ParameterNotFound",
            Error::ParameterVersionNotFound { .. } => "ParameterVersionNotFound",
            Error::InvalidNextToken => "InvalidNextToken",
            Error::InvalidFilterKey(..) => "InvalidFilterKey",
            Error::InvalidFilterOption(..) => "InvalidFilterOption",
            Error::InvalidFilterValue(_) => "InvalidFilterValue",
            Error::ValidationException(_) => "ValidationException",
        };
        Self::sender(code, error.to_string())
    }
}
