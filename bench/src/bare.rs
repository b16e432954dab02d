//! The least that a server on hyper can do: reads the request and answers 200, with two bytes, or to a call of SQS with
//! the bytes that a queue would answer. What remains of a server's cost beyond this is its own.

use std::convert::Infallible;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::messaging::Payload;

/// Serves until killed.
pub fn serve(address: &str) -> Result<()> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().context("the runtime")?;
    runtime.block_on(async {
        let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(async move {
                let service = service_fn(|request: http::Request<hyper::body::Incoming>| async move {
                    let target = request.headers().get("x-amz-target").cloned();
                    let _ = request.into_body().collect().await;
                    let answer = target.map_or(Bytes::from_static(b"ok"), |target| queue_answer(target.as_bytes()));
                    Ok::<_, Infallible>(http::Response::new(Full::new(answer)))
                });
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    })
}

/// As long as what a queue answers.
fn queue_answer(target: &[u8]) -> Bytes {
    static RECEIVED: AtomicU64 = AtomicU64::new(0);
    static SEND: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(format!("{{{SENT}}}")));
    static BATCH: LazyLock<Bytes> = LazyLock::new(|| {
        let entries: Vec<_> = (0..10).map(|id| format!(r#"{{"Id":"{id}",{SENT}}}"#)).collect();
        Bytes::from(format!(r#"{{"Successful":[{}]}}"#, entries.join(",")))
    });
    match target.split(|byte| *byte == b'.').next_back() {
        Some(b"SendMessage") => SEND.clone(),
        Some(b"SendMessageBatch") => BATCH.clone(),
        Some(b"ReceiveMessage") => {
            let number = RECEIVED.fetch_add(1, Ordering::Relaxed);
            let body = Payload { number, sent: Duration::ZERO }.write();
            Bytes::from(format!(r#"{{"Messages":[{{"Body":"{body}","ReceiptHandle":"{RECEIPT}",{SENT}}}]}}"#))
        }
        Some(b"CreateQueue") => Bytes::from_static(br#"{"QueueUrl":"http://127.0.0.1/000000000000/bare"}"#),
        _ => Bytes::from_static(b"{}"),
    }
}

/// Of a message that was sent.
const SENT: &str =
    r#""MessageId":"00000000-0000-4000-8000-000000000000","MD5OfMessageBody":"00000000000000000000000000000000""#;

const RECEIPT: &str = concat!(
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
);
