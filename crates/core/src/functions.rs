//! Functions that a service runs and waits for: the targets of a load balancer. Lambda gives this, and whoever needs it is
//! given it, so that neither knows the other.

use async_trait::async_trait;

use crate::targets::Sender;

/// Why a function gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// Neither the function nor that version or alias of it is there.
    #[error("there is no function {0}")]
    NotFound(String),
    /// Its policy does not let the sender.
    #[error("the policy of {0} does not allow it")]
    Denied(String),
    /// As many run already as may.
    #[error("too many invocations at once")]
    Throttled,
    /// More than an invocation may carry.
    #[error("the event is too large")]
    TooLarge,
    /// It ran, and failed, ended or took too long.
    #[error("the function failed")]
    Unhandled,
    /// It could not be run, whatever it is.
    #[error("{0}")]
    Failed(String),
}

/// Who runs functions.
#[async_trait]
pub trait Functions: Send + Sync + 'static {
    /// Whether there is such a function (an ARN, which may name a version or an alias), and its policy lets the sender
    /// invoke it.
    fn admits(&self, function: &str, sender: &Sender) -> Result<(), InvokeError>;

    /// Runs it, if it admits the sender, and waits for what it returns: both are JSON.
    async fn invoke(&self, function: &str, event: Vec<u8>, sender: &Sender) -> Result<Vec<u8>, InvokeError>;
}
