//! A body that comes in pieces and ends with trailers.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame};
use tokio::sync::{mpsc, oneshot};

pub struct Stream<T, F> {
    pieces: mpsc::Receiver<Bytes>,
    /// What the trailers are made of; `None` when they were sent.
    last: Option<(oneshot::Receiver<T>, F)>,
}

impl<T, F: FnOnce(T) -> HeaderMap> Stream<T, F> {
    pub fn new(pieces: mpsc::Receiver<Bytes>, last: oneshot::Receiver<T>, trailers: F) -> Self {
        Self { pieces, last: Some((last, trailers)) }
    }
}

impl<T, F: FnOnce(T) -> HeaderMap + Unpin> Body for Stream<T, F> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = &mut *self;
        if let Some(piece) = std::task::ready!(this.pieces.poll_recv(context)) {
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        let Some((last, _)) = &mut this.last else { return Poll::Ready(None) };
        let said = std::task::ready!(Pin::new(last).poll(context));
        let made = this.last.take().and_then(|(_, trailers)| said.ok().map(trailers));
        Poll::Ready(made.map(|trailers| Ok(Frame::trailers(trailers))))
    }
}
