//! What control plane and node say to each other: HTTP/1.1 over the socket [`crate::layout::Layout::socket`], JSON unless
//! said otherwise. The node is a process of its own that goes on while the control plane is dead; the control plane is the
//! only client.
//!
//! | request | does | answers |
//! | --- | --- | --- |
//! | `POST /revisions/{id}/invocations` | runs the function once | below |
//! | `PUT /revisions/{id}/provisioned` | keeps so many environments warm: [`Provision`] | 204 |
//! | `DELETE /revisions/{id}` | takes no more invocations, lets those under way end, then removes the environments and the directory | 204 when it is gone, 202 while something runs: ask again |
//! | `GET /status` | | 200, [`Status`] |
//! | `GET /runtimes` | | 200, [`Runtimes`] |
//! | `PUT /endpoint` | where the region listens, for functions that call it, and how long idle environments are kept: [`Endpoint`] | 204 |
//! | `GET /logs?after=N&wait=S` | acknowledges all lines up to number `N`, which are forgotten, and hands out what comes next; waits up to `S` seconds (30 at most) for a first one | 200, [`LogBatch`] |
//!
//! A refusal is a [`Refusal`] with one of these: 400 (what is asked makes no sense), 404 (no such revision on disk, or it
//! is being removed), 413 (the payload is larger than 6 MB), 503 (the host cannot make another environment, or lacks the
//! runtime). After 503 the function has not run, so that it may be tried again.
//!
//! # An invocation
//!
//! The payload is the request's body; [`headers`] say the rest. The node takes a warm environment or makes one: how many
//! may run at once is the control plane's to count. The answer is 200 whatever became of the function:
//!
//! - *buffered*: the header [`headers::REPORT`] holds a [`Report`]. The body is what the handler returned, or the error
//!   object that Invoke answers with `X-Amz-Function-Error: Unhandled`, if the report's outcome is not `Success`.
//! - *streaming* ([`headers::STREAM`] was sent): the body begins when the handler's does, [`headers::CONTENT_TYPE`] holds
//!   the media type it set, and the [`Report`] is a trailer. An error that comes before the first byte is answered as if
//!   buffered. One that comes later ends the body, and is in the report.
//!
//! If the client goes away, the invocation goes on all the same, as it does with AWS.
//!
//! Times are of the host's clock. A control plane whose clock has been moved adds the difference.

use serde::{Deserialize, Serialize};

/// Names of headers, in lower case.
pub mod headers {
    /// Invocation: the request's id, a UUID. Required.
    pub const REQUEST_ID: &str = "freehold-request-id";
    /// Invocation: the ARN by which the function was invoked, with its qualifier if there was one. Required.
    pub const INVOKED_ARN: &str = "freehold-invoked-arn";
    /// Invocation: `X-Amz-Client-Context` as it came, base64.
    pub const CLIENT_CONTEXT: &str = "freehold-client-context";
    /// Invocation: the value of `X-Amzn-Trace-Id`; the node makes one if there is none.
    pub const TRACE_ID: &str = "freehold-trace-id";
    /// Invocation: `true` if the report is to have the end of the log.
    pub const LOG_TAIL: &str = "freehold-log-tail";
    /// Invocation: `true` if the response is to be handed on as it comes.
    pub const STREAM: &str = "freehold-stream";
    /// Invocation: [`super::Credentials`] as JSON in base64, for the environment, should a new one be made. Without it a
    /// function has no credentials.
    pub const CREDENTIALS: &str = "freehold-credentials";
    /// Answer: [`super::Report`] as JSON in base64. A header, or a trailer when streaming.
    pub const REPORT: &str = "freehold-report";
    /// Answer when streaming: the media type that the handler set.
    pub const CONTENT_TYPE: &str = "content-type";
}

/// What a function signs its requests with: a session of its execution role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: String,
    /// Milliseconds since 1970. An environment is not reused after that (less the function's timeout), so make it hours.
    pub expires_ms: i64,
}

/// What became of an invocation: what metrics, the answer and the retries of an asynchronous one are made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub request_id: String,
    pub outcome: Outcome,
    /// From when the runtime was handed the event to when it was done, as in the REPORT line.
    pub duration_ms: f64,
    /// Whole milliseconds; with the time of an initialization that this invocation waited for.
    pub billed_ms: u64,
    /// Absent if the environment was warm.
    pub init_ms: Option<f64>,
    pub max_memory_used_mib: u32,
    /// The last 4 KB of what this invocation wrote, base64, if [`headers::LOG_TAIL`] asked for it.
    pub log_tail: Option<String>,
    pub log_stream: String,
    /// The error object of a stream that had begun when the function failed; of all else it is the answer itself.
    #[serde(default)]
    pub stream_error: Option<String>,
    /// Whether the environment was one of those kept warm by [`Provision`].
    pub is_provisioned: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Outcome {
    Success,
    /// The handler raised something, or ended in another way of its own. `error_type` as in the error object.
    Error {
        error_type: String,
    },
    /// `Sandbox.Timedout`: it was killed after the function's timeout.
    TimedOut,
    /// `Runtime.OutOfMemory`, or `Runtime.ExitError` with `signal: killed`, by what the host tells.
    OutOfMemory,
    /// `Runtime.ExitError`: the runtime ended by itself.
    Exited,
    /// The environment could not be initialized: it failed, took too long, or has no such handler.
    InitFailed {
        error_type: String,
    },
    /// `Function.ResponseSizeTooLarge`: more than 6 MB.
    ResponseTooLarge,
    /// `Extension.Crash` and its like: an extension ended.
    ExtensionFailed {
        error_type: String,
    },
}

/// How many environments of a revision are kept warm, and what they sign with. The whole wish each time: not durable, so
/// put it again whenever [`RevisionStatus::wanted`] differs, and with new credentials before the old ones expire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provision {
    pub wanted: u32,
    #[serde(default)]
    pub credentials: Option<Credentials>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub pid: u32,
    /// When the node started, in milliseconds since 1970.
    pub started_ms: i64,
    /// Of the program; a node of an older one goes on serving after an upgrade until it is told to end.
    pub program: String,
    /// Those that have environments or a wish for some, by id.
    pub revisions: std::collections::BTreeMap<String, RevisionStatus>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionStatus {
    /// Environments being initialized.
    pub starting: u32,
    /// Initialized, frozen and waiting; with those of the provisioned ones that do.
    pub idle: u32,
    /// Running an invocation.
    pub busy: u32,
    /// As put by [`Provision`].
    pub wanted: u32,
    /// Of those, initialized, idle or busy.
    pub provisioned: u32,
    /// Of those, running an invocation.
    pub provisioned_busy: u32,
    /// Why the last attempt to make a provisioned environment failed; absent when one succeeded since.
    pub problem: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runtimes {
    pub runtimes: Vec<Runtime>,
}

/// A runtime that functions of this host can have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runtime {
    /// AWS's identifier.
    pub name: String,
    /// What runs it: the interpreter's path and version. Empty for `provided`.
    pub program: String,
}

/// Where the region's API is reached from the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// In the host's network namespace, and serving the API as guests see it: development credentials mean nothing there,
    /// for they are for whoever owns the host. The node hands connections on to it that functions make to
    /// `127.0.0.1:4566`, which `AWS_ENDPOINT_URL` names inside.
    pub address: std::net::SocketAddr,
    /// How long an environment is kept that nobody uses, from now on; as the node was started with if it is not said.
    #[serde(default)]
    pub idle_seconds: Option<u64>,
}

/// Lines in the order in which they were written, each with its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogBatch {
    /// What to ask `after` next, when these are stored. The number asked for, if there are none.
    pub last: u64,
    /// At most 1 MiB of them.
    pub lines: Vec<LogLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// Greater than that of all lines before, also across restarts of the node; with gaps.
    pub number: u64,
    pub account: String,
    pub group: String,
    /// `2026/01/31/[$LATEST]0123456789abcdef0123456789abcdef`; created with its first line.
    pub stream: String,
    /// Milliseconds since 1970.
    pub timestamp_ms: i64,
    /// One event: a line, or what a runtime wrote as one; without the line's end. Empty if it only says what was used.
    pub message: String,
    /// What an invocation used, said once, at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<Used>,
}

/// What is paid for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// The function's ARN, without qualifier.
    pub function: String,
    pub billed_ms: u64,
    pub memory_mib: u32,
    /// It ran in an environment that is paid for as a provisioned one.
    #[serde(default)]
    pub is_provisioned: bool,
}

/// Why the node does not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub reason: String,
}
