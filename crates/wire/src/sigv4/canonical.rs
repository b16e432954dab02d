//! The canonical request: the one text that both sides derive from a request, whatever proxies did to it
//! (*IAM user guide, Create a signed AWS API request*).

use http::HeaderMap;

use super::encoding::{decode_query, encode, encode_path};
use super::presigned::pairs;
use super::{Claim, Request};

/// Writes the canonical request. Paths are encoded once more than they were sent, after removing what is
/// redundant in them, except for S3, whose paths are names.
pub(super) fn request(request: &Request<'_>, claim: &Claim<'_>, payload: &str, normalise_path: bool) -> String {
    let mut text = String::with_capacity(1024);
    text.push_str(request.method);
    text.push('\n');
    path(request.path, normalise_path, &mut text);
    text.push('\n');
    query(request.query, &mut text);
    text.push('\n');
    for name in claim.signed_headers.split(';') {
        text.push_str(name);
        text.push(':');
        header(request.headers, name, &mut text);
        text.push('\n');
    }
    text.push('\n');
    text.push_str(&claim.signed_headers);
    text.push('\n');
    text.push_str(payload);
    text
}

fn path(path: &str, normalise: bool, to: &mut String) {
    if path.is_empty() || path == "/" {
        to.push('/');
    } else if normalise {
        encode_path(&without_redundancy(path), to);
    } else {
        encode_path(path, to);
    }
}

/// Resolves `.`, `..` and repeated slashes (RFC 3986 section 5.2.4, and a little more).
fn without_redundancy(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            name => kept.push(name),
        }
    }
    let is_directory = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
    let mut text = String::with_capacity(path.len() + 1);
    for segment in &kept {
        text.push('/');
        text.push_str(segment);
    }
    if kept.is_empty() || is_directory {
        text.push('/');
    }
    text
}

/// Parameters sorted by encoded name, then encoded value, without the signature itself.
fn query(query: &str, to: &mut String) {
    if query.is_empty() {
        return;
    }
    let encoded = |part: &str| {
        let mut text = String::with_capacity(part.len() + 8);
        encode(&decode_query(part), &mut text);
        text
    };
    let mut parameters: Vec<(String, String)> = pairs(query)
        .filter(|(name, _)| *name != "X-Amz-Signature")
        .map(|(name, value)| (encoded(name), encoded(value)))
        .collect();
    parameters.sort_unstable();
    for (position, (name, value)) in parameters.iter().enumerate() {
        if position > 0 {
            to.push('&');
        }
        to.push_str(name);
        to.push('=');
        to.push_str(value);
    }
}

/// All values of a header with commas between, white space trimmed and collapsed.
fn header(headers: &HeaderMap, name: &str, to: &mut String) {
    for (position, value) in headers.get_all(name).iter().enumerate() {
        if position > 0 {
            to.push(',');
        }
        let value = String::from_utf8_lossy(value.as_bytes());
        for (position, word) in value.split_ascii_whitespace().enumerate() {
            if position > 0 {
                to.push(' ');
            }
            to.push_str(word);
        }
    }
}
