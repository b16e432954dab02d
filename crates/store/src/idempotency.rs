//! Client tokens: the same request with the same token is done once (*EC2 API reference, Ensuring idempotency*).
//!
//! The note that a token was used is written in the transaction that does what was asked, together with the answer,
//! so a crash leaves either both or neither. [`crate::reconcile::ForgetTokens`] removes old notes.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Document, Error, Filter, Store, StoreExt, Tx, TxExt};

/// What the caller sent.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub account: &'a str,
    /// `ec2.RunInstances`: tokens of different operations do not meet.
    pub operation: &'a str,
    pub token: &'a str,
    /// A digest, or the text, of all other parameters.
    pub fingerprint: &'a str,
}

/// Why a token could not be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refused {
    /// AWS's `IdempotentParameterMismatch`.
    #[error("the token was used before with different parameters")]
    Mismatch,
    #[error(transparent)]
    Store(#[from] Error),
}

/// A token that was used.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct UsedToken {
    id: String,
    account: String,
    fingerprint: String,
    answer: serde_json::Value,
    used: Timestamp,
}

impl Document for UsedToken {
    const KIND: &'static str = "core.client-token";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }
}

impl Request<'_> {
    /// `/` is in no account or operation, so two different requests never share an id.
    fn id(&self) -> String {
        format!("{}/{}/{}", self.account, self.operation, self.token)
    }
}

/// The answer that was given to this token, if it was used.
pub fn recall<T: DeserializeOwned>(tx: &mut dyn Tx, request: &Request<'_>) -> Result<Option<T>, Refused> {
    let Some(used) = tx.get::<UsedToken>(&request.id())? else { return Ok(None) };
    if used.fingerprint != request.fingerprint {
        return Err(Refused::Mismatch);
    }
    let answer = serde_json::from_value(used.answer).map_err(|error| unreadable(request, &error))?;
    Ok(Some(answer))
}

/// Notes that the token was used and what was answered. To be called in the transaction that did the work.
pub fn remember<T: Serialize>(tx: &mut dyn Tx, request: &Request<'_>, answer: &T, now: Timestamp) -> Result<(), Error> {
    let answer = serde_json::to_value(answer).map_err(|error| unreadable(request, &error))?;
    tx.put(&UsedToken {
        id: request.id(),
        account: request.account.to_owned(),
        fingerprint: request.fingerprint.to_owned(),
        answer,
        used: now,
    })
}

/// Forgets tokens that were used before `before`; returns how many.
pub fn forget(tx: &mut dyn Tx, before: Timestamp) -> Result<usize, Error> {
    let mut forgotten = 0;
    for used in tx.list::<UsedToken>(&Filter::all())? {
        if used.used < before && tx.delete::<UsedToken>(&used.id)? {
            forgotten += 1;
        }
    }
    Ok(forgotten)
}

/// Whether there are tokens that were used before `before`.
pub fn any_used(store: &dyn Store, before: Timestamp) -> Result<bool, Error> {
    Ok(store.list::<UsedToken>(&Filter::all())?.iter().any(|token| token.used < before))
}

fn unreadable(request: &Request<'_>, error: &serde_json::Error) -> Error {
    Error::Corrupt { kind: UsedToken::KIND.into(), id: request.id(), detail: error.to_string() }
}
