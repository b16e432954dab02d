//! The header form: `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.

use std::borrow::Cow;

use http::HeaderMap;

use super::claim::{Credential, parse_signature};
use super::{ALGORITHM, Claim, Form, Rejection, Request, time};

pub(super) fn read<'a>(request: &Request<'a>) -> Result<Claim<'a>, Rejection> {
    let text = single(request.headers, "authorization")?.unwrap_or_default();
    let (algorithm, parameters) = text.split_once(' ').unwrap_or((text, ""));
    if algorithm != ALGORITHM {
        return Err(Rejection::incomplete(format!("Unsupported AWS 'algorithm': '{algorithm}'.")));
    }
    let parameters = Parameters::parse(parameters)?;

    let (signed_at_text, signed_at) = match single(request.headers, "x-amz-date")? {
        Some(text) => (Cow::Borrowed(text), time::parse_basic(text)),
        None => {
            let text = single(request.headers, "date")?.ok_or_else(|| {
                Rejection::incomplete(
                    "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
                )
            })?;
            // The string to sign holds the basic form whatever the Date header's form was.
            let at = time::parse_http_date(text);
            (at.map_or(Cow::Borrowed(text), |at| Cow::Owned(time::format_basic(at))), at)
        }
    };
    let signed_at = signed_at.ok_or_else(|| {
        Rejection::incomplete(format!(
            "Date must be in ISO-8601 'basic format'. Got '{signed_at_text}'. See http://en.wikipedia.org/wiki/ISO_8601"
        ))
    })?;

    Ok(Claim {
        credential: Credential::parse(Cow::Borrowed(parameters.credential))?,
        signed_at,
        signed_at_text,
        signed_headers: Cow::Borrowed(parameters.signed_headers),
        signature: parse_signature(parameters.signature)?,
        session_token: single(request.headers, "x-amz-security-token")?.map(Cow::Borrowed),
        form: Form::Header,
    })
}

/// The parameters of the header.
struct Parameters<'a> {
    credential: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Parameters<'a> {
    fn parse(text: &'a str) -> Result<Self, Rejection> {
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        for part in text.split(',') {
            let (name, value) = part.trim().split_once('=').ok_or_else(|| {
                Rejection::incomplete(format!(
                    "'{}' not a valid key=value pair (missing equal-sign) in Authorization header.",
                    part.trim()
                ))
            })?;
            let slot = match name {
                "Credential" => &mut credential,
                "SignedHeaders" => &mut signed_headers,
                "Signature" => &mut signature,
                _ => continue,
            };
            if slot.replace(value).is_some() {
                return Err(Rejection::incomplete(format!(
                    "Authorization header has more than one '{name}' parameter."
                )));
            }
        }
        let required = |value: Option<&'a str>, name: &str| {
            value
                .filter(|value| !value.is_empty())
                .ok_or_else(|| Rejection::incomplete(format!("Authorization header requires '{name}' parameter.")))
        };
        Ok(Self {
            credential: required(credential, "Credential")?,
            signed_headers: required(signed_headers, "SignedHeaders")?,
            signature: required(signature, "Signature")?,
        })
    }
}

/// The value of a header that may be there once only. Of two, who could tell which one was meant?
pub(super) fn single<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<Option<&'a str>, Rejection> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Rejection::incomplete(format!("The request has more than one '{name}' header.")));
    }
    value
        .to_str()
        .map(|text| Some(text.trim()))
        .map_err(|_| Rejection::incomplete(format!("The '{name}' header holds characters other than visible ASCII.")))
}
