//! The last line of the canonical request: what the body is.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::authorization::single;
use super::{Form, Rejection, Request};

pub(super) const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
const STREAMING: &str = "STREAMING-";

/// The payload line, with `x-amz-content-sha256` checked against the body.
pub(super) fn line<'a>(
    request: &Request<'a>,
    form: Form,
    unsigned_when_presigned: bool,
) -> Result<Cow<'a, str>, Rejection> {
    match single(request.headers, "x-amz-content-sha256")? {
        None if unsigned_when_presigned && matches!(form, Form::Presigned { .. }) => Ok(Cow::Borrowed(UNSIGNED)),
        None => Ok(Cow::Owned(hash(request.body))),
        Some(UNSIGNED) => Ok(Cow::Borrowed(UNSIGNED)),
        Some(kind) if kind.starts_with(STREAMING) => Err(Rejection::incomplete(format!(
            "A payload of the form '{kind}' is not accepted here: send the body whole, with its SHA-256 in \
             'x-amz-content-sha256' or without that header."
        ))),
        Some(claimed) if claimed == hash(request.body) => Ok(Cow::Borrowed(claimed)),
        Some(_) => Err(Rejection::mismatch_because(
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )),
    }
}

/// Lower-case hexadecimal SHA-256.
pub(super) fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
