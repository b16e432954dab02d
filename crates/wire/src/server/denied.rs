//! How a refusal by policy is told.

use crate::Error;
use crate::service::Protocol;

/// A call that no policy allows, or that one forbids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    /// ARN of the caller.
    pub principal: String,
    /// `ec2:RunInstances`
    pub action: String,
    /// ARN, or `*`.
    pub resource: String,
    /// A statement says Deny, rather than none saying Allow.
    pub explicit: bool,
}

impl Denied {
    /// The refusal as an error of `protocol` (*IAM user guide, Troubleshoot access denied error messages*).
    pub fn into_error(self, protocol: Protocol) -> Error {
        let Self { principal, action, resource, explicit } = self;
        let because = if explicit {
            "with an explicit deny in an identity-based policy".to_owned()
        } else {
            format!("because no identity-based policy allows the {action} action")
        };
        let message =
            format!("User: {principal} is not authorized to perform: {action} on resource: {resource} {because}");
        match protocol {
            Protocol::Ec2 => Error::sender(
                "UnauthorizedOperation",
                format!("You are not authorized to perform this operation. {message}"),
            )
            .with_status(403),
            Protocol::Query => Error::sender("AccessDenied", message).with_status(403),
            Protocol::RestJson => Error::sender("AccessDeniedException", message).with_status(403),
            Protocol::Json10 | Protocol::Json11 | Protocol::RpcV2Cbor => {
                Error::sender("AccessDeniedException", message)
            }
        }
    }
}
