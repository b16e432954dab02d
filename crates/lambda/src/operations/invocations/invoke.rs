//! Invoke: and wait for the answer, or only have it taken, or only ask whether it could be.

use std::sync::Arc;

use freehold_api::lambda::{InvocationRequest, InvocationResponse};
use freehold_wire::Call;

use crate::Lambda;
use crate::errors::Error;
use crate::invoke::{Event, Invocation, MOST_ASYNCHRONOUS, MOST_SYNCHRONOUS, check_context, check_payload, failure_of};
use crate::names::FunctionName;

pub(super) async fn invoke(
    lambda: Arc<Lambda>,
    call: Call,
    input: InvocationRequest,
) -> Result<InvocationResponse, freehold_wire::Error> {
    let name = FunctionName::read(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    if input.tenant_id.is_some() {
        return Err(Error::invalid("TenantId: functions of this region do not isolate tenants.").into());
    }
    if input.durable_execution_name.is_some() {
        return Err(Error::invalid("DurableExecutionName: this region has no durable executions.").into());
    }
    let client_context = check_context(input.client_context)?;
    let resolved = lambda.resolve(&name)?;
    let waits = match input.invocation_type.as_deref() {
        None | Some("RequestResponse") => true,
        Some("Event") => false,
        _ => {
            return Ok(InvocationResponse { status_code: Some(204), ..InvocationResponse::default() });
        }
    };
    if !waits {
        let payload = check_payload(input.payload, MOST_ASYNCHRONOUS)?;
        let event = Event {
            client_context,
            trace_id: call.trace,
            ..Event::new(call.request_id, name.qualifier, payload, lambda.now())
        };
        lambda.enqueue(&resolved.function, event).await?;
        return Ok(InvocationResponse { status_code: Some(202), ..InvocationResponse::default() });
    }
    let payload = check_payload(input.payload, MOST_SYNCHRONOUS)?;
    let invocation = Invocation {
        request_id: call.request_id,
        client_context,
        trace_id: call.trace,
        wants_log: input.log_type.as_deref() == Some("Tail"),
        ..Invocation::new(payload)
    };
    let ran = lambda.run(&resolved, invocation).await?;
    Ok(InvocationResponse {
        status_code: Some(200),
        function_error: failure_of(&ran.report.outcome).map(str::to_owned),
        log_result: ran.report.log_tail,
        payload: Some(ran.payload),
        executed_version: Some(resolved.version.number.clone()),
        durable_execution_arn: None,
    })
}
