//! SNS's errors: AWS's codes with the sentences that its users know.

/// Everything that `sns` refuses.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Error {
    #[error("Invalid parameter: {0}")]
    InvalidParameter(String),
    /// `ParameterValueInvalid`: of messages' attributes.
    #[error("{0}")]
    InvalidParameterValue(String),
    #[error("{0}")]
    NotFound(&'static str),
    #[error("Resource does not exist")]
    ResourceNotFound,
    #[error("{0}")]
    Authorization(String),
    #[error("Invalid parameter: FilterPolicy: Number of filter policies per topic exceeded")]
    FilterPolicyLimitExceeded,
    #[error("Could not complete request: tag quota of per resource exceeded")]
    TagLimitExceeded,
    #[error("Endpoint is disabled")]
    EndpointDisabled,
    #[error("{0}")]
    User(String),
    #[error("Verification code does not match")]
    VerificationException,
    #[error("The batch request doesn't contain any entries.")]
    EmptyBatchRequest,
    #[error("The batch request contains more entries than permissible (more than 10).")]
    TooManyEntriesInBatchRequest,
    #[error("Two or more batch entries in the request have the same Id.")]
    BatchEntryIdsNotDistinct,
    #[error(
        "The Id of a batch entry in a batch request doesn't abide by the specification (Id may have letters, digits, \
         hyphens and underscores, up to 80)."
    )]
    InvalidBatchEntryId,
    #[error("The length of all the batch messages put together is more than the limit.")]
    BatchRequestTooLong,
    #[error("The region's state cannot be read or written")]
    Internal,
}

impl Error {
    /// `Invalid parameter: NAME Reason: WHY`
    pub fn reason(name: &str, why: impl std::fmt::Display) -> Self {
        Self::InvalidParameter(format!("{name} Reason: {why}"))
    }

    pub fn no_topic() -> Self {
        Self::NotFound("Topic does not exist")
    }

    pub fn no_subscription() -> Self {
        Self::NotFound("Subscription does not exist")
    }

    /// The code that query protocols send.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidParameter(_) => "InvalidParameter",
            Self::InvalidParameterValue(_) => "ParameterValueInvalid",
            Self::NotFound(_) => "NotFound",
            Self::ResourceNotFound => "ResourceNotFound",
            Self::Authorization(_) => "AuthorizationError",
            Self::FilterPolicyLimitExceeded => "FilterPolicyLimitExceeded",
            Self::TagLimitExceeded => "TagLimitExceeded",
            Self::EndpointDisabled => "EndpointDisabled",
            Self::User(_) => "UserError",
            Self::VerificationException => "VerificationException",
            Self::EmptyBatchRequest => "EmptyBatchRequest",
            Self::TooManyEntriesInBatchRequest => "TooManyEntriesInBatchRequest",
            Self::BatchEntryIdsNotDistinct => "BatchEntryIdsNotDistinct",
            Self::InvalidBatchEntryId => "InvalidBatchEntryId",
            Self::BatchRequestTooLong => "BatchRequestTooLong",
            Self::Internal => "InternalError",
        }
    }

    /// Whether it is the caller's mistake.
    pub fn is_senders(&self) -> bool {
        !matches!(self, Self::Internal)
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
        let status = match &error {
            Error::NotFound(_) | Error::ResourceNotFound => 404,
            Error::Authorization(_) | Error::FilterPolicyLimitExceeded => 403,
            _ => 400,
        };
        match error {
            Error::Internal => Self::receiver(error.code(), error.to_string()),
            _ => Self::sender(error.code(), error.to_string()).with_status(status),
        }
    }
}
