//! CloudWatch's errors: AWS's codes with the sentences that its users know. Codes are those of the model's shapes; the
//! endpoint turns them into the query protocol's.

/// Everything that `cloudwatch` refuses.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Error {
    /// With the whole sentence.
    #[error("{0}")]
    Validation(String),
    #[error("{0}")]
    InvalidParameterValue(String),
    #[error("{0}")]
    InvalidParameterCombination(String),
    #[error("The parameter {0} is required.")]
    MissingParameter(String),
    #[error("{0}")]
    InvalidFormat(String),
    #[error("The value of the parameter NextToken is not one that this operation gave for the same request.")]
    InvalidNextToken,
    #[error("Could not find alarm: {0}")]
    NoAlarm(String),
    #[error("Resource not found: {0}")]
    NoResource(String),
    #[error("The region's state cannot be read or written")]
    Internal,
}

impl Error {
    pub fn value(name: &str, why: impl std::fmt::Display) -> Self {
        Self::InvalidParameterValue(format!("The value of the parameter {name} is not valid: {why}"))
    }

    /// A parameter of AWS's that has no effect here.
    pub fn not_here(name: &str) -> Self {
        Self::Validation(format!("Freehold does not have the parameter {name} yet."))
    }

    /// The model's name for it.
    fn code(&self) -> &'static str {
        match self {
            Self::Validation(_) => "ValidationError",
            Self::InvalidParameterValue(_) => "InvalidParameterValueException",
            Self::InvalidParameterCombination(_) => "InvalidParameterCombinationException",
            Self::MissingParameter(_) => "MissingRequiredParameterException",
            Self::InvalidFormat(_) => "InvalidFormatFault",
            Self::InvalidNextToken => "InvalidNextToken",
            Self::NoAlarm(_) => "ResourceNotFound",
            Self::NoResource(_) => "ResourceNotFoundException",
            Self::Internal => "InternalServiceFault",
        }
    }
}

impl From<freehold_store::Error> for Error {
    fn from(error: freehold_store::Error) -> Self {
        tracing::error!(%error, "the region's state");
        Self::Internal
    }
}

impl From<freehold_core::pagination::InvalidToken> for Error {
    fn from(_: freehold_core::pagination::InvalidToken) -> Self {
        Self::InvalidNextToken
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
