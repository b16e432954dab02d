//! Errors of Certificate Manager: AWS's codes, with sentences that say what is meant.

/// Everything that the service refuses.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Error {
    #[error("Could not find certificate {0}.")]
    NotFound(String),
    #[error("{0} is not a valid ARN of a certificate of this region.")]
    InvalidArn(String),
    #[error("{0}")]
    Validation(String),
    #[error("{0}")]
    InvalidParameter(String),
    #[error("{0}")]
    InvalidArgs(String),
    #[error("{0}")]
    InvalidDomainValidationOptions(String),
    #[error("Certificate {arn} is in use by {users}.")]
    InUse { arn: String, users: String },
    #[error("{0}")]
    LimitExceeded(String),
    #[error("{0}")]
    InvalidTag(String),
    #[error("A certificate can have up to 50 tags.")]
    TooManyTags,
    #[error("The region's state cannot be read or written.")]
    Internal,
}

impl Error {
    pub fn invalid(sentence: impl Into<String>) -> Self {
        Self::Validation(sentence.into())
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "ResourceNotFoundException",
            Self::InvalidArn(_) => "InvalidArnException",
            Self::Validation(_) => "ValidationException",
            Self::InvalidParameter(_) => "InvalidParameterException",
            Self::InvalidArgs(_) => "InvalidArgsException",
            Self::InvalidDomainValidationOptions(_) => "InvalidDomainValidationOptionsException",
            Self::InUse { .. } => "ResourceInUseException",
            Self::LimitExceeded(_) => "LimitExceededException",
            Self::InvalidTag(_) => "InvalidTagException",
            Self::TooManyTags => "TooManyTagsException",
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
