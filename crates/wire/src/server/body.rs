//! Reading a body without trusting its length.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
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
