//! Addresses of endpoints: `https://user:password@host:port/path?query`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::uri::{Authority, Scheme};
use http::{HeaderValue, Uri};
use percent_encoding::percent_decode_str;

use super::PostError;

/// Where to, and as whom.
#[derive(Debug)]
pub(super) struct Target {
    /// Without user and password.
    pub uri: Uri,
    pub is_secure: bool,
    pub authorization: Option<HeaderValue>,
}

impl Target {
    pub(super) fn parse(url: &str) -> Result<Self, PostError> {
        let wrong = |why: String| PostError::Address(why);
        let uri: Uri = url.parse().map_err(|why: http::uri::InvalidUri| wrong(why.to_string()))?;
        let mut parts = uri.into_parts();
        let is_secure = match &parts.scheme {
            Some(scheme) if *scheme == Scheme::HTTP => false,
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            _ => return Err(wrong("it is neither http nor https".into())),
        };
        let Some(authority) = parts.authority.take() else { return Err(wrong("it has no host".into())) };
        let (user, host) = match authority.as_str().rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority.as_str()),
        };
        let authorization = user.map(basic).transpose()?;
        parts.authority = Some(host.parse::<Authority>().map_err(|why| wrong(why.to_string()))?);
        let uri = Uri::from_parts(parts).map_err(|why| wrong(why.to_string()))?;
        Ok(Self { uri, is_secure, authorization })
    }
}

/// `Basic …` of `user:password` as addresses write it (RFC 7617).
fn basic(user: &str) -> Result<HeaderValue, PostError> {
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    let plain = [name, password].map(|part| percent_decode_str(part).collect::<Vec<u8>>()).join(&b':');
    let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(plain)))
        .map_err(|why| PostError::Address(why.to_string()))?;
    value.set_sensitive(true);
    Ok(value)
}
