//! EC2's errors: AWS's codes with the sentences that its users know (*EC2 API reference, Error codes*).

use freehold_store::idempotency::Refused;

/// Everything EC2 refuses. Where AWS spells a code in two ways, so do we.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// An id with the right form that names nothing of the caller's.
    #[error("{message}")]
    NotFound { code: &'static str, message: String },
    #[error("Invalid id: \"{id}\"")]
    Malformed { code: &'static str, id: String },
    #[error("Invalid id: \"{id}\" (expecting \"{prefix}-...\")")]
    MalformedExpecting { code: &'static str, id: String, prefix: &'static str },

    #[error("{0}")]
    IncorrectInstanceState(String),
    #[error("{0}")]
    IncorrectState(String),
    #[error("{0}")]
    OperationNotPermitted(String),
    #[error("{0}")]
    UnsupportedOperation(String),
    #[error("{0}")]
    Unsupported(String),
    #[error("{0}")]
    DependencyViolation(String),
    #[error("{0}")]
    InvalidParameterValue(String),
    #[error("{0}")]
    InvalidParameterCombination(String),
    #[error("{0}")]
    InvalidParameter(String),
    #[error("The request must contain the parameter {0}")]
    MissingParameter(&'static str),
    /// As [`Error::MissingParameter`], in words of its own.
    #[error("{0}")]
    Missing(String),
    #[error("The filter '{0}' is invalid")]
    InvalidFilter(String),
    #[error("Arguments on this idempotent request are inconsistent with arguments used in previous request(s).")]
    IdempotentParameterMismatch,
    #[error("The specified NextToken is not valid.")]
    InvalidNextToken,
    #[error("Request would have succeeded, but DryRun flag is set.")]
    DryRunOperation,
    #[error("You are not authorized to perform this operation.")]
    UnauthorizedOperation,
    #[error(
        "We currently do not have sufficient {instance_type} capacity in the Availability Zone you requested ({zone}). {detail}"
    )]
    InsufficientInstanceCapacity { instance_type: String, zone: String, detail: String },
    #[error("There is not enough capacity to fulfill your Dedicated Host request. {0}")]
    InsufficientHostCapacity(String),
    #[error("Insufficient capacity to satisfy your request of {0} instances")]
    InstanceLimitExceeded(u32),
    #[error("There are not enough free addresses in subnet '{0}' to satisfy the requested number of instances.")]
    InsufficientFreeAddressesInSubnet(String),
    #[error("The maximum number of addresses has been reached.")]
    AddressLimitExceeded,
    #[error("There are no free public addresses in this region's pool.")]
    InsufficientAddressCapacity,
    /// Codes that one operation alone answers with: a code and a sentence.
    #[error("{message}")]
    Other { code: &'static str, message: String },
    #[error("An internal error has occurred")]
    Internal(String),
    #[error("The service is unavailable. Please try again later: {0}")]
    Unavailable(String),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error with a code of its own.
    pub fn other(code: &'static str, message: impl Into<String>) -> Self {
        Self::Other { code, message: message.into() }
    }

    /// `Value (x) for parameter p is invalid. Why.`
    pub fn invalid_value(parameter: &str, value: impl std::fmt::Display, why: impl std::fmt::Display) -> Self {
        Self::InvalidParameterValue(format!("Value ({value}) for parameter {parameter} is invalid. {why}"))
    }

    /// A parameter of the model that has no effect here yet.
    pub fn no_effect(parameter: &str) -> Self {
        Self::UnsupportedOperation(format!("The parameter {parameter} is not supported by Freehold."))
    }

    /// AWS's code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { code, .. }
            | Self::Malformed { code, .. }
            | Self::MalformedExpecting { code, .. }
            | Self::Other { code, .. } => code,
            Self::IncorrectInstanceState(_) => "IncorrectInstanceState",
            Self::IncorrectState(_) => "IncorrectState",
            Self::OperationNotPermitted(_) => "OperationNotPermitted",
            Self::UnsupportedOperation(_) => "UnsupportedOperation",
            Self::Unsupported(_) => "Unsupported",
            Self::DependencyViolation(_) => "DependencyViolation",
            Self::InvalidParameterValue(_) | Self::InvalidFilter(_) => "InvalidParameterValue",
            Self::InvalidParameterCombination(_) => "InvalidParameterCombination",
            Self::InvalidParameter(_) => "InvalidParameter",
            Self::MissingParameter(_) | Self::Missing(_) => "MissingParameter",
            Self::IdempotentParameterMismatch => "IdempotentParameterMismatch",
            Self::InvalidNextToken => "InvalidNextToken",
            Self::DryRunOperation => "DryRunOperation",
            Self::UnauthorizedOperation => "UnauthorizedOperation",
            Self::InsufficientInstanceCapacity { .. } => "InsufficientInstanceCapacity",
            Self::InsufficientHostCapacity(_) => "InsufficientHostCapacity",
            Self::InstanceLimitExceeded(_) => "InstanceLimitExceeded",
            Self::InsufficientFreeAddressesInSubnet(_) => "InsufficientFreeAddressesInSubnet",
            Self::AddressLimitExceeded => "AddressLimitExceeded",
            Self::InsufficientAddressCapacity => "InsufficientAddressCapacity",
            Self::Internal(_) => "InternalError",
            Self::Unavailable(_) => "Unavailable",
        }
    }

    /// HTTP status of the answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::DryRunOperation => 412,
            Self::UnauthorizedOperation => 403,
            Self::InsufficientInstanceCapacity { .. } | Self::InsufficientHostCapacity(_) | Self::Internal(_) => 500,
            Self::InsufficientAddressCapacity | Self::Unavailable(_) => 503,
            _ => 400,
        }
    }
}

impl From<Error> for freehold_wire::Error {
    fn from(error: Error) -> Self {
        if let Error::Internal(detail) = &error {
            tracing::error!(%detail, "ec2 failed");
        }
        let make = if error.status() < 500 { Self::sender } else { Self::receiver };
        make(error.code(), error.to_string()).with_status(error.status())
    }
}

impl From<freehold_store::Error> for Error {
    fn from(error: freehold_store::Error) -> Self {
        match error {
            freehold_store::Error::Full => Self::Unavailable(error.to_string()),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Mismatch => Self::IdempotentParameterMismatch,
            Refused::Store(error) => error.into(),
        }
    }
}
