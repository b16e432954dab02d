//! Reading a body without trusting its length.

use std::io::Read;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use flate2::read::MultiGzDecoder;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

use crate::Error;

/// Why a body could not be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    TooLarge {
        limit: usize,
    },
    TooSlow,
    /// The connection broke, or the framing was wrong.
    Broken,
}

impl Unreadable {
    pub(super) fn into_error(self) -> Error {
        match self {
            Self::TooLarge { limit } => Error::sender(
                "RequestEntityTooLarge",
                format!("The request body is larger than the {limit} bytes that this service accepts."),
            )
            .with_status(413),
            Self::TooSlow => {
                Error::sender("RequestTimeout", "The request body did not arrive in time.").with_status(408)
            }
            Self::Broken => Error::sender("IncompleteBody", "The request body ended early or could not be read."),
        }
    }
}

/// Reads the whole body, `limit` bytes at most.
pub(super) async fn read(body: Incoming, limit: usize, timeout: Duration) -> Result<Bytes, Unreadable> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    // An announced length is refused before anything is read.
    if body.size_hint().lower() > limit as u64 {
        return Err(Unreadable::TooLarge { limit });
    }
    tokio::time::timeout(timeout, collect(body, limit)).await.unwrap_or(Err(Unreadable::TooSlow))
}

async fn collect(mut body: Incoming, limit: usize) -> Result<Bytes, Unreadable> {
    // Most bodies come in one piece, which is then not copied.
    let mut whole = Bytes::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unreadable::Broken)?.into_data() else { continue };
        if whole.len() + data.len() > limit {
            return Err(Unreadable::TooLarge { limit });
        }
        whole = if whole.is_empty() { data } else { joined(whole, &data) };
    }
    Ok(whole)
}

fn joined(whole: Bytes, more: &[u8]) -> Bytes {
    // Nobody else holds `whole` after its first copy, so that growing it does not copy it again.
    let mut whole = whole.try_into_mut().unwrap_or_else(|shared| BytesMut::from(&*shared));
    whole.extend_from_slice(more);
    whole.freeze()
}

/// The body as it was before the client compressed it, `limit` bytes at most: SDKs do so with large inputs of
/// operations whose model allows it (*Smithy, requestCompression*). What is signed is the body as it was sent.
pub(super) fn inflate(headers: &HeaderMap, body: &Bytes, limit: usize) -> Result<Bytes, Unreadable> {
    let is_compressed =
        headers.get(CONTENT_ENCODING).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"gzip"));
    if !is_compressed || body.is_empty() {
        return Ok(body.clone());
    }
    let mut plain = Vec::new();
    // One more than may be there shows that there is more.
    let mut reader = MultiGzDecoder::new(&body[..]).take(limit as u64 + 1);
    reader.read_to_end(&mut plain).map_err(|_| Unreadable::Broken)?;
    if plain.len() > limit { Err(Unreadable::TooLarge { limit }) } else { Ok(plain.into()) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn compressed(plain: &[u8]) -> Bytes {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap().into()
    }

    #[test]
    fn a_compressed_body_is_unpacked_and_no_larger_than_allowed() {
        let gzip = HeaderMap::from_iter([(CONTENT_ENCODING, http::HeaderValue::from_static("gzip"))]);
        let body = compressed(&[b'x'; 5000]);
        assert_eq!(inflate(&gzip, &body, 5000), Ok(Bytes::from(vec![b'x'; 5000])));
        assert_eq!(inflate(&gzip, &body, 4999), Err(Unreadable::TooLarge { limit: 4999 }));
        assert_eq!(inflate(&gzip, &body.slice(..body.len() - 5), 5000), Err(Unreadable::Broken));
        assert_eq!(inflate(&gzip, &Bytes::from_static(b"plain"), 5000), Err(Unreadable::Broken));
        assert_eq!(inflate(&HeaderMap::new(), &body, 5000), Ok(body));
    }
}
