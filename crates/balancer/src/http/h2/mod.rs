//! HTTP/2 with clients: hyper's server, and the same pipeline as for HTTP/1.1 for each stream.

mod body;
mod convert;
mod exchange;
mod function;
mod stream;

use std::cell::Cell;
use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::time::Instant;

use crate::http::serve::Peer;
use crate::io::Stream;
use crate::worker::Worker;

/// *User Guide, Listener configuration*: up to 128 requests in parallel on one connection.
const MOST_STREAMS: u32 = 128;
/// *User Guide, Quotas*: the size of all headers.
const LONGEST_HEAD: u32 = 64 << 10;
/// What a client may send ahead on one stream.
const WINDOW: u32 = 256 << 10;

/// Runs hyper's tasks on the worker's own thread.
#[derive(Clone, Copy)]
pub struct Local;

impl<F> hyper::rt::Executor<F> for Local
where
    F: Future + 'static,
    F::Output: 'static,
{
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
}

/// Streams of a connection that are open, and when that last changed.
pub struct Activity {
    open: Cell<usize>,
    changed: Cell<Instant>,
}

impl Activity {
    fn begin(&self) {
        self.open.set(self.open.get() + 1);
    }

    fn end(&self) {
        self.open.set(self.open.get() - 1);
        self.changed.set(Instant::now());
    }
}

pub async fn serve(worker: Rc<Worker>, stream: Stream, peer: Rc<Peer>) {
    let idle = Duration::from_secs(worker.view().attributes.idle_timeout_seconds.into());
    let activity = Rc::new(Activity { open: Cell::new(0), changed: Cell::new(Instant::now()) });
    let mut stopping = worker.shared.stopping.subscribe();
    let service = {
        let activity = activity.clone();
        service_fn(move |request| {
            let answer = stream::serve(worker.clone(), peer.clone(), activity.clone(), request);
            async move { Ok::<_, Infallible>(answer.await) }
        })
    };
    let mut builder = http2::Builder::new(Local);
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(MOST_STREAMS)
        .max_header_list_size(LONGEST_HEAD)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(4 * WINDOW);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    loop {
        let left = idle.saturating_sub(activity.changed.get().elapsed()).max(Duration::from_millis(100));
        tokio::select! {
            ended = &mut connection => {
                if let Err(error) = ended {
                    tracing::debug!("a connection of a client ended: {error}");
                }
                return;
            }
            _ = stopping.wait_for(|stopping| *stopping) => {
                connection.as_mut().graceful_shutdown();
                let _ = connection.await;
                return;
            }
            () = tokio::time::sleep(left) => {
                if activity.open.get() == 0 && activity.changed.get().elapsed() >= idle {
                    connection.as_mut().graceful_shutdown();
                    let _ = tokio::time::timeout(idle, connection).await;
                    return;
                }
            }
        }
    }
}
