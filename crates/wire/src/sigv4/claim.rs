//! What a request says about its signature, before anybody believes it.

use std::borrow::Cow;

use jiff::Timestamp;

use super::{Rejection, Request, authorization, presigned};

/// Bytes of a signature.
pub(super) const SIGNATURE_BYTES: usize = 32;

/// A readable claim: who signed, when, for which scope, over which headers.
#[derive(Debug, Clone)]
pub struct Claim<'a> {
    pub credential: Credential<'a>,
    pub signed_at: Timestamp,
    /// `signed_at` as the client wrote it: part of the string to sign.
    pub(super) signed_at_text: Cow<'a, str>,
    /// Lower-case names, sorted, with semicolons between, as the client wrote them.
    pub(super) signed_headers: Cow<'a, str>,
    pub(super) signature: [u8; SIGNATURE_BYTES],
    pub session_token: Option<Cow<'a, str>>,
    pub form: Form,
}

/// Where the signature stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Header,
    /// In the query string, good for so many seconds.
    Presigned {
        expires_seconds: i64,
    },
}

/// `AKID/date/region/service/aws4_request`.
#[derive(Debug, Clone)]
pub struct Credential<'a> {
    text: Cow<'a, str>,
    /// Offsets of the slashes.
    slashes: [usize; 4],
}

impl<'a> Claim<'a> {
    /// Reads the claim in either form.
    pub fn read(request: &Request<'a>) -> Result<Self, Rejection> {
        let in_header = request.headers.contains_key(http::header::AUTHORIZATION);
        match (in_header, presigned::is_presigned(request.query)) {
            (true, false) => authorization::read(request),
            (false, true) => presigned::read(request),
            (false, false) => Err(Rejection::missing()),
            (true, true) => Err(Rejection::incomplete(
                "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the Authorization header \
                 should be specified",
            )),
        }
    }
}

impl<'a> Credential<'a> {
    pub(super) fn parse(text: Cow<'a, str>) -> Result<Self, Rejection> {
        let mut slashes = [0; 4];
        let mut found = text.bytes().enumerate().filter(|(_, byte)| *byte == b'/').map(|(offset, _)| offset);
        for slash in &mut slashes {
            *slash = found.next().ok_or_else(|| malformed(&text))?;
        }
        if found.next().is_some() || slashes[0] == 0 {
            return Err(malformed(&text));
        }
        drop(found);
        let credential = Self { text, slashes };
        let terminator = &credential.text[slashes[3] + 1..];
        if terminator != "aws4_request" {
            return Err(Rejection::mismatch_because(format!(
                "Credential should be scoped with a valid terminator: 'aws4_request', not '{terminator}'."
            )));
        }
        Ok(credential)
    }

    /// All five parts.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn access_key_id(&self) -> &str {
        &self.text[..self.slashes[0]]
    }

    /// Everything but the access key: part of the string to sign.
    pub fn scope(&self) -> &str {
        &self.text[self.slashes[0] + 1..]
    }

    /// `20150830`
    pub fn date(&self) -> &str {
        &self.text[self.slashes[0] + 1..self.slashes[1]]
    }

    pub fn region(&self) -> &str {
        &self.text[self.slashes[1] + 1..self.slashes[2]]
    }

    pub fn service(&self) -> &str {
        &self.text[self.slashes[2] + 1..self.slashes[3]]
    }
}

fn malformed(text: &str) -> Rejection {
    Rejection::incomplete(format!(
        "Credential must have exactly 5 slash-delimited elements, e.g. \
         keyid/date/region/service/term, got '{text}'"
    ))
}

/// The 64 hexadecimal digits of a signature.
pub(super) fn parse_signature(text: &str) -> Result<[u8; SIGNATURE_BYTES], Rejection> {
    let mut signature = [0; SIGNATURE_BYTES];
    // A signature of another form can never match; AWS says just that.
    hex::decode_to_slice(text, &mut signature).map_err(|_| Rejection::mismatch())?;
    Ok(signature)
}
