//! Lambda's errors: AWS's codes with the sentences that its users know.

use freehold_wire::Detail;

/// Everything that `lambda` refuses.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0}")]
    InvalidParameterValue(String),
    /// What the service's model says, where it says less than the service does.
    #[error("1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}")]
    Validation { member: &'static str, value: String, constraint: String },
    #[error("{0}")]
    NotFound(String),
    #[error("{0}")]
    Conflict(String),
    #[error("{0}")]
    InUse(String),
    #[error(
        "The Revision Id provided does not match the latest Revision Id. Call the {0} API to retrieve the latest Revision \
         Id"
    )]
    PreconditionFailed(&'static str),
    #[error("{sentence}")]
    TooManyRequests { sentence: &'static str, reason: &'static str },
    #[error("{0}")]
    RequestTooLarge(String),
    #[error("Could not parse request body into json: {0}")]
    InvalidRequestContent(String),
    #[error("{0}")]
    ClientContext(String),
    #[error("Code storage limit exceeded.")]
    CodeStorageExceeded,
    #[error("The final policy size ({0}) is bigger than the limit (20480).")]
    PolicyLengthExceeded(usize),
    #[error("No Provisioned Concurrency Config found for this function")]
    NoProvisionedConcurrency,
    #[error(
        "The code signing configuration cannot be found. Check that the provided configuration is not deleted: {0}."
    )]
    NoCodeSigningConfig(String),
    #[error(
        "Lambda has detected your function being invoked in a recursive loop with other AWS resources and stopped your \
         function's invocation."
    )]
    RecursiveInvocation,
    #[error(
        "The code signature failed one or more of the validation checks for signature mismatch or expiration, and the code \
         signing policy is set to ENFORCE. Lambda blocks the deployment."
    )]
    CodeVerificationFailed,
    #[error("{0}")]
    NotReady(String),
    #[error("{0}")]
    Service(String),
}

impl Error {
    pub fn invalid(sentence: impl Into<String>) -> Self {
        Self::InvalidParameterValue(sentence.into())
    }

    pub fn no_function(arn: &str) -> Self {
        Self::NotFound(format!("Function not found: {arn}"))
    }

    /// What several operations say of what belongs to a function and is not there.
    pub fn no_resource() -> Self {
        Self::NotFound("The resource you requested does not exist.".into())
    }

    fn code(&self) -> &'static str {
        match self {
            Self::InvalidParameterValue(_) => "InvalidParameterValueException",
            Self::Validation { .. } => "ValidationException",
            Self::NotFound(_) => "ResourceNotFoundException",
            Self::Conflict(_) => "ResourceConflictException",
            Self::InUse(_) => "ResourceInUseException",
            Self::PreconditionFailed(_) => "PreconditionFailedException",
            Self::TooManyRequests { .. } => "TooManyRequestsException",
            Self::RequestTooLarge(_) => "RequestTooLargeException",
            Self::InvalidRequestContent(_) | Self::ClientContext(_) => "InvalidRequestContentException",
            Self::CodeStorageExceeded => "CodeStorageExceededException",
            Self::PolicyLengthExceeded(_) => "PolicyLengthExceededException",
            Self::NoProvisionedConcurrency => "ProvisionedConcurrencyConfigNotFoundException",
            Self::NoCodeSigningConfig(_) => "CodeSigningConfigNotFoundException",
            Self::CodeVerificationFailed => "CodeVerificationFailedException",
            Self::RecursiveInvocation => "RecursiveInvocationException",
            Self::NotReady(_) => "ResourceNotReadyException",
            Self::Service(_) => "ServiceException",
        }
    }

    fn status(&self) -> u16 {
        match self {
            Self::NotFound(_) | Self::NoProvisionedConcurrency | Self::NoCodeSigningConfig(_) => 404,
            Self::Conflict(_) => 409,
            Self::PreconditionFailed(_) => 412,
            Self::RequestTooLarge(_) => 413,
            Self::TooManyRequests { .. } => 429,
            Self::Service(_) => 500,
            Self::NotReady(_) => 502,
            _ => 400,
        }
    }
}

impl From<freehold_store::Error> for Error {
    fn from(error: freehold_store::Error) -> Self {
        tracing::error!(%error, "the region's state");
        Self::Service("The region's state cannot be read or written".into())
    }
}

impl From<freehold_queues::Error> for Error {
    fn from(error: freehold_queues::Error) -> Self {
        tracing::error!(%error, "the region's queues");
        Self::Service("The region's queues cannot be read or written".into())
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        tracing::error!(%error, "the packages of functions");
        Self::Service(format!("The function's package cannot be read or written: {error}"))
    }
}

impl From<Error> for freehold_wire::Error {
    fn from(error: Error) -> Self {
        let (code, sentence, status) = (error.code(), error.to_string(), error.status());
        let wire = match status {
            500 | 502 => Self::receiver(code, sentence).with_detail(Detail::Member("Type", "Service".into())),
            _ => Self::sender(code, sentence).with_detail(Detail::Member("Type", "User".into())),
        };
        let wire = wire.with_status(status);
        match error {
            Error::TooManyRequests { reason, .. } => wire.with_detail(Detail::Member("Reason", reason.into())),
            _ => wire,
        }
    }
}
