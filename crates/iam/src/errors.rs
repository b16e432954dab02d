//! IAM's and STS's errors: AWS's codes with the sentences that its users know.

use freehold_core::tags::InvalidTag;

use crate::policy::Malformed;

/// Everything that `iam` and `sts` refuse.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("The {kind} with name {name} cannot be found.")]
    NoSuchEntity { kind: &'static str, name: String },
    #[error("The role policy with name {0} cannot be found.")]
    NoSuchPolicy(String),
    #[error("Instance Profile {0} cannot be found.")]
    NoSuchInstanceProfile(String),
    #[error("Policy {0} does not exist or is not attachable.")]
    NoSuchManagedPolicy(String),
    #[error("{kind} with name {name} already exists.")]
    EntityAlreadyExists { kind: &'static str, name: String },
    #[error("Cannot delete entity, must {0} first.")]
    DeleteConflict(&'static str),
    #[error("Cannot exceed quota for {quota}: {limit}")]
    LimitExceeded { quota: &'static str, limit: usize },
    #[error("Maximum policy size of {0} bytes exceeded for role {1}")]
    PolicySize(usize, String),
    #[error(transparent)]
    MalformedPolicyDocument(#[from] Malformed),
    #[error(transparent)]
    InvalidTag(#[from] InvalidTag),
    #[error("Invalid Marker.")]
    InvalidMarker,
    #[error("{0}")]
    Validation(String),
    #[error("{0}")]
    AccessDenied(String),
    #[error(transparent)]
    Store(#[from] freehold_store::Error),
}

impl From<Error> for freehold_wire::Error {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let (code, status) = match error {
            Error::NoSuchEntity { .. }
            | Error::NoSuchPolicy(_)
            | Error::NoSuchInstanceProfile(_)
            | Error::NoSuchManagedPolicy(_) => ("NoSuchEntity", 404),
            Error::EntityAlreadyExists { .. } => ("EntityAlreadyExists", 409),
            Error::DeleteConflict(_) => ("DeleteConflict", 409),
            Error::LimitExceeded { .. } | Error::PolicySize(..) => ("LimitExceeded", 409),
            Error::MalformedPolicyDocument(_) => ("MalformedPolicyDocument", 400),
            Error::InvalidTag(_) => ("InvalidInput", 400),
            Error::InvalidMarker | Error::Validation(_) => ("ValidationError", 400),
            Error::AccessDenied(_) => ("AccessDenied", 403),
            Error::Store(error) => {
                tracing::error!(%error, "the region's state");
                return Self::receiver(
                    "ServiceFailure",
                    "The request processing has failed because of an unknown error, exception or failure.",
                );
            }
        };
        Self::sender(code, message).with_status(status)
    }
}
