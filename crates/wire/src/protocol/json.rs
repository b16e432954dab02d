//! JSON 1.0 and 1.1: the operation in a header, everything else in a body of JSON. The two differ in their content
//! type alone.

pub(super) mod decode;
pub(super) mod encode;

use std::borrow::Cow;

use super::message::REQUEST_ID;
use super::{Codec, EncodedResponse, Parts, check, common, fate};
use crate::schema::{Schema, Show, Value};
use crate::service::{OperationModel, ServiceModel};
use crate::{Error, Fault};
use http::HeaderName;

/// One of the two, by its content type.
pub struct Json(pub &'static str);

pub const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
pub const QUERY_ERROR: HeaderName = HeaderName::from_static("x-amzn-query-error");

impl Codec for Json {
    fn operation_name<'a>(&self, model: &ServiceModel, parts: &Parts<'a>) -> Option<Cow<'a, str>> {
        let target = parts.header("x-amz-target")?;
        let (prefix, name) = target.rsplit_once('.')?;
        (prefix == model.target_prefix).then_some(Cow::Borrowed(name))
    }

    fn unknown_operation(&self, model: &ServiceModel, name: Option<&str>) -> Error {
        unknown_operation(model, name)
    }

    fn decode(&self, _: &ServiceModel, operation: &'static OperationModel, parts: &Parts<'_>) -> Result<Value, Error> {
        decode::decode(operation.input, parts.body)
    }

    fn check(&self, schema: &'static Schema, value: &Value) -> Result<(), Error> {
        check::coral("ValidationException", schema, value)
    }

    fn encode_output(
        &self,
        _: &ServiceModel,
        operation: &'static OperationModel,
        output: &dyn Show,
        request_id: &str,
    ) -> EncodedResponse {
        let mut body = Vec::with_capacity(512);
        encode::structure(&mut body, operation.output.members(), output.view());
        EncodedResponse::new(200, self.0, body).with(REQUEST_ID, request_id)
    }

    fn encode_error(&self, model: Option<&ServiceModel>, error: &Error, request_id: &str) -> EncodedResponse {
        let fate = fate::of(model, error);
        let kind = match model {
            Some(_) if fate.is_common => format!("{}#{}", common::NAMESPACE, fate.shape),
            Some(model) => format!("com.amazonaws.{}#{}", model.id, fate.shape),
            None => fate.shape.to_owned(),
        };
        let mut body = b"{\"__type\":".to_vec();
        encode::string(&mut body, &kind);
        body.extend_from_slice(b",\"message\":");
        encode::string(&mut body, &error.message);
        body.push(b'}');
        let answer =
            EncodedResponse::new(fate.status, self.0, body).with(REQUEST_ID, request_id).with(ERROR_TYPE, fate.shape);
        if model.is_some_and(|model| model.query_compatible) {
            let fault = if fate.fault == Fault::Sender { "Sender" } else { "Receiver" };
            return answer.with(QUERY_ERROR, &format!("{};{fault}", fate.query_code));
        }
        answer
    }
}

/// As every protocol without a form says it.
pub fn unknown_operation(model: &ServiceModel, name: Option<&str>) -> Error {
    let message = match name {
        Some(name) if model.is_unsupported(name) => format!("Freehold does not have {name} yet."),
        Some(name) => format!("The operation {:.128} is not known.", name),
        None => "The request names no operation of this service.".to_owned(),
    };
    Error::sender("UnknownOperationException", message)
}
