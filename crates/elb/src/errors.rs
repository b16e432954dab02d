//! Errors of Elastic Load Balancing: AWS's codes, with sentences that say which thing is meant.

use crate::model::attributes::Invalid;

/// Everything that the service refuses.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Error {
    #[error("One or more load balancers not found")]
    LoadBalancerNotFound,
    #[error("Load balancers '[{0}]' not found")]
    LoadBalancersNotFound(String),
    #[error("One or more target groups not found")]
    TargetGroupNotFound,
    #[error("One or more listeners not found")]
    ListenerNotFound,
    #[error("One or more rules not found")]
    RuleNotFound,
    #[error("A load balancer with the same name '{0}' exists, but with different settings")]
    DuplicateLoadBalancerName(String),
    #[error("A target group with the same name '{0}' exists, but with different settings")]
    DuplicateTargetGroupName(String),
    #[error("A listener already exists on this port for this load balancer '{0}'")]
    DuplicateListener(String),
    #[error("Priority '{0}' is currently in use")]
    PriorityInUse(u32),
    #[error("{0}")]
    ResourceInUse(String),
    #[error("{0}")]
    OperationNotPermitted(String),
    #[error("{0}")]
    InvalidConfiguration(String),
    #[error("{0}")]
    Validation(String),
    #[error("{0}")]
    InvalidLoadBalancerAction(String),
    #[error("{0}")]
    IncompatibleProtocols(String),
    #[error("{0}")]
    UnsupportedProtocol(String),
    #[error("{0}")]
    SubnetNotFound(String),
    #[error("{0}")]
    InvalidSubnet(String),
    #[error("{0}")]
    InvalidSecurityGroup(String),
    #[error("{0}")]
    AllocationIdNotFound(String),
    #[error("{0}")]
    InvalidTarget(String),
    #[error("elasticloadbalancing principal does not have permission to invoke {function} from target group {group}")]
    AccessDenied { function: String, group: String },
    #[error("Certificate ARN '{0}' is not valid")]
    CertificateNotFound(String),
    #[error("SSL policy '{0}' not found")]
    SslPolicyNotFound(String),
    #[error("ALPN policy '{0}' is not supported")]
    AlpnPolicyNotSupported(String),
    #[error("The health of the targets is not known at this moment")]
    HealthUnavailable,
    #[error("Target group '{0}' cannot be associated with more than one load balancer")]
    TargetGroupAssociationLimit(String),
    #[error("Tag key '{0}' is specified more than once")]
    DuplicateTagKeys(String),
    #[error("The maximum number of tags for a resource has been reached")]
    TooManyTags,
    /// Which quota, as its code has it: `TooManyRules`.
    #[error("{sentence}")]
    TooMany { code: &'static str, sentence: String },
    #[error("The region's state cannot be read or written")]
    Internal,
    /// What another service of the region refused.
    #[error(transparent)]
    Other(freehold_wire::Error),
}

impl Error {
    /// What the model of another parameter, or the combination, forbids.
    pub fn invalid(sentence: impl Into<String>) -> Self {
        Self::Validation(sentence.into())
    }

    /// A quota that is used up.
    pub fn too_many(code: &'static str, sentence: impl Into<String>) -> Self {
        Self::TooMany { code, sentence: sentence.into() }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::LoadBalancerNotFound | Self::LoadBalancersNotFound(_) => "LoadBalancerNotFound",
            Self::TargetGroupNotFound => "TargetGroupNotFound",
            Self::ListenerNotFound => "ListenerNotFound",
            Self::RuleNotFound => "RuleNotFound",
            Self::DuplicateLoadBalancerName(_) => "DuplicateLoadBalancerName",
            Self::DuplicateTargetGroupName(_) => "DuplicateTargetGroupName",
            Self::DuplicateListener(_) => "DuplicateListener",
            Self::PriorityInUse(_) => "PriorityInUse",
            Self::ResourceInUse(_) => "ResourceInUse",
            Self::OperationNotPermitted(_) => "OperationNotPermitted",
            Self::InvalidConfiguration(_) => "InvalidConfigurationRequest",
            Self::Validation(_) => "ValidationError",
            Self::InvalidLoadBalancerAction(_) => "InvalidLoadBalancerAction",
            Self::IncompatibleProtocols(_) => "IncompatibleProtocols",
            Self::UnsupportedProtocol(_) => "UnsupportedProtocol",
            Self::SubnetNotFound(_) => "SubnetNotFound",
            Self::InvalidSubnet(_) => "InvalidSubnet",
            Self::InvalidSecurityGroup(_) => "InvalidSecurityGroup",
            Self::AllocationIdNotFound(_) => "AllocationIdNotFound",
            Self::InvalidTarget(_) => "InvalidTarget",
            Self::AccessDenied { .. } => "AccessDenied",
            Self::CertificateNotFound(_) => "CertificateNotFound",
            Self::SslPolicyNotFound(_) => "SSLPolicyNotFound",
            Self::AlpnPolicyNotSupported(_) => "ALPNPolicyNotFound",
            Self::HealthUnavailable => "HealthUnavailable",
            Self::TargetGroupAssociationLimit(_) => "TargetGroupAssociationLimit",
            Self::DuplicateTagKeys(_) => "DuplicateTagKeys",
            Self::TooManyTags => "TooManyTags",
            Self::TooMany { code, .. } => code,
            Self::Internal | Self::Other(_) => "InternalFailure",
        }
    }
}

impl From<freehold_store::Error> for Error {
    fn from(error: freehold_store::Error) -> Self {
        tracing::error!(%error, "the region's state");
        Self::Internal
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        match invalid {
            Invalid::Unsupported { .. } => Self::InvalidConfiguration(invalid.to_string()),
            Invalid::Unknown(_) | Invalid::Value { .. } => Self::Validation(invalid.to_string()),
        }
    }
}

impl From<Error> for freehold_wire::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Other(error) => error,
            Error::Internal | Error::HealthUnavailable => Self::receiver(error.code(), error.to_string()),
            Error::AccessDenied { .. } => Self::sender(error.code(), error.to_string()).with_status(403),
            _ => Self::sender(error.code(), error.to_string()),
        }
    }
}
