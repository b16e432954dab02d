//! Why a request's signature is refused, and how each protocol says it.

use std::borrow::Cow;

use crate::Error;
use crate::service::Protocol;

/// What is wrong with a signature; each protocol has its own error code for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Nothing in the request claims an identity.
    Missing,
    /// A claim that cannot be read.
    Incomplete,
    /// Nobody has this access key, or the session token is not the key's.
    UnknownKey,
    /// The temporary credentials have ended.
    ExpiredToken,
    /// Signed too long ago, too far in the future, or beyond the presigned lifetime.
    NotCurrent,
    /// The signature is not that of the claimed key over this request.
    Mismatch,
}

/// A refusal of a signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Rejection {
    pub reason: Reason,
    /// What AWS would say, except where a protocol has a sentence of its own.
    pub message: Cow<'static, str>,
}

impl Rejection {
    pub fn missing() -> Self {
        Self { reason: Reason::Missing, message: "Request is missing Authentication Token".into() }
    }

    pub fn unknown_key() -> Self {
        Self { reason: Reason::UnknownKey, message: "The security token included in the request is invalid.".into() }
    }

    pub fn expired_token() -> Self {
        Self { reason: Reason::ExpiredToken, message: "The security token included in the request is expired".into() }
    }

    pub fn mismatch() -> Self {
        Self {
            reason: Reason::Mismatch,
            message: "The request signature we calculated does not match the signature you provided. Check your AWS \
                      Secret Access Key and signing method. Consult the service documentation for details."
                .into(),
        }
    }

    pub fn mismatch_because(message: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: Reason::Mismatch, message: message.into() }
    }

    pub fn incomplete(message: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: Reason::Incomplete, message: message.into() }
    }

    pub(super) fn not_current(message: String) -> Self {
        Self { reason: Reason::NotCurrent, message: message.into() }
    }

    /// The refusal as an error of `protocol` (*API references, Common error types*; EC2 folds most of them into
    /// `AuthFailure`: *EC2 API reference, Error codes*).
    pub fn into_error(self, protocol: Protocol) -> Error {
        let (code, status) = match protocol {
            Protocol::Ec2 => match self.reason {
                Reason::Missing => ("MissingAuthenticationToken", 403),
                Reason::Incomplete => ("IncompleteSignature", 400),
                Reason::UnknownKey | Reason::Mismatch => ("AuthFailure", 401),
                Reason::ExpiredToken | Reason::NotCurrent => ("RequestExpired", 400),
            },
            Protocol::Query => match self.reason {
                Reason::Missing => ("MissingAuthenticationToken", 403),
                Reason::Incomplete => ("IncompleteSignature", 400),
                Reason::UnknownKey => ("InvalidClientTokenId", 403),
                Reason::ExpiredToken => ("ExpiredToken", 403),
                Reason::NotCurrent | Reason::Mismatch => ("SignatureDoesNotMatch", 403),
            },
            Protocol::Json10 | Protocol::Json11 | Protocol::RestJson | Protocol::RpcV2Cbor => {
                // The REST protocols say 403 where the RPC ones say 400.
                let status = if protocol == Protocol::RestJson { 403 } else { 400 };
                match self.reason {
                    Reason::Missing => ("MissingAuthenticationTokenException", status),
                    Reason::Incomplete => ("IncompleteSignatureException", status),
                    Reason::UnknownKey => ("UnrecognizedClientException", status),
                    Reason::ExpiredToken => ("ExpiredTokenException", status),
                    Reason::NotCurrent | Reason::Mismatch => ("InvalidSignatureException", status),
                }
            }
        };
        let message = match (protocol, code) {
            (Protocol::Ec2, "AuthFailure") => "AWS was not able to validate the provided access credentials".into(),
            (Protocol::Ec2, "RequestExpired") => "Request has expired.".into(),
            _ => self.message,
        };
        Error::sender(code, message).with_status(status)
    }
}
