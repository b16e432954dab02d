//! The presigned form: everything about the signature stands in the query string.

use std::borrow::Cow;

use super::claim::{Credential, parse_signature};
use super::{ALGORITHM, Claim, Form, Rejection, Request, percent_decode, time};

/// Longest life of a presigned request: seven days (*IAM user guide, Signature Version 4: X-Amz-Expires*).
const MAX_EXPIRES_SECONDS: i64 = 7 * 24 * 3600;

/// Whether the query string claims a signature.
pub(super) fn is_presigned(query: &str) -> bool {
    pairs(query).any(|(name, _)| matches!(name, "X-Amz-Algorithm" | "X-Amz-Signature" | "X-Amz-Credential"))
}

pub(super) fn read<'a>(request: &Request<'a>) -> Result<Claim<'a>, Rejection> {
    let query = request.query;
    let algorithm = required(query, "X-Amz-Algorithm")?;
    if algorithm != ALGORITHM {
        return Err(Rejection::incomplete(format!("Unsupported AWS 'algorithm': '{algorithm}'.")));
    }
    let signed_at_text = required(query, "X-Amz-Date")?;
    let signed_at = time::parse_basic(&signed_at_text).ok_or_else(|| {
        Rejection::incomplete(format!(
            "Date must be in ISO-8601 'basic format'. Got '{signed_at_text}'. See http://en.wikipedia.org/wiki/ISO_8601"
        ))
    })?;
    let expires = required(query, "X-Amz-Expires")?;
    let expires_seconds = expires
        .parse::<i64>()
        .ok()
        .filter(|seconds| *seconds >= 0)
        .ok_or_else(|| Rejection::incomplete("X-Amz-Expires should be a number of seconds, not negative"))?;
    if expires_seconds > MAX_EXPIRES_SECONDS {
        return Err(Rejection::incomplete(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than \
             604800 seconds",
        ));
    }
    Ok(Claim {
        credential: Credential::parse(required(query, "X-Amz-Credential")?)?,
        signed_at,
        signed_at_text,
        signed_headers: required(query, "X-Amz-SignedHeaders")?,
        signature: parse_signature(&required(query, "X-Amz-Signature")?)?,
        session_token: find(query, "X-Amz-Security-Token")?,
        form: Form::Presigned { expires_seconds },
    })
}

fn required<'a>(query: &'a str, name: &str) -> Result<Cow<'a, str>, Rejection> {
    find(query, name)?
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Rejection::incomplete(format!("AWS query-string parameters must include '{name}'.")))
}

/// The decoded value of a parameter that may be there once only.
fn find<'a>(query: &'a str, name: &str) -> Result<Option<Cow<'a, str>>, Rejection> {
    let mut values = pairs(query).filter(|(found, _)| *found == name).map(|(_, value)| value);
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Rejection::incomplete(format!("The query string has more than one '{name}' parameter.")));
    }
    Ok(Some(percent_decode(value)))
}

/// Names and values, still encoded.
pub(super) fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}
