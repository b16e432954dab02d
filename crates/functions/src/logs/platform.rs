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

#[derive(Debug, Clone, PartialEq)]
pub enum Line<'a> {
    InitStart {
        runtime: &'a str,
        kind: &'a str,
    },
    InitReport {
        ms: f64,
        phase: Phase,
        status: &'a Status,
    },
    Start {
        request: &'a str,
    },
    /// JSON: `platform.runtimeDone`.
    End {
        request: &'a str,
        status: &'a Status,
        ms: f64,
    },
    Report {
        request: &'a str,
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
            // One that went well is in the REPORT line of the first invocation.
            Self::InitReport { phase: Phase::Init, status: Status::Success, .. } => return None,
            Self::InitReport { ms, phase, status } => {
                let phase = if *phase == Phase::Init { "init" } else { "invoke" };
                format!("INIT_REPORT Init Duration: {ms:.2} ms\tPhase: {phase}\t{}", status_text(status).trim_start())
            }
            Self::Start { request } => format!("START RequestId: {request} Version: {}", revision.version),
            Self::End { request, .. } => format!("END RequestId: {request}"),
            Self::Report { request, status, metrics } => {
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
            Self::InitReport { ms, phase, status } => (
                "platform.initReport",
                with_status(
                    json!({
                        "initializationType": "on-demand",
                        "phase": if *phase == Phase::Init { "init" } else { "invoke" },
                        "metrics": {"durationMs": rounded(*ms)},
                    }),
                    status,
                ),
            ),
            Self::Start { request } => ("platform.start", json!({"requestId": request, "version": revision.version})),
            Self::End { request, status, ms } => (
                "platform.runtimeDone",
                with_status(json!({"requestId": request, "metrics": {"durationMs": rounded(*ms)}}), status),
            ),
            Self::Report { request, status, metrics } => {
                let mut counted = json!({
                    "durationMs": rounded(metrics.duration_ms),
                    "billedDurationMs": metrics.billed_ms,
                    "memorySizeMB": metrics.memory_mib,
                    "maxMemoryUsedMB": metrics.max_memory_used_mib,
                });
                if let Some(ms) = metrics.init_ms {
                    counted["initDurationMs"] = rounded(ms);
                }
                ("platform.report", with_status(json!({"requestId": request, "metrics": counted}), status))
            }
            // Said by the status of what follows.
            Self::TimedOut { .. } | Self::Fault { .. } => return None,
        };
        Some(json!({"time": iso(now_ms()), "type": kind, "record": record}).to_string())
    }
}

/// *Developer Guide, Configuring advanced logging controls: System log level event mapping*.
fn passes(logging: &Logging, line: &Line<'_>) -> bool {
    let is_fine = |status: &Status| *status == Status::Success;
    match logging.system_level.as_deref() {
        Some("WARN") => match line {
            Line::InitReport { status, .. } | Line::End { status, .. } | Line::Report { status, .. } => {
                !is_fine(status)
            }
            _ => false,
        },
        Some("DEBUG") => true,
        _ => !matches!(line, Line::End { status, .. } | Line::InitReport { status, .. } if is_fine(status)),
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
        let line = Line::Report { request: "r-1", status: &status, metrics: &metrics };
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
        let report = Line::Report { request: "r-1", status: &status, metrics: &metrics };
        assert!(report.message(&revision).unwrap().contains("\"type\":\"platform.report\""));
        revision.logging.system_level = Some("WARN".into());
        assert_eq!(report.message(&revision), None);
        let failed = Status::Timeout;
        assert!(Line::Report { request: "r-1", status: &failed, metrics: &metrics }.message(&revision).is_some());
    }
}
