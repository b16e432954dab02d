//! One invocation of an environment.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use tokio::sync::mpsc;

use super::exchange::{Event, Initialized, Outcome as Became, Piece, Reply};
use super::{Environment, Fault};
use crate::contract::{Outcome, Report, Used};
use crate::logs::now_ms;
use crate::logs::platform::{Line, Metrics, Response, Status};

/// *Developer Guide, Lambda quotas: Invocation payload*: 6 MB, and the 100 bytes on top that AWS lets pass.
pub const LARGEST_RESPONSE: u64 = (6 << 20) + 100;

/// Characters of a stream's error that are told: it comes with the report, in a trailer, which has no room for more.
const LONGEST_ERROR: usize = 4 << 10;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Invocation {
    pub request_id: String,
    pub invoked_arn: String,
    pub client_context: Option<String>,
    pub trace_id: String,
    pub payload: Bytes,
    pub wants_tail: bool,
    pub wants_stream: bool,
}

pub enum Body {
    Whole(Bytes),
    /// Followed by the report.
    Stream(mpsc::Receiver<Bytes>),
}

/// What comes of it. The report of a stream comes when that has ended.
pub struct Answer {
    pub body: Body,
    pub content_type: Option<String>,
    pub report: tokio::sync::oneshot::Receiver<Report>,
}

impl Answer {
    pub fn whole(body: Bytes, content_type: Option<String>, report: Report) -> Self {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let _ = sender.send(report);
        Self { body: Body::Whole(body), content_type, report: receiver }
    }
}

/// How long the function may take, and what else of it was used up before.
#[derive(Debug, Clone, Copy)]
pub struct Cold {
    /// Of an initialization that this invocation waited for.
    pub init_ms: f64,
}

/// What is known at the end of a run.
struct Ran {
    began: Instant,
    cold: Option<Cold>,
    /// Of the response.
    bytes: usize,
}

impl Environment {
    /// Runs the function once. Nobody else may use the environment until `lease` is dropped.
    pub async fn invoke(
        self: &Arc<Self>,
        invocation: &Invocation,
        cold: Option<Cold>,
        lease: impl Send + 'static,
    ) -> Answer {
        self.thaw();
        self.limit_cpu();
        // What was written before belongs to the initialization that this one waited for, or to nobody.
        self.drain();
        if cold.is_none() {
            self.stream.begin();
        }
        let revision = &self.loaded.revision;
        let timeout = Duration::from_secs(revision.timeout_seconds.into());
        self.log(&Line::Start { request: &invocation.request_id, trace: &invocation.trace_id });
        let began = Instant::now();
        let event = Event {
            request_id: invocation.request_id.clone(),
            invoked_arn: invocation.invoked_arn.clone(),
            client_context: invocation.client_context.clone(),
            trace_id: invocation.trace_id.clone(),
            deadline_ms: now_ms() + i64::from(revision.timeout_seconds) * 1000,
            payload: invocation.payload.clone(),
        };
        let handed = async {
            // They may still be at the last one.
            self.extensions.quiet().await;
            self.extensions.invoke(&event);
            self.exchange.hand(event).await
        };
        let became = match tokio::time::timeout(timeout, handed).await {
            Ok(Ok(became)) => became,
            Ok(Err(_)) => Became::Fault(Fault::Ended),
            Err(_) => Became::Fault(self.time_over()),
        };
        match became {
            Became::Replied(Reply::Whole { body, content_type }) => {
                let bytes = body.len();
                let report = self.finish(invocation, Ran { began, cold, bytes }, Outcome::Success, None);
                Answer::whole(body, content_type, report)
            }
            Became::Replied(Reply::Error { body, error_type }) => {
                let bytes = body.len();
                let report = self.finish(invocation, Ran { began, cold, bytes }, Outcome::Error { error_type }, None);
                Answer::whole(body, None, report)
            }
            Became::Replied(Reply::Stream { body, content_type }) if invocation.wants_stream => {
                self.stream_out(invocation.clone(), (body, content_type), began, cold, lease)
            }
            Became::Replied(Reply::Stream { body, content_type }) => {
                self.gather(invocation, body, content_type, began, cold).await
            }
            Became::Fault(fault) => {
                let ran = Ran { began, cold, bytes: 0 };
                let report = self.finish(invocation, ran, fault.outcome(), Some(&fault));
                Answer::whole(fault.body(&invocation.request_id), None, report)
            }
        }
    }

    /// An invocation that finds no environment, because it could not be initialized.
    pub fn refuse(&self, invocation: &Invocation, why: Initialized, ms: f64) -> Answer {
        let request = invocation.request_id.as_str();
        self.log(&Line::Start { request, trace: &invocation.trace_id });
        let began = Instant::now().checked_sub(Duration::from_secs_f64(ms / 1000.0)).unwrap_or_else(Instant::now);
        let (body, outcome, fault) = match why {
            Initialized::Error { body, error_type } => (body, Outcome::InitFailed { error_type }, None),
            Initialized::Fault(fault) => {
                let outcome = match fault {
                    Fault::Exited(_) | Fault::Ended => Outcome::InitFailed { error_type: fault.error_type() },
                    _ => fault.outcome(),
                };
                (fault.body(request), outcome, Some(fault))
            }
            Initialized::Ready | Initialized::NotYet => (Fault::Ended.body(request), Outcome::Exited, None),
        };
        let report = self.finish(invocation, Ran { began, cold: None, bytes: 0 }, outcome, fault.as_ref());
        Answer::whole(body, None, report)
    }

    fn time_over(&self) -> Fault {
        let fault = Fault::TimedOut { seconds: self.loaded.revision.timeout_seconds };
        self.exchange.fail(fault.clone());
        fault
    }

    /// Hands a stream on as it comes. Goes on when the client is gone.
    fn stream_out(
        self: &Arc<Self>,
        invocation: Invocation,
        (mut from, content_type): (mpsc::Receiver<Piece>, Option<String>),
        began: Instant,
        cold: Option<Cold>,
        lease: impl Send + 'static,
    ) -> Answer {
        let (pieces, body) = mpsc::channel(4);
        let (sender, report) = tokio::sync::oneshot::channel();
        let environment = Arc::clone(self);
        let until =
            tokio::time::Instant::from_std(began + Duration::from_secs(self.loaded.revision.timeout_seconds.into()));
        tokio::spawn(async move {
            let mut bytes = 0;
            let mut stream_error = None;
            let (outcome, fault) = loop {
                match tokio::time::timeout_at(until, from.recv()).await {
                    Ok(Some(Piece::Data(data))) => {
                        bytes += data.len();
                        let _ = pieces.send(data).await;
                    }
                    Ok(Some(Piece::End)) => break (Outcome::Success, None),
                    Ok(Some(Piece::Error { error_type, body })) => {
                        stream_error = Some(body);
                        break (Outcome::Error { error_type }, None);
                    }
                    Ok(None) => break (Outcome::Exited, Some(Fault::Ended)),
                    Err(_) => {
                        let fault = environment.time_over();
                        break (fault.outcome(), Some(fault));
                    }
                }
            };
            let report = environment.finish(&invocation, Ran { began, cold, bytes }, outcome, fault.as_ref());
            let stream_error = stream_error.or_else(|| Some(fault?.body(&invocation.request_id)));
            let stream_error =
                stream_error.map(|body| String::from_utf8_lossy(&body).chars().take(LONGEST_ERROR).collect());
            drop(lease);
            let _ = sender.send(Report { stream_error, ..report });
        });
        Answer { body: Body::Stream(body), content_type, report }
    }

    /// A stream for a caller that wants it whole.
    async fn gather(
        &self,
        invocation: &Invocation,
        mut from: mpsc::Receiver<Piece>,
        content_type: Option<String>,
        began: Instant,
        cold: Option<Cold>,
    ) -> Answer {
        let until =
            tokio::time::Instant::from_std(began + Duration::from_secs(self.loaded.revision.timeout_seconds.into()));
        let mut whole = Vec::new();
        let fault = loop {
            match tokio::time::timeout_at(until, from.recv()).await {
                Ok(Some(Piece::Data(data))) => whole.extend_from_slice(&data),
                Ok(Some(Piece::End)) => break None,
                Ok(Some(Piece::Error { error_type, body })) => {
                    let ran = Ran { began, cold, bytes: whole.len() };
                    let report = self.finish(invocation, ran, Outcome::Error { error_type }, None);
                    return Answer::whole(body, None, report);
                }
                Ok(None) => break Some(Fault::Ended),
                Err(_) => break Some(self.time_over()),
            }
            if whole.len() as u64 > LARGEST_RESPONSE {
                break Some(Fault::ResponseTooLarge { bytes: whole.len() as u64 });
            }
        };
        let outcome = fault.as_ref().map_or(Outcome::Success, Fault::outcome);
        let report = self.finish(invocation, Ran { began, cold, bytes: whole.len() }, outcome, fault.as_ref());
        match fault {
            Some(fault) => Answer::whole(fault.body(&invocation.request_id), None, report),
            None => Answer::whole(whole.into(), content_type, report),
        }
    }

    /// The share of CPU that goes with its memory: from the first invocation on, for an initialization has more
    /// (*Developer Guide, Configure Lambda function memory*: one vCPU at 1,769 MB).
    fn limit_cpu(&self) {
        if !self.is_limited.swap(true, Ordering::Relaxed) {
            let millis = u64::from(self.loaded.revision.memory_mib) * 1000 / 1769;
            if let Err(error) = self.sandbox.limit_cpu(millis) {
                tracing::error!(%error, "an environment has no limit of CPU");
            }
        }
    }

    /// How the response came; `None` if there was none.
    fn response(&self, began: Instant, bytes: usize) -> Option<Response> {
        let response_began = self.exchange.take_response_began().filter(|at| *at >= began)?;
        let ms = |since: Instant, until: Instant| until.duration_since(since).as_secs_f64() * 1000.0;
        let now = Instant::now();
        Some(Response {
            invoked_ms: now_ms() - ms(began, now) as i64,
            latency_ms: ms(began, response_began),
            duration_ms: ms(response_began, now),
            bytes: bytes as u64,
        })
    }

    /// Writes what the platform has to say at the end, and counts.
    fn finish(
        &self,
        invocation: &Invocation,
        Ran { began, cold, bytes }: Ran,
        outcome: Outcome,
        fault: Option<&Fault>,
    ) -> Report {
        let revision = &self.loaded.revision;
        let request = invocation.request_id.as_str();
        let mut duration_ms = began.elapsed().as_secs_f64() * 1000.0;
        let init_ms = cold.map(|cold| cold.init_ms);
        let status = match (&outcome, fault) {
            (Outcome::Success, _) => Status::Success,
            (Outcome::TimedOut, _) => Status::Timeout,
            // A handler's own error is no failure of the platform's, but its kind is told.
            (Outcome::Error { error_type } | Outcome::InitFailed { error_type }, _) => {
                Status::Error(error_type.clone())
            }
            (_, Some(fault)) => Status::Error(fault.error_type()),
            _ => Status::Error("Unknown".into()),
        };
        self.drain();
        match fault {
            Some(Fault::TimedOut { seconds }) => {
                duration_ms = f64::from(*seconds) * 1000.0;
                self.log(&Line::TimedOut { request, seconds: *seconds });
            }
            Some(fault) => {
                let (message, error_type) = (fault.message(), fault.error_type());
                self.log(&Line::Fault { request, message: &message, error_type: &error_type });
            }
            None => {}
        }
        let metrics = Metrics {
            duration_ms,
            billed_ms: (duration_ms + init_ms.unwrap_or(0.0)).ceil() as u64,
            memory_mib: revision.memory_mib,
            max_memory_used_mib: if outcome == Outcome::OutOfMemory {
                revision.memory_mib
            } else {
                self.max_memory(began.elapsed())
            },
            init_ms,
        };
        let response = self.response(began, bytes);
        let trace = invocation.trace_id.as_str();
        let (status, ms) = (&status, duration_ms);
        let end = Line::End { request, trace, status, ms, response: response.as_ref() };
        let report = Line::Report { request, trace, status, metrics: &metrics };
        let (function, billed_ms, memory_mib) = (revision.arn.clone(), metrics.billed_ms, revision.memory_mib);
        let used = Used { function, billed_ms, memory_mib, is_provisioned: self.is_provisioned };
        self.log_all(&[end, report], Some(used));
        Report {
            request_id: invocation.request_id.clone(),
            outcome,
            duration_ms: metrics.duration_ms,
            billed_ms: metrics.billed_ms,
            init_ms,
            max_memory_used_mib: metrics.max_memory_used_mib,
            log_tail: invocation.wants_tail.then(|| STANDARD.encode(self.stream.tail())),
            log_stream: self.stream.name.clone(),
            stream_error: None,
            is_provisioned: self.is_provisioned,
        }
    }
}
