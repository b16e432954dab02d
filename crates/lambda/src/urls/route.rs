//! Serves the addresses of functions.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use freehold_core::ids;
use freehold_store::{Filter, StoreExt};
use freehold_wire::server::{Metrics, PlainRequest, PlainResponse, Route};
use freehold_wire::sigv4;
use http::{Method, StatusCode};
use serde_json::json;

use super::{PATH, answer, cors, event, signed, split};
use crate::Lambda;
use crate::errors::Error;
use crate::invoke::{Invocation, Resolved, failure_of};
use crate::model::{AuthType, FunctionUrl, InvokeMode};
use crate::names::FunctionName;
use crate::node::Part;

/// Answers for functions.
pub struct UrlRoute(pub Arc<Lambda>);

#[async_trait]
impl Route for UrlRoute {
    fn path(&self) -> &str {
        PATH
    }

    async fn handle(&self, request: PlainRequest, client: SocketAddr, _: &Metrics) -> PlainResponse {
        let lambda = &self.0;
        let found = split(request.uri().path()).and_then(|(id, _)| lambda.url(id));
        let Some(url) = found else { return answer::forbidden() };
        if request.method() == Method::OPTIONS
            && let Some(cors) = &url.cors
        {
            return cors::preflight(cors, request.headers());
        }
        let mut response = lambda.answer(&url, &request, client).await;
        if let Some(cors) = &url.cors {
            cors::mark(cors, request.headers(), response.headers_mut());
        }
        response
    }
}

impl Lambda {
    fn url(&self, id: &str) -> Option<FunctionUrl> {
        let found = self.store.list::<FunctionUrl>(&Filter::index(1, id)).unwrap_or_else(|error| {
            tracing::error!(%error, "function URLs cannot be read");
            Vec::new()
        });
        found.into_iter().next()
    }

    async fn answer(&self, url: &FunctionUrl, request: &PlainRequest, client: SocketAddr) -> PlainResponse {
        let request_id = ids::uuid();
        let uri = request.uri();
        let query = uri.query().unwrap_or_default();
        let caller = match url.auth {
            AuthType::None if self.everybody_may_call(&url.arn) => None,
            AuthType::None => return answer::forbidden(),
            AuthType::Iam => {
                let signature = sigv4::Request {
                    method: request.method().as_str(),
                    path: uri.path(),
                    query,
                    headers: request.headers(),
                    body: request.body(),
                };
                match signed::caller(self, url, &signature, &request_id, client.ip()) {
                    Some(caller) => Some(caller),
                    None => return answer::forbidden(),
                }
            }
        };
        let event = event::Request {
            id: &url.host,
            region: &self.region,
            request_id: &request_id,
            method: request.method().as_str(),
            path: split(uri.path()).map_or("/", |(_, path)| path),
            query,
            headers: request.headers(),
            body: request.body(),
            client: client.ip(),
            caller: caller.as_ref(),
            at: self.now(),
        };
        let invocation =
            Invocation { request_id: request_id.clone(), ..Invocation::new(event.event().to_string().into()) };
        self.answer_by(url, invocation).await.unwrap_or_else(|error| refused(&error))
    }

    async fn answer_by(&self, url: &FunctionUrl, invocation: Invocation) -> Result<PlainResponse, Error> {
        let name = FunctionName::parse(&url.arn, &self.region, &url.account);
        let resolved = self.resolve(&name.ok_or_else(|| Error::no_function(&url.arn))?)?;
        match url.mode {
            InvokeMode::Buffered => {
                let ran = self.run(&resolved, invocation).await?;
                let is_done = failure_of(&ran.report.outcome).is_none();
                Ok(if is_done { answer::of_payload(&ran.payload) } else { answer::failed() })
            }
            InvokeMode::Streamed => self.gathered(&resolved, invocation).await,
        }
    }

    /// A streamed response, once it is whole.
    async fn gathered(&self, resolved: &Resolved, invocation: Invocation) -> Result<PlainResponse, Error> {
        let (mut streaming, permit) = self.run_streaming(resolved, invocation).await?;
        let mut body = BytesMut::new();
        while let Some(part) = streaming.parts.recv().await {
            match part.map_err(|error| Error::Service(error.to_string()))? {
                Part::Chunk(chunk) => body.extend_from_slice(&chunk),
                Part::End(report) => {
                    self.measure_stream(resolved, report.duration_ms, &report.outcome, &permit);
                    if failure_of(&report.outcome).is_some() {
                        return Ok(answer::failed());
                    }
                }
            }
        }
        Ok(answer::of_stream(streaming.content_type.as_deref(), Bytes::from(body)))
    }
}

fn refused(error: &Error) -> PlainResponse {
    match error {
        Error::TooManyRequests { sentence, reason } => {
            answer::told(StatusCode::TOO_MANY_REQUESTS, &json!({"Reason": reason, "Type": "User", "message": sentence}))
        }
        Error::NotFound(_) => answer::forbidden(),
        error => {
            tracing::debug!(%error, "a function URL has no answer");
            answer::failed()
        }
    }
}
