//! Listening, and serving one connection after the other until told to stop.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

use super::tls::Opened;
use super::{Inner, walk};

/// How long to wait when the process has no more file descriptors for connections.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// Where requests come from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    /// Address of the client's end.
    pub client: SocketAddr,
    /// `http` or `https`
    pub scheme: &'static str,
}

pub(super) async fn accept(server: &Arc<Inner>, listener: TcpListener, shutdown: impl Future<Output = ()> + Send) {
    let (ending, end) = watch::channel(false);
    // Every connection holds a sender; when all are gone, so are the connections.
    let (alive, mut all_gone) = mpsc::channel::<Infallible>(1);
    tokio::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, client)) => {
                let (server, end, alive) = (Arc::clone(server), end.clone(), alive.clone());
                tokio::spawn(async move {
                    serve(server, stream, client, end).await;
                    drop(alive);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    drop(alive);
    let _ = ending.send(true);
    if tokio::time::timeout(server.limits.shutdown_timeout, all_gone.recv()).await.is_err() {
        tracing::warn!("calls were still under way when the server ended");
    }
}

/// Serves a connection that no listener of the server's own accepted.
pub(super) async fn serve_one(server: Arc<Inner>, stream: TcpStream, client: SocketAddr) {
    let (_ending, end) = watch::channel(false);
    serve(server, stream, client, end).await;
}

async fn serve(server: Arc<Inner>, stream: TcpStream, client: SocketAddr, mut end: watch::Receiver<bool>) {
    // Answers are small and written at once; waiting for more would only delay them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, %client, "TCP_NODELAY");
    }
    let Some(tls) = &server.tls else {
        return talk(&server, stream, Origin { client, scheme: "http" }, &mut end).await;
    };
    let opened = tokio::time::timeout(server.limits.head_timeout, tls.open(stream));
    let opened = tokio::select! {
        opened = opened => opened,
        () = told(&mut end) => return,
    };
    match opened {
        Ok(Ok(Opened::Plain(stream))) => talk(&server, stream, Origin { client, scheme: "http" }, &mut end).await,
        Ok(Ok(Opened::Tls(stream))) => talk(&server, stream, Origin { client, scheme: "https" }, &mut end).await,
        Ok(Err(error)) => tracing::debug!(%error, %client, "connection ended before its first request"),
        Err(_) => tracing::debug!(%client, "connection without a request"),
    }
}

/// Answers the requests of a connection.
async fn talk<S>(server: &Inner, stream: S, origin: Origin, end: &mut watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let service = service_fn(|request| async move { Ok::<_, Infallible>(walk::answer(server, request, origin).await) });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(server.limits.head_timeout)
        .max_buf_size(server.limits.head_bytes)
        // A client that has said all may close its side and still wants the answer.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let result = tokio::select! {
        result = &mut connection => result,
        () = told(end) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        // Clients hang up whenever they like.
        tracing::debug!(%error, client = %origin.client, "connection ended");
    }
}

/// Waits for the server's end, or for the server to be gone.
async fn told(end: &mut watch::Receiver<bool>) {
    while !*end.borrow_and_update() {
        if end.changed().await.is_err() {
            return;
        }
    }
}
