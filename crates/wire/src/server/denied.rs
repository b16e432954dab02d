//! How a refusal by policy is told.

use crate::Error;
use crate::service::{Protocol, ServiceModel};

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
    /// The kind of policy that says so, or that would have to say something: `identity-based`, `resource-based`.
    pub policy: &'static str,
}

/// SNS has an error of its own for it.
const OWN_CODE: &str = "AuthorizationError";

impl Denied {
    /// The refusal as an error of `protocol` (*IAM user guide, Troubleshoot access denied error messages*).
    pub fn into_error(self, protocol: Protocol, model: &ServiceModel) -> Error {
        let Self { principal, action, resource, explicit, policy } = self;
        let because = if explicit {
            let article = if policy.starts_with('i') { "an" } else { "a" };
            format!("with an explicit deny in {article} {policy} policy")
        } else {
            format!("because no {policy} policy allows the {action} action")
        };
        let message =
            format!("User: {principal} is not authorized to perform: {action} on resource: {resource} {because}");
        match protocol {
            Protocol::Ec2 => Error::sender(
                "UnauthorizedOperation",
                format!("You are not authorized to perform this operation. {message}"),
            )
            .with_status(403),
            Protocol::Query => {
                let code = if model.error(OWN_CODE).is_some() { OWN_CODE } else { "AccessDenied" };
                Error::sender(code, message).with_status(403)
            }
            Protocol::RestJson => Error::sender("AccessDeniedException", message).with_status(403),
            Protocol::Json10 | Protocol::Json11 | Protocol::RpcV2Cbor => {
                // Where the protocol came after the query protocol, the status is still that one's.
                let status = if model.query_compatible { 403 } else { 400 };
                Error::sender("AccessDeniedException", message).with_status(status)
            }
        }
    }
}
