//! A node behind its socket, started when it is first needed and again when it has ended.

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use freehold_functions::client::{Error, Invoke, Node as Client, Streamed, report_of};
use freehold_functions::contract::{Endpoint, LogBatch, Provision, Status};
use freehold_functions::launch::Launcher;
use freehold_functions::layout::Layout;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::sync::{Mutex, mpsc};

use super::{Node, NodeError, Part, Ran, Removal, Run, Streaming};

/// How long a request for lines waits for the first.
const LOG_WAIT: Duration = Duration::from_secs(20);
/// Parts of a response that may wait to be handed on.
const PARTS: usize = 16;

/// Speaks to the node of a region.
pub struct Socket {
    client: Client,
    launcher: Launcher,
    /// How long an environment is kept that nobody uses.
    idle: Duration,
    /// Where the region listens.
    endpoint: OnceLock<SocketAddr>,
    /// It answered, and has been told where the region listens.
    is_known: AtomicBool,
    /// One attempt to start it at a time.
    starting: Mutex<()>,
}

impl Socket {
    pub fn new(layout: &Layout, launcher: Launcher, idle: Duration) -> Self {
        Self {
            client: Client::new(layout),
            launcher,
            idle,
            endpoint: OnceLock::new(),
            is_known: AtomicBool::new(false),
            starting: Mutex::default(),
        }
    }

    /// The client of a node that answers.
    async fn client(&self) -> Result<&Client, NodeError> {
        if self.is_known.load(Ordering::Acquire) {
            return Ok(&self.client);
        }
        let _one = self.starting.lock().await;
        if !self.is_known.load(Ordering::Acquire) {
            self.launcher.ensure().await.map_err(|error| NodeError::Unavailable(error.to_string()))?;
            if let Some(address) = self.endpoint.get() {
                let told = Endpoint { address: *address, idle_seconds: Some(self.idle.as_secs()) };
                self.client.set_endpoint(&told).await.map_err(|error| self.told(error))?;
                self.is_known.store(true, Ordering::Release);
            }
        }
        Ok(&self.client)
    }

    fn told(&self, error: Error) -> NodeError {
        match error {
            Error::Refused { status: 503, reason } => NodeError::Unavailable(reason),
            Error::Refused { status: 400..=499, reason } => NodeError::Refused(reason),
            Error::Refused { reason, .. } | Error::Garbled(reason) => NodeError::Lost(reason),
            Error::Unreachable(reason) => {
                // The next to ask looks whether it has to be started.
                self.is_known.store(false, Ordering::Release);
                NodeError::Lost(reason)
            }
        }
    }
}

#[async_trait]
impl Node for Socket {
    async fn runtimes(&self) -> Result<Vec<String>, NodeError> {
        let found = self.client().await?.runtimes().await.map_err(|error| self.told(error))?;
        Ok(found.runtimes.into_iter().map(|runtime| runtime.name).collect())
    }

    async fn run(&self, run: Run) -> Result<Ran, NodeError> {
        let (build, invoke) = parts_of(run, false);
        let done = self.client().await?.invoke(&build, invoke).await.map_err(|error| self.told(error))?;
        Ok(Ran { report: done.report, payload: done.payload })
    }

    async fn stream(&self, run: Run) -> Result<Streaming, NodeError> {
        let (build, invoke) = parts_of(run, true);
        let (sender, parts) = mpsc::channel(PARTS);
        let begun = self.client().await?.invoke_streaming(&build, invoke).await;
        let (content_type, ended) = match begun.map_err(|error| self.told(error))? {
            Streamed::Whole(done) => {
                // There is room for both: nothing was put in yet.
                let _ = sender.try_send(Ok(Part::Chunk(done.payload)));
                let _ = sender.try_send(Ok(Part::End(done.report.clone())));
                (done.content_type, Some(done.report))
            }
            Streamed::Begun { content_type, body } => {
                tokio::spawn(hand_on(body, sender));
                (content_type, None)
            }
        };
        Ok(Streaming { content_type, ended, parts })
    }

    async fn provision(&self, build: &str, wish: Provision) -> Result<(), NodeError> {
        self.client().await?.provision(build, &wish).await.map_err(|error| self.told(error))
    }

    async fn remove(&self, build: &str) -> Result<Removal, NodeError> {
        match self.client().await?.remove(build).await.map_err(|error| self.told(error)) {
            Ok(true) | Err(NodeError::Refused(_)) => Ok(Removal::Gone),
            Ok(false) => Ok(Removal::UnderWay),
            Err(error) => Err(error),
        }
    }

    async fn status(&self) -> Result<Status, NodeError> {
        self.client().await?.status().await.map_err(|error| self.told(error))
    }

    fn set_endpoint(&self, address: SocketAddr) {
        // The region listens at one address as long as it lives.
        let _ = self.endpoint.set(address);
    }

    async fn logs(&self, after: u64) -> Result<LogBatch, NodeError> {
        self.client().await?.logs(after, LOG_WAIT).await.map_err(|error| self.told(error))
    }
}

fn parts_of(run: Run, wants_stream: bool) -> (String, Invoke) {
    let invoke = Invoke {
        request_id: run.request_id,
        invoked_arn: run.invoked_arn,
        client_context: run.client_context,
        trace_id: run.trace_id,
        wants_tail: run.wants_log,
        wants_stream,
        credentials: run.credentials,
        payload: run.payload,
    };
    (run.build, invoke)
}

/// Hands an answer on as it comes. The function goes on if nobody listens any more.
async fn hand_on(mut body: Incoming, sender: mpsc::Sender<Result<Part, NodeError>>) {
    let mut end = Err(NodeError::Lost("the node of functions ended an answer early".into()));
    while let Some(frame) = body.frame().await {
        match frame.map(hyper::body::Frame::into_data) {
            Ok(Ok(chunk)) => drop(sender.send(Ok(Part::Chunk(chunk))).await),
            Ok(Err(frame)) => {
                let report = frame.into_trailers().ok().and_then(|trailers| report_of(&trailers));
                if let Some(report) = report {
                    end = Ok(Part::End(report));
                }
            }
            Err(error) => {
                end = Err(NodeError::Lost(error.to_string()));
                break;
            }
        }
    }
    let _ = sender.send(end).await;
}
