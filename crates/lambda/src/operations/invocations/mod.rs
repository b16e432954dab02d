//! Invocations.

mod invoke;
mod invoke_async;
mod invoke_with_response_stream;

use std::sync::Arc;

use freehold_api::lambda::op;
use freehold_wire::Service;

use crate::Lambda;

pub(super) fn register(service: Service, lambda: &Arc<Lambda>) -> Service {
    service.on(op::Invoke, lambda, invoke::invoke).on(op::InvokeAsync, lambda, invoke_async::invoke_async).on_stream(
        op::InvokeWithResponseStream,
        lambda,
        invoke_with_response_stream::invoke_with_response_stream,
    )
}
