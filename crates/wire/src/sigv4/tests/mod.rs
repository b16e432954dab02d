//! Signatures made by others are accepted, and nothing else.

mod hostile;
mod peer;
mod vectors;

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;

use super::{Claim, Rejection, Request, Rules, Secret, SigningKeys, verify};

/// A request that owns its parts.
#[derive(Debug, Clone)]
struct Owned {
    method: String,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Owned {
    fn borrow(&self) -> Request<'_> {
        let Self { method, path, query, headers, body } = self;
        Request { method, path, query, headers, body }
    }

    /// Reads a request in HTTP/1.1 form, folded header lines included.
    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or((text.trim_end(), ""));
        let unfolded = head.replace("\n ", " ");
        let mut lines = unfolded.lines();
        let (method, rest) = lines.next().unwrap().split_once(' ').unwrap();
        let target = rest.strip_suffix(" HTTP/1.1").unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = HeaderMap::new();
        for (name, value) in lines.map(|line| line.split_once(':').unwrap()) {
            headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        Self { method: method.into(), path: path.into(), query: query.into(), headers, body: body.into() }
    }

    fn verify(&self, secret: &str, token: Option<&str>, now: Timestamp, rules: Rules) -> Result<(), Rejection> {
        let request = self.borrow();
        let claim = Claim::read(&request)?;
        let secret = Secret { secret_access_key: secret, session_token: token };
        verify(&request, &claim, secret, now, rules, &SigningKeys::default())
    }
}
