//! Answers on their way into the connection.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use http_body_util::{Either, Full};

use super::Pieces;
use crate::protocol::{EncodedResponse, Events};

/// Most are whole; some go on for as long as there are events.
pub(super) type Answer = Response<Either<Full<Bytes>, Either<Events, Pieces>>>;

/// An encoded answer as hyper takes it. hyper adds `Date` and `Content-Length`; nobody adds `Server`.
pub(super) fn from_encoded(encoded: EncodedResponse, events: Option<Events>) -> Answer {
    let mut headers = HeaderMap::with_capacity(encoded.headers.len() + 2);
    headers.extend(encoded.headers);
    if events.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/vnd.amazon.eventstream"));
    }
    let body =
        events.map_or_else(|| Either::Left(Full::new(encoded.body)), |events| Either::Right(Either::Left(events)));
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(encoded.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = headers;
    response
}
