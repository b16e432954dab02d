//! A request's way from its head to its answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use freehold_core::{Principal, ids};
use http::request;
use http_body_util::{Either, Full};
use hyper::Request;
use hyper::body::Incoming;

use super::answer::{self, Answer};
use super::connection::Origin;
use super::directory::{Mounted, check_version, guess_protocol};
use super::{Authorisation, Inner, PlainResponse, Site, body, panics, route, site};
use crate::protocol::{self, EncodedResponse, Events, Parts};
use crate::schema::Value;
use crate::service::{OperationModel, Output, Protocol, ServiceModel};
use crate::sigv4::{self, Claim, Reason, Rejection, Rules, Secret};
use crate::{Call, Error};

/// Services whose scope is us-east-1 wherever the client is (*IAM: a global service*).
const GLOBAL_SERVICES: [&str; 2] = ["iam", "sts"];
const GLOBAL_REGION: &str = "us-east-1";
const TRACE: &str = "x-amzn-trace-id";

/// Answers one request, whatever it is.
pub(super) async fn answer(server: &Inner, request: Request<Incoming>, origin: Origin) -> Answer {
    let started = Instant::now();
    let (head, body) = request.into_parts();
    if let Some(site) = server.sites.iter().find(|site| site.answers(host_of(&head), head.uri.path())) {
        return visit(server, site, head, body, origin).await;
    }
    if head.uri.path().starts_with(route::PREFIX) || server.routes.iter().any(|found| found.answers(head.uri.path())) {
        return plain(server, head, body, origin.client).await;
    }
    let signature = sigv4::Request {
        method: head.method.as_str(),
        path: head.uri.path(),
        query: head.uri.query().unwrap_or_default(),
        headers: &head.headers,
        body: &[],
    };
    let claim = Claim::read(&signature);
    let signing_name = claim.as_ref().ok().map(|claim| claim.credential.service());
    let limit = server.directory.body_bytes(signing_name);
    let read = body::read(body, limit, server.limits.body_timeout).await;
    let read = read.and_then(|sent| Ok((body::inflate(&head.headers, &sent, limit)?, sent)));
    let ((body, sent), unreadable) = match read {
        Ok(bodies) => (bodies, None),
        Err(unreadable) => (Default::default(), Some(unreadable)),
    };
    let parts = Parts {
        method: &head.method,
        path: signature.path,
        query: signature.query,
        headers: &head.headers,
        body: &body,
    };
    let unsigned = match &claim {
        Err(rejection) if rejection.reason == Reason::Missing => server.directory.find_unsigned(&parts),
        _ => None,
    };
    let mounted = unsigned.map(|(mounted, _)| mounted).or_else(|| server.directory.find(&parts, signing_name));
    let mut walk = Walk {
        server,
        protocol: mounted.map_or_else(|| guess_protocol(&parts), |found| protocol::choose(found.service.model, &parts)),
        mounted,
        parts,
        origin,
        request_id: ids::uuid(),
        account: String::new(),
    };
    let outcome = match unreadable {
        None => match unsigned {
            Some((mounted, operation)) => walk.run_unsigned(mounted, operation).await,
            None => walk.run(&sigv4::Request { body: &sent, ..signature }, claim).await,
        },
        Some(unreadable) => Err(Refusal::bare(unreadable.into_error())),
    };
    walk.finish(outcome, started)
}

struct Walk<'a> {
    server: &'a Inner,
    mounted: Option<&'a Mounted>,
    protocol: Protocol,
    parts: Parts<'a>,
    origin: Origin,
    request_id: String,
    /// Known once the signature is verified.
    account: String,
}

/// An answer, and the operation that gave it.
struct Done {
    operation: &'static str,
    response: EncodedResponse,
    events: Option<Events>,
}

/// An error, and the operation that it is counted for.
struct Refusal {
    error: Error,
    operation: Counted,
}

enum Counted {
    Nowhere,
    Known(&'static str),
    Missing(String),
}

impl Refusal {
    fn bare(error: Error) -> Self {
        Self { error, operation: Counted::Nowhere }
    }
}

impl Walk<'_> {
    async fn run(
        &mut self,
        request: &sigv4::Request<'_>,
        claim: Result<Claim<'_>, Rejection>,
    ) -> Result<Done, Refusal> {
        let protocol = self.protocol;
        let reject = |rejection: Rejection| Refusal::bare(rejection.into_error(protocol));
        let claim = claim.map_err(reject)?;
        let mounted = self.mounted.ok_or_else(|| Refusal::bare(self.no_service(claim.credential.service())))?;
        let credentials = self.authenticate(mounted, request, &claim).map_err(reject)?;
        self.account.clone_from(&credentials.principal.account);

        let model = mounted.service.model;
        check_version(protocol, model, &self.parts).map_err(Refusal::bare)?;
        let name = protocol::operation_name(protocol, model, &self.parts);
        let Some(operation) = name.as_deref().and_then(|name| mounted.operations.get(name).copied()) else {
            let error = protocol::unknown_operation(protocol, model, name.as_deref());
            let operation = name.map_or(Counted::Nowhere, |name| Counted::Missing(name.into_owned()));
            return Err(Refusal { error, operation });
        };
        let input = self.input(model, operation)?;
        let call = self.call(operation, credentials.principal.clone());
        let question =
            Authorisation { call: &call, service: model.signing_name, schema: operation.input, input: &input };
        self.server.authenticator.authorise(&question).map_err(|denied| Refusal {
            error: denied.into_error(protocol, model),
            operation: Counted::Known(operation.name),
        })?;
        self.carry_out(mounted, operation, call, input).await
    }

    /// A call without signature of an operation that needs none.
    async fn run_unsigned(&self, mounted: &Mounted, operation: &'static OperationModel) -> Result<Done, Refusal> {
        check_version(self.protocol, mounted.service.model, &self.parts).map_err(Refusal::bare)?;
        let input = self.input(mounted.service.model, operation)?;
        let call = self.call(operation, Principal::anonymous());
        self.carry_out(mounted, operation, call, input).await
    }

    /// The input, which satisfies the model.
    fn input(&self, model: &ServiceModel, operation: &'static OperationModel) -> Result<Value, Refusal> {
        let known = |error| Refusal { error, operation: Counted::Known(operation.name) };
        let mut input = protocol::decode(self.protocol, model, operation, &self.parts).map_err(known)?;
        protocol::fill_from_path(self.protocol, model, operation, &self.parts, &mut input);
        protocol::check(self.protocol, model, operation.input, &input).map_err(known)?;
        Ok(input)
    }

    fn call(&self, operation: &'static OperationModel, principal: Principal) -> Call {
        Call {
            request_id: self.request_id.clone(),
            principal,
            region: self.server.region.clone(),
            operation: operation.name,
            endpoint: self.endpoint(),
            source_ip: self.origin.client.ip(),
            trace: self.parts.header(TRACE).map(str::to_owned),
        }
    }

    async fn carry_out(
        &self,
        mounted: &Mounted,
        operation: &'static OperationModel,
        call: Call,
        input: Value,
    ) -> Result<Done, Refusal> {
        let known = |error| Refusal { error, operation: Counted::Known(operation.name) };
        let answer = panics::caught(|| mounted.service.call(call, input).unwrap_or_else(|| Box::pin(vanished())));
        let output = answer.await.unwrap_or_else(|panic| {
            tracing::error!(request_id = self.request_id, operation = operation.name, panic, "an operation panicked");
            Err(Error::receiver("InternalError", "An internal error has occurred"))
        });
        let Output { output, events } = output.map_err(known)?;
        let model = mounted.service.model;
        let response = protocol::encode_output(self.protocol, model, operation, &*output, &self.request_id);
        Ok(Done { operation: operation.name, response, events })
    }

    fn authenticate(
        &self,
        mounted: &Mounted,
        request: &sigv4::Request<'_>,
        claim: &Claim<'_>,
    ) -> Result<std::sync::Arc<super::Credentials>, Rejection> {
        let (service, region) = (claim.credential.service(), claim.credential.region());
        let signing_name = mounted.service.model.signing_name;
        if service != signing_name {
            return Err(Rejection::mismatch_because(format!(
                "Credential should be scoped to correct service: '{signing_name}'. "
            )));
        }
        let is_global = GLOBAL_SERVICES.contains(&signing_name) && region == GLOBAL_REGION;
        if region != self.server.region && !is_global {
            return Err(Rejection::mismatch_because(format!(
                "Credential should be scoped to a valid region, not '{region}'. "
            )));
        }
        let now = self.server.clock.now();
        let credentials = self
            .server
            .authenticator
            .credentials(claim.credential.access_key_id())
            .ok_or_else(Rejection::unknown_key)?;
        let secret = Secret {
            secret_access_key: &credentials.secret_access_key,
            session_token: credentials.session_token.as_deref(),
        };
        sigv4::verify(request, claim, secret, now, Rules::default(), &self.server.signing_keys)?;
        // Only the holder is told that the credentials have ended.
        if self.server.authenticator.has_ended(&credentials) {
            return Err(Rejection::expired_token());
        }
        Ok(credentials)
    }

    /// As the client wrote it: an answer's addresses then lead back the way the question came.
    fn endpoint(&self) -> String {
        let host = self.parts.header("host").unwrap_or(&self.server.region);
        format!("{}://{host}", self.origin.scheme)
    }

    fn no_service(&self, signing_name: &str) -> Error {
        let message = format!("Freehold has no service '{signing_name}' (yet).");
        match self.protocol {
            Protocol::Ec2 | Protocol::Query => Error::sender("InvalidAction", message),
            _ => Error::sender("UnknownOperationException", message),
        }
    }

    fn finish(self, outcome: Result<Done, Refusal>, started: Instant) -> Answer {
        let took = started.elapsed();
        let service = self.mounted.map_or("", |mounted| mounted.service.model.id);
        let metrics = &self.server.metrics;
        let (operation, response, events, error) = match outcome {
            Ok(done) => {
                metrics.count(service, done.operation, took, false);
                (done.operation.to_owned(), done.response, done.events, None)
            }
            Err(Refusal { error, operation }) => {
                let operation = match operation {
                    Counted::Nowhere => String::new(),
                    Counted::Known(name) => {
                        metrics.count(service, name, took, true);
                        name.to_owned()
                    }
                    Counted::Missing(name) => {
                        metrics.count_refused(service, &name, took);
                        name
                    }
                };
                let model = self.mounted.map(|mounted| mounted.service.model);
                let response = protocol::encode_error(self.protocol, model, &error, &self.request_id);
                (operation, response, None, Some(error))
            }
        };
        tracing::debug!(
            request_id = self.request_id,
            service,
            operation,
            account = self.account,
            status = response.status,
            error = error.as_ref().map(tracing::field::display),
            micros = took.as_micros(),
            client = %self.origin.client.ip(),
            "request"
        );
        answer::from_encoded(response, events)
    }
}

/// The directory holds operations with a handler only, so this is never awaited; it is no reason to panic either.
async fn vanished() -> Result<Output, Error> {
    Err(Error::receiver("InternalError", "An internal error has occurred"))
}

/// Without its port.
fn host_of(head: &request::Parts) -> &str {
    let named = head.headers.get(http::header::HOST).and_then(|host| host.to_str().ok());
    let host = named.or_else(|| head.uri.host()).unwrap_or_default();
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

async fn visit(server: &Inner, site: &Arc<dyn Site>, head: request::Parts, body: Incoming, origin: Origin) -> Answer {
    let response = match body::read(body, site.body_bytes(), server.limits.body_timeout).await {
        Err(body::Unreadable::TooLarge { .. }) => site::whole(site.too_large()),
        Err(unreadable) => site::whole(refused(unreadable.into_error())),
        Ok(body) => {
            let mut request = http::Request::from_parts(head, body);
            request.extensions_mut().insert(site::Scheme(origin.scheme));
            let handled = panics::caught(|| site.handle(request, origin.client));
            handled.await.unwrap_or_else(|panic| {
                tracing::error!(panic, "a site panicked");
                site::whole(panicked())
            })
        }
    };
    response.map(|body| match body {
        Either::Left(whole) => Either::Left(whole),
        Either::Right(pieces) => Either::Right(Either::Right(pieces)),
    })
}

fn refused(error: Error) -> PlainResponse {
    let mut response = http::Response::new(error.message.into());
    *response.status_mut() = http::StatusCode::from_u16(error.status).unwrap_or(http::StatusCode::BAD_REQUEST);
    response
}

fn panicked() -> PlainResponse {
    let mut response = http::Response::new(bytes::Bytes::from_static(b"internal error\n"));
    *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
    response
}

async fn plain(server: &Inner, head: request::Parts, body: Incoming, client: SocketAddr) -> Answer {
    let found = server.routes.iter().find(|found| found.answers(head.uri.path()));
    let response = match (found, body::read(body, server.limits.body_bytes, server.limits.body_timeout).await) {
        (None, _) => route::not_found(),
        (Some(_), Err(unreadable)) => refused(unreadable.into_error()),
        (Some(found), Ok(body)) => {
            let request = http::Request::from_parts(head, body);
            let handled = panics::caught(|| found.handle(request, client, &server.metrics));
            handled.await.unwrap_or_else(|panic| {
                tracing::error!(panic, "a route panicked");
                panicked()
            })
        }
    };
    response.map(|body| Either::Left(Full::new(body)))
}
