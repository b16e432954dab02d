//! The control plane's end of the socket.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::UnixStream;
use tokio::sync::Mutex;

use crate::contract::{Credentials, Endpoint, LogBatch, Provision, Refusal, Report, Runtimes, Status, headers};
use crate::layout::Layout;

/// Connections that are kept for the next request.
const KEPT: usize = 64;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No node, or it went away: what was asked may or may not have happened.
    #[error("the node cannot be reached: {0}")]
    Unreachable(String),
    /// It did not do what it was asked.
    #[error("{reason}")]
    Refused { status: u16, reason: String },
    #[error("the node is not understood: {0}")]
    Garbled(String),
}

/// One invocation; [`crate::contract`] says what its parts are.
#[derive(Debug, Clone, Default)]
pub struct Invoke {
    pub request_id: String,
    pub invoked_arn: String,
    /// As it came, base64.
    pub client_context: Option<String>,
    pub trace_id: Option<String>,
    pub wants_tail: bool,
    pub wants_stream: bool,
    pub credentials: Option<Credentials>,
    pub payload: Bytes,
}

/// What came of one.
#[derive(Debug)]
pub struct Done {
    pub payload: Bytes,
    pub content_type: Option<String>,
    pub report: Report,
}

/// The answer to one that was to be streamed.
#[derive(Debug)]
pub enum Streamed {
    /// An error before the first byte, or a runtime that does not stream.
    Whole(Done),
    /// The body; its trailers hold the report ([`report_of`]).
    Begun { content_type: Option<String>, body: Incoming },
}

/// Speaks to the node of a region. Keeps connections.
pub struct Node {
    socket: PathBuf,
    idle: Mutex<Vec<SendRequest<Full<Bytes>>>>,
}

impl Node {
    pub fn new(layout: &Layout) -> Self {
        Self { socket: layout.socket(), idle: Mutex::default() }
    }

    /// Runs a function once; its whole response.
    pub async fn invoke(&self, revision: &str, invoke: Invoke) -> Result<Done, Error> {
        match self.invoke_streaming(revision, Invoke { wants_stream: false, ..invoke }).await? {
            Streamed::Whole(done) => Ok(done),
            Streamed::Begun { .. } => Err(Error::Garbled("a stream that nobody asked for".into())),
        }
    }

    /// Runs a function once; its response as it comes, if `wants_stream` is set.
    pub async fn invoke_streaming(&self, revision: &str, invoke: Invoke) -> Result<Streamed, Error> {
        let path = format!("/revisions/{revision}/invocations");
        let mut request = Request::builder().method(Method::POST).uri(path).header("host", "node");
        request = request.header(headers::REQUEST_ID, &invoke.request_id);
        request = request.header(headers::INVOKED_ARN, &invoke.invoked_arn);
        let texts = [(headers::CLIENT_CONTEXT, &invoke.client_context), (headers::TRACE_ID, &invoke.trace_id)];
        for (name, value) in texts {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        if invoke.wants_tail {
            request = request.header(headers::LOG_TAIL, "true");
        }
        if invoke.wants_stream {
            request = request.header(headers::STREAM, "true").header("te", "trailers");
        }
        if let Some(keys) = &invoke.credentials {
            let text = serde_json::to_vec(keys).map_err(|error| Error::Garbled(error.to_string()))?;
            request = request.header(headers::CREDENTIALS, STANDARD.encode(text));
        }
        let request = request.body(Full::from(invoke.payload)).map_err(|error| Error::Garbled(error.to_string()))?;
        let (response, connection) = self.send(request).await?;
        if response.status() != StatusCode::OK {
            return Err(refusal(response).await);
        }
        let content_type =
            response.headers().get("content-type").and_then(|kind| kind.to_str().ok()).map(str::to_owned);
        match report_of(response.headers()) {
            Some(report) => {
                let payload = whole(response).await?;
                self.keep(connection).await;
                Ok(Streamed::Whole(Done { payload, content_type, report }))
            }
            None => Ok(Streamed::Begun { content_type, body: response.into_body() }),
        }
    }

    pub async fn status(&self) -> Result<Status, Error> {
        self.get("/status").await
    }

    pub async fn runtimes(&self) -> Result<Runtimes, Error> {
        self.get("/runtimes").await
    }

    /// Acknowledges lines up to `after`, and waits for what comes next.
    pub async fn logs(&self, after: u64, wait: std::time::Duration) -> Result<LogBatch, Error> {
        self.get(&format!("/logs?after={after}&wait={}", wait.as_secs())).await
    }

    pub async fn provision(&self, revision: &str, wanted: &Provision) -> Result<(), Error> {
        self.put(&format!("/revisions/{revision}/provisioned"), wanted).await
    }

    pub async fn set_endpoint(&self, endpoint: &Endpoint) -> Result<(), Error> {
        self.put("/endpoint", endpoint).await
    }

    /// Whether it is gone; ask again if it is not.
    pub async fn remove(&self, revision: &str) -> Result<bool, Error> {
        let request = plain(Method::DELETE, &format!("/revisions/{revision}"), Bytes::new())?;
        let (response, connection) = self.send(request).await?;
        let status = response.status();
        if !status.is_success() {
            return Err(refusal(response).await);
        }
        whole(response).await?;
        self.keep(connection).await;
        Ok(status == StatusCode::NO_CONTENT)
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        let (response, connection) = self.send(plain(Method::GET, path, Bytes::new())?).await?;
        if !response.status().is_success() {
            return Err(refusal(response).await);
        }
        let body = whole(response).await?;
        self.keep(connection).await;
        serde_json::from_slice(&body).map_err(|error| Error::Garbled(error.to_string()))
    }

    async fn put(&self, path: &str, what: &impl Serialize) -> Result<(), Error> {
        let body = serde_json::to_vec(what).map_err(|error| Error::Garbled(error.to_string()))?;
        let (response, connection) = self.send(plain(Method::PUT, path, body.into())?).await?;
        if !response.status().is_success() {
            return Err(refusal(response).await);
        }
        whole(response).await?;
        self.keep(connection).await;
        Ok(())
    }

    async fn send(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<(Response<Incoming>, SendRequest<Full<Bytes>>), Error> {
        let unreachable = |error: &dyn std::fmt::Display| Error::Unreachable(error.to_string());
        let mut connection = self.connection().await?;
        let response = connection.send_request(request).await.map_err(|error| unreachable(&error))?;
        Ok((response, connection))
    }

    /// One that waits, or a new one.
    async fn connection(&self) -> Result<SendRequest<Full<Bytes>>, Error> {
        while let Some(mut kept) = self.idle.lock().await.pop() {
            if kept.ready().await.is_ok() {
                return Ok(kept);
            }
        }
        let unreachable = |error: &dyn std::fmt::Display| Error::Unreachable(error.to_string());
        let stream = UnixStream::connect(&self.socket).await.map_err(|error| unreachable(&error))?;
        let (sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| unreachable(&error))?;
        tokio::spawn(connection);
        Ok(sender)
    }

    async fn keep(&self, connection: SendRequest<Full<Bytes>>) {
        let mut idle = self.idle.lock().await;
        if idle.len() < KEPT {
            idle.push(connection);
        }
    }
}

/// The report in headers or trailers.
pub fn report_of(headers: &http::HeaderMap) -> Option<Report> {
    let text = STANDARD.decode(headers.get(headers::REPORT)?.as_bytes()).ok()?;
    serde_json::from_slice(&text).ok()
}

fn plain(method: Method, path: &str, body: Bytes) -> Result<Request<Full<Bytes>>, Error> {
    let request = Request::builder().method(method).uri(path).header("host", "node").body(Full::from(body));
    request.map_err(|error| Error::Garbled(error.to_string()))
}

async fn whole(response: Response<Incoming>) -> Result<Bytes, Error> {
    let body = response.into_body().collect().await;
    Ok(body.map_err(|error| Error::Unreachable(error.to_string()))?.to_bytes())
}

async fn refusal(response: Response<Incoming>) -> Error {
    let status = response.status().as_u16();
    let body = whole(response).await.unwrap_or_default();
    let said = serde_json::from_slice::<Refusal>(&body).map(|refusal| refusal.reason);
    Error::Refused { status, reason: said.unwrap_or_else(|_| String::from_utf8_lossy(&body).into_owned()) }
}
