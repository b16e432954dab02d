//! The control socket; [`crate::contract`] says what is said on it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::UnixListener;

use super::pool::{Pool, Refused};
use crate::contract::{Credentials, Endpoint, Provision, Refusal, Report, Status, headers};
use crate::environment::{Answer as Invoked, Body, Invocation};
use crate::logs::now_ms;
use crate::revisions::Unknown;
use crate::runtimes::runtimes;

/// *Developer Guide, Lambda quotas: Invocation payload*, with room for what a caller of ours may add.
const LARGEST_PAYLOAD: usize = (6 << 20) + (64 << 10);
/// What anything else may say.
const LARGEST_REQUEST: usize = 64 << 10;
const LONGEST_WAIT: Duration = Duration::from_secs(30);

type Answer = Response<BoxBody<Bytes, Infallible>>;

pub async fn serve(pool: &Arc<Pool>, listener: UnixListener) {
    let started_ms = now_ms();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let pool = Arc::clone(pool);
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let pool = Arc::clone(&pool);
                async move { Ok::<_, Infallible>(answer(&pool, started_ms, request).await) }
            });
            let served = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            if let Err(error) = served.await {
                tracing::debug!(%error, "a connection of the control plane ended");
            }
        });
    }
}

async fn answer(pool: &Arc<Pool>, started_ms: i64, request: Request<Incoming>) -> Answer {
    let path = request.uri().path().to_owned();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match (request.method(), parts.as_slice()) {
        (&Method::POST, ["revisions", id, "invocations"]) => invoke(pool, id, request).await,
        (&Method::PUT, ["revisions", id, "provisioned"]) => match read::<Provision>(request).await {
            Ok(wanted) => {
                pool.provision(id, wanted).map_or_else(|error| unknown(&error), |()| empty(StatusCode::NO_CONTENT))
            }
            Err(refused) => refused,
        },
        (&Method::DELETE, ["revisions", id]) => match pool.remove(id) {
            Ok(true) => empty(StatusCode::NO_CONTENT),
            Ok(false) => empty(StatusCode::ACCEPTED),
            Err(error) => refuse(StatusCode::SERVICE_UNAVAILABLE, &error.to_string()),
        },
        (&Method::GET, ["status"]) => json(&Status {
            pid: std::process::id(),
            started_ms,
            program: env!("CARGO_PKG_VERSION").into(),
            revisions: pool.status(),
        }),
        (&Method::GET, ["runtimes"]) => json(&runtimes(pool.parts.revisions.layout())),
        (&Method::PUT, ["endpoint"]) => match read::<Endpoint>(request).await {
            Ok(endpoint) => {
                pool.parts.endpoint.set(endpoint.address);
                if let Some(seconds) = endpoint.idle_seconds {
                    pool.keep_idle(Duration::from_secs(seconds));
                }
                empty(StatusCode::NO_CONTENT)
            }
            Err(refused) => refused,
        },
        (&Method::GET, ["logs"]) => logs(pool, request.uri().query().unwrap_or_default()).await,
        (method, _) => refuse(StatusCode::NOT_FOUND, &format!("there is no {method} {path}")),
    }
}

async fn logs(pool: &Pool, query: &str) -> Answer {
    let number = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).and_then(|(_, value)| value.parse::<u64>().ok())
    };
    let wait = Duration::from_secs(number("wait").unwrap_or(0)).min(LONGEST_WAIT);
    json(&pool.parts.spool.next(number("after").unwrap_or(0), wait).await)
}

async fn invoke(pool: &Arc<Pool>, id: &str, request: Request<Incoming>) -> Answer {
    let (invocation, credentials, body) = match invocation(request) {
        Ok(known) => known,
        Err(why) => return refuse(StatusCode::BAD_REQUEST, &why),
    };
    let Ok(payload) = Limited::new(body, LARGEST_PAYLOAD).collect().await else {
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, "the payload is larger than 6 MB");
    };
    let invocation = Invocation { payload: payload.to_bytes(), ..invocation };
    let (pool, id) = (Arc::clone(pool), id.to_owned());
    // In a task of its own: it goes on without whoever asked.
    let done = tokio::spawn(async move { pool.invoke(&id, invocation, credentials).await }).await;
    match done {
        Ok(Ok(answer)) => invoked(answer).await,
        Ok(Err(Refused::Unknown(error))) => unknown(&error),
        Ok(Err(error @ Refused::Host(_))) => {
            tracing::error!(%error, "an invocation is refused");
            refuse(StatusCode::SERVICE_UNAVAILABLE, &error.to_string())
        }
        Err(error) => refuse(StatusCode::SERVICE_UNAVAILABLE, &format!("the invocation ended: {error}")),
    }
}

/// What the headers say, and the body.
fn invocation(request: Request<Incoming>) -> Result<(Invocation, Option<Credentials>, Incoming), String> {
    let (head, body) = request.into_parts();
    let text = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let needed = |name: &str| text(name).ok_or_else(|| format!("the header {name} is missing"));
    let is_set = |name: &str| text(name).as_deref() == Some("true");
    let decoded = |name: &str| match text(name) {
        Some(value) => STANDARD.decode(value).map(Some).map_err(|_| format!("the header {name} is not base64")),
        None => Ok(None),
    };
    let context = decoded(headers::CLIENT_CONTEXT)?.map(|context| String::from_utf8_lossy(&context).into_owned());
    let credentials = match decoded(headers::CREDENTIALS)? {
        Some(keys) => Some(serde_json::from_slice(&keys).map_err(|error| format!("the credentials: {error}"))?),
        None => None,
    };
    let invocation = Invocation {
        request_id: needed(headers::REQUEST_ID)?,
        invoked_arn: needed(headers::INVOKED_ARN)?,
        client_context: context,
        trace_id: text(headers::TRACE_ID).unwrap_or_else(trace_id),
        payload: Bytes::new(),
        wants_tail: is_set(headers::LOG_TAIL),
        wants_stream: is_set(headers::STREAM),
    };
    Ok((invocation, credentials, body))
}

/// *X-Ray Developer Guide, Tracing header*: the time in seconds and 96 random bits; not sampled.
fn trace_id() -> String {
    let (high, low): (u32, u64) = (rand::random(), rand::random());
    let parent: u64 = rand::random();
    format!("Root=1-{:08x}-{high:08x}{low:016x};Parent={parent:016x};Sampled=0", now_ms() / 1000)
}

async fn invoked(answer: Invoked) -> Answer {
    let mut response = match answer.body {
        Body::Whole(body) => {
            let mut response = Response::new(Full::from(body).boxed());
            if let Some(report) = answer.report.await.ok().and_then(|report| report_value(&report)) {
                response.headers_mut().insert(HeaderName::from_static(headers::REPORT), report);
            }
            response
        }
        Body::Stream(pieces) => {
            let mut response = Response::new(streamed(pieces, answer.report).boxed());
            let named = HeaderValue::from_static(headers::REPORT);
            response.headers_mut().insert(http::header::TRAILER, named);
            response
        }
    };
    if let Some(kind) = answer.content_type.and_then(|kind| HeaderValue::from_str(&kind).ok()) {
        response.headers_mut().insert(http::header::CONTENT_TYPE, kind);
    }
    response
}

/// The pieces, and the report as a trailer.
fn streamed(
    pieces: tokio::sync::mpsc::Receiver<Bytes>,
    report: tokio::sync::oneshot::Receiver<Report>,
) -> impl http_body::Body<Data = Bytes, Error = Infallible> {
    super::stream::Stream::new(pieces, report, |report| {
        let mut trailers = http::HeaderMap::new();
        if let Some(value) = report_value(&report) {
            trailers.insert(HeaderName::from_static(headers::REPORT), value);
        }
        trailers
    })
}

fn report_value(report: &Report) -> Option<HeaderValue> {
    HeaderValue::from_str(&STANDARD.encode(serde_json::to_vec(report).ok()?)).ok()
}

async fn read<T: DeserializeOwned>(request: Request<Incoming>) -> Result<T, Answer> {
    let body = Limited::new(request.into_body(), LARGEST_REQUEST).collect().await;
    let body = body.map_err(|_| refuse(StatusCode::PAYLOAD_TOO_LARGE, "the request is too large"))?;
    serde_json::from_slice(&body.to_bytes()).map_err(|error| refuse(StatusCode::BAD_REQUEST, &error.to_string()))
}

fn unknown(error: &Unknown) -> Answer {
    let status = match error {
        Unknown::Missing(_) => StatusCode::NOT_FOUND,
        Unknown::Unreadable { .. } | Unknown::NoRuntime { .. } => StatusCode::SERVICE_UNAVAILABLE,
    };
    refuse(status, &error.to_string())
}

fn refuse(status: StatusCode, reason: &str) -> Answer {
    let mut answer = json(&Refusal { reason: reason.to_owned() });
    *answer.status_mut() = status;
    answer
}

fn json(body: &impl Serialize) -> Answer {
    // These types can always be written.
    let text = serde_json::to_vec(body).unwrap_or_default();
    let mut answer = Response::new(Full::from(text).boxed());
    let kind = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(http::header::CONTENT_TYPE, kind);
    answer
}

fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(Full::default().boxed());
    *answer.status_mut() = status;
    answer
}
