//! The runtime brings back a response, whole or as it comes, or an error.

use http::{Request, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::sync::mpsc;

use super::runtime::read;
use super::{Answer, accepted, header};
use crate::environment::exchange::{Piece, Reply};
use crate::environment::{Environment, Fault};

/// As [`crate::environment`] has it; one more byte is too many.
const LARGEST: usize = crate::environment::LARGEST_RESPONSE as usize;

pub async fn response(environment: &Environment, id: &str, request: Request<Incoming>) -> Answer {
    if !environment.exchange.is_running(id) {
        return no_such_request();
    }
    environment.exchange.note_response(id);
    let content_type = header(&request, "content-type").map(str::to_owned);
    if header(&request, "lambda-runtime-function-response-mode") == Some("streaming") {
        return stream(environment, id, request, content_type).await;
    }
    let said: Option<u64> = header(&request, "content-length").and_then(|length| length.parse().ok());
    let Some(body) = read(request, LARGEST).await else {
        let fault = Fault::ResponseTooLarge { bytes: said.unwrap_or(LARGEST as u64 + 1) };
        let reply = Reply::Error { body: fault.body(id), error_type: fault.error_type() };
        let _ = environment.exchange.reply(id, reply);
        let message = fault.message();
        return super::error(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", &message);
    };
    match environment.exchange.reply(id, Reply::Whole { body, content_type }) {
        Ok(()) => accepted(),
        Err(_) => no_such_request(),
    }
}

async fn stream(
    environment: &Environment,
    id: &str,
    request: Request<Incoming>,
    content_type: Option<String>,
) -> Answer {
    let (pieces, body) = mpsc::channel(4);
    if environment.exchange.reply(id, Reply::Stream { body, content_type }).is_err() {
        return no_such_request();
    }
    let mut incoming = request.into_body();
    let mut failed = None;
    // Without an end, what comes of it is a broken stream.
    while let Some(frame) = incoming.frame().await {
        let Ok(frame) = frame else { return accepted() };
        match frame.into_data() {
            Ok(data) => _ = pieces.send(Piece::Data(data)).await,
            Err(frame) => failed = frame.into_trailers().ok().and_then(|trailers| error_of(&trailers)),
        }
    }
    let _ = pieces.send(failed.unwrap_or(Piece::End)).await;
    accepted()
}

/// *Developer Guide, Building a custom runtime: response streaming*: an error on the way comes in trailers.
fn error_of(trailers: &http::HeaderMap) -> Option<Piece> {
    use base64::Engine as _;
    let text = |name: &str| trailers.get(name)?.to_str().ok().map(str::to_owned);
    let error_type = text("lambda-runtime-function-error-type")?;
    let body = text("lambda-runtime-function-error-body").unwrap_or_default();
    let body = base64::engine::general_purpose::STANDARD.decode(body).unwrap_or_default();
    Some(Piece::Error { error_type, body: body.into() })
}

pub async fn error(environment: &Environment, id: &str, request: Request<Incoming>) -> Answer {
    environment.exchange.note_response(id);
    let given = header(&request, "lambda-runtime-function-error-type").map(str::to_owned);
    let Some(body) = read(request, LARGEST).await else {
        return super::error(StatusCode::BAD_REQUEST, "InvalidRequest", "The body cannot be read");
    };
    let in_body =
        || serde_json::from_slice::<serde_json::Value>(&body).ok()?.get("errorType")?.as_str().map(str::to_owned);
    let error_type = given.or_else(in_body).unwrap_or_else(|| "Unhandled".into());
    match environment.exchange.reply(id, Reply::Error { body, error_type }) {
        Ok(()) => accepted(),
        Err(_) => no_such_request(),
    }
}

fn no_such_request() -> Answer {
    super::error(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID")
}
