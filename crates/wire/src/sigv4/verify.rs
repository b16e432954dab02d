//! The verdict on a claim.

use hmac::Mac;
use jiff::{SignedDuration, Timestamp};

use super::time::format_basic;
use super::{Claim, Form, Rejection, Request, SigningKeys, canonical, payload};

/// How far a client's clock may be off (*IAM user guide: requests are accepted within 15 minutes*).
const SKEW: SignedDuration = SignedDuration::from_mins(15);

/// Where services differ.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Remove redundant path segments and slashes; everywhere but in S3.
    pub normalise_path: bool,
    /// A presigned request says nothing about its body; in S3 only.
    pub unsigned_when_presigned: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self { normalise_path: true, unsigned_when_presigned: false }
    }
}

/// What belongs to the claimed access key.
#[derive(Debug, Clone, Copy)]
pub struct Secret<'a> {
    pub secret_access_key: &'a str,
    /// Temporary credentials have one, and the request must show it.
    pub session_token: Option<&'a str>,
}

/// Decides whether `request` was signed with `secret`, for the scope that it claims, at a time that still counts.
pub fn verify(
    request: &Request<'_>,
    claim: &Claim<'_>,
    secret: Secret<'_>,
    now: Timestamp,
    rules: Rules,
    keys: &SigningKeys,
) -> Result<(), Rejection> {
    check_time(claim, now)?;
    check_date(claim)?;
    check_token(claim, secret.session_token)?;
    check_signed_headers(request, claim)?;
    let payload = payload::line(request, claim.form, rules.unsigned_when_presigned)?;
    let canonical = canonical::request(request, claim, &payload, rules.normalise_path);
    let to_sign = string_to_sign(claim, &canonical);
    let mut mac = keys.mac(&claim.credential, secret.secret_access_key);
    mac.update(to_sign.as_bytes());
    // `verify_slice` takes the same time wherever the first difference is.
    mac.verify_slice(&claim.signature).map_err(|_| {
        tracing::debug!(canonical, to_sign, "signature does not match");
        Rejection::mismatch()
    })
}

pub(super) fn string_to_sign(claim: &Claim<'_>, canonical: &str) -> String {
    let hash = payload::hash(canonical.as_bytes());
    let scope = claim.credential.scope();
    let mut text = String::with_capacity(160);
    for part in [super::ALGORITHM, "\n", &claim.signed_at_text, "\n", scope, "\n", &hash] {
        text.push_str(part);
    }
    text
}

fn check_time(claim: &Claim<'_>, now: Timestamp) -> Result<(), Rejection> {
    let signed = &claim.signed_at_text;
    let age = now.duration_since(claim.signed_at);
    if age < -SKEW {
        let (now, limit) = (format_basic(now), format_basic(now.saturating_add(SKEW).unwrap_or(Timestamp::MAX)));
        return Err(Rejection::not_current(format!(
            "Signature not yet current: {signed} is still later than {limit} ({now} + 15 min.)"
        )));
    }
    match claim.form {
        Form::Header if age > SKEW => {
            let (now, limit) = (format_basic(now), format_basic(now.saturating_sub(SKEW).unwrap_or(Timestamp::MIN)));
            Err(Rejection::not_current(format!(
                "Signature expired: {signed} is now earlier than {limit} ({now} - 15 min.)"
            )))
        }
        Form::Presigned { expires_seconds } if age > SignedDuration::from_secs(expires_seconds) => {
            Err(Rejection::not_current(format!(
                "Signature expired: {signed} and its {expires_seconds} seconds are over at {}",
                format_basic(now)
            )))
        }
        _ => Ok(()),
    }
}

fn check_date(claim: &Claim<'_>) -> Result<(), Rejection> {
    let scope = claim.credential.date();
    let signed = &claim.signed_at_text;
    if signed.get(..8) == Some(scope) {
        return Ok(());
    }
    Err(Rejection::mismatch_because(format!(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{scope}' != '{}', \
         from '{signed}'.",
        signed.get(..8).unwrap_or_default()
    )))
}

fn check_token(claim: &Claim<'_>, expected: Option<&str>) -> Result<(), Rejection> {
    match (claim.session_token.as_deref(), expected) {
        (None, None) => Ok(()),
        (Some(found), Some(expected)) if is_equal(found.as_bytes(), expected.as_bytes()) => Ok(()),
        _ => Err(Rejection::unknown_key()),
    }
}

/// `host` and everything that begins with `x-amz-` must be covered by the signature, or whoever carries the
/// request could change its meaning. A session token has been compared already, and some clients add it last.
fn check_signed_headers(request: &Request<'_>, claim: &Claim<'_>) -> Result<(), Rejection> {
    let is_signed = |name: &str| claim.signed_headers.split(';').any(|signed| signed == name);
    if !is_signed("host") {
        return Err(Rejection::mismatch_because(
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
        ));
    }
    for name in request.headers.keys().map(http::HeaderName::as_str) {
        if name.starts_with("x-amz-") && name != "x-amz-security-token" && !is_signed(name) {
            return Err(Rejection::mismatch_because(format!(
                "'{name}' must be a 'SignedHeader' in the AWS Authorization."
            )));
        }
    }
    Ok(())
}

/// Equality that takes the same time wherever the first difference is.
fn is_equal(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len()
        && std::hint::black_box(left.iter().zip(right).fold(0, |bits, (l, r)| bits | (l ^ r))) == 0
}
