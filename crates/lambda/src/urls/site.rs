//! Serves the addresses of functions.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use freehold_core::ids;
use freehold_store::{Filter, StoreExt};
use freehold_wire::server::{PlainRequest, PlainResponse, Scheme, Site, SiteResponse, whole};
use freehold_wire::sigv4;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::json;

use super::{PATH, answer, cors, event, of_host, signed, split, stream};
use crate::Lambda;
use crate::errors::Error;
use crate::invoke::lineage::Lineage;
use crate::invoke::{Invocation, MOST_SYNCHRONOUS, failure_of};
use crate::model::{AuthType, FunctionUrl, InvokeMode};
use crate::names::FunctionName;

const TRACE: HeaderName = HeaderName::from_static("x-amzn-trace-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// Answers for functions.
pub struct UrlSite(pub Arc<Lambda>);

#[async_trait]
impl Site for UrlSite {
    fn answers(&self, host: &str, path: &str) -> bool {
        path.starts_with(PATH) || of_host(host, &self.0.region).is_some()
    }

    /// What a function takes, which is less than that by what is around the body.
    fn body_bytes(&self) -> usize {
        MOST_SYNCHRONOUS
    }

    fn too_large(&self) -> PlainResponse {
        answer::too_large()
    }

    async fn handle(&self, request: PlainRequest, client: SocketAddr) -> SiteResponse {
        let lambda = &self.0;
        let Some((id, path)) = place(&lambda.region, &request) else { return whole(answer::forbidden()) };
        let Some(url) = lambda.url(id) else { return whole(answer::forbidden()) };
        if request.method() == Method::OPTIONS
            && let Some(cors) = &url.cors
        {
            return whole(cors::preflight(cors, request.headers()));
        }
        let mut response = lambda.answer(&url, &request, path, client).await;
        if let Some(cors) = &url.cors {
            cors::mark(cors, request.headers(), response.headers_mut());
        }
        response
    }
}

/// The id and the function's own path.
fn place<'a>(region: &str, request: &'a PlainRequest) -> Option<(&'a str, &'a str)> {
    let path = request.uri().path();
    if path.starts_with(PATH) {
        return split(path);
    }
    Some((of_host(host(request.headers()), region)?, path))
}

fn host(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default()
}

impl Lambda {
    fn url(&self, id: &str) -> Option<FunctionUrl> {
        let found = self.store.list::<FunctionUrl>(&Filter::index(1, id)).unwrap_or_else(|error| {
            tracing::error!(%error, "function URLs cannot be read");
            Vec::new()
        });
        found.into_iter().next()
    }

    async fn answer(
        self: &Arc<Self>,
        url: &FunctionUrl,
        request: &PlainRequest,
        path: &str,
        client: SocketAddr,
    ) -> SiteResponse {
        let request_id = ids::uuid();
        let uri = request.uri();
        let query = uri.query().unwrap_or_default();
        let caller = match url.auth {
            AuthType::None if self.everybody_may_call(&url.arn) => None,
            AuthType::None => return whole(answer::forbidden()),
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
                    None => return whole(answer::forbidden()),
                }
            }
        };
        let sent = request.headers().get(&TRACE).and_then(|trace| trace.to_str().ok());
        let trace = Lineage::read(sent).begun(self.now().as_second());
        let event = event::Request {
            id: &url.host,
            region: &self.region,
            request_id: &request_id,
            method: request.method().as_str(),
            path,
            query,
            headers: request.headers(),
            scheme: request.extensions().get::<Scheme>().map_or("http", |scheme| scheme.0),
            trace: &trace,
            body: request.body(),
            client: client.ip(),
            caller: caller.as_ref(),
            at: self.now(),
        };
        let payload = event.event().to_string();
        if payload.len() > MOST_SYNCHRONOUS {
            return whole(answer::too_large());
        }
        let invocation = Invocation {
            request_id: request_id.clone(),
            trace_id: Some(trace.clone()),
            ..Invocation::new(payload.into())
        };
        let mut response = self.answer_by(url, invocation).await.unwrap_or_else(|error| whole(refused(&error)));
        for (name, value) in [(REQUEST_ID, &request_id), (TRACE, &trace)] {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    async fn answer_by(self: &Arc<Self>, url: &FunctionUrl, invocation: Invocation) -> Result<SiteResponse, Error> {
        let name = FunctionName::parse(&url.arn, &self.region, &url.account);
        let resolved = self.resolve(&name.ok_or_else(|| Error::no_function(&url.arn))?)?;
        match url.mode {
            InvokeMode::Buffered => {
                let ran = self.run(&resolved, invocation).await?;
                let is_done = failure_of(&ran.report.outcome).is_none();
                Ok(whole(if is_done { answer::of_payload(&ran.payload) } else { answer::failed() }))
            }
            InvokeMode::Streamed => stream::answer(self, resolved, invocation).await,
        }
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
