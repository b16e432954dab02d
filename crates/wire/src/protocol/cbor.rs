//! Smithy's RPC v2 with CBOR: service and operation in the path, everything else in a body of CBOR (*Smithy RPC v2
//! CBOR protocol*). Current SDKs speak it to services that list it first.

mod decode;
mod encode;
mod read;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use http::{HeaderName, HeaderValue};

use super::json::QUERY_ERROR;
use super::message::REQUEST_ID;
use super::{Codec, EncodedResponse, Parts, check, common, fate};
use crate::schema::{Schema, Show, Value};
use crate::service::{OperationModel, ServiceModel};
use crate::{Error, Fault};

pub struct Cbor;

const CONTENT_TYPE: &str = "application/cbor";
/// The header that requests and answers are known by, and its value.
pub const PROTOCOL: HeaderName = HeaderName::from_static("smithy-protocol");
pub const NAME: &str = "rpc-v2-cbor";

/// Service and operation of a path that ends with `/service/NAME/operation/NAME`.
pub fn target(path: &str) -> Option<(&str, &str)> {
    let (rest, operation) = path.rsplit_once("/operation/")?;
    let (_, service) = rest.rsplit_once("/service/")?;
    let is_name = |text: &str| !text.is_empty() && !text.contains('/');
    (is_name(service) && is_name(operation)).then_some((service, operation))
}

impl Codec for Cbor {
    fn operation_name<'a>(&self, model: &ServiceModel, parts: &Parts<'a>) -> Option<Cow<'a, str>> {
        let (service, operation) = target(parts.path)?;
        (service == model.target_prefix && parts.method == http::Method::POST).then_some(Cow::Borrowed(operation))
    }

    fn unknown_operation(&self, model: &ServiceModel, name: Option<&str>) -> Error {
        super::json::unknown_operation(model, name)
    }

    fn decode(&self, _: &ServiceModel, operation: &'static OperationModel, parts: &Parts<'_>) -> Result<Value, Error> {
        decode::decode(operation.input, parts.body)
    }

    fn check(&self, schema: &'static Schema, value: &Value) -> Result<(), Error> {
        check::coral("ValidationError", schema, value)
    }

    fn encode_output(
        &self,
        _: &ServiceModel,
        operation: &'static OperationModel,
        output: &dyn Show,
        request_id: &str,
    ) -> EncodedResponse {
        // An operation without output answers with no body, and then names no type of it.
        if operation.output.name == "Unit" {
            return EncodedResponse { status: 200, headers: vec![protocol()], body: bytes::Bytes::new() }
                .with(REQUEST_ID, request_id);
        }
        let mut body = Vec::with_capacity(512);
        encode::structure(&mut body, operation.output.members(), output.view());
        answer(200, body, request_id)
    }

    fn encode_error(&self, model: Option<&ServiceModel>, error: &Error, request_id: &str) -> EncodedResponse {
        let fate = fate::of(model, error);
        let kind = match model {
            Some(_) if fate.is_common => format!("{}#{}", common::NAMESPACE, fate.shape),
            Some(model) => format!("com.amazonaws.{}#{}", model.id, fate.shape),
            None => fate.shape.to_owned(),
        };
        let mut body = Vec::with_capacity(128);
        encode::map(&mut body, 2);
        for (name, value) in [("__type", kind.as_str()), ("message", error.message.as_str())] {
            encode::text(&mut body, name);
            encode::text(&mut body, value);
        }
        let answer = answer(fate.status, body, request_id);
        if model.is_some_and(|model| model.query_compatible) {
            let fault = if fate.fault == Fault::Sender { "Sender" } else { "Receiver" };
            return answer.with(QUERY_ERROR, &format!("{};{fault}", fate.query_code));
        }
        answer
    }
}

fn protocol() -> (HeaderName, HeaderValue) {
    (PROTOCOL, HeaderValue::from_static(NAME))
}

fn answer(status: u16, body: Vec<u8>, request_id: &str) -> EncodedResponse {
    let mut answer = EncodedResponse::new(status, CONTENT_TYPE, body);
    answer.headers.push(protocol());
    answer.with(REQUEST_ID, request_id)
}
