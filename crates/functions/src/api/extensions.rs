//! What extensions ask for (*Developer Guide, Lambda Extensions API reference*, version 2020-01-01).

use std::sync::Arc;

use http::header::HeaderValue;
use http::{Request, StatusCode};
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::json;

use super::runtime::read;
use super::{Answer, accepted, error, header, json_answer};
use crate::environment::extensions::Refused;
use crate::environment::{Environment, Fault};
use crate::telemetry::Subscription;

const NAME: &str = "lambda-extension-name";
const IDENTIFIER: &str = "lambda-extension-identifier";
const LONGEST: usize = 64 << 10;

#[derive(Deserialize, Default)]
struct Registration {
    #[serde(default)]
    events: Vec<String>,
}

pub async fn register(environment: &Environment, request: Request<Incoming>) -> Answer {
    let Some(name) = header(&request, NAME).map(str::to_owned) else {
        return error(StatusCode::BAD_REQUEST, "Extension.InvalidExtensionName", "The extension's name is missing");
    };
    let wants_account =
        header(&request, "lambda-extension-accept-feature").is_some_and(|all| all.contains("accountId"));
    let body = read(request, LONGEST).await.unwrap_or_default();
    let registration = if body.is_empty() { Ok(Registration::default()) } else { serde_json::from_slice(&body) };
    let Ok(Registration { events }) = registration else {
        return error(StatusCode::BAD_REQUEST, "InvalidRequestFormat", "The request is no JSON");
    };
    let is_early = !environment.exchange.has_begun();
    let id = match environment.extensions.register(&name, &events, is_early) {
        Ok(id) => id,
        Err(Refused::Events) => {
            return error(
                StatusCode::BAD_REQUEST,
                "Extension.InvalidEventType",
                "There is no such event to register for",
            );
        }
        Err(_) => return error(StatusCode::FORBIDDEN, "Extension.AlreadyRegistered", "It is too late to register"),
    };
    let revision = &environment.loaded.revision;
    let mut told =
        json!({"functionName": revision.function, "functionVersion": revision.version, "handler": revision.handler});
    if wants_account {
        told["accountId"] = json!(revision.account);
    }
    with_header(json_answer(StatusCode::OK, &told), IDENTIFIER, &id)
}

pub async fn next(environment: Arc<Environment>, request: Request<Incoming>) -> Answer {
    let Some(id) = header(&request, IDENTIFIER) else { return missing() };
    let Ok(event) = environment.extensions.next(id) else { return unknown() };
    environment.settle();
    drop(environment);
    match event.await {
        Ok((id, event)) => with_header(json_answer(StatusCode::OK, &event), "lambda-extension-event-identifier", &id),
        Err(_) => error(StatusCode::FORBIDDEN, "InvalidStateTransition", "The environment is over"),
    }
}

/// It cannot be initialized, or cannot go on: the environment is over.
pub async fn failed(environment: &Environment, request: Request<Incoming>, is_init: bool) -> Answer {
    let Some(id) = header(&request, IDENTIFIER) else { return missing() };
    let Some(name) = environment.extensions.name_of(id) else { return unknown() };
    let kind = header(&request, "lambda-extension-function-error-type").unwrap_or("Extension.Unknown").to_owned();
    let step = if is_init { "Extension.InitError" } else { "Extension.ExitError" };
    tracing::info!(extension = name, kind, "an extension failed");
    environment.exchange.fail(Fault::Extension { error_type: step.into(), message: format!("{name}: {kind}") });
    accepted()
}

/// *Developer Guide, Telemetry API reference: Subscribe*.
pub async fn subscribe(environment: &Arc<Environment>, request: Request<Incoming>) -> Answer {
    let Some(id) = header(&request, IDENTIFIER) else { return missing() };
    let Some(name) = environment.extensions.name_of(id) else { return unknown() };
    let body = read(request, LONGEST).await.unwrap_or_default();
    let subscription = match Subscription::parse(&body) {
        Ok(subscription) => subscription,
        Err(why) => return error(StatusCode::BAD_REQUEST, "ValidationError", &why),
    };
    if environment.subscribe(&name, subscription) {
        return json_answer(StatusCode::OK, &json!("OK"));
    }
    let why = "Subscriptions are taken while the environment is initialized only";
    error(StatusCode::FORBIDDEN, "Telemetry.SubscriptionClosed", why)
}

/// The Telemetry API's predecessor, which Freehold does not have: subscribers are told so, as AWS's own local emulator does.
pub fn no_logs_api() -> Answer {
    let said = json!({"errorType": "Logs.NotSupported", "errorMessage": "Logs API is not supported"});
    json_answer(StatusCode::ACCEPTED, &said)
}

fn missing() -> Answer {
    error(StatusCode::FORBIDDEN, "Extension.MissingExtensionIdentifier", "The extension's identifier is missing")
}

fn unknown() -> Answer {
    error(StatusCode::FORBIDDEN, "Extension.InvalidExtensionIdentifier", "No extension has this identifier")
}

fn with_header(mut answer: Answer, name: &'static str, value: &str) -> Answer {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
    answer
}
