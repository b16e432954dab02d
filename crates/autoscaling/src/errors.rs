//! Auto Scaling's errors: AWS's codes with the sentences that its users know.

/// Everything that `autoscaling` refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0}")]
    Validation(String),
    #[error("{0}")]
    AlreadyExists(String),
    #[error("{0}")]
    ResourceInUse(String),
    #[error("{0}")]
    ScalingActivityInProgress(String),
    #[error("{0}")]
    LimitExceeded(String),
    #[error("The NextToken value is not valid.")]
    InvalidNextToken,
    #[error("An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.")]
    InstanceRefreshInProgress,
    #[error("No in progress or pending Instance Refresh found for Auto Scaling group {0}")]
    ActiveInstanceRefreshNotFound(String),
    #[error("{0}")]
    IrreversibleInstanceRefresh(String),
    #[error("The region's state cannot be read or written")]
    Internal,
}

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn validation(why: impl Into<String>) -> Self {
        Self::Validation(why.into())
    }

    /// A parameter of the model that has no effect here.
    pub fn no_effect(parameter: &str) -> Self {
        Self::Validation(format!("The parameter {parameter} is not supported by Freehold."))
    }

    pub fn no_group(name: &str) -> Self {
        Self::Validation(format!("AutoScalingGroup name not found - AutoScalingGroup '{name}' not found"))
    }

    pub fn no_instance(id: &str) -> Self {
        Self::Validation(format!("Instance Id not found - No managed instance found for instance ID: {id}"))
    }

    /// AWS's code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Validation(_) => "ValidationError",
            Self::AlreadyExists(_) => "AlreadyExists",
            Self::ResourceInUse(_) => "ResourceInUse",
            Self::ScalingActivityInProgress(_) => "ScalingActivityInProgress",
            Self::LimitExceeded(_) => "LimitExceeded",
            Self::InvalidNextToken => "InvalidNextToken",
            Self::InstanceRefreshInProgress => "InstanceRefreshInProgress",
            Self::ActiveInstanceRefreshNotFound(_) => "ActiveInstanceRefreshNotFound",
            Self::IrreversibleInstanceRefresh(_) => "IrreversibleInstanceRefresh",
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
