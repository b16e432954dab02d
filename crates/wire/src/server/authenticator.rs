//! What the server asks about callers. Implemented by `freehold-iam`.

use std::sync::Arc;

use freehold_core::Principal;
use jiff::Timestamp;

use super::Denied;
use crate::Call;
use crate::schema::{Schema, Value};

/// What belongs to an access key.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub secret_access_key: String,
    /// Temporary credentials have one.
    pub session_token: Option<String>,
    /// Where they end some day, when: see [`Authenticator::has_ended`].
    pub expires: Option<Timestamp>,
    pub principal: Principal,
}

/// A question: may the caller do this?
#[derive(Debug, Clone, Copy)]
pub struct Authorisation<'a> {
    pub call: &'a Call,
    /// Prefix of the action: `ec2` in `ec2:RunInstances`.
    pub service: &'static str,
    pub schema: &'static Schema,
    /// The input, from which resources and condition keys are taken.
    pub input: &'a Value,
}

/// Knows access keys and policies. Asked for every request, on the connection's task: answers come from memory, or
/// from one indexed read.
pub trait Authenticator: Send + Sync + 'static {
    /// What belongs to the access key; `None` if nobody has it.
    fn credentials(&self, access_key_id: &str) -> Option<Arc<Credentials>>;

    /// Whether the credentials' time is over, by the region's clock: the clock that signatures are judged by is the
    /// clients'.
    fn has_ended(&self, credentials: &Credentials) -> bool;

    /// Whether the call is allowed.
    fn authorise(&self, question: &Authorisation<'_>) -> Result<(), Denied>;
}
