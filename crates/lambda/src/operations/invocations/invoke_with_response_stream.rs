//! InvokeWithResponseStream: the answer piece by piece, as the function makes it.

use std::sync::Arc;

use freehold_api::lambda::{
    InvokeWithResponseStreamCompleteEvent, InvokeWithResponseStreamRequest, InvokeWithResponseStreamResponse,
};
use freehold_functions::contract::Report;
use freehold_wire::Call;
use freehold_wire::protocol::{Event as StreamEvent, Events, events};
use tokio::sync::mpsc;

use crate::Lambda;
use crate::errors::Error;
use crate::invoke::{Invocation, MOST_SYNCHRONOUS, Permit, Resolved, check_context, check_payload, failure_of};
use crate::names::FunctionName;
use crate::node::{Part, Streaming};

/// Events that may wait for the caller.
const WAITING: usize = 16;

pub(super) async fn invoke_with_response_stream(
    lambda: Arc<Lambda>,
    call: Call,
    input: InvokeWithResponseStreamRequest,
) -> Result<(InvokeWithResponseStreamResponse, Events), freehold_wire::Error> {
    let name = FunctionName::read(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    if input.tenant_id.is_some() {
        return Err(Error::invalid("TenantId: functions of this region do not isolate tenants.").into());
    }
    let resolved = lambda.resolve(&name)?;
    let (sender, stream) = events(WAITING);
    if input.invocation_type.as_deref() == Some("DryRun") {
        return Ok((InvokeWithResponseStreamResponse { status_code: Some(204), ..Default::default() }, stream));
    }
    let invocation = Invocation {
        request_id: call.request_id,
        client_context: check_context(input.client_context)?,
        trace_id: call.trace,
        wants_log: input.log_type.as_deref() == Some("Tail"),
        ..Invocation::new(check_payload(input.payload, MOST_SYNCHRONOUS)?)
    };
    let (streaming, permit) = lambda.run_streaming(&resolved, invocation).await?;
    let response = InvokeWithResponseStreamResponse {
        status_code: Some(200),
        executed_version: Some(resolved.version.number.clone()),
        response_stream_content_type: streaming.content_type.clone(),
        event_stream: None,
    };
    tokio::spawn(hand_on(lambda, resolved, streaming, permit, sender));
    Ok((response, stream))
}

/// Hands the parts on. A caller that has gone does not end the run.
async fn hand_on(
    lambda: Arc<Lambda>,
    resolved: Resolved,
    mut streaming: Streaming,
    permit: Permit,
    sender: mpsc::Sender<StreamEvent>,
) {
    let mut last = Vec::new();
    while let Some(part) = streaming.parts.recv().await {
        let event = match part {
            Ok(Part::Chunk(chunk)) => {
                last.clear();
                last.extend_from_slice(&chunk);
                StreamEvent::bytes("PayloadChunk", chunk)
            }
            Ok(Part::End(report)) => {
                lambda.measure_stream(&resolved, report.duration_ms, &report.outcome, &permit);
                StreamEvent::structure("InvokeComplete", &complete(report, &last))
            }
            Err(error) => StreamEvent::exception(&Error::Service(error.to_string()).into()),
        };
        let _ = sender.send(event).await;
    }
}

/// How it ended. The details of a failure are the error object: what came last, unless a stream had begun before.
fn complete(report: Report, last: &[u8]) -> InvokeWithResponseStreamCompleteEvent {
    let failure = failure_of(&report.outcome);
    let error = report.stream_error.unwrap_or_else(|| String::from_utf8_lossy(last).into_owned());
    InvokeWithResponseStreamCompleteEvent {
        error_code: failure.map(str::to_owned),
        error_details: failure.map(|_| error),
        log_result: report.log_tail,
    }
}
