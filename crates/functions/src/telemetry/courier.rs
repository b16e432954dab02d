//! Brings events to a subscriber, batch after batch, over its sandbox's loopback.

use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{Buffer, Record, Subscription, Way};
use crate::environment::Environment;

/// Between attempts to reach a subscriber that does not listen.
const PAUSE: Duration = Duration::from_millis(100);
/// Attempts until a batch is given up.
const ATTEMPTS: u32 = 20;

/// Until the buffer is closed or the environment gone.
pub async fn run(environment: Weak<Environment>, subscription: Arc<Subscription>, buffer: Arc<Buffer>) {
    let mut kept = None;
    while let Some(batch) = buffer.next().await {
        let body = body(&subscription.way, &batch);
        for _ in 0..ATTEMPTS {
            let Some(environment) = environment.upgrade() else { return };
            let sent = match &subscription.way {
                Way::Http { path } => post(environment, subscription.port, path, body.clone()).await,
                Way::Tcp => write(environment, subscription.port, &mut kept, &body).await,
            };
            match sent {
                Ok(()) => break,
                Err(why) => tracing::debug!(port = subscription.port, why, "telemetry is not taken"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

fn body(way: &Way, batch: &[Record]) -> Bytes {
    match way {
        Way::Http { .. } => format!("[{}]", batch.join(",")).into(),
        Way::Tcp => batch.iter().flat_map(|record| [record, "\n"]).collect::<String>().into(),
    }
}

/// Posts a batch. Its answer may be long in coming: the environment is stopped between invocations.
async fn post(environment: Arc<Environment>, port: u16, path: &str, body: Bytes) -> Result<(), String> {
    let stream = connect(environment, port).await?;
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| text(&error))?;
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("host", format!("sandbox.localdomain:{port}"))
        .header("content-type", "application/json")
        .body(Full::new(body))
        .map_err(|error| text(&error))?;
    let mut driver = tokio::task::JoinSet::new();
    // Ends with this.
    driver.spawn(connection);
    let response = sender.send_request(request).await.map_err(|error| text(&error))?;
    let status = response.status();
    let _ = response.into_body().collect().await;
    if status.is_success() { Ok(()) } else { Err(format!("the subscriber answers {status}")) }
}

/// Writes a batch to the connection that is kept.
async fn write(
    environment: Arc<Environment>,
    port: u16,
    kept: &mut Option<TcpStream>,
    body: &[u8],
) -> Result<(), String> {
    let mut stream = match kept.take() {
        Some(stream) => stream,
        None => connect(environment, port).await?,
    };
    stream.write_all(body).await.map_err(|error| error.to_string())?;
    *kept = Some(stream);
    Ok(())
}

async fn connect(environment: Arc<Environment>, port: u16) -> Result<TcpStream, String> {
    let connected = tokio::task::spawn_blocking(move || environment.connect(port)).await;
    let stream = connected.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
    stream.set_nonblocking(true).and_then(|()| stream.set_nodelay(true)).map_err(|error| error.to_string())?;
    TcpStream::from_std(stream).map_err(|error| error.to_string())
}
