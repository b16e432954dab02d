//! Callers of addresses with `AWS_IAM`: who signed, and whether they may.

use std::sync::Arc;

use freehold_api::lambda::InvocationRequest;
use freehold_core::{Clock, Principal, SystemClock};
use freehold_wire::Call;
use freehold_wire::schema::{Convert, Shape};
use freehold_wire::server::{Authenticator, Authorisation, Credentials};
use freehold_wire::sigv4::{self, Claim, Request, Rules, Secret, SigningKeys};

use crate::Lambda;
use crate::model::FunctionUrl;

/// The caller, if the request is signed and its caller may.
pub(super) fn caller(
    lambda: &Lambda,
    url: &FunctionUrl,
    request: &Request<'_>,
    request_id: &str,
    source_ip: std::net::IpAddr,
) -> Option<Principal> {
    let credentials = verified(lambda, request)?;
    let principal = credentials.principal.clone();
    let call = Call {
        request_id: request_id.to_owned(),
        principal: principal.clone(),
        region: lambda.region.clone(),
        operation: "InvokeFunctionUrl",
        endpoint: String::new(),
        source_ip,
        trace: None,
    };
    let input = InvocationRequest { function_name: Some(url.arn.clone()), ..InvocationRequest::default() };
    let (schema, input) = (InvocationRequest::schema(), input.into_value());
    let question = Authorisation { call: &call, service: "lambda", schema, input: &input };
    lambda.iam.authorise(&question).ok().map(|()| principal)
}

fn verified(lambda: &Lambda, request: &Request<'_>) -> Option<Arc<Credentials>> {
    let claim = Claim::read(request).ok()?;
    if claim.credential.service() != "lambda" || claim.credential.region() != lambda.region {
        return None;
    }
    let credentials = lambda.iam.credentials(claim.credential.access_key_id())?;
    let secret = Secret {
        secret_access_key: &credentials.secret_access_key,
        session_token: credentials.session_token.as_deref(),
    };
    // Clients sign by their own clocks, so signatures are judged by the machine's.
    let now = SystemClock.now();
    sigv4::verify(request, &claim, secret, now, Rules::default(), &SigningKeys::default()).ok()?;
    (!lambda.iam.has_ended(&credentials)).then_some(credentials)
}
