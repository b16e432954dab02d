//! Errors of classic balancers.

use crate::errors;

/// Everything that the API of 2012-06-01 refuses.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Error {
    #[error("There is no ACTIVE Load Balancer named '{0}'")]
    LoadBalancerNotFound(String),
    #[error("Load Balancer named '{0}' already exists and it is configured with different parameters.")]
    DuplicateLoadBalancerName(String),
    #[error("A listener already exists for {0} with LoadBalancerPort {1}, but with a different configuration")]
    DuplicateListener(String, u16),
    #[error("There is no listener with port {0}")]
    ListenerNotFound(u16),
    #[error("There is no policy with name {0} for load balancer {1}")]
    PolicyNotFound(String, String),
    #[error("Policy type {0} does not exist")]
    PolicyTypeNotFound(String),
    #[error("Policy with name {0} already exists")]
    DuplicatePolicyName(String),
    #[error("{0}")]
    InvalidInstance(String),
    #[error("{0}")]
    InvalidConfiguration(String),
    #[error("Scheme '{0}' is not valid: it can be 'internal' only")]
    InvalidScheme(String),
    #[error("Protocol '{0}' is not supported")]
    UnsupportedProtocol(String),
    #[error("Attribute '{0}' is not one of a load balancer's")]
    AttributeNotFound(String),
    /// Which quota, as its code has it.
    #[error("{1}")]
    TooMany(&'static str, String),
    /// What both versions of the API refuse.
    #[error(transparent)]
    Shared(#[from] errors::Error),
}

impl Error {
    pub fn invalid(sentence: impl Into<String>) -> Self {
        Self::Shared(errors::Error::invalid(sentence))
    }

    pub fn configuration(sentence: impl Into<String>) -> Self {
        Self::InvalidConfiguration(sentence.into())
    }

    fn code(&self) -> Option<&'static str> {
        Some(match self {
            Self::LoadBalancerNotFound(_) => "LoadBalancerNotFound",
            Self::DuplicateLoadBalancerName(_) => "DuplicateLoadBalancerName",
            Self::DuplicateListener(..) => "DuplicateListener",
            Self::ListenerNotFound(_) => "ListenerNotFound",
            Self::PolicyNotFound(..) => "PolicyNotFound",
            Self::PolicyTypeNotFound(_) => "PolicyTypeNotFound",
            Self::DuplicatePolicyName(_) => "DuplicatePolicyName",
            Self::InvalidInstance(_) => "InvalidInstance",
            Self::InvalidConfiguration(_) => "InvalidConfigurationRequest",
            Self::InvalidScheme(_) => "InvalidScheme",
            Self::UnsupportedProtocol(_) => "UnsupportedProtocol",
            Self::AttributeNotFound(_) => "LoadBalancerAttributeNotFound",
            Self::TooMany(code, _) => code,
            Self::Shared(_) => return None,
        })
    }
}

impl From<freehold_store::Error> for Error {
    fn from(error: freehold_store::Error) -> Self {
        Self::Shared(error.into())
    }
}

impl From<Error> for freehold_wire::Error {
    fn from(error: Error) -> Self {
        match (error.code(), error) {
            (_, Error::Shared(shared)) => shared.into(),
            (code, error) => Self::sender(code.unwrap_or("ValidationError"), error.to_string()),
        }
    }
}
