//! SQS's errors: AWS's codes with the sentences that its users know. Codes are those of the model's shapes; the
//! endpoint turns them into the query protocol's.

use freehold_wire::Error as WireError;

/// Everything that `sqs` refuses.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Error {
    #[error("The specified queue does not exist.")]
    QueueDoesNotExist,
    #[error("The address {0} is not valid for this endpoint.")]
    InvalidAddress(String),
    #[error("A queue already exists with the same name and a different value for {0}")]
    QueueNameExists(String),
    #[error("You must wait 60 seconds after deleting a queue before you can create another with the same name.")]
    QueueDeletedRecently,
    #[error("Only one PurgeQueue operation on {0} is allowed every 60 seconds.")]
    PurgeQueueInProgress(String),
    #[error("The request must contain the parameter {0}.")]
    MissingParameter(&'static str),
    /// With the whole sentence.
    #[error("{0}")]
    InvalidParameterValue(String),
    #[error("Unknown Attribute {0}.")]
    InvalidAttributeName(String),
    #[error("Invalid value for the parameter {name}.{}", .reason.as_ref().map(|why| format!(" Reason: {why}")).unwrap_or_default())]
    InvalidAttributeValue { name: &'static str, reason: Option<String> },
    #[error("{0}")]
    InvalidMessageContents(String),
    #[error("{0}")]
    UnsupportedOperation(String),
    #[error("The input receipt handle \"{0}\" is not a valid receipt handle.")]
    ReceiptHandleIsInvalid(String),
    #[error("The message referred to isn't in flight.")]
    MessageNotInflight,
    #[error("{0}")]
    OverLimit(String),
    #[error("There should be at least one {0} in the request.")]
    EmptyBatchRequest(&'static str),
    #[error("Maximum number of entries per request are 10. You have sent {0}.")]
    TooManyEntriesInBatchRequest(usize),
    #[error(
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 \
         letters long."
    )]
    InvalidBatchEntryId,
    #[error("Id {0} repeated.")]
    BatchEntryIdsNotDistinct(String),
    #[error("Batch requests cannot be longer than {limit} bytes. You have sent {sent} bytes.")]
    BatchRequestTooLong { limit: usize, sent: usize },
    #[error("{0}")]
    ResourceNotFound(String),
    #[error("Access to the resource {0} is denied.")]
    AccessDenied(String),
    /// A message outgrew its size while others share its sentence.
    #[error("One or more parameters are invalid. Reason: Message must be shorter than {0} bytes.")]
    MessageTooLong(usize),
    /// Our own failure: it has been said in the log.
    #[error("We encountered an internal error. Please try again.")]
    Internal,
}

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// AWS's sentence about a value that a parameter may not have.
    pub fn invalid(value: impl std::fmt::Display, parameter: &str, reason: impl std::fmt::Display) -> Self {
        Self::InvalidParameterValue(format!("Value {value} for parameter {parameter} is invalid. Reason: {reason}"))
    }

    /// The name of the error's shape, or the common code where the model has none.
    pub fn code(&self) -> &'static str {
        match self {
            Self::QueueDoesNotExist => "QueueDoesNotExist",
            Self::InvalidAddress(_) => "InvalidAddress",
            Self::QueueNameExists(_) => "QueueNameExists",
            Self::QueueDeletedRecently => "QueueDeletedRecently",
            Self::PurgeQueueInProgress(_) => "PurgeQueueInProgress",
            Self::MissingParameter(_) => "MissingParameter",
            Self::InvalidParameterValue(_) | Self::MessageTooLong(_) => "InvalidParameterValue",
            Self::InvalidAttributeName(_) => "InvalidAttributeName",
            Self::InvalidAttributeValue { .. } => "InvalidAttributeValue",
            Self::InvalidMessageContents(_) => "InvalidMessageContents",
            Self::UnsupportedOperation(_) => "UnsupportedOperation",
            Self::ReceiptHandleIsInvalid(_) => "ReceiptHandleIsInvalid",
            Self::MessageNotInflight => "MessageNotInflight",
            Self::OverLimit(_) => "OverLimit",
            Self::EmptyBatchRequest(_) => "EmptyBatchRequest",
            Self::TooManyEntriesInBatchRequest(_) => "TooManyEntriesInBatchRequest",
            Self::InvalidBatchEntryId => "InvalidBatchEntryId",
            Self::BatchEntryIdsNotDistinct(_) => "BatchEntryIdsNotDistinct",
            Self::BatchRequestTooLong { .. } => "BatchRequestTooLong",
            Self::ResourceNotFound(_) => "ResourceNotFoundException",
            Self::AccessDenied(_) => "AccessDenied",
            Self::Internal => "InternalFailure",
        }
    }

    /// The code of the query protocol, which entries of batches have in either protocol.
    pub fn query_code(&self) -> &'static str {
        let code = self.code();
        freehold_api::sqs::MODEL.error(code).map_or(code, |known| known.query_code)
    }

    /// Whether the caller is to blame.
    pub fn is_senders(&self) -> bool {
        !matches!(self, Self::Internal)
    }
}

impl From<Error> for WireError {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Internal => Self::receiver(error.code(), message),
            Error::AccessDenied(_) => Self::sender(error.code(), message).with_status(403),
            // The model says nothing of it; it has always been so.
            Error::ReceiptHandleIsInvalid(_) => Self::sender(error.code(), message).with_status(404),
            _ => Self::sender(error.code(), message),
        }
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
        match error {
            // It was deleted meanwhile.
            freehold_queues::Error::NoQueue => Self::QueueDoesNotExist,
            freehold_queues::Error::TooManyInFlight => Self::OverLimit(
                "The maximum number of in flight messages is reached. To avoid reaching the limit, you should delete \
                 messages from the queue after they're processed. You can also increase the number of queues you use to \
                 process your messages."
                    .into(),
            ),
            freehold_queues::Error::Store(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_batches_have_the_codes_of_the_query_protocol() {
        assert_eq!(Error::MessageNotInflight.query_code(), "AWS.SimpleQueueService.MessageNotInflight");
        assert_eq!(Error::MissingParameter("X").query_code(), "MissingParameter");
    }

    #[test]
    fn sentences_are_awss() {
        let attribute = |reason: Option<&str>| {
            Error::InvalidAttributeValue { name: "DelaySeconds", reason: reason.map(str::to_owned) }.to_string()
        };
        assert_eq!(attribute(None), "Invalid value for the parameter DelaySeconds.");
        assert_eq!(attribute(Some("No.")), "Invalid value for the parameter DelaySeconds. Reason: No.");
        assert_eq!(Error::invalid(7, "X", "No.").to_string(), "Value 7 for parameter X is invalid. Reason: No.");
    }
}
