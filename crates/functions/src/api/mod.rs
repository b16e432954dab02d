//! What a runtime and extensions speak to: HTTP on 127.0.0.1:9001 of their sandbox, served from outside of it (*Developer
//! Guide, Using the Lambda runtime API*, version 2018-06-01).

mod extensions;
mod reply;
mod runtime;

use std::convert::Infallible;
use std::sync::{Arc, Weak};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::task::AbortHandle;

use crate::environment::Environment;

pub type Answer = Response<Full<Bytes>>;

/// Serves one environment until the task is aborted.
pub fn serve(environment: &Arc<Environment>, listener: std::net::TcpListener) -> freehold_machine::Result<AbortHandle> {
    let failed = |error| freehold_machine::Error::io("serve the runtime API", error);
    listener.set_nonblocking(true).map_err(failed)?;
    let listener = tokio::net::TcpListener::from_std(listener).map_err(failed)?;
    let environment = Arc::downgrade(environment);
    let task = tokio::spawn(async move {
        // With the task they all end.
        let mut connections = tokio::task::JoinSet::new();
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                continue;
            };
            let _ = stream.set_nodelay(true);
            let environment = Weak::clone(&environment);
            connections.spawn(async move {
                let service = service_fn(move |request| answer(Weak::clone(&environment), request));
                let served = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                if let Err(error) = served.await {
                    tracing::debug!(%error, "a runtime's connection ended");
                }
            });
            while connections.try_join_next().is_some() {}
        }
    });
    Ok(task.abort_handle())
}

async fn answer(environment: Weak<Environment>, request: Request<Incoming>) -> Result<Answer, Infallible> {
    let Some(environment) = environment.upgrade() else {
        return Ok(error(StatusCode::FORBIDDEN, "InvalidStateTransition", "The environment is over"));
    };
    let path = request.uri().path().to_owned();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let method = request.method().clone();
    Ok(match (&method, parts.as_slice()) {
        (&Method::GET, ["2018-06-01", "runtime", "invocation", "next"]) => runtime::next(environment).await,
        (&Method::POST, ["2018-06-01", "runtime", "invocation", id, "response"]) => {
            reply::response(&environment, id, request).await
        }
        (&Method::POST, ["2018-06-01", "runtime", "invocation", id, "error"]) => {
            reply::error(&environment, id, request).await
        }
        (&Method::POST, ["2018-06-01", "runtime", "init", "error"]) => runtime::init_error(&environment, request).await,
        (&Method::POST, ["2020-01-01", "extension", "register"]) => extensions::register(&environment, request).await,
        (&Method::GET, ["2020-01-01", "extension", "event", "next"]) => extensions::next(environment, request).await,
        (&Method::POST, ["2020-01-01", "extension", "init", "error"]) => {
            extensions::failed(&environment, request, true).await
        }
        (&Method::POST, ["2020-01-01", "extension", "exit", "error"]) => {
            extensions::failed(&environment, request, false).await
        }
        (&Method::PUT, ["2022-07-01", "telemetry"]) => extensions::subscribe(&environment, request).await,
        (&Method::PUT, ["2020-08-15", "logs"]) => extensions::no_logs_api(),
        _ => error(StatusCode::NOT_FOUND, "NotFound", &format!("There is no {method} {path}")),
    })
}

/// *API reference of the runtime API*: `ErrorResponse`.
pub fn error(status: StatusCode, error_type: &str, message: &str) -> Answer {
    json_answer(status, &json!({"errorMessage": message, "errorType": error_type}))
}

pub fn accepted() -> Answer {
    json_answer(StatusCode::ACCEPTED, &json!({"status": "OK"}))
}

pub fn json_answer(status: StatusCode, body: &serde_json::Value) -> Answer {
    let mut answer = Response::new(Full::from(body.to_string()));
    *answer.status_mut() = status;
    let kind = http::HeaderValue::from_static("application/json");
    answer.headers_mut().insert(http::header::CONTENT_TYPE, kind);
    answer
}

/// A header's text.
pub fn header<'a>(request: &'a Request<Incoming>, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}
