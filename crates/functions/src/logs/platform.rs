//! The lines that the platform itself writes, as text or as JSON (*Developer Guide, Lambda Telemetry API event schema*).

use serde_json::{Value, json};

use super::{iso, now_ms};
use crate::spec::{LogFormat, Logging, Revision};

/// How something ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    Success,
    Error(String),
    Timeout,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Init,
    /// Tried again as part of an invocation, after it had failed.
    Invoke,
}

/// What a REPORT line counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Metrics {
    pub duration_ms: f64,
    pub billed_ms: u64,
    pub memory_mib: u32,
    pub max_memory_used_mib: u32,
    pub init_ms: Option<f64>,
}

/// How the runtime brought its response.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Response {
    /// When the event was handed over, and the response began and ended; milliseconds since 1970.
    pub invoked_ms: i64,
    pub latency_ms: f64,
    pub duration_ms: f64,
    pub bytes: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Line<'a> {
    InitStart {
        runtime: &'a str,
        kind: &'a str,
    },
    /// The runtime is initialized, or will not be.
    InitRuntimeDone {
        kind: &'a str,
        phase: Phase,
        status: &'a Status,
    },
    InitReport {
        kind: &'a str,
        ms: f64,
        phase: Phase,
        status: &'a Status,
    },
    Extension {
        name: &'a str,
        events: &'a [&'a str],
        status: &'a Status,
    },
    Subscription {
        name: &'a str,
        types: &'a [&'a str],
    },
    Start {
        request: &'a str,
        trace: &'a str,
    },
    /// JSON: `platform.runtimeDone`.
    End {
        request: &'a str,
        trace: &'a str,
        status: &'a Status,
        ms: f64,
        response: Option<&'a Response>,
    },
    Report {
        request: &'a str,
        trace: &'a str,
        status: &'a Status,
        metrics: &'a Metrics,
    },
    TimedOut {
        request: &'a str,
        seconds: u32,
    },
    /// Why a process of the environment is gone.
    Fault {
        request: &'a str,
        message: &'a str,
        error_type: &'a str,
    },
}

impl Line<'_> {
    /// The event's message; `None` if this format or level does not have it.
    pub fn message(&self, revision: &Revision) -> Option<String> {
        match revision.logging.format {
            LogFormat::Text => self.text(revision),
            LogFormat::Json => self.json(revision),
        }
    }

    fn text(&self, revision: &Revision) -> Option<String> {
        Some(match self {
            Self::InitStart { runtime, .. } => {
                format!(
                    "INIT_START Runtime Version: {runtime}\tRuntime Version ARN: {}",
                    runtime_arn(revision, runtime)
                )
            }
            Self::InitRuntimeDone { .. } => return None,
            // One that went well is in the REPORT line of the first invocation.
            Self::InitReport { phase: Phase::Init, status: Status::Success, .. } => return None,
            Self::InitReport { ms, phase, status, .. } => {
                let phase = phase.name();
                format!("INIT_REPORT Init Duration: {ms:.2} ms\tPhase: {phase}\t{}", status_text(status).trim_start())
            }
            Self::Extension { name, events, status } => {
                let state = extension_state(status);
                let failure = status_error(status).map_or_else(String::new, |kind| format!("\tError Type: {kind}"));
                format!("EXTENSION\tName: {name}\tState: {state}\tEvents: [{}]{failure}", events.join(","))
            }
            Self::Subscription { name, types } => {
                let types: Vec<String> = types.iter().map(|kind| capitalized(kind)).collect();
                format!("TELEMETRY\tName: {name}\tState: Subscribed\tTypes: [{}]", types.join(", "))
            }
            Self::Start { request, .. } => format!("START RequestId: {request} Version: {}", revision.version),
            Self::End { request, .. } => format!("END RequestId: {request}"),
            Self::Report { request, status, metrics, .. } => {
                let init = metrics.init_ms.map_or_else(String::new, |ms| format!("Init Duration: {ms:.2} ms\t"));
                format!(
                    "REPORT RequestId: {request}\tDuration: {:.2} ms\tBilled Duration: {} ms\tMemory Size: {} MB\t\
                     Max Memory Used: {} MB\t{init}{}",
                    metrics.duration_ms,
                    metrics.billed_ms,
                    metrics.memory_mib,
                    metrics.max_memory_used_mib,
                    status_text(status).trim_start()
                )
            }
            Self::TimedOut { request, seconds } => {
                format!("{} {request} Task timed out after {seconds}.00 seconds", iso(now_ms()))
            }
            Self::Fault { request, message, error_type } => {
                format!("RequestId: {request} Error: {message}\n{error_type}")
            }
        })
    }

    fn json(&self, revision: &Revision) -> Option<String> {
        if !passes(&revision.logging, self) {
            return None;
        }
        self.event(revision).map(|event| event.to_string())
    }

    /// As those see it who are subscribed to telemetry; `None` if they do not.
    pub fn event(&self, revision: &Revision) -> Option<Value> {
        let (kind, record) = match self {
            Self::InitStart { runtime, kind } => (
                "platform.initStart",
                json!({
                    "initializationType": kind,
                    "phase": "init",
                    "runtimeVersion": runtime,
                    "runtimeVersionArn": runtime_arn(revision, runtime),
                    "functionName": revision.function,
                    "functionVersion": revision.version,
                }),
            ),
            Self::InitRuntimeDone { kind, phase, status } => (
                "platform.initRuntimeDone",
                with_status(json!({"initializationType": kind, "phase": phase.name()}), status),
            ),
            Self::InitReport { kind, ms, phase, status } => (
                "platform.initReport",
                with_status(
                    json!({
                        "initializationType": kind,
                        "phase": phase.name(),
                        "metrics": {"durationMs": rounded(*ms)},
                    }),
                    status,
                ),
            ),
            Self::Extension { name, events, status } => {
                let mut record = json!({"name": name, "state": extension_state(status), "events": events});
                if let Some(kind) = status_error(status) {
                    record["errorType"] = json!(kind);
                }
                ("platform.extension", record)
            }
            Self::Subscription { name, types } => {
                ("platform.telemetrySubscription", json!({"name": name, "state": "Subscribed", "types": types}))
            }
            Self::Start { request, trace } => {
                ("platform.start", traced(json!({"requestId": request, "version": revision.version}), trace))
            }
            Self::End { request, trace, status, ms, response } => {
                let mut record = json!({"requestId": request, "metrics": {"durationMs": rounded(*ms)}});
                if let Some(response) = response {
                    record["metrics"]["producedBytes"] = json!(response.bytes);
                    record["spans"] = response.spans();
                }
                ("platform.runtimeDone", traced(with_status(record, status), trace))
            }
            Self::Report { request, trace, status, metrics } => {
                let mut counted = json!({
                    "durationMs": rounded(metrics.duration_ms),
                    "billedDurationMs": metrics.billed_ms,
                    "memorySizeMB": metrics.memory_mib,
                    "maxMemoryUsedMB": metrics.max_memory_used_mib,
                });
                if let Some(ms) = metrics.init_ms {
                    counted["initDurationMs"] = rounded(ms);
                }
                let record = with_status(json!({"requestId": request, "metrics": counted}), status);
                ("platform.report", traced(record, trace))
            }
            // Said by the status of what follows.
            Self::TimedOut { .. } | Self::Fault { .. } => return None,
        };
        Some(json!({"time": iso(now_ms()), "type": kind, "record": record}))
    }
}

impl Phase {
    fn name(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::Invoke => "invoke",
        }
    }
}

impl Response {
    /// *Developer Guide, Lambda Telemetry API event schema: Span*.
    fn spans(&self) -> Value {
        let span = |name: &str, start: f64, ms: f64| json!({"name": name, "start": iso(self.invoked_ms + start as i64), "durationMs": rounded(ms)});
        json!([
            span("responseLatency", 0.0, self.latency_ms),
            span("responseDuration", self.latency_ms, self.duration_ms),
        ])
    }
}

fn traced(mut record: Value, trace: &str) -> Value {
    if !trace.is_empty() {
        record["tracing"] = json!({"type": "X-Amzn-Trace-Id", "value": trace});
    }
    record
}

fn extension_state(status: &Status) -> &'static str {
    match status {
        Status::Success => "Ready",
        Status::Error(_) | Status::Timeout => "Failed",
    }
}

fn status_error(status: &Status) -> Option<&str> {
    match status {
        Status::Error(kind) => Some(kind),
        Status::Success | Status::Timeout => None,
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// *Developer Guide, Configuring advanced logging controls: System log level event mapping*.
fn passes(logging: &Logging, line: &Line<'_>) -> bool {
    let is_fine = |status: &Status| *status == Status::Success;
    match logging.system_level.as_deref() {
        Some("WARN") => match line {
            Line::InitReport { status, .. }
            | Line::InitRuntimeDone { status, .. }
            | Line::Extension { status, .. }
            | Line::End { status, .. }
            | Line::Report { status, .. } => !is_fine(status),
            _ => false,
        },
        Some("DEBUG") => true,
        _ => match line {
            Line::End { status, .. } | Line::InitReport { status, .. } | Line::InitRuntimeDone { status, .. } => {
                !is_fine(status)
            }
            _ => true,
        },
    }
}

fn rounded(ms: f64) -> Value {
    json!((ms * 1000.0).round() / 1000.0)
}

fn with_status(mut record: Value, status: &Status) -> Value {
    match status {
        Status::Success => record["status"] = json!("success"),
        Status::Timeout => record["status"] = json!("timeout"),
        Status::Error(kind) => {
            record["status"] = json!("error");
            record["errorType"] = json!(kind);
        }
    }
    record
}

fn status_text(status: &Status) -> String {
    match status {
        Status::Success => String::new(),
        Status::Timeout => "\tStatus: timeout".into(),
        Status::Error(kind) => format!("\tStatus: error\tError Type: {kind}"),
    }
}

/// Names the version by a hash of it, as AWS does.
fn runtime_arn(revision: &Revision, version: &str) -> String {
    use sha2::{Digest, Sha256};
    format!("arn:aws:lambda:{}::runtime:{}", revision.region, hex::encode(Sha256::digest(version)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::revision;

    fn metrics() -> Metrics {
        Metrics { duration_ms: 1.234, billed_ms: 52, memory_mib: 128, max_memory_used_mib: 31, init_ms: Some(50.0) }
    }

    #[test]
    fn a_report_reads_as_aws_writes_it() {
        let (status, metrics) = (Status::Success, metrics());
        let line = Line::Report { request: "r-1", trace: "", status: &status, metrics: &metrics };
        assert_eq!(
            line.message(&revision()).unwrap(),
            "REPORT RequestId: r-1\tDuration: 1.23 ms\tBilled Duration: 52 ms\tMemory Size: 128 MB\tMax Memory Used: 31 MB\t\
             Init Duration: 50.00 ms\t"
        );
    }

    #[test]
    fn json_follows_the_system_level() {
        let mut revision = revision();
        revision.logging.format = LogFormat::Json;
        let (status, metrics) = (Status::Success, metrics());
        let report = Line::Report { request: "r-1", trace: "", status: &status, metrics: &metrics };
        assert!(report.message(&revision).unwrap().contains("\"type\":\"platform.report\""));
        revision.logging.system_level = Some("WARN".into());
        assert_eq!(report.message(&revision), None);
        let failed = Status::Timeout;
        assert!(
            Line::Report { request: "r-1", trace: "", status: &failed, metrics: &metrics }.message(&revision).is_some()
        );
    }
    #[test]
    fn telemetry_has_what_the_log_leaves_out() {
        let revision = revision();
        let (status, response) =
            (Status::Success, Response { invoked_ms: 1000, latency_ms: 2.0, duration_ms: 1.5, bytes: 7 });
        let (request, trace) = ("r-1", "Root=1");
        let line = Line::End { request, trace, status: &status, ms: 3.5, response: Some(&response) };
        let event = line.event(&revision).unwrap();
        assert_eq!(
            (event["type"].as_str(), event["record"]["status"].as_str()),
            (Some("platform.runtimeDone"), Some("success"))
        );
        assert_eq!(event["record"]["metrics"], json!({"durationMs": 3.5, "producedBytes": 7}));
        assert_eq!(event["record"]["tracing"], json!({"type": "X-Amzn-Trace-Id", "value": "Root=1"}));
        let second = json!({"name": "responseDuration", "start": "1970-01-01T00:00:01.002Z", "durationMs": 1.5});
        assert_eq!(event["record"]["spans"][1], second);
        let failed = Status::Error("Extension.Crash".into());
        let line = Line::Extension { name: "e", events: &["INVOKE"], status: &failed };
        assert_eq!(line.event(&revision).unwrap()["record"]["state"], "Failed");
        assert_eq!(
            line.message(&revision).unwrap(),
            "EXTENSION\tName: e\tState: Failed\tEvents: [INVOKE]\tError Type: Extension.Crash"
        );
        let line = Line::Subscription { name: "e", types: &["platform", "function"] };
        assert_eq!(
            line.message(&revision).unwrap(),
            "TELEMETRY\tName: e\tState: Subscribed\tTypes: [Platform, Function]"
        );
    }
}
