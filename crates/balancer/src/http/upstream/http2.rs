//! HTTP/2 towards targets, gRPC among it: hyper's client, one connection for each target and worker.

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioIo, TokioTimer};

use super::connect::{key, open};
use crate::http::fault::Fault;
use crate::http::h2::Local;
use crate::snapshot::{Group, Target};
use crate::worker::Worker;

/// What hyper lets a stream of a target have in flight.
const WINDOW: u32 = 1 << 20;

#[derive(Clone)]
pub struct Sender(http2::SendRequest<Incoming>);

impl Sender {
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    /// A connection that is open, or a new one.
    pub async fn to(worker: &Worker, group: &Group, target: &Target, has_others: bool) -> Result<Sender, Fault> {
        let key = key(group, target);
        if let Some(sender) = worker.pool.sender(key) {
            return Ok(sender);
        }
        let opened = open(key, &["h2"], has_others).await;
        match &opened {
            Ok(_) => target.live.is_reachable(),
            Err(_) => {
                target.live.cells.of(worker.index).connection_errors.add(1);
                target.live.is_unreachable(crate::http::date::now_millis());
            }
        }
        let mut builder = http2::Builder::new(Local);
        builder.timer(TokioTimer::new()).initial_stream_window_size(WINDOW).initial_connection_window_size(WINDOW);
        let (sender, connection) = builder.handshake(TokioIo::new(opened?)).await.map_err(|_| Fault::TargetClosed)?;
        tokio::task::spawn_local(async move {
            if let Err(error) = connection.await {
                tracing::debug!("a connection to a target ended: {error}");
            }
        });
        let sender = Sender(sender);
        worker.pool.keep_sender(key, sender.clone());
        Ok(sender)
    }

    pub async fn send(&mut self, request: Request<Incoming>) -> Result<Response<Incoming>, Fault> {
        self.0.ready().await.map_err(|_| Fault::TargetClosed)?;
        self.0.send_request(request).await.map_err(|_| Fault::TargetClosed)
    }
}
