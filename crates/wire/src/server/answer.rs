//! Answers on their way into the connection.

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use http_body_util::Full;

use crate::protocol::EncodedResponse;

pub(super) type Answer = Response<Full<Bytes>>;

/// An encoded answer as hyper takes it. hyper adds `Date` and `Content-Length`; nobody adds `Server`.
pub(super) fn from_encoded(encoded: EncodedResponse) -> Answer {
    let mut headers = HeaderMap::with_capacity(encoded.headers.len() + 2);
    headers.extend(encoded.headers);
    let mut response = Response::new(Full::new(encoded.body));
    *response.status_mut() = StatusCode::from_u16(encoded.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = headers;
    response
}
