//! Sites: what answers for hosts or paths of its own, with bodies that may come piece by piece. Function URLs are one.

use std::fmt;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::body::{Body, Frame};
use tokio::sync::mpsc;

use super::{PlainRequest, PlainResponse};

/// `http` or `https`, whichever a request came by: among its extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheme(pub &'static str);

/// An answer that is whole, or one whose body follows.
pub type SiteResponse = http::Response<Either<Full<Bytes>, Pieces>>;

/// Answers for a host.
#[async_trait]
pub trait Site: Send + Sync + 'static {
    /// Whether requests to this host (without its port) and path are its own.
    fn answers(&self, host: &str, path: &str) -> bool;

    /// Bytes of a request's body.
    fn body_bytes(&self) -> usize;

    /// The answer to a request with more.
    fn too_large(&self) -> PlainResponse;

    /// Answers a request of any method. No signature was checked. `client` is the other end of the connection.
    async fn handle(&self, request: PlainRequest, client: SocketAddr) -> SiteResponse;
}

/// An answer that is whole.
pub fn whole(response: PlainResponse) -> SiteResponse {
    response.map(|body| Either::Left(Full::new(body)))
}

/// Why a body ends early. What the client sees of it is a connection that breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("what made the answer failed on the way")
    }
}

impl std::error::Error for Broken {}

/// A body that comes piece by piece. It ends when its sender is dropped.
#[derive(Debug)]
pub struct Pieces(mpsc::Receiver<Result<Bytes, Broken>>);

/// A body, and what is put into it with: `waiting` pieces at most before the sender has to wait. Who sends is told by the
/// sender when the client has gone.
pub fn pieces(waiting: usize) -> (mpsc::Sender<Result<Bytes, Broken>>, Pieces) {
    let (sender, receiver) = mpsc::channel(waiting);
    (sender, Pieces(receiver))
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}
