//! One run, from the count of what runs to the report.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use freehold_core::ids;
use freehold_functions::contract::Outcome;
use freehold_store::{Filter, StoreExt};
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::concurrency::Permit;
use super::lineage::{self, Lineage};
use super::{ACCOUNT_LIMIT, MOST_ASYNCHRONOUS, Resolved};
use crate::Lambda;
use crate::errors::Error;
use crate::model::Function;
use crate::node::{NodeError, Ran, Run, Streaming};

/// Characters of a client's context (*API reference, Invoke: ClientContext*).
const MOST_CONTEXT: usize = 3583;

/// What is to be handed to the function.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
    pub request_id: String,
    pub payload: Bytes,
    /// Base64, as it came.
    pub client_context: Option<String>,
    pub trace_id: Option<String>,
    pub wants_log: bool,
}

impl Invocation {
    pub fn new(payload: Bytes) -> Self {
        Self { request_id: ids::uuid(), payload, client_context: None, trace_id: None, wants_log: false }
    }
}

/// `Unhandled` if the function did not answer as it should.
pub(crate) fn failure_of(outcome: &Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Success => None,
        _ => Some("Unhandled"),
    }
}

/// What is sent must be JSON; what is not there is an empty object.
pub(crate) fn check_payload(payload: Option<Bytes>, most: usize) -> Result<Bytes, Error> {
    let payload = payload.filter(|payload| !payload.is_empty()).unwrap_or(Bytes::from_static(b"{}"));
    if payload.len() > most {
        return Err(Error::RequestTooLarge(if most == MOST_ASYNCHRONOUS {
            let size = payload.len();
            format!("{size} byte payload is too large for the Event invocation type (limit {most} bytes)")
        } else {
            format!("Request must be smaller than {most} bytes for the InvokeFunction operation")
        }));
    }
    let broken = |why: String| Error::InvalidRequestContent(format!("Could not parse payload into json: {why}"));
    let text = std::str::from_utf8(&payload).map_err(|error| broken(error.to_string()))?;
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| broken(error.to_string()))?;
    Ok(payload)
}

/// The context of a client is base64 of a JSON object, and not long (*API reference, Invoke: ClientContext*). The answer is
/// the same in characters that can stand in the header by which functions get it.
pub(crate) fn check_context(context: Option<String>) -> Result<Option<String>, Error> {
    let Some(context) = context.filter(|context| !context.is_empty()) else { return Ok(None) };
    if context.len() > MOST_CONTEXT {
        return Err(Error::ClientContext(format!(
            "Client context must be no more than {MOST_CONTEXT} bytes when base64-encoded."
        )));
    }
    let decoded = STANDARD.decode(&context).ok();
    let object = decoded.and_then(|bytes| serde_json::from_slice::<Map<String, Value>>(&bytes).ok());
    let broken = || Error::ClientContext("Client context must be a valid Base64-encoded JSON object.".into());
    Ok(Some(STANDARD.encode(ascii(&Value::Object(object.ok_or_else(broken)?)))))
}

/// JSON on one line, in ASCII.
fn ascii(value: &Value) -> String {
    let mut text = String::new();
    for letter in value.to_string().chars() {
        if letter.is_ascii() {
            text.push(letter);
            continue;
        }
        for unit in letter.encode_utf16(&mut [0; 2]) {
            text.push_str(&format!("\\u{unit:04x}"));
        }
    }
    text
}

impl Lambda {
    /// Runs the function and waits for it.
    pub(crate) async fn run(&self, resolved: &Resolved, invocation: Invocation) -> Result<Ran, Error> {
        self.check_lineage(resolved, &invocation)?;
        let permit = self.permit(resolved)?;
        let run = self.prepared(resolved, invocation).await?;
        let ran = self.node.run(run).await.map_err(not_run)?;
        let failed = failure_of(&ran.report.outcome).is_some();
        self.measure_run(resolved, ran.report.duration_ms, failed, &permit);
        Ok(ran)
    }

    /// Runs the function and hands on what it answers as it comes. The permit is to be kept until the end.
    pub(crate) async fn run_streaming(
        &self,
        resolved: &Resolved,
        invocation: Invocation,
    ) -> Result<(Streaming, Permit), Error> {
        self.check_lineage(resolved, &invocation)?;
        let permit = self.permit(resolved)?;
        let run = self.prepared(resolved, invocation).await?;
        Ok((self.node.stream(run).await.map_err(not_run)?, permit))
    }

    pub(crate) fn measure_stream(&self, resolved: &Resolved, duration_ms: f64, outcome: &Outcome, permit: &Permit) {
        self.measure_run(resolved, duration_ms, failure_of(outcome).is_some(), permit);
    }

    /// Stops what has been here too often, unless the function is to run in loops.
    fn check_lineage(&self, resolved: &Resolved, invocation: &Invocation) -> Result<(), Error> {
        if self.is_loop(resolved, &Lineage::read(invocation.trace_id.as_deref())) {
            return Err(Error::RecursiveInvocation);
        }
        Ok(())
    }

    /// Whether a chain of requests is stopped at the function; counts it if it is.
    pub(crate) fn is_loop(&self, resolved: &Resolved, lineage: &Lineage) -> bool {
        let function = &resolved.function;
        let is_loop = !function.allows_loops && lineage.count(&function.arn) >= lineage::MOST;
        if is_loop {
            self.measure(resolved, &[("RecursiveInvocationsDropped", 1.0, "Count")]);
        }
        is_loop
    }

    fn permit(&self, resolved: &Resolved) -> Result<Permit, Error> {
        let Function { account, arn, reserved, .. } = &*resolved.function;
        let begun = self.running.begin(account, arn, *reserved, || self.total_reserved(account));
        begun.inspect_err(|_| self.measure_throttle(resolved))
    }

    /// What all functions of the account have reserved.
    pub(crate) fn total_reserved(&self, account: &str) -> Result<u32, Error> {
        let functions = self.store.list::<Function>(&Filter::account(account))?;
        Ok(functions.iter().filter_map(|function| function.reserved).sum::<u32>().min(ACCOUNT_LIMIT))
    }

    async fn prepared(&self, resolved: &Resolved, invocation: Invocation) -> Result<Run, Error> {
        let credentials = self.credentials(&resolved.version).await?;
        let lineage = Lineage::read(invocation.trace_id.as_deref());
        Ok(Run {
            build: resolved.build.clone(),
            request_id: invocation.request_id,
            invoked_arn: resolved.invoked_arn.clone(),
            payload: invocation.payload,
            client_context: invocation.client_context,
            trace_id: Some(lineage.through(&resolved.function.arn, self.now().as_second())),
            wants_log: invocation.wants_log,
            credentials: Some(credentials),
        })
    }
}

fn not_run(error: NodeError) -> Error {
    match error {
        NodeError::Unavailable(reason) => Error::NotReady(reason),
        NodeError::Refused(reason) | NodeError::Lost(reason) => Error::Service(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_json_of_a_certain_size() {
        assert_eq!(check_payload(None, 10).unwrap(), "{}");
        assert_eq!(check_payload(Some(Bytes::from_static(b"[1, 2]")), 10).unwrap(), "[1, 2]");
        assert!(matches!(check_payload(Some(Bytes::from_static(b"{")), 10), Err(Error::InvalidRequestContent(_))));
        let long = Bytes::from_static(b"\"12345678901\"");
        assert!(matches!(check_payload(Some(long), 10), Err(Error::RequestTooLarge(_))));
    }
}
