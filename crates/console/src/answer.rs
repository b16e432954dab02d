//! Answers, with what tells browsers how little these pages need.

use bytes::Bytes;
use freehold_wire::server::PlainResponse;
use http::header::{self, HeaderName};
use http::{HeaderValue, Response, StatusCode};

/// No scripts, nothing of other hosts, and no place in a page of somebody else.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// A page.
pub fn html(status: StatusCode, page: String) -> PlainResponse {
    answer(status, "text/html; charset=utf-8", page.into())
}

/// A file that comes with the program.
pub fn file(kind: &'static str, content: &'static str) -> PlainResponse {
    answer(StatusCode::OK, kind, Bytes::from_static(content.as_bytes()))
}

/// A refusal in words, for whoever is shown no page.
pub fn refused(status: StatusCode, why: &str) -> PlainResponse {
    let mut response = answer(status, "text/plain; charset=utf-8", format!("{why}\n").into());
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    response
}

fn answer(status: StatusCode, kind: &'static str, body: Bytes) -> PlainResponse {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.extend(HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value))));
    response
}
