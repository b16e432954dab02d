//! What becomes of an event after a run: done, run again, or given up; and what is told of it (*Developer guide, Capturing
//! records of Lambda asynchronous invocations*).

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Resolved;
use super::event::{Event, Telling};
use super::lineage::{self, Lineage};
use super::run::failure_of;
use crate::model::{EventInvoke, iso};
use crate::names::LATEST;
use crate::node::Ran;

/// Unless it is configured: retries, and how long an event may wait.
const RETRIES: u32 = 2;
const MOST_AGE: Duration = Duration::from_secs(6 * 3600);
/// Between the first run and the second; it doubles.
const PAUSE: Duration = Duration::from_secs(60);

/// What a dead letter says beside the event (*Developer guide, Adding a dead-letter queue*).
pub(super) const DEAD_LETTER_ATTRIBUTES: [&str; 3] = ["RequestID", "ErrorCode", "ErrorMessage"];

/// How a turn of an event ended.
#[derive(Debug)]
pub(super) enum Ended {
    Ran(Ran),
    /// It has not run: throttled, or nothing to run it.
    NotRun,
    TooOld,
    /// The function's reservation is zero.
    NeverRuns,
    /// It has been here too often.
    Loops,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Hide it for a while.
    Later,
    /// Run it again after this, and count the failure.
    Again(Duration),
    Done(Condition),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    Success,
    RetriesExhausted,
    EventAgeExceeded,
    ZeroReservedConcurrency,
    RecursiveLoop,
}

impl Condition {
    fn name(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::RetriesExhausted => "RetriesExhausted",
            Self::EventAgeExceeded => "EventAgeExceeded",
            Self::ZeroReservedConcurrency => "ZeroReservedConcurrency",
            Self::RecursiveLoop => "RecursiveLoop",
        }
    }
}

pub(super) fn most_age_ms(config: Option<&EventInvoke>) -> i64 {
    let seconds = config.and_then(|config| config.max_age).map_or(MOST_AGE.as_secs() as i64, i64::from);
    seconds * 1000
}

/// Decides.
pub(super) fn verdict(ended: &Ended, event: &Event, config: Option<&EventInvoke>) -> Verdict {
    let retries = config.and_then(|config| config.retries).unwrap_or(RETRIES);
    match ended {
        Ended::TooOld => Verdict::Done(Condition::EventAgeExceeded),
        Ended::NeverRuns => Verdict::Done(Condition::ZeroReservedConcurrency),
        Ended::Loops => Verdict::Done(Condition::RecursiveLoop),
        Ended::NotRun => Verdict::Later,
        Ended::Ran(ran) if failure_of(&ran.report.outcome).is_none() => Verdict::Done(Condition::Success),
        Ended::Ran(_) if event.failures >= retries => Verdict::Done(Condition::RetriesExhausted),
        Ended::Ran(_) => Verdict::Again(PAUSE * (1 << event.failures.min(8))),
    }
}

impl Ended {
    /// What is told, and to whom.
    pub fn tellings(
        &self,
        condition: Condition,
        event: &Event,
        resolved: &Resolved,
        config: Option<&EventInvoke>,
        now: Timestamp,
    ) -> Vec<Telling> {
        let arn = &resolved.function.arn;
        let lineage = Lineage::read(event.trace_id.as_deref());
        // Where a loop's end is told must not be where the loop goes on.
        if condition == Condition::RecursiveLoop && lineage.count(arn) > lineage::MOST {
            return Vec::new();
        }
        let trace = lineage.through(arn, now.as_second());
        let telling = |to: &str, body: String, attributes| Telling {
            to: to.to_owned(),
            body,
            attributes,
            source: arn.clone(),
            role: resolved.version.settings.role.clone(),
            taken_ms: now.as_millisecond(),
            trace: Some(trace.clone()),
        };
        let succeeded = condition == Condition::Success;
        let destination = config
            .and_then(|config| if succeeded { config.on_success.as_deref() } else { config.on_failure.as_deref() });
        let mut tellings = Vec::new();
        if let Some(to) = destination {
            tellings.push(telling(to, self.record(condition, event, resolved, now).to_string(), BTreeMap::new()));
        }
        if let Some(to) = resolved.version.settings.dead_letters.as_deref().filter(|_| !succeeded) {
            let body = String::from_utf8_lossy(&event.payload).into_owned();
            tellings.push(telling(to, body, self.why(condition, event)));
        }
        tellings
    }

    /// Attributes of a dead letter (*Developer guide, Adding a dead-letter queue*).
    fn why(&self, condition: Condition, event: &Event) -> BTreeMap<String, String> {
        let message = match self {
            Self::Ran(ran) => error_message(&ran.payload),
            _ => condition.name().to_owned(),
        };
        let code = match self {
            Self::Ran(_) => "200",
            Self::Loops => "400",
            _ => "429",
        };
        let all = [("RequestID", event.request_id.clone()), ("ErrorCode", code.into()), ("ErrorMessage", message)];
        // An attribute of a message has a value.
        all.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn record(&self, condition: Condition, event: &Event, resolved: &Resolved, now: Timestamp) -> Value {
        let runs = event.failures + u32::from(matches!(self, Self::Ran(_)));
        let arn = format!("{}:{}", resolved.function.arn, event.qualifier.as_deref().unwrap_or(LATEST));
        let mut record = json!({
            "version": "1.0",
            "timestamp": iso(now),
            "requestContext": {
                "requestId": event.request_id,
                "functionArn": arn,
                "condition": condition.name(),
                "approximateInvokeCount": runs,
            },
            "requestPayload": value(&event.payload),
        });
        if let Self::Ran(ran) = self {
            let mut context = json!({"statusCode": 200, "executedVersion": resolved.version.number});
            if let Some(failure) = failure_of(&ran.report.outcome) {
                context["functionError"] = failure.into();
            }
            record["responseContext"] = context;
            record["responsePayload"] = value(&ran.payload);
        }
        record
    }
}

/// JSON as it is; what is none, as text.
fn value(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned().into())
}

/// At most a kilobyte, as in the message's attribute.
fn error_message(payload: &[u8]) -> String {
    let text = value(payload)["errorMessage"].as_str().unwrap_or_default().to_owned();
    text.chars().take(1024).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use bytes::Bytes;
    use freehold_functions::contract::{Outcome, Report};

    use super::*;

    pub(crate) fn ran(outcome: Outcome, payload: &'static str) -> Ran {
        let report = Report {
            request_id: "id".into(),
            outcome,
            duration_ms: 1.0,
            billed_ms: 1,
            init_ms: None,
            max_memory_used_mib: 1,
            log_tail: None,
            log_stream: "stream".into(),
            stream_error: None,
            is_provisioned: false,
        };
        Ran { report, payload: Bytes::from_static(payload.as_bytes()) }
    }

    fn event(failures: u32) -> Event {
        let event = Event::new("id".into(), None, Bytes::from_static(b"{\"a\":1}"), Timestamp::UNIX_EPOCH);
        Event { failures, ..event }
    }

    #[test]
    fn a_failure_is_tried_again_after_one_minute_and_after_two() {
        let failed = Ended::Ran(ran(Outcome::TimedOut, "{}"));
        assert_eq!(verdict(&failed, &event(0), None), Verdict::Again(Duration::from_secs(60)));
        assert_eq!(verdict(&failed, &event(1), None), Verdict::Again(Duration::from_secs(120)));
        assert_eq!(verdict(&failed, &event(2), None), Verdict::Done(Condition::RetriesExhausted));
        let done = Ended::Ran(ran(Outcome::Success, "{}"));
        assert_eq!(verdict(&done, &event(2), None), Verdict::Done(Condition::Success));
        assert_eq!(verdict(&Ended::NotRun, &event(9), None), Verdict::Later);
        assert_eq!(verdict(&Ended::Loops, &event(0), None), Verdict::Done(Condition::RecursiveLoop));
        assert_eq!(verdict(&Ended::TooOld, &event(0), None), Verdict::Done(Condition::EventAgeExceeded));
    }

    #[test]
    fn the_message_of_an_error_is_cut() {
        assert_eq!(error_message(br#"{"errorMessage":"no"}"#), "no");
        assert_eq!(error_message(b"nothing"), "");
        assert_eq!(error_message(format!(r#"{{"errorMessage":"{}"}}"#, "x".repeat(2000)).as_bytes()).len(), 1024);
    }
}
