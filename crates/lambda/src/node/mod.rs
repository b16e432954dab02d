//! The node: the process that runs functions ([`freehold_functions::contract`]). Here is what is asked of it; [`Socket`]
//! asks a real one, [`Absent`] stands for it where the region has no machines.

mod socket;

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use freehold_functions::contract::{Credentials, LogBatch, Provision, Report, Status};

pub use socket::Socket;

/// One run of a function.
#[derive(Debug, Clone)]
pub struct Run {
    /// The revision's directory.
    pub build: String,
    pub request_id: String,
    pub invoked_arn: String,
    pub payload: Bytes,
    pub client_context: Option<String>,
    pub trace_id: Option<String>,
    pub wants_log: bool,
    pub credentials: Option<Credentials>,
}

/// What a run came to.
#[derive(Debug, Clone)]
pub struct Ran {
    pub report: Report,
    pub payload: Bytes,
}

/// Parts of a response as they come, and then what the run came to.
#[derive(Debug, Clone)]
pub enum Part {
    Chunk(Bytes),
    End(Report),
}

/// A response whose parts follow.
pub struct Streaming {
    /// The media type that the handler set.
    pub content_type: Option<String>,
    /// How it ended, if that is known before it begins: the response comes whole.
    pub ended: Option<Report>,
    pub parts: tokio::sync::mpsc::Receiver<Result<Part, NodeError>>,
}

/// Why the node did not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NodeError {
    /// The function has not run; it may be tried again.
    #[error("{0}")]
    Unavailable(String),
    /// There is no such revision, or what was asked makes no sense.
    #[error("{0}")]
    Refused(String),
    /// Nobody knows whether the function has run.
    #[error("{0}")]
    Lost(String),
}

/// Whether a revision is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    Gone,
    /// Something still runs.
    UnderWay,
}

#[async_trait]
pub trait Node: Send + Sync + 'static {
    /// AWS's identifiers of the runtimes that functions can have.
    async fn runtimes(&self) -> Result<Vec<String>, NodeError>;
    async fn run(&self, run: Run) -> Result<Ran, NodeError>;
    async fn stream(&self, run: Run) -> Result<Streaming, NodeError>;
    async fn provision(&self, build: &str, wish: Provision) -> Result<(), NodeError>;
    async fn remove(&self, build: &str) -> Result<Removal, NodeError>;
    async fn status(&self) -> Result<Status, NodeError>;
    /// Where the region listens, for functions that call it.
    fn set_endpoint(&self, address: SocketAddr);
    /// Lines after the line `after`, which are forgotten up to it; waits a moment for the first.
    async fn logs(&self, after: u64) -> Result<LogBatch, NodeError>;
}

/// A region without machines: functions can be written down, and none of them runs.
pub struct Absent;

const ABSENT: &str = "This region runs with --machines none: functions exist in state only and are not run.";
/// What a host with everything could have.
const KNOWN: [&str; 13] = [
    "nodejs18.x",
    "nodejs20.x",
    "nodejs22.x",
    "nodejs24.x",
    "provided.al2",
    "provided.al2023",
    "python3.9",
    "python3.10",
    "python3.11",
    "python3.12",
    "python3.13",
    "python3.14",
    "ruby3.4",
];

#[async_trait]
impl Node for Absent {
    async fn runtimes(&self) -> Result<Vec<String>, NodeError> {
        Ok(KNOWN.map(str::to_owned).to_vec())
    }

    async fn run(&self, _: Run) -> Result<Ran, NodeError> {
        Err(NodeError::Refused(ABSENT.into()))
    }

    async fn stream(&self, _: Run) -> Result<Streaming, NodeError> {
        Err(NodeError::Refused(ABSENT.into()))
    }

    async fn provision(&self, _: &str, _: Provision) -> Result<(), NodeError> {
        Ok(())
    }

    async fn remove(&self, _: &str) -> Result<Removal, NodeError> {
        Ok(Removal::Gone)
    }

    async fn status(&self) -> Result<Status, NodeError> {
        Err(NodeError::Refused(ABSENT.into()))
    }

    fn set_endpoint(&self, _: SocketAddr) {}

    async fn logs(&self, _: u64) -> Result<LogBatch, NodeError> {
        Err(NodeError::Refused(ABSENT.into()))
    }
}

/// Shared handle to a node.
pub type SharedNode = Arc<dyn Node>;
