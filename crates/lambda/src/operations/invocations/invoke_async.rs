//! InvokeAsync: an old name of Invoke with the type Event.

use std::sync::Arc;

use freehold_api::lambda::{InvokeAsyncRequest, InvokeAsyncResponse};
use freehold_wire::Call;

use crate::Lambda;
use crate::invoke::{Event, MOST_ASYNCHRONOUS, check_payload};
use crate::names::FunctionName;

pub(super) async fn invoke_async(
    lambda: Arc<Lambda>,
    call: Call,
    input: InvokeAsyncRequest,
) -> Result<InvokeAsyncResponse, freehold_wire::Error> {
    let name = FunctionName::read(&call, input.function_name.as_deref(), None)?;
    let resolved = lambda.resolve(&name)?;
    let payload = check_payload(input.invoke_args, MOST_ASYNCHRONOUS)?;
    let event = Event::new(call.request_id, name.qualifier, payload, lambda.now());
    let event = Event { trace_id: call.trace, ..event };
    lambda.enqueue(&resolved.function, event).await?;
    Ok(InvokeAsyncResponse { status: Some(202) })
}
