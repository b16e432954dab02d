//! The runtime asks for the next event, or says that it cannot be initialized.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;

use super::{Answer, accepted, error, header};
use crate::environment::Environment;
use crate::environment::exchange::Event;

/// No honest error is longer.
const LONGEST_ERROR: usize = 256 << 10;

pub async fn next(environment: Arc<Environment>) -> Answer {
    let Ok(event) = environment.exchange.next() else {
        return error(StatusCode::FORBIDDEN, "InvalidStateTransition", "The last invocation has no response yet");
    };
    environment.settle();
    // A connection that waits for hours must not keep the environment.
    drop(environment);
    match event.await {
        Ok(event) => deliver(event),
        Err(_) => error(StatusCode::FORBIDDEN, "InvalidStateTransition", "The environment is over"),
    }
}

fn deliver(event: Event) -> Answer {
    let mut answer = Response::new(Full::new(event.payload));
    let headers = answer.headers_mut();
    let mut set = |name: &'static str, value: &str| {
        // What cannot be in a header has been refused before, or is not ours.
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("content-type", "application/json");
    set("lambda-runtime-aws-request-id", &event.request_id);
    set("lambda-runtime-deadline-ms", &event.deadline_ms.to_string());
    set("lambda-runtime-invoked-function-arn", &event.invoked_arn);
    set("lambda-runtime-trace-id", &event.trace_id);
    if let Some(context) = &event.client_context {
        set("lambda-runtime-client-context", context);
    }
    answer
}

pub async fn init_error(environment: &Environment, request: Request<Incoming>) -> Answer {
    let error_type = header(&request, "lambda-runtime-function-error-type").unwrap_or("Runtime.Unknown").to_owned();
    let Some(body) = read(request, LONGEST_ERROR).await else {
        return error(StatusCode::BAD_REQUEST, "InvalidRequest", "The body cannot be read");
    };
    match environment.exchange.init_error(body, error_type) {
        Ok(()) => accepted(),
        Err(_) => error(StatusCode::FORBIDDEN, "InvalidStateTransition", "The runtime is initialized"),
    }
}

/// A body of at most so many bytes.
pub async fn read(request: Request<Incoming>, most: usize) -> Option<Bytes> {
    Limited::new(request.into_body(), most).collect().await.ok().map(|body| body.to_bytes())
}
